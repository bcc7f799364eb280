"""Who writes the code? Code models over HTTP.

Invariant: nothing here knows of workspaces, context or edits, and only text cleared by `outgoing` can be sent.
"""
