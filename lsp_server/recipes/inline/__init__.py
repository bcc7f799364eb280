"""Putting what a name stands for in its place: a variable's value, a function's result."""
