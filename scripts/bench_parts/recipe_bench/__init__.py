"""What the recipes' bench works with: packages with test suites, and the other engine."""
