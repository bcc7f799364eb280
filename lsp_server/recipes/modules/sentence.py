"""Is a sentence about a module, and what is to become of it? `rename module utils to helpers`."""

import re
from dataclasses import dataclass

from lsp_server.recipes.phrasing import matched, unquoted
from lsp_server.recipes.plan import Example

KIND = "(module|file|package)"
BELOW = "(to|into|in|under|below) [the] [{place:package|folder|directory}] {folder}"
BELOW_BEHIND = "(to|into|in|under|below) [the] {folder} {place:package|folder|directory}"
TO = "(to|into|as|->|=>|→|to be)"

RENAME = (
    f"(rename|re-name) {{this:this|the current}} {KIND} {TO} {{path2}}",
    f"(rename|re-name) [the] {{said:module|file|package}} [called] [named] {{path}} {TO} [the] [{KIND}] {{path2}}",
    f"(rename|re-name) [the] {{path}} {{said:module|file|package}} {TO} [the] [{KIND}] {{path2}}",
    f"(rename|re-name) [the] {{path}} {TO} {{path2}}",
    "change the name of [the] {said:module|file|package} {path} (to|into) {path2}",
    "[the] {said:module|file|package} {path} (should|must) be (called|named|renamed to) {path2}",
    "call [the] {said:module|file|package} {path} {path2} (instead|from now on)",
    r"{path:[`'\"]?[\w./-]+\.py[`'\"]?} (should|must) be (called|named|renamed to) {path2}",
)
MOVE = (
    "move [the] {said:module|file|package} {path} " + BELOW_BEHIND,
    "move [the] {path} {said:module|file|package} " + BELOW_BEHIND,
    "(move|put) {path} " + BELOW_BEHIND,
    "move [the] {said:module|file|package} {path} " + BELOW,
    "move [the] {path} {said:module|file|package} " + BELOW,
    "put [the] {said:module|file|package} {path} " + BELOW,
    "(move|put) {path} " + BELOW,
)
TURN = (
    "(turn|convert) [the] [(module|file)] {path} (into|to) a package",
    "make [the] [(module|file)] {path} [into] a package",
    "{path} should (be|become) a package",
)
FOLLOW_UP = re.compile(
    r"(?:\s*,?\s*(?:everywhere|(?:and\s+)?(?:also\s+)?(?:update|fix|change|adapt|adjust)\s+(?:all\s+)?(?:the\s+|its\s+)?"
    r"(?:imports?|importers|usages?|uses?|references?)(?:\s+(?:accordingly|too|everywhere))?))+$",
    re.IGNORECASE,
)
PHRASINGS = (
    "rename module utils to helpers",
    "rename pkg/core.py to pkg/storage.py",
    "rename package pkg.sub to backend",
    "move pkg/a.py to pkg/sub/",
    "move module pkg.a into pkg.sub",
    "turn core.py into a package",
)
EXAMPLE = Example(
    "rename module pkg.text to words",
    """
    //- /pkg/__init__.py
    from .text import slug

    __all__ = ["slug"]
    //- /pkg/text.py
    def slug(title: str) -> str:
        return title.lower()
    //- /use.py
    import pkg.text as t
    from pkg import text

    print(text.slug("A"), t.slug("B"), "pkg.text")
    """,
)


@dataclass(frozen=True, slots=True)
class Relocation:
    """A module or package as the user named it (empty for the file of the cursor), and what it is to become.

    `to` is a new name, dotted name or path; `into` tells that it is a folder or package that the module goes into.
    Without `to`, the module becomes a package of its own name.
    """

    module: str
    to: str = ""
    into: bool = False

    def sentence(self) -> str:
        """What will be done, for the user."""
        name = self.module or "this module"
        if not self.to:
            return f"Turn {name} into a package, with what imports it"
        return f"{'Move' if self.into else 'Rename'} module {name} {'into' if self.into else 'to'} {self.to}"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention, or are called."""
        return tuple(dict.fromkeys(name for name in (stem(self.module), stem(self.to)) if name))


def stem(said: str) -> str:
    """The last name of a path or a dotted name."""
    path = said.rstrip("/")
    if path.endswith((".py", ".pyi")):
        path = path.rpartition(".")[0].removesuffix("/__init__")
    return re.split(r"[/.]", path)[-1]


def understand(sentence: str) -> Relocation | None:
    """What a sentence asks for; None for a sentence about something else."""
    sentence = FOLLOW_UP.sub("", sentence)
    found = matched(TURN, sentence)
    if found is not None:
        return Relocation(_path(found["path"])) if _is_module(found, "path") else None
    found = matched(RENAME, sentence)
    if found is not None and ("this" in found or _is_module(found, "path")):
        to = _path(found["path2"])
        return Relocation(_path(found.get("path", "")), to, into=to.endswith("/"))
    found = matched(MOVE, sentence)
    if found is not None and _is_module(found, "path"):
        to = _path(found["folder"])
        return Relocation(_path(found["path"]), to, into=bool(found.get("place")) or not to.endswith(".py"))
    return None


def _path(text: str) -> str:
    return unquoted(text).replace("\\", "/").removeprefix("./")


def _is_module(found: dict[str, str], slot: str) -> bool:
    """Whether what is named can only be a module: called so, or a path of a Python file or of a folder."""
    text = _path(found.get(slot, ""))
    if found.get("said", "").lower() in {"module", "package"}:
        return True
    return text.endswith((".py", ".pyi")) or ("/" in text and not re.search(r"\.\w+$", text))
