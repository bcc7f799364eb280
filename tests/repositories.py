"""A real git repository for a test: made by git itself, with nobody's settings."""

import os
import subprocess
from pathlib import Path

QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
AUTHOR = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def git(root: Path, *arguments: str, fails: bool = False) -> str:
    """What git says; `fails` says that it is meant to, as a merge with conflicts is."""
    command = ["git", *AUTHOR, *arguments]
    ended = subprocess.run(command, cwd=root, env=os.environ | QUIET, capture_output=True, text=True, check=False)
    assert (ended.returncode != 0) == fails, ended.stdout + ended.stderr
    return ended.stdout


def repository(root: Path, files: dict[str, str], *options: str) -> Path:
    """A repository with one commit."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q", "-b", "main", *options)
    commit(root, files, "begin")
    return root


def commit(root: Path, files: dict[str, str], message: str) -> None:
    """Writes files and commits everything."""
    write(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)


def write(root: Path, files: dict[str, str]) -> None:
    """Writes files."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())


def in_conflict(root: Path, base: dict[str, str], ours: dict[str, str], theirs: dict[str, str]) -> Path:
    """A repository in the middle of a merge: our commit says "our reason", theirs "their reason"."""
    repository(root, base)
    git(root, "checkout", "-q", "-b", "feature")
    commit(root, theirs, "their reason")
    git(root, "checkout", "-q", "main")
    commit(root, ours, "our reason")
    git(root, "merge", "feature", fails=True)
    return root
