"""What do names, scopes, types and calls mean in Python files? Facts that several recipes ask for."""
