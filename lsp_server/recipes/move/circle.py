"""What if two modules would import each other? Some import waits until a function runs, or the move is refused.

Tried in this order, and each result is loaded in thought from every module that could come first:

1. all imports at the tops of the modules;
2. the moved functions import what they alone read when they run: exact, for a function reads its module's names then;
3. functions of the old module that read what moved import it when they run, if none of them runs while it is loaded.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.move.arrival import imports_of
from lsp_server.recipes.move.imports import Import
from lsp_server.recipes.move.live import run_on_loading
from lsp_server.recipes.move.order import Failure, circle_of, new_failures
from lsp_server.recipes.move.removal import Ground, Way
from lsp_server.recipes.move.sentence import listed
from lsp_server.recipes.plan import Done, Refused
from lsp_server.recipes.python.imports import INIT_FILES, Modules, modules_of
from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.sequence import after

SHOWN = 4
"""Places that a refusal names of one kind."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """No way works: why, and the names of the old module that would have to move too."""

    refusal: Refused
    companions: tuple[str, ...]


def first_that_loads(ground: Ground, attempt: Callable[[Ground, Way], Done | Refused]) -> Done | Refused | Stuck:
    """The first of the ways whose result can be loaded from anywhere."""
    plain = attempt(ground, Way())
    if isinstance(plain, Refused):
        return plain
    modules = _modules_after(ground, plain)
    failures = new_failures(ground.modules, modules, ground.new)
    if not failures:
        return plain
    circle = circle_of(modules, ground.new)
    needed = {name: each for name, each in imports_of(ground).items() if each.module in circle}
    for way in _other_ways(ground, needed):
        done = attempt(ground, way)
        if isinstance(done, Done) and not new_failures(ground.modules, _modules_after(ground, done), ground.new):
            return done
    eager = [name for name in needed if ground.readings[name].eager]
    own = tuple(name for name in eager if is_own(ground.old, name))
    return Stuck(Refused((_problem(ground, failures, eager),)), own)


def _modules_after(ground: Ground, done: Done) -> Modules:
    snapshot = after(ground.material.snapshot, done.change)
    return modules_of(snapshot, (*ground.material.candidates, ground.new))


def _other_ways(ground: Ground, needed: Mapping[str, Import]) -> Iterable[Way]:
    """The ways that are left, where the moved lines need some imports of the circle."""
    late = frozenset(name for name, each in needed.items() if not each.condition and ground.readings[name].can_wait)
    if late:
        yield Way(late)
    can_wait = all(ground.kept[name].can_wait for name in ground.plan.moved)
    if can_wait and not ground.plan.keep and not _runs_early(ground, needed, late):
        yield Way(inside=True)


def _runs_early(ground: Ground, needed: Mapping[str, Import], late: frozenset[str]) -> bool:
    """Whether a function that would import what moved may run before the new module is there."""
    old = ground.old
    functions = [function for name in ground.still_used for function in ground.kept[name].functions]
    others = {each.module for name, each in needed.items() if name not in late}
    beside = {each for each in others if each != old.path and not each.endswith(INIT_FILES)}
    declared = any(name in scope.declared_global for scope in old.names.scopes for name in ground.plan.moved)
    return bool(beside) or declared or run_on_loading(old, functions)


def is_own(file: PythonFile, name: str) -> bool:
    """Whether a module defines a name itself."""
    bindings = file.names.scopes[0].bindings.get(name, [])
    return bool(bindings) and not all(binding.kind in {"import", "from"} for binding in bindings)


def _problem(ground: Ground, failures: list[Failure], eager: list[str]) -> Problem:
    """The refusal, with the lines that stand against each other."""
    old, moved = ground.old, listed(ground.plan.moved)
    other = next((each.path for each in failures if each.path not in {ground.new}), old.path)
    verb = "needs" if len(ground.plan.moved) == 1 else "need"
    parts = [f"{ground.new} and {other} would import each other"]
    if eager:
        places = _places(old, [node for name in eager for node in ground.readings[name].eager])
        parts.append(f"{moved} {verb} {listed(eager)} while it is loaded ({places})")
    else:
        shown = (f"{each.path}:{each.line} needs {each.name} of {each.module}" for each in failures[:SHOWN])
        parts.append("; ".join(shown))
    kept = [node for each in ground.kept.values() for node in (*each.eager, *each.functions)]
    if kept:
        parts.append(f"{old.path} needs {moved} ({_places(old, kept)})")
    elif ground.plan.keep:
        parts.append("the re-export needs it")
    return Problem("CONFLICT", f"{parts[0]}: {', and '.join(parts[1:])}.", old.path)


def _places(file: PythonFile, nodes: Iterable[Node]) -> str:
    lines = sorted({file.lines.at(node.start_byte) + 1 for node in nodes})
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return f"{file.path}:{', '.join(map(str, lines[:SHOWN]))}{more}"
