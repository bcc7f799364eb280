"""What should the model see? The workspace's files, their symbols, and the pieces that a description is about.

Invariant: nothing here knows of LSP, of models or of edits. All tree-sitter, SQLite and watchfiles use lives here.
"""
