"""What can the user ask for? The table of actions and the pipeline that carries one out.

Invariant: no LSP. The command line, the server and the evaluation call the same functions.
"""
