"""How large are the tests of what seldom goes wrong? As CI has time for, or in full: PATCHWRIGHT_FULL_SIZE=1."""

import os


def size(usual: int, full: int) -> int:
    """One of the two."""
    return full if os.environ.get("PATCHWRIGHT_FULL_SIZE") else usual
