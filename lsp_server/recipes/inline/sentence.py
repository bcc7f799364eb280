"""Is a sentence about putting a variable or a function in place of its name? `inline variable total in report`."""

import re
from dataclasses import dataclass
from typing import Literal

from lsp_server.recipes.phrasing import matched, unquoted
from lsp_server.recipes.plan import Example

VARIABLE = "variable|local|local variable"
FUNCTION = "function|helper|def"
WHAT = f"[the] [{{kind:{VARIABLE}|{FUNCTION}}}] [called] [named]"
INLINE = (
    f"inline {WHAT} {{name}} (in|of|from) [the] [(file|module|function)] {{where}}",
    f"inline {WHAT} {{name}}",
    f"inline [the] {{name}} {{kind:{VARIABLE}|{FUNCTION}}}",
    "inline all (calls|uses|usages) of [the] [{kind:function|variable}] {name}",
    "replace [the] {kind:variable|local variable} {name} (with|by) its value",
    "replace [all] [the] calls of [the] [function] {name} (with|by) its body",
)
PHRASINGS = (
    "inline variable total in report",
    "inline total",
    "replace the variable total by its value",
    "inline load_user",
    "inline the function slug in pkg/text.py",
    "inline all calls of slug",
)
EXAMPLE = Example(
    "inline the function full",
    """
    //- /names.py
    def full(first: str, last: str) -> str:
        return f"{first} {last}"


    def greet(user) -> str:
        name = user.name
        return "Dear " + full(name, user.last)
    """,
)
GONE = re.compile(
    r",?\s+(?:and|then)\s+(?:delete|remove|drop)\s+(?:it|(?:the|its)\s+(?:function|definition|def|variable))$",
    re.IGNORECASE,
)
"""What goes anyway."""

NO_NAMES = frozenset({"this", "it", "everything", "all", "these", "styles", "css", "images", "scripts"})


@dataclass(frozen=True, slots=True)
class Inline:
    """A name that goes; `where` is the function or the file that selects among several."""

    name: str
    kind: Literal["variable", "function", ""] = ""
    where: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        kind = f"{self.kind} " if self.kind else ""
        return f"Inline {kind}{self.name}{f' of {self.where}' if self.where else ''}"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        return (self.name,)


def understand(sentence: str) -> Inline | None:
    """What a sentence wants inlined; None for a sentence about something else."""
    sentence = re.sub(r",?\s+everywhere$", "", GONE.sub("", sentence), flags=re.IGNORECASE)
    found = matched(INLINE, sentence)
    if found is None:
        return None
    name, kind = unquoted(found["name"]), found.get("kind", "").lower()
    is_alone = re.fullmatch(rf"inline (?:all \w+ of )?{re.escape(name)}", sentence, re.IGNORECASE) is not None
    is_code = kind or is_alone or "`" in sentence or "_" in name or "(" in found["name"]
    if not name.isidentifier() or name.lower() in NO_NAMES or not is_code:
        return None
    where = unquoted(found.get("where", "")).replace("\\", "/")
    known: Literal["variable", "function", ""] = (
        "function" if re.fullmatch(FUNCTION, kind) else "variable" if kind else ""
    )
    return Inline(name, known, where)
