"""Is a sentence about moving a symbol to another module? `move load_user to users/store.py`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lsp_server.recipes.phrasing import MODULE, matched, unquoted
from lsp_server.recipes.plan import Example
from lsp_server.recipes.signature.sentence import Target, parse_target

OWN = (
    "(extract|move|put|pull) {symbol} (to|into|in) (its|a|an) own (module|file)",
    "(extract|move|put|pull) {symbol} (to|into|in) a (module|file) of its own",
    "give {symbol} its own (module|file)",
)
TO = "(to|into|over to|->|=>|\u2192)"
KEEP = "{keep:keep|keeping|leave|leaving} [a] (re-export|reexport|re-exports|the old import)"
MOVE = (
    f"move {{symbol}} {TO} {{module}} and {{keep:re-export|reexport}} [it]",
    f"move {{symbol}} {TO} {{module}} [and] {KEEP}",
    f"(move|relocate) {{symbol}} {TO} {{module}}",
    "(move|pull|split|extract) {symbol} out of {path} (to|into) {module}",
    "(extract|pull|put) {symbol} (into|in) {module}",
    "{symbol} (belongs in|should be in|should live in|should move to|should be moved to|must move to) {module}",
    f"move {{symbols}} {TO} {{module}} and {{keep:re-export|reexport}} [them]",
    f"move {{symbols}} {TO} {{module}} [and] {KEEP}",
    "(move|pull|split|extract) {symbols} out of {path} (to|into) {module}",
    f"(move|relocate) {{symbols}} {TO} {{module}}",
)
BEFORE_KEEP = re.compile(r",(?=\s+(?:and\s+)?(?:keep|leav|re-?export))", re.IGNORECASE)
AT_OLD = re.compile(
    r"(?<=export)s?\s+(?:there|in|at|from)?\s*(?:its\s+|the\s+)?(?:old|original)\s+(?:place|module|file|location)$",
    re.I,
)
"""Where a re-export is kept, which needs not be said."""

NO_NAMES = frozenset(
    {
        "all",
        "any",
        "both",
        "classes",
        "constants",
        "each",
        "every",
        "everything",
        "functions",
        "it",
        "methods",
        "stuff",
        "that",
        "them",
        "these",
        "things",
        "this",
        "those",
    }
)
"""Words that speak of things instead of naming one."""
PHRASINGS = (
    "move load_user to users/store.py",
    "move class Store from pkg/core.py into pkg.storage",
    "put Store into pkg/storage.py",
    "move load_user to users/store.py and keep a re-export",
    "move Store, DiskStore and open_store to storage.py",
    "extract Store to its own module",
)
EXAMPLE = Example(
    "move slug to text.py",
    """
    //- /views.py
    import re


    # Words with dashes between them.
    def slug(title: str) -> str:
        return re.sub(r"\\\\W+", "-", title.lower())


    def page(title: str) -> str:
        return f"/{slug(title)}"
    //- /feed.py
    from views import page, slug

    print(page("a"), slug("b c"))
    //- /text.py
    \"\"\"Text.\"\"\"
    """.replace("\\\\W", "\\W"),
)


OTHER_FILE = re.compile(
    r"\.(?:html?|s?css|less|[mc]?[jt]sx?|vue|svelte|md|rst|txt|json|ya?ml|toml|ini|cfg|xml|svg|sql|sh|go|rs|java|rb|php|cc?|h|cpp)$"
)
"""The end of a file that is no Python module, though it looks like a dotted name."""

NAMED = re.compile(r"[^\W\d]\w*")
MOST_LEAST = (2, 24)
"""How many names may be moved by one sentence that names several."""


@dataclass(frozen=True, slots=True)
class Move:
    """A symbol's new module, as a path or a dotted name; `keep` leaves an import of it at the old place.

    Without `to` it is a new module beside the old one that is called like the symbol. `others` are names of the same
    module that go there with it.
    """

    target: Target
    to: str
    keep: bool = False
    others: tuple[str, ...] = ()

    def sentence(self) -> str:
        """What will be done, for the user."""
        to = self.to or "a module of its own"
        what = listed((self.target.dotted, *self.others))
        return f"Move {what} to {to}{' and keep a re-export' if self.keep else ''}"

    @property
    def moved(self) -> tuple[str, ...]:
        """The names that move."""
        return (self.target.names[0], *self.others)

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        return self.moved

    @property
    def result(self) -> str:
        """What "it" is in a step behind this one."""
        name = self.target.names[0]
        if not self.to:
            return name
        return f"{self.to}:{name}" if self.to.endswith(".py") else f"{self.to}.{name}"


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def understand(sentence: str) -> Move | None:
    """The move that a sentence asks for; None for a sentence about something else."""
    own = matched(OWN, sentence)
    if own is not None:
        return Move(parse_target(own["symbol"]), "") if _names_one(own["symbol"]) else None
    found = matched(MOVE, AT_OLD.sub("", BEFORE_KEEP.sub("", sentence)))
    if found is None:
        return None
    out_of = unquoted(found.get("path", ""))
    to = unquoted(re.sub(rf"^{MODULE}", "", found["module"], flags=re.IGNORECASE)).replace("\\", "/")
    said = re.match(r"(?:(?:the|an?)\s+)?(?:new\s+)?(?:file|module)\s", found["module"], re.IGNORECASE)
    if not (to.endswith((".py", ".pyi")) or ("." in to and "/" not in to) or said) or OTHER_FILE.search(to):
        return None
    if "symbol" in found:
        target = parse_target(found["symbol"])
        is_placed = bool(out_of) and bool(target.where)
        target = replace(target, where=out_of) if out_of else target
        return Move(target, to, "keep" in found) if _names_one(found["symbol"]) and not is_placed else None
    targets = _several(f"{found['symbols']} in {out_of}" if out_of else found["symbols"])
    if targets is None or any(each.dotted.lower() in NO_NAMES for each in targets):
        return None
    return Move(targets[0], to, "keep" in found, tuple(each.dotted for each in targets[1:]))


def _names_one(said: str) -> bool:
    """Whether words name a symbol: "the logic" and "everything" do not."""
    name = parse_target(said).dotted
    plain = re.match(r"(?:the|our|my)\s+([a-z]+)$", said, re.IGNORECASE)
    return name.lower() not in NO_NAMES and not (plain and plain[1] == name)


def _several(text: str) -> list[Target] | None:
    """`Store, DiskStore and open_store in pkg/core.py`: the names, the first with the module; None for other words."""
    head, where, module = re.sub(r"\s(?:in|from|of)\s", "\0", text, count=1).partition("\0")
    parts = re.split(r"\s*,\s*(?:and\s+)?|\s+(?:and|&)\s+", head)
    if len(parts) < MOST_LEAST[0] or len(parts) > MOST_LEAST[1]:
        return None
    targets = [parse_target(part) for part in parts]
    names = [target.dotted for target in targets]
    if any(each.where for each in targets[1:]) or not all(NAMED.fullmatch(name) for name in names):
        return None
    first = parse_target(f"{parts[0]} in {module}") if where else targets[0]
    return [first, *targets[1:]] if len(set(names)) == len(names) else None
