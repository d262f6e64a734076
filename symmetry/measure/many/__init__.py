"""Thousands of photos: worker processes, a record that survives a kill, and the tables that come out of it."""
