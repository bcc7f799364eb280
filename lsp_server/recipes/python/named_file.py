"""Which file did a user name: by a path, the end of one, or a dotted module? Where none is named, the one at hand."""

import fnmatch
import re
from difflib import get_close_matches
from pathlib import PurePosixPath

from context.parsing.languages import language_of
from lsp_server.edits.change import Problem
from lsp_server.recipes.phrasing import unquoted
from lsp_server.recipes.plan import Material, Wanted

HERE = re.compile(r"(?:this|the\s+current)\s+(?:file|module)|here", re.IGNORECASE)
SAID = re.compile(r"^(?:the\s+)?(?:(?:file|module)\s+)?", re.IGNORECASE)


def parse_where(text: str) -> str | None:
    """`the module pkg.core` as `pkg.core`, `this file` as nothing; None for words that name no Python file.

    A single word names one only behind "file" or "module".
    """
    text = text.strip()
    if HERE.fullmatch(text):
        return ""
    where = unquoted(SAID.sub("", text)).replace("\\", "/").removeprefix("./")
    if where.endswith((".py", ".pyi")):
        return where if re.fullmatch(r"[\w./+-]+", where) else None
    said = re.match(r"(?:the\s+)?(?:file|module)\s", text, re.IGNORECASE) is not None
    is_dotted = re.fullmatch(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*", where) is not None
    return where if is_dotted and (said or "." in where) else None


def named_file(material: Material, where: str, purpose: str) -> str | Problem | Wanted:
    """The path of the one Python file that is meant; `purpose` says what is to be done there, for a refusal."""
    if not where:
        place = material.place
        language = language_of(place.path) if place is not None else None
        if place is None or language is None or language.name != "python":
            return Problem("NOT_FOUND", f"Say {purpose}: name a Python file, or put the cursor into one.")
        return place.path
    is_inside = ".." not in PurePosixPath(where).parts and not where.startswith("/")
    if is_inside and where.endswith((".py", ".pyi")) and material.snapshot.exists(where):
        return where
    patterns = _patterns(where)
    if not set(patterns) <= set(material.patterns):
        return Wanted((), patterns)
    found = [
        path
        for path in material.candidates
        if any(fnmatch.fnmatchcase(path, each) for each in patterns) and material.snapshot.exists(path)
    ]
    found = [path for path in found if not (path.endswith(".pyi") and path[:-1] in found)]
    if len(found) > 1 and material.place is not None and material.place.path in found:
        found = [material.place.path]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(sorted(found)[:8])
        return Problem("AMBIGUOUS", f"{where} may be {listed}: name it with its folder.")
    if not is_inside:
        return Problem("PATH", f"{where} is outside the workspace.", where)
    return _missing(material, where)


def _patterns(where: str) -> tuple[str, ...]:
    if where.endswith((".py", ".pyi")):
        return where, f"*/{where}"
    path = where.replace(".", "/")
    return tuple(f"{start}{path}{end}" for start in ("", "*/") for end in (".py", "/__init__.py"))


def _missing(material: Material, where: str) -> Problem | Wanted:
    if "*.py" not in material.patterns:
        return Wanted((), ("*.py",))
    wanted = where if where.endswith((".py", ".pyi")) else f"{where.replace('.', '/')}.py"
    every = [path for path in material.candidates if path.endswith((".py", ".pyi"))]
    names = {path.rpartition("/")[2]: path for path in every}
    near = get_close_matches(wanted, every, 3, 0.7)
    near += [names[name] for name in get_close_matches(wanted.rpartition("/")[2], list(names), 3, 0.7)]
    hint = f" Did you mean {' or '.join(dict.fromkeys(near[:3]))}?" if near else ""
    return Problem("NOT_FOUND", f"There is no file {wanted} here.{hint}")
