"""On which branch, and in the middle of what, was a change made? HEAD and git's marks, read without running git.

Base("refs/heads/main", "4f2c…", "")          on a branch
Base("", "4f2c…", "a rebase")                 HEAD is detached, and a rebase is under way
"""

from dataclasses import dataclass
from pathlib import Path

from context.workspace.repository import Repository, repository_of

MARKS = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
}
"""What lies in git's folder while something is under way."""

REF_BYTES = 4096
PACKED_BYTES = 16_000_000
SHORT = 9


@dataclass(frozen=True, slots=True)
class Base:
    """`branch` is empty where HEAD is detached, `commit` where there is none yet, both without a repository."""

    branch: str = ""
    commit: str = ""
    under_way: str = ""

    @property
    def title(self) -> str:
        """The branch and the commit for people."""
        name = self.branch.removeprefix("refs/heads/")
        return " at ".join(part for part in (name, self.commit[:SHORT]) if part) or "no commit"


def base_of(root: Path) -> Base:
    """The base of a workspace folder now; an empty one without a repository. Blocks for a few small reads."""
    try:
        repository = repository_of(root)
    except OSError:
        repository = None
    if repository is None:
        return Base()
    head = _read(repository.own / "HEAD")
    under_way = next((said for mark, said in MARKS.items() if (repository.own / mark).exists()), "")
    if not head.startswith("ref:"):
        return Base("", head, under_way)
    branch = head.removeprefix("ref:").strip()
    return Base(branch, _commit(repository, branch), under_way)


def difference(before: Base, now: Base) -> str:
    """How the base moved, as the beginning of a sentence; empty where it did not."""
    if before.under_way != now.under_way:
        return f"{now.under_way.capitalize()} began" if now.under_way else f"{before.under_way.capitalize()} ended"
    if before != now:
        return f"HEAD moved from {before.title} to {now.title}"
    return ""


def _commit(repository: Repository, branch: str) -> str:
    for folder in (repository.own, repository.common):
        if commit := _read(folder / branch):
            return commit
    for line in _read(repository.common / "packed-refs", PACKED_BYTES).splitlines():
        commit, _, name = line.partition(" ")
        if name.strip() == branch:
            return commit
    return ""


def _read(file: Path, most: int = REF_BYTES) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(most).decode("utf-8", "replace").strip()
    except (OSError, ValueError):
        return ""
