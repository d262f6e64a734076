"""The face mesh: its tables, the networks that find it, the facial frame and the scale."""
