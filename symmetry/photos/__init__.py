"""Photo files: listing, reading and cleaning them, and when they were taken."""
