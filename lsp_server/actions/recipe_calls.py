"""What do a model's calls of recipes come to? Exact changes of the snapshot that it saw, joined with its own edits.

Nothing is applied here: the whole goes to the review as one change. A call that is refused refuses the whole, and the
model is told why, with what the other calls would do.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clients.model import Tool, ToolDelta
from context.snapshot import Snapshot
from lsp_server.actions.ask import Ask
from lsp_server.actions.edit_tools import restored
from lsp_server.actions.recipe_answer import TOO_MANY_FILES, carried_out
from lsp_server.actions.services import Services
from lsp_server.edits.change import ChangeSet, Problem
from lsp_server.recipes.plan import Done, Material, Refused, Site, Step
from lsp_server.recipes.sequence import after, joined
from lsp_server.recipes.together import together
from lsp_server.recipes.tool_calls import is_tool, step_of
from lsp_server.recipes.tools import TOOLS

RECIPE_TOOLS = tuple(Tool(tool.name, tool.description, tool.schema()) for tool in TOOLS)
"""Offered beside the edit tools where a change may touch any file."""

MOST_CALLS = 24


@dataclass(frozen=True, slots=True)
class RecipeCall:
    """A call of a recipe; `arguments` is None where they are no JSON."""

    name: str
    arguments: Any

    @property
    def text(self) -> str:
        """The call as a line of JSON, as a reply's edits are kept."""
        return json.dumps({"name": self.name, "arguments": self.arguments}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Carried:
    """What the calls of a reply do to the snapshot, and the places that they leave to a person."""

    change: ChangeSet
    sites: tuple[Site, ...] = ()


def parted(
    deltas: Sequence[ToolDelta], restore: Callable[[str], str]
) -> tuple[tuple[RecipeCall, ...], list[ToolDelta]]:
    """The calls of recipes in a stream's pieces, with secrets put back, and the pieces of all other calls."""
    names: dict[int, str] = {}
    parts: dict[int, str] = {}
    for delta in deltas:
        names[delta.index] = names.get(delta.index) or delta.name
        parts[delta.index] = parts.get(delta.index, "") + delta.json_part
    of_recipes = [index for index in sorted(names) if is_tool(names[index])]
    calls = tuple(RecipeCall(names[index], _arguments(parts[index], restore)) for index in of_recipes)
    return calls, [delta for delta in deltas if delta.index not in of_recipes]


def _arguments(text: str, restore: Callable[[str], str]) -> Any:
    try:
        return restored(json.loads(text or "{}", strict=False), restore)
    except (ValueError, RecursionError):
        return None


async def carry_out_calls(
    calls: Sequence[RecipeCall], ask: Ask, snapshot: Snapshot, services: Services
) -> Carried | Refused:
    """The change of all calls in order, each after the one before it; or why one is refused, for the model."""
    if len(calls) > MOST_CALLS:
        return Refused((Problem("FORMAT", f"A reply may call at most {MOST_CALLS} tools of this kind."),))
    steps = [step_of(call.name, call.arguments) for call in calls]
    wrong = [step for step in steps if isinstance(step, Problem)]
    if wrong:
        return Refused(tuple(wrong))
    await services.index.catch_up()
    if services.index.capped:
        return Refused((Problem("MISSING", TOO_MANY_FILES),))
    done: list[tuple[Step, Done]] = []
    problems: list[Problem] = []
    current = snapshot
    for call, step in zip(calls, steps, strict=True):
        if isinstance(step, Problem):
            continue
        outcome = await carried_out(step, Material(current, ask.place), services)
        if isinstance(outcome, Refused):
            problems += [replace(each, message=f"{call.name}: {each.message}") for each in outcome.problems]
        else:
            done.append((step, outcome))
            current = await asyncio.to_thread(after, current, outcome.change)
    if problems:
        others = "; ".join(
            f"{step.plan.sentence()} ({each.certain} certain, {len(each.uncertain)} to check)" for step, each in done
        )
        told = f" The other calls would do: {others}." if others else ""
        return Refused((replace(problems[0], message=problems[0].message + told), *problems[1:]))
    whole = await services.index.run(joined, snapshot, [each for _, each in done])
    return Carried(whole.change, whole.uncertain)


async def with_edits(carried: Carried, edits: ChangeSet, snapshot: Snapshot, services: Services) -> ChangeSet | Refused:
    """What recipes and edits of one reply do together."""
    return await services.index.run(together, carried.change, edits, snapshot)
