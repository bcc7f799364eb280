"""Names of Go packages, and renaming within what their imports resolve."""
