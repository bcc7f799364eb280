"""Types made of a list of fields."""
