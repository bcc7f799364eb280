"""How does what a function takes change, with every call of it? Parameters are added, removed and put in order.

The definition, its overrides, overloads and stub change together. Calls that certainly reach it change; those that may
are listed. A call that would no longer fit refuses the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.edits.change import ChangeSet, Edit, Problem, ProblemCode
from lsp_server.recipes.candidates import compile_problems, open_candidates
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site, Wanted
from lsp_server.recipes.python.callables import (
    Callee,
    CallSite,
    call_sites,
    find_callee,
    function_node,
    is_test,
    value_sites,
    with_aliases,
    wrapped_sites,
)
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.parameters import call_problem, parameters_of
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.world import Value, World, decorator_names, opened, owner_of
from lsp_server.recipes.sequence import after as after_edits
from lsp_server.recipes.signature.sentence import AddParameter, RemoveParameter, ReorderParameters
from lsp_server.recipes.signature.splices import add_to, at_calls, remove_from, reorder_in
from lsp_server.recipes.splices import Splice, edit_of

Signature = AddParameter | RemoveParameter | ReorderParameters
Definition = tuple[PythonFile, Node]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is found so far: splices by path, places for a person, and what speaks against it."""

    splices: dict[str, list[Splice]] = field(default_factory=dict[str, list[Splice]])
    sites: list[Site] = field(default_factory=list[Site])
    problems: list[Problem] = field(default_factory=list[Problem])

    def add(self, path: str, splices: Sequence[Splice]) -> None:
        """Notes splices of a file."""
        if splices:
            self.splices.setdefault(path, []).extend(splices)


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The change of the definitions and of all calls that certainly reach them."""
    if not isinstance(plan, AddParameter | RemoveParameter | ReorderParameters):
        raise TypeError(plan)
    name = plan.target.names[0]
    given = plan.name if not isinstance(plan, ReorderParameters) else name
    symbol = Symbol(modules_of(material.snapshot, material.candidates), name, given)
    files, _, problems = open_candidates(symbol, _own_names(plan, material), material)
    if problems:
        return Refused(tuple(problems))
    world = World(symbol)
    callee = find_callee(world, plan.target.dotted, plan.target.where, files, material.place)
    if isinstance(callee, Problem):
        return Refused((callee,))
    callee = with_aliases(callee, files)
    wanted = {callee.name, *callee.classes, *callee.names} - {"__init__", "cls"}
    if wanted - set(material.names):
        return Wanted(tuple(sorted(wanted)))
    draft = Draft()
    functions = sorted(callee.functions, key=str)
    definitions = [(value, found) for value in functions if (found := function_node(world, value)) is not None]
    for value, definition in definitions:
        _change_definition(plan, value, definition, draft)
    sites = [found for file in files for found in call_sites(world, callee, file)]
    if not draft.problems:
        _change_calls(plan, definitions[0][1], sites, draft)
    if draft.problems:
        return Refused(tuple(dict.fromkeys(draft.problems))[:6])
    draft.sites.extend(noted for file in files for noted in value_sites(world, callee, file))
    draft.sites.extend(noted for _, noted in wrapped_sites(world, callee))
    return _finished(plan, material, world, callee, draft, sites)


def _own_names(plan: Signature, material: Material) -> tuple[str, ...]:
    """What a file mentions that may call the function: its name and its aliases, not the classes that have it."""
    others = (name for name in material.names if name not in plan.target.names[1:])
    return tuple(dict.fromkeys((plan.target.names[0], *others)))


def _change_definition(plan: Signature, value: Value, definition: Definition, draft: Draft) -> None:
    file, node = definition
    parameters = parameters_of(node)
    names = [parameter.name for parameter in parameters]
    line = file.lines.at(node.start_byte) + 1
    where = f"{file.path}:{line}"
    match plan:
        case AddParameter():
            problem = _taken(plan, file, value.scope, names, where)
            if problem is None and is_test(file, node):
                problem = _problem("CONFLICT", f"pytest gives {where} its arguments by their names.", file.path)
            draft.problems.extend([problem] if problem is not None else [])
            draft.add(file.path, add_to(plan, file, node, parameters))
        case RemoveParameter():
            problem = _needed(plan, file, value.scope, names, where)
            draft.problems.extend([problem] if problem is not None else [])
            draft.add(file.path, remove_from(plan.name, node, parameters))
        case ReorderParameters():
            found = reorder_in(plan, file, parameters)
            if isinstance(found, str):
                draft.problems.append(_problem("FORMAT", f"{where}: {found}", file.path))
            else:
                draft.add(file.path, found)


def _taken(plan: AddParameter, file: PythonFile, scope: int, names: list[str], where: str) -> Problem | None:
    """Why a definition cannot have a parameter of that name."""
    if plan.name in names:
        return _problem("EXISTS", f"{where} has a parameter {plan.name} already.", file.path)
    if plan.name in file.names.scopes[scope].bindings or _uses(file, plan.name, scope):
        message = f"`{plan.name}` is used already within {where}, for something else: choose another name."
        return _problem("CONFLICT", message, file.path)
    return None


def _needed(plan: RemoveParameter, file: PythonFile, scope: int, names: list[str], where: str) -> Problem | None:
    """Why a parameter cannot go."""
    if plan.name not in names:
        message = f"{where} has no parameter {plan.name}; it has {', '.join(names) or 'none'}."
        return _problem("NOT_FOUND", message, file.path)
    is_method = owner_of(file, scope) >= 0 and "staticmethod" not in decorator_names(file, scope)
    if is_method and names[0] == plan.name:
        return _problem("CONFLICT", f"{plan.name} of {where} is given by the receiver: it cannot go.", file.path)
    lines = sorted({file.lines.at(use.start_byte) + 1 for use in _uses(file, plan.name, scope)})
    if lines:
        shown = ", ".join(map(str, lines))
        return _problem("CONFLICT", f"{file.path} uses {plan.name} in line {shown}: change that first.", file.path)
    return None


def _uses(file: PythonFile, name: str, scope: int) -> list[Node]:
    return [use.node for use in file.names.uses if use.name == name and _is_within(file, use.scope, scope)]


def _is_within(file: PythonFile, scope: int, outer: int) -> bool:
    while scope >= 0 and scope != outer:
        scope = file.names.scopes[scope].parent
    return scope == outer


def _change_calls(plan: Signature, definition: Definition, sites: list[CallSite], draft: Draft) -> None:
    """The calls of a function, by its first definition."""
    parameters = parameters_of(definition[1])
    needs_value = isinstance(plan, AddParameter) and not plan.default
    missing: list[str] = []
    for each in sites:
        if each.reason:
            draft.sites.append(site(each.file, each.node, each.reason))
            continue
        if isinstance(plan, AddParameter) and not plan.value:
            if needs_value:
                missing.append(f"{each.file.path}:{each.file.lines.at(each.node.start_byte) + 1}")
            continue
        changed = at_calls(plan, each, parameters)
        if isinstance(changed, str):
            draft.sites.append(site(each.file, each.node, changed))
        else:
            draft.add(each.file.path, changed)
    if missing and isinstance(plan, AddParameter):
        shown = ", ".join(missing[:6])
        advice = f"give it a default, or say what to pass: `… {plan.name} … and pass VALUE at the calls`"
        calls = "1 call" if len(missing) == 1 else f"{len(missing)} calls"
        message = f"{calls} would lack {plan.name} ({shown}): {advice}."
        draft.problems.append(_problem("CONFLICT", message, definition[0].path))


def _finished(
    plan: Signature, material: Material, world: World, callee: Callee, draft: Draft, before: list[CallSite]
) -> Done | Refused:
    edits: list[Edit] = []
    splices = dict(draft.splices)
    if material.consumed is not None:
        file = world.symbol.files.get(material.consumed.path)
        if isinstance(file, PythonFile):
            place = material.consumed
            gone = Splice(file.lines.start(place.start_line - 1), file.lines.start(place.end_line), "")
            splices[file.path] = [*splices.get(file.path, []), gone]
    for path, own in sorted(splices.items()):
        text = material.snapshot.file(path)
        if isinstance(text, FileText):
            edits.append(edit_of(text, _apart(own), plan.sentence()))
    problems = [problem for edit in edits for problem in compile_problems(edit)]
    problems = problems or _unfit_calls(world, callee, edits, before)
    if problems:
        return Refused(tuple(problems))
    count = sum(len(set(own)) for own in draft.splices.values())
    sites = tuple(dict.fromkeys(draft.sites))
    places = "1 place" if count == 1 else f"{count} places"
    summary = f"{plan.sentence()}: {places} in {'1 file' if len(draft.splices) == 1 else f'{len(draft.splices)} files'}"
    if sites:
        summary += f"; {len(sites)} more to check"
    return Done(ChangeSet(tuple(edits)), summary, count, sites)


def _apart(splices: list[Splice]) -> list[Splice]:
    """The splices without those that lie within another: a call within an argument that goes."""
    return [one for one in sorted(set(splices)) if not any(_covers(other, one) for other in splices)]


def _covers(other: Splice, one: Splice) -> bool:
    return other != one and other.start <= one.start and one.end <= other.end and other.end > other.start


def _unfit_calls(world: World, callee: Callee, edits: list[Edit], before: list[CallSite]) -> list[Problem]:
    """Calls that fitted and no longer would, and calls that no longer reach the function: all read again."""
    symbol = world.symbol
    snapshot = symbol.modules.snapshot
    overlay = after_edits(snapshot, ChangeSet(tuple(edits)))
    changed = {edit.path for edit in edits}
    unchanged = {path: file for path, file in symbol.files.items() if path not in changed}
    modules = modules_of(overlay, tuple(dict.fromkeys((*symbol.files, *snapshot.buffers))))
    after = World(Symbol(modules, symbol.old, symbol.new, files=unchanged))
    problems: list[Problem] = []
    for path in sorted({each.file.path for each in before}):
        file = opened(after, path)
        now = [each for each in call_sites(after, callee, file) if not each.reason] if file is not None else []
        earlier = [each for each in before if each.file.path == path and not each.reason]
        if len(now) != len(earlier):
            problems.append(_problem("CONFLICT", f"Some calls in {path} would reach something else.", path))
            continue
        for old, new in zip(earlier, now, strict=True):
            was = _fit(world, callee, old)
            reason = _fit(after, callee, new)
            if reason and not was:
                line = new.file.lines.at(new.node.start_byte) + 1
                problems.append(_problem("CONFLICT", f"The call in {path}:{line} would not fit: {reason}.", path))
    return problems[:6]


def _fit(world: World, callee: Callee, call: CallSite) -> str:
    """Why a call fits none of the definitions; empty where it fits one."""
    reasons = [
        call_problem(parameters_of(found[1]), call.arguments, bound=call.bound)
        for value in callee.functions
        if (found := function_node(world, value)) is not None
    ]
    return "" if "" in reasons or not reasons else reasons[0]


def _problem(code: ProblemCode, message: str, path: str = "") -> Problem:
    return Problem(code, message, path)
