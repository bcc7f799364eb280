"""Patchwright: describe a change; review the patch. A language server and the `patchwright` command."""

__version__ = "0.1.0"
