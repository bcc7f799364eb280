"""Renaming and moving modules and packages."""
