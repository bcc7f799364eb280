"""What do the project's own tools say of a change, before it is anywhere?

Invariant: nothing is written below the user's folder. What would run code of the workspace runs only where the user
trusts it, and then cut off from the network and from the real files; else it is "not-run", never "pass".
"""
