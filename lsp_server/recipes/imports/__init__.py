"""Imports and exports of a Python file."""
