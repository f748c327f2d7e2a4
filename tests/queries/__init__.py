"""Every recipe: rows in, expected rows out."""
