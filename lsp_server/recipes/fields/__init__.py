"""Fields that are added to a class, with its constructor and the calls of it."""
