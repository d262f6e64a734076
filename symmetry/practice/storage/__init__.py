"""How a practice lies on the disk: its folders, its database with migrations, and what is removed for good."""
