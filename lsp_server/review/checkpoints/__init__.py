"""Where must a person look, whatever the model says? Dependencies, interfaces, architecture, tests, protected code.

Invariant: computed from the texts before and after the change and from the index; nothing of the project is run, and
what a parser cannot read is said to be unread, never found to be fine.
"""
