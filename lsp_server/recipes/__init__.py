"""What needs no model? Descriptions that are carried out exactly.

Invariant: what is not understood is said, never guessed; bytes outside the edits stay as they are.
"""
