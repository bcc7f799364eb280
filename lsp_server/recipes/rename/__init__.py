"""Renaming: functions, classes, members, parameters and variables."""
