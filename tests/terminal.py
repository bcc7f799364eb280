"""A person at a terminal, for what asks only one: the program's standard input and error are a pseudo-terminal."""

import os
import pty
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path


def at_terminal(command: Sequence[str], typed: str, cwd: Path, environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Runs a program and types something; its exit code, its standard output, and what the terminal showed. Blocks."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, cwd=cwd, env=dict(environment), text=True
    ) as program:
        os.close(theirs)
        os.write(ours, typed.encode())
        shown: list[bytes] = []
        reading = threading.Thread(target=_read, args=(ours, shown))
        reading.start()
        out, _ = program.communicate(timeout=120)
        reading.join()
    os.close(ours)
    return program.returncode, out, b"".join(shown).decode()


def _read(descriptor: int, shown: list[bytes]) -> None:
    try:
        while data := os.read(descriptor, 4096):
            shown.append(data)
    except OSError:
        return
