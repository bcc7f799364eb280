"""Which paths may no change touch? A floor that no setting lowers, as tables.

Version control's own folders and the configuration of editors and agents decide what runs on the user's machine, so a
patch never writes them. Both the literal and the real path are judged: a link could lead anywhere.
"""

import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from lsp_server.edits.cells import is_cell
from lsp_server.edits.change import ChangeSet, Edit, Problem
from lsp_server.edits.paths import normalise
from lsp_server.review.verdict import Concern

RULE = "paths"


@dataclass(frozen=True, slots=True)
class Denied:
    """Names, in lower case and with `*` for anything, that no part of a path may have, and why."""

    names: tuple[str, ...]
    why: str


DENIED: tuple[Denied, ...] = (
    Denied(
        (".git", ".hg", ".svn", ".jj", ".bzr", ".sl", "_darcs", ".pijul"),
        "belongs to version control, whose hooks and settings run programs",
    ),
    Denied(
        (
            ".vscode",
            ".vs",
            ".idea",
            ".fleet",
            ".zed",
            ".helix",
            ".devcontainer",
            ".theia",
            ".vim",
            ".nvim",
            ".ropeproject",
            ".run",
            "nbproject",
            "*.code-workspace",
            "*.sublime-project",
        ),
        "is configuration of an editor, which can run programs",
    ),
    Denied(
        (".exrc", ".nvimrc", ".nvim.lua", ".vimrc", ".gvimrc", ".lvimrc", ".dir-locals.el", ".dir-locals-2.el"),
        "is read and run by an editor that opens this folder",
    ),
    Denied(
        (
            *(".cursor", ".claude", ".codex", ".windsurf", ".gemini", ".continue", ".roo", ".kiro", ".aider*"),
            *(".amazonq", ".junie", ".trae", ".augment", ".qwen", ".opencode", "opencode.json", "opencode.jsonc"),
        ),
        "is configuration of a coding agent",
    ),
    Denied(("mcp.json", ".mcp.json"), "names programs that an agent starts"),
    Denied(
        (
            "agents.md",
            "agents.override.md",
            "claude.md",
            "claude.local.md",
            "gemini.md",
            ".cursorrules",
            ".windsurfrules",
            ".clinerules",
            ".roorules",
            ".goosehints",
            "copilot-instructions.md",
            "*.instructions.md",
            *("*.prompt.md", "*.agent.md", "*.chatmode.md", "qwen.md"),
        ),
        "holds the rules that coding agents follow",
    ),
    Denied((".gdbinit", ".lldbinit", ".pdbrc", ".pdbrc.py"), "is run by a debugger that is started in this folder"),
    Denied((".patchwright*",), "is the policy that judges this change"),
)


UNREADABLE = (
    "A pattern of the files that are never sent cannot be read, so nothing is changed. Mend it: `patchwright doctor`"
    " names the files that may hold it."
)


def patterns_of(lines: Sequence[str]) -> GitIgnoreSpec | None:
    """Patterns in the form of `.gitignore`; None where one cannot be read: what it was for is unknown."""
    try:
        return GitIgnoreSpec.from_lines(lines)
    except (ValueError, re.error):
        return None


def denied_paths(root: Path, change: ChangeSet, never_send: Sequence[str]) -> tuple[Concern, ...]:
    """Why paths of a change are denied.

    `never_send` are patterns in the form of `.gitignore`. Looks at the disk below `root`, without following links.
    """
    secret = patterns_of(never_send)
    # Where letters are alike whatever their case, a path may be spelled otherwise than the pattern that is for it.
    in_any_case = patterns_of([_in_one_form(pattern) for pattern in never_send])
    if secret is None or in_any_case is None:
        return tuple(Concern(RULE, "deny", path, UNREADABLE) for path in change.paths())
    # An edit of a cell is one of a text that the editor holds: nothing can be read at its path.
    cells = {each.path for each in change.operations if isinstance(each, Edit) and is_cell(each.path)}
    return tuple(
        Concern(RULE, "deny", path, reason)
        for path in change.paths()
        for reason in _reasons(root, path, (secret, in_any_case), is_file=path not in cells)
    )


def _reasons(root: Path, path: str, secret: tuple[GitIgnoreSpec, GitIgnoreSpec], *, is_file: bool) -> Iterable[str]:
    plain = normalise(path)
    if isinstance(plain, Problem):
        yield plain.message
        return
    if plain != path:
        yield f"{path} is not a plain path. Name the file as {plain}."
    if why := denied_name(path):
        yield f"{path} {why}. If you want this change, make it by hand."
    as_it_is, in_any_case = secret
    if as_it_is.match_file(path) or in_any_case.match_file(_in_one_form(path)):
        yield f"{path} is among the files that are never sent, so it is not changed either. Change it by hand."
    place = path if is_file else str(PurePosixPath(path).parent)
    if why := _place_on_disk(root, place):
        yield f"{path} {why}"


def _in_one_form(name: str) -> str:
    """A path or a pattern without regard to case, and to whether an accent is a character of its own."""
    return unicodedata.normalize("NFC", name).lower()


def denied_name(path: str) -> str | None:
    """Why a path is denied by the name of one of its parts, None if it is not."""
    for part in PurePosixPath(path).parts:
        name = part.casefold().rstrip(". ")
        for row in DENIED:
            if any(fnmatchcase(name, pattern) or _is_short_name(name, pattern) for pattern in row.names):
                return row.why
    return None


def _is_short_name(name: str, pattern: str) -> bool:
    """Whether a name is one that Windows gives a longer one as its 8.3 form, as `GIT~1` for `.git`."""
    stem, tilde, number = name.partition(".")[0].partition("~")
    return bool(tilde) and number.isdigit() and bool(stem) and re.sub(r"[.*]", "", pattern)[:6].startswith(stem)


def _place_on_disk(root: Path, path: str) -> str | None:
    """What is wrong with where a path leads on the disk; None for a regular file, or for nothing, inside the root."""
    place = root
    *folders, name = PurePosixPath(path).parts
    for folder in folders:
        place = place / folder
        status = _status(place)
        if status is None:
            return None
        if stat.S_ISLNK(status.st_mode):
            return f"leads through the link {_shown(root, place)}. Name the file that is meant by its real path."
        if not stat.S_ISDIR(status.st_mode):
            return f"lies below {_shown(root, place)}, which is no folder. Name another path."
    status = _status(place / name)
    if status is None or stat.S_ISREG(status.st_mode):
        return None
    if stat.S_ISLNK(status.st_mode):
        return "is a link. Name the file that is meant by its real path."
    return "is no regular file. Name another path."


def _status(place: Path) -> os.stat_result | None:
    try:
        return place.lstat()
    except OSError:
        return None


def _shown(root: Path, place: Path) -> str:
    return place.relative_to(root).as_posix()
