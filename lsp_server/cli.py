"""The `patchwright` command."""


def run() -> None:
    """Placeholder entry until the commands are wired."""
