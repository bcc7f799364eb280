"""What a file lacks and its own text decides: tests to fill in, docstrings to fill in, type hints."""
