"""Is a sentence about methods that a class lacks? `implement the abstract methods of DiskStore`."""

from dataclasses import dataclass

from lsp_server.recipes.phrasing import KINDS, matched
from lsp_server.recipes.plan import Example
from lsp_server.recipes.signature.sentence import Target, parse_target

CONTRACT = "(protocol|interface|abc|abstract class|abstract base class)"
MISSING = "[all] [the] [missing] (abstract methods|abstract members|missing methods|missing abstract methods)"
TEMPLATES = (
    f"(implement|stub|stub out|add) {MISSING} (of|in|for|to|on) {{symbol}}",
    f"(implement|stub|stub out) [the] {CONTRACT} {{base}} (in|on|for|by) {{symbol}}",
    f"(implement|stub|stub out) [the] {{base}} {CONTRACT} (in|on|for|by) {{symbol}}",
    "(implement|stub|stub out) [all] [the] methods of [the] [(protocol|interface|abc)] {base} (in|on|for) {symbol}",
    f"make {{symbol}} implement [the] {CONTRACT} {{base}}",
)
PHRASINGS = (
    "implement the abstract methods of DiskStore",
    "stub out Protocol Reader in FileReader",
    "add the missing methods of pkg.core.DiskStore",
    "make FileReader implement the protocol Reader",
)
EXAMPLE = Example(
    "implement the abstract methods of DiskStore",
    """
    //- /store.py
    from abc import ABC, abstractmethod
    from pathlib import Path


    class Store(ABC):
        @abstractmethod
        def load(self, path: Path, *, strict: bool = False) -> bytes: ...

        @property
        @abstractmethod
        def size(self) -> int: ...
    //- /disk.py
    from store import Store


    class DiskStore(Store):
        \"\"\"Keeps all on the disk.\"\"\"
    """,
)


@dataclass(frozen=True, slots=True)
class ImplementStubs:
    """A class that gets what its bases leave open, or what `base` declares, which need not be one of them."""

    target: Target
    base: Target | None = None

    def sentence(self) -> str:
        """What will be done, for the user."""
        what = f"the methods of {self.base.dotted}" if self.base is not None else "the abstract methods"
        return f"Write {what} in {self.target.dotted}"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        own = self.target.names[:1]
        return (*own, *self.base.names[:1]) if self.base is not None else own


def understand(sentence: str) -> ImplementStubs | None:
    """The class that lacks methods; what names no class by a capital letter or a dotted name is something else."""
    found = matched(TEMPLATES, sentence)
    if found is None:
        return None
    target = _class(found["symbol"])
    base = _class(found["base"]) if "base" in found else None
    if target is None or (base is None and "base" in found):
        return None
    return ImplementStubs(target, base)


def _class(text: str) -> Target | None:
    target = parse_target(text)
    parts = target.dotted.split(".")
    is_name = all(part.isidentifier() for part in parts) and parts[-1].lower() not in KINDS.split("|")
    # "the API" is no class, but `API in http.py` is one.
    is_class = parts[-1].lstrip("_")[:1].isupper() and (not parts[-1].isupper() or target.where != "")
    return target if is_name and (is_class or len(parts) > 1) else None
