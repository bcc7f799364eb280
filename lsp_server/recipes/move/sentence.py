"""Is a sentence about moving a symbol to another module? `move load_user to users/store.py`."""

import re
from dataclasses import dataclass

from lsp_server.recipes.phrasing import matched, unquoted
from lsp_server.recipes.plan import Example
from lsp_server.recipes.signature.sentence import Target, parse_target

OWN = (
    "(extract|move|put|pull) {symbol} (to|into|in) (its|a|an) own (module|file)",
    "(extract|move|put|pull) {symbol} (to|into|in) a (module|file) of its own",
    "give {symbol} its own (module|file)",
)
MOVE = (
    "move {symbol} (to|into) {module} and {keep:re-export|reexport} [it]",
    "move {symbol} (to|into) {module} [and] {keep:keep|keeping|leave|leaving} [a] (re-export|reexport|the old import)",
    "move {symbol} (to|into) {module}",
    "put {symbol} (in|into) {module}",
)
PHRASINGS = (
    "move load_user to users/store.py",
    "move class Store from pkg/core.py into pkg.storage",
    "put Store into pkg/storage.py",
    "move load_user to users/store.py and keep a re-export",
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


@dataclass(frozen=True, slots=True)
class Move:
    """A symbol's new module, as a path or a dotted name; `keep` leaves an import of it at the old place.

    Without `to` it is a new module beside the old one that is called like the symbol.
    """

    target: Target
    to: str
    keep: bool = False

    def sentence(self) -> str:
        """What will be done, for the user."""
        to = self.to or "a module of its own"
        return f"Move {self.target.dotted} to {to}{' and keep a re-export' if self.keep else ''}"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        return self.target.names[:1]

    @property
    def result(self) -> str:
        """What "it" is in a step behind this one."""
        name = self.target.names[0]
        if not self.to:
            return name
        return f"{self.to}:{name}" if self.to.endswith(".py") else f"{self.to}.{name}"


def understand(sentence: str) -> Move | None:
    """The move that a sentence asks for; None for a sentence about something else."""
    own = matched(OWN, sentence)
    if own is not None:
        return Move(parse_target(own["symbol"]), "")
    found = matched(MOVE, sentence)
    if found is None:
        return None
    to = unquoted(re.sub(r"^(?:the\s+)?(?:(?:file|module)\s+)?", "", found["module"], flags=re.IGNORECASE)).replace(
        "\\", "/"
    )
    said = re.match(r"(?:the\s+)?(?:file|module)\s", found["module"], re.IGNORECASE)
    if not (to.endswith(".py") or ("." in to and "/" not in to) or said):
        return None
    return Move(parse_target(found["symbol"]), to, "keep" in found)
