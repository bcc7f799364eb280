"""Is a sentence about making a function asynchronous? `convert load_user to async with its callers`."""

import re
from dataclasses import dataclass

from lsp_server.recipes.phrasing import matched
from lsp_server.recipes.plan import Example
from lsp_server.recipes.signature.sentence import Target, parse_target

ASYNC = "(async|asynchronous|awaitable)"
KIND = "(function|method|coroutine|def|coroutine function)"
MAKE = (
    f"(make|turn|convert|change) {{symbol}} (into|to|be|to be) [an] {ASYNC} [{KIND}]",
    f"make {{symbol}} [an] {ASYNC} {KIND}",
    f"make {{symbol}} {ASYNC}",
    f"(turn|convert|change|make) {{symbol}} (into|to) {ASYNC}",
    f"(turn|convert|change|make) {{symbol}} (into|to) [a] [an] [{ASYNC}] (coroutine|coroutine function)",
    f"{{symbol}} (should|must) be {ASYNC}",
    "await {symbol} everywhere",
    "await [all] [the] calls of {symbol}",
)
CALLERS = re.compile(
    r",?\s+(?:together\s+)?(?:with|and|including|also)\s+(?:also\s+)?(?:all\s+)?(?:of\s+)?(?:its|the|their)?\s*callers(?:\s+too)?$",
    re.IGNORECASE,
)
PHRASINGS = (
    "make fetch async",
    "make Store.fetch async with its callers",
    "convert load_user to async with its callers",
    "turn fetch into a coroutine",
    "fetch should be async",
    "await fetch everywhere",
)
EXAMPLE = Example(
    "make fetch async with its callers",
    """
    //- /store.py
    def fetch(key: str) -> str:
        return key
    //- /use.py
    from store import fetch


    def show(key: str) -> None:
        print(fetch(key).upper())


    async def main() -> None:
        print(fetch("a"))
        show("b")
    """,
)


@dataclass(frozen=True, slots=True)
class MakeAsync:
    """A function that becomes `async`; `callers` says whether the functions that call it do too, and so on."""

    target: Target
    callers: bool = False

    def sentence(self) -> str:
        """What will be done, for the user."""
        return f"Make {self.target.dotted} async{' with its callers' if self.callers else ''}"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        return self.target.names


def understand(sentence: str) -> MakeAsync | None:
    """The function that a sentence wants asynchronous; None for a sentence about something else."""
    with_callers = CALLERS.search(sentence)
    text = sentence[: with_callers.start()] if with_callers else sentence
    found = matched(MAKE, text)
    if found is None:
        return None
    target = parse_target(found["symbol"])
    is_plain = re.fullmatch(
        r"(?:this|it|everything|all|that|code|them|the|requests?|calls?)", target.dotted, re.IGNORECASE
    )
    return None if is_plain else MakeAsync(target, with_callers is not None)
