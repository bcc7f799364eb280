"""Where does git keep what decides about a workspace? In the folder itself, in one above it, or far away.

The workspace may be a folder within a repository, and `.git` may be a file that names another folder, as in a worktree
and a submodule.
"""

from dataclasses import dataclass
from pathlib import Path

GIT_FILE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Repository:
    """`top` is the folder that holds `.git`; `own` has the branch, `common` what all worktrees share."""

    top: Path
    own: Path
    common: Path

    @property
    def exclude(self) -> Path:
        """The ignore file that is not in the tree."""
        return self.common / "info" / "exclude"


def repository_of(root: Path) -> Repository | None:
    """The repository that a folder lies in, None where there is none. Blocks on the disk; never raises."""
    for top in (root, *root.parents):
        own = top / ".git"
        if own.is_dir():
            return Repository(top, own, own)
        if own.is_file():
            named = _first_line(own)
            own = top / named.removeprefix("gitdir:").strip() if named.startswith("gitdir:") else own
            shared = _first_line(own / "commondir")
            return Repository(top, own, own / shared if shared else own)
    return None


def _first_line(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(GIT_FILE_BYTES)
    except (OSError, ValueError):
        return ""
    # A name that is no text could not be a path either.
    return data.decode("utf-8", "replace").partition("\n")[0].strip().replace("\0", "")
