"""What does the documentation of the recipes say? Made from the table: each example is carried out while it is written.

`python -m lsp_server.recipes.page > docs/recipes.md` writes it; a test compares.
"""

import re
import sys
from pathlib import Path
from textwrap import dedent

from context.snapshot import Place, Snapshot, from_buffer
from lsp_server.edits.change import ChangeSet
from lsp_server.edits.diff import unified
from lsp_server.recipes.plan import Done, Example, Material, Recipe, Refused, Wanted
from lsp_server.recipes.registry import RECIPES, understand
from lsp_server.recipes.sequence import after, joined
from lsp_server.recipes.tools import TOOLS

HEAD = """# Recipes

Descriptions that need no model: they are carried out exactly, without a network, or refused with the reason. Write one
as a comment and open the code actions, give it to **Change across files**, or to `patchwright ask`. Several may be
joined by "and", "then" or ";": they arrive as one change, or not at all. Case, quotes and polite words do not matter.

What certainly means the symbol is changed. What may mean it (an unknown receiver, a string, a comment, a document) is
listed with the reason and not changed. What would collide, capture a name, break a call or no longer compile is refused
with its place.

How well they hold on real packages is in `docs/recipes-measured.md`.

This page is made from the table in `lsp_server/recipes/registry.py` by `python -m lsp_server.recipes.page`.
"""

TOOLS_HEAD = """
## As tools for a model

With `model.edit_tools = true` a connected model is offered these beside the tools that edit, where a change may touch
any file. It names symbols, never positions. Its calls are carried out on the files that it was shown and joined with
its own edits: they arrive as one reviewed change, or the model is told once what was refused.

| tool | operands | what it does |
|---|---|---|
"""


def page() -> str:
    """The whole page as Markdown."""
    return HEAD + "".join(_section(recipe) for recipe in RECIPES) + _tools()


def _tools() -> str:
    """What a model can call, with its operands; those that may be left out in brackets."""
    rows = [
        f"| `{tool.name}` | {', '.join(name if name in tool.required else f'[{name}]' for name in tool.every)} "
        f"| {tool.description} |"
        for tool in TOOLS
    ]
    return TOOLS_HEAD + "\n".join(rows) + "\n"


def _section(recipe: Recipe) -> str:
    lines = ["", f"## {recipe.name[:1].upper()}{recipe.name[1:]}", ""]
    lines += [f"- {_code(phrasing)}" for phrasing in recipe.phrasings]
    if recipe.example is not None:
        done = carried_out(recipe.example)
        lines += ["", _code(recipe.example.description), "", "```diff", unified(done.change).rstrip("\n"), "```"]
        lines += [f"To check: `{site.path}:{site.line}` ({site.why})" for site in done.uncertain]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def carried_out(example: Example) -> Done:
    """What an example comes to. Raises LookupError for one that is refused."""
    snapshot, place = example_workspace(example.workspace)
    steps = understand(example.description)
    if not isinstance(steps, tuple):
        raise LookupError(example.description)  # noqa: TRY004 - no argument has a wrong type
    outcomes: list[Done] = []
    current, asked = snapshot, place if place is not None and _is_comment(snapshot, place) else None
    for step in steps:
        names, patterns, outcome = step.plan.names(), tuple[str, ...](), None
        while outcome is None or isinstance(outcome, Wanted):
            if outcome is not None:
                names, patterns = (*names, *outcome.names), (*patterns, *outcome.patterns)
            paths, consumed = tuple(current.buffers), None if outcomes else asked
            outcome = step.recipe.carry_out(step.plan, Material(current, place, consumed, paths, names, patterns))
        if isinstance(outcome, Refused):
            raise LookupError(outcome.problems[0].message)  # noqa: TRY004
        outcomes.append(outcome)
        current = after(current, outcome.change)
    done = joined(snapshot, outcomes)
    return Done(ChangeSet(done.change.operations), done.summary, done.certain, done.uncertain)


def _is_comment(snapshot: Snapshot, place: Place) -> bool:
    """Whether the cursor's line is the comment that asks."""
    line = snapshot.buffers[place.path].text.split("\n")[place.start_line - 1]
    return line.lstrip().startswith(("#", "//", "--"))


def example_workspace(text: str) -> tuple[Snapshot, Place | None]:
    """The files of an example, and the line of its cursor, which is the comment that asks."""
    files: dict[str, str] = {}
    place = None
    for part in re.split(r"^//- /", dedent(text).lstrip("\n"), flags=re.M)[1:]:
        path, _, content = part.partition("\n")
        if "$0" in content:
            line = content[: content.index("$0")].count("\n") + 1
            place = Place(path, line, line)
        files[path] = content.replace("$0", "")
    return Snapshot(Path("/example"), {path: from_buffer(path, content, 1) for path, content in files.items()}), place


if __name__ == "__main__":
    sys.stdout.write(page())
