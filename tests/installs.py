"""What tests need of a machine, brought below the project by its scripts: by the process that asks first, once."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
TOOLS = PROJECT / ".tools"


@contextmanager
def alone() -> Iterator[None]:
    """One process installs at a time: two would unpack into the same folder."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ran(command: list[str | Path], what: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command; skips the test, and prints why, where this machine cannot."""
    given = os.environ | environment
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=given)
    if done.returncode:
        reason = f"{what}: {(done.stderr or done.stdout).strip()[-400:]}"
        print(reason, file=sys.stderr)
        pytest.skip(reason)
    return done


def installed(script: str, folder: str, what: str, **environment: str) -> Path:
    """A folder of `.tools` that a script has filled, and fills only if it is not as it should be."""
    with alone():
        ran([PROJECT / "scripts" / script, TOOLS / folder], what, **environment)
    return TOOLS / folder
