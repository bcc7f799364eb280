"""Names of JavaScript and TypeScript: scopes, ES modules, and renaming within what they resolve."""
