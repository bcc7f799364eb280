"""Moving a symbol to another module."""
