"""Photo files: finding, reading and cleaning them, and when they were taken."""
