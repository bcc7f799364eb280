"""Is a sentence about moving a symbol to another module? `move load_user to users/store.py`."""

import re
from dataclasses import dataclass

from lsp_server.recipes.phrasing import matched, unquoted
from lsp_server.recipes.plan import Example
from lsp_server.recipes.signature.sentence import Target, parse_target

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
    """A symbol's new module, as a path or a dotted name; `keep` leaves an import of it at the old place."""

    target: Target
    to: str
    keep: bool = False

    def sentence(self) -> str:
        """What will be done, for the user."""
        return f"Move {self.target.dotted} to {self.to}{' and keep a re-export' if self.keep else ''}"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        return self.target.names[:1]

    @property
    def result(self) -> str:
        """What "it" is in a step behind this one."""
        return f"{self.to}:{self.target.names[0]}" if self.to.endswith(".py") else f"{self.to}.{self.target.names[0]}"


def understand(sentence: str) -> Move | None:
    """The move that a sentence asks for; None for a sentence about something else."""
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
