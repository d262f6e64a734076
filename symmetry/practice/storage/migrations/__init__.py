"""Migrations of the practice's database, run by `symmetry.practice.storage.schema`."""
