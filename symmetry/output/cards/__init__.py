"""Results in a notebook: a small drawing and the main numbers, never the photo."""

from __future__ import annotations

from symmetry.output.cards.change import change_card
from symmetry.output.cards.face import face_card
from symmetry.output.cards.series import series_card

__all__ = ["change_card", "face_card", "series_card"]
