"""Statistics on plain arrays: agreement, trends, phases, doses, effect sizes, proportions and paired tests."""
