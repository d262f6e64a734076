"""Measuring one face, and comparing two: scores, clinical measures, quality flags, errors and verdicts."""
