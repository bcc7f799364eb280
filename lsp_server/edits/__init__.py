"""What changes? From a model's reply to exactly the edit that was meant, or none.

Invariant: pure functions on text. Nothing here reads the disk, raises on what a model wrote, or knows of LSP.
"""
