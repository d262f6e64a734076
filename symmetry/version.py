"""Versions of the package and of the networks that find the landmarks, in a file that imports nothing."""

__version__ = "0.1.0"
ENGINE = "mediapipe 0.10.21"
"""Engine that finds the landmarks; results of different engines are not mixed."""
