"""Faces that move: how far, how fast and how evenly both sides of a face move in a film."""
