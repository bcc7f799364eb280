"""Is a sentence about code that is to stand in a `try`? `wrap $F.read() in try/except OSError`."""

import ast
import re
from dataclasses import dataclass

from lsp_server.edits.change import Problem
from lsp_server.recipes.patterns.sentence import WITHIN, fixed_names, is_prose, scope_of
from lsp_server.recipes.phrasing import QUOTE, matched
from lsp_server.recipes.plan import Example, Refused

TRY = "[a] (try/except|try-except|try except|try/catch|try … except|try ... except) [for] [on] [of] {exception}"
WRAP = f"(wrap|surround|enclose|guard) [all] [every] [each] {{pattern}} (in|with|by|within|inside) {TRY}"
AROUND = f"(put|add|write) {TRY} around [all] [every] [each] {{pattern}}"
DO = "(and|that|which|then|with|to|:) {handler}"
TEMPLATES = (
    f"{WRAP} {DO} {WITHIN}",
    f"{WRAP} {WITHIN}",
    f"{WRAP} {DO}",
    WRAP,
    f"{AROUND} {DO} {WITHIN}",
    f"{AROUND} {WITHIN}",
    f"{AROUND} {DO}",
    AROUND,
)
PHRASINGS = (
    "wrap $F.read() in try/except OSError",
    "surround json.loads($X) with try/except ValueError and return None in src/",
    "put a try/except (OSError, ValueError) around open($$$ARGS)",
    "wrap `sock.close()` in a try/except OSError that passes",
)
EXAMPLE = Example(
    "wrap $F.read() in try/except OSError",
    '''
    //- /report.py
    def summary(file):
        text = file.read()  # all of it
        if file.read():
            raise ValueError("more")
        return """
    Summary
    """ + text
    ''',
)
SPOKEN = {
    "passes": "pass",
    "ignore": "pass",
    "ignores": "pass",
    "raises": "raise",
    "re-raise": "raise",
    "re-raises": "raise",
    "reraise": "raise",
    "continues": "continue",
    "breaks": "break",
    "returns": "return",
}


@dataclass(frozen=True, slots=True)
class WrapPattern:
    """What code stands in a `try` from now on. `handler` is what is done then; `path` and `language` as in replacing.

    `exception` is the text behind `except`.
    """

    pattern: str
    exception: str
    handler: str = "raise"
    path: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        where = f" in {self.path}" if self.path else ""
        return f"Wrap {self.pattern} in try/except {self.exception}{where}"

    def names(self) -> tuple[str, ...]:
        """The longest name of the pattern: every place has it."""
        return tuple(sorted(fixed_names(self.pattern), key=lambda name: (-len(name), name))[:1])


def understand(sentence: str) -> WrapPattern | Refused | None:
    """The pattern and what is caught."""
    refusal: Refused | None = None
    for template in TEMPLATES:
        found = matched((template,), sentence)
        if found is None:
            continue
        plan = _plan(found)
        if isinstance(plan, WrapPattern):
            return plan
        refusal = refusal or plan
    return refusal


def _plan(found: dict[str, str]) -> WrapPattern | Refused | None:
    scope = scope_of(found["scope"]) if "scope" in found else ("", "")
    pattern = re.sub(rf"^{QUOTE}|{QUOTE}$", "", found["pattern"]).strip()
    if scope is None or scope[1] not in {"", "python"} or is_prose(pattern) or not re.search(r"[^\w\s]", pattern):
        return None
    exception, handler = _exception(found["exception"]), _handler(found.get("handler", "raise"))
    if exception is None or handler is None:
        return None
    if not fixed_names(pattern):
        return Refused((Problem("FORMAT", f"`{pattern}` has no name of its own and would fit nearly everything."),))
    return WrapPattern(pattern, exception, handler, scope[0])


def _exception(text: str) -> str | None:
    """What stands behind `except`: a name, a dotted name or several, with `as error` where it is said."""
    text = text.strip("` ").removesuffix(":")
    caught, _, name = text.partition(" as ")
    several = re.split(r"\s*,\s*(?:or\s+|and\s+)?|\s+(?:or|and)\s+", caught.strip("() "))
    if not all(re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", each) for each in several):
        return None
    said = several[0] if len(several) == 1 else f"({', '.join(several)})"
    said = f"{said} as {name.strip()}" if name else said
    return said if _parses(f"try:\n    pass\nexcept {said}:\n    pass") else None


def _handler(text: str) -> str | None:
    """One simple statement that is done where the exception comes."""
    text = text.strip("` ")
    text = re.sub(r"^(?:do|does|call|calls)\s+", "", text)
    text = re.sub(r"^(pass|ignore|ignores|passes|raises?)\s+it$", r"\1", text)
    word, _, rest = text.partition(" ")
    text = f"{SPOKEN.get(word.lower(), word)} {rest}".strip()
    around = f"def _():\n  for _ in _:\n    try:\n      pass\n    except E:\n      {text}"
    is_one = "\n" not in text and ";" not in text and not text.endswith(":")
    return (
        text if is_one and re.search(r"[(=.]|^(pass|raise|return|continue|break)\b", text) and _parses(around) else None
    )


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True
