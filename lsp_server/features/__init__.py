"""What does each LSP method do? One module per feature, each with `register(session)`.

Invariant: the only code above the protocol that knows LSP. What to change is decided in `actions`; here it is
asked for, shown, delivered and verified.
"""
