"""What results show of themselves in a notebook: a small drawing and the main numbers; never the photo."""

from __future__ import annotations

from symmetry.output.cards.change import change_card, change_line
from symmetry.output.cards.face import face_card, face_line
from symmetry.output.cards.series import series_card

__all__ = ["change_card", "change_line", "face_card", "face_line", "series_card"]
