"""A practice: its clients, with their sessions, treatments and diaries, and what is measured in their photos.

`symmetry.practice.store.open_practice` opens one for reading and writing; `symmetry.practice.reading.PracticeReader`
reads one without waiting for SQLAlchemy, so nothing is imported here.
"""
