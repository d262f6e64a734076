"""The quality gate: what is wrong with a photo, or with two as a pair, and which results it touches."""
