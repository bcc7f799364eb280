"""Code that fits a pattern, found and rewritten by its structure."""
