"""Quality checks: what is wrong with a photo, or with two as a pair, and which results that concerns."""

from symmetry.measure.quality.gate import check_photo
from symmetry.measure.quality.pair import check_pair
from symmetry.measure.quality.picture import light_of
from symmetry.measure.quality.portrait import Portrait

__all__ = ["Portrait", "check_pair", "check_photo", "light_of"]
