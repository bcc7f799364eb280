"""What does one text hold? Trees, definitions, references, imports and words; nothing here reads a disk."""
