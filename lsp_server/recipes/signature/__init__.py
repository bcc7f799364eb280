"""Adding, removing and reordering parameters, with every call."""
