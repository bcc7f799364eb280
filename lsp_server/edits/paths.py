r"""Which file does a path in a reply name? A relative one with `/` between its parts, or none.

Only the words are judged here. Where links lead is judged on the disk, by the review.
"""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

from lsp_server.edits.change import Problem

MAX_PATH_BYTES = 1024
MAX_PART_BYTES = 255
_ESCAPED = re.compile(r"%[0-9a-fA-F]{2}")
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def normalise(path: str) -> str | Problem:
    r"""The path with `/` between its parts and without `.` parts; a problem for any that could lead elsewhere.

    Refused are absolute paths, drives and UNC names, `~`, URIs, `..`, the same in percent or compatibility characters,
    characters that cannot be seen, and parts that end with a dot or a blank, which some systems drop.
    """
    if unseen := next((character for character in path if unicodedata.category(character) in _UNSEEN_CATEGORIES), None):
        return _refused(path, f"holds the invisible character U+{ord(unseen):04X}")
    readings = _readings(path)
    for reading in readings:
        if why := _escape(reading):
            return _refused(path, why)
    parts = [part for part in readings[0].split("/") if part not in ("", ".")]
    if readings[0].endswith("/"):
        return _refused(path, "names a folder")
    if len(path.encode()) > MAX_PATH_BYTES or any(len(part.encode()) > MAX_PART_BYTES for part in parts):
        return _refused(path, "is too long")
    return "/".join(parts)


def ending_in(path: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of some paths that end in all parts of `path`: its base name alone, or with folders above it."""
    return tuple(sorted({other for other in known if other.endswith(f"/{path}")}))


def _readings(path: str) -> list[str]:
    """All that a path may be taken for: as it stands, percent-decoded (also twice), in compatibility characters."""
    readings = [path.replace("\\", "/")]
    decoded = path
    while _ESCAPED.search(decoded) and (further := unquote(decoded)) != decoded:
        decoded = further
        readings.append(decoded.replace("\\", "/"))
    return readings + [folded for reading in readings if (folded := _folded(reading)) != reading]


def _folded(path: str) -> str:
    return unicodedata.normalize("NFKC", path).replace("\\", "/")


def _escape(path: str) -> str | None:
    """How a path would leave the workspace, None if it stays."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if any(unicodedata.category(character) in _UNSEEN_CATEGORIES for character in path):
        return "holds an invisible character"
    if re.match(r"(?:\./)*/", path):
        return "is absolute"
    if not parts:
        return "names no file"
    if parts[0].startswith("~"):
        return "begins in a home folder"
    if ":" in path:
        return "names a drive, a stream or a URI"
    if ".." in parts:
        return "leads out of the workspace"
    if any(part != part.rstrip(". ") for part in parts):
        return "has a part that ends with a dot or a blank"
    return None


def _refused(path: str, why: str) -> Problem:
    shown = path.encode("unicode_escape").decode("ascii")[:200]
    return Problem("PATH", f"the path “{shown}” {why}. Name a file inside the workspace, relative to its root.", shown)
