"""What several tests share: faces, photos, results, a practice, and the command line."""
