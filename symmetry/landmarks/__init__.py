"""The face mesh: its tables, the networks that detect it, the facial frame and the scale."""
