"""What results look like: words, terminal tables, figures, plots, notebook cards and the report."""
