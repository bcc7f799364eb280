"""How does a function become `async`? Its definition and overrides do, and certain calls in async code await it.

A call in a plain function stops there and is shown, unless the callers are to follow: then each of them becomes
`async` in its turn, as far as it can.
"""

from dataclasses import dataclass, field

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.edits.change import ChangeSet, Edit, Problem
from lsp_server.recipes.candidates import compile_problems, open_candidates
from lsp_server.recipes.coroutine.functions import callee_of, function_around, is_async, why_not
from lsp_server.recipes.coroutine.sentence import MakeAsync
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site, Wanted
from lsp_server.recipes.python.callables import (
    Callee,
    CallSite,
    call_sites,
    find_callee,
    function_node,
    value_sites,
    with_aliases,
)
from lsp_server.recipes.python.classes import heirs_of, outside_owner
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.world import Value, World, owner_of
from lsp_server.recipes.splices import Splice, edit_of

TAKERS = frozenset(
    {"run", "create_task", "ensure_future", "gather", "wait_for", "run_until_complete", "shield", "as_completed"}
)
"""What takes a coroutine without awaiting it first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is found so far: the functions that become async, splices by path, and places for a person."""

    plan: MakeAsync
    world: World
    files: list[PythonFile]
    pending: list[Callee] = field(default_factory=list[Callee])
    turned: set[Value] = field(default_factory=set[Value])
    splices: dict[str, set[Splice]] = field(default_factory=dict[str, set[Splice]])
    sites: list[Site] = field(default_factory=list[Site])

    def add(self, path: str, *splices: Splice) -> None:
        """Notes splices of a file."""
        self.splices.setdefault(path, set()).update(splices)


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The whole change of a function and of what calls it."""
    if not isinstance(plan, MakeAsync):
        raise TypeError(plan)
    name = plan.target.names[0]
    symbol = Symbol(modules_of(material.snapshot, material.candidates), name, name, also=frozenset(material.names))
    files, _, problems = open_candidates(symbol, material.names or plan.names(), material)
    if problems:
        return Refused(tuple(problems))
    world = World(symbol)
    callee = find_callee(world, plan.target.dotted, plan.target.where, files, material.place)
    if isinstance(callee, Problem):
        return Refused((callee,))
    draft = Draft(plan, world, files, [callee])
    reason = _turn(draft, callee)
    if reason:
        return Refused((reason,))
    done: list[Callee] = []
    while draft.pending:
        current = with_aliases(draft.pending.pop(), files)
        wanted = {current.name, *current.classes, *current.names} - {"__init__", "cls"}
        if wanted - set(material.names):
            return Wanted(tuple(sorted(wanted)))
        done.append(current)
        _await_calls(draft, current)
    for current in done:
        draft.sites.extend(noted for file in files for noted in value_sites(world, current, file))
    return _finished(draft, material)


def _turn(draft: Draft, callee: Callee) -> Problem | None:
    """Makes all definitions of a function `async`; or why one cannot be."""
    found = [
        (value, each) for value in sorted(callee.functions, key=str) if (each := function_node(draft.world, value))
    ]
    for value, (file, node) in found:
        reason = "" if is_async(node) else why_not(file, value.scope, node)
        if reason:
            line = file.lines.at(node.start_byte) + 1
            return Problem("CONFLICT", f"{file.path}:{line} cannot be async: {reason}.", file.path)
    classes = {
        Value("class", value.path, owner) for value, (file, _) in found if (owner := owner_of(file, value.scope)) >= 0
    }
    base, is_certain = outside_owner(draft.world, heirs_of(draft.world, classes, draft.files), callee.name)
    if is_certain:
        message = f"{callee.name} overrides that of {base}, which is not in the workspace and calls a plain function."
        return Problem("CONFLICT", message, found[0][1][0].path)
    if base and found:
        file, node = found[0][1]
        draft.sites.append(site(file, node, f"`{base}` is outside the workspace: it may call it as a plain function"))
    for value, (file, node) in found:
        if not is_async(node):
            draft.add(file.path, Splice(node.start_byte, node.start_byte, "async "))
        draft.turned.add(value)
    return None


def _await_calls(draft: Draft, callee: Callee) -> None:
    for file in draft.files:
        for call in call_sites(draft.world, callee, file):
            if call.reason:
                draft.sites.append(site(file, call.node, call.reason))
            elif not _is_taken(call.node):
                _await_call(draft, file, call)


def _is_taken(call: Node) -> bool:
    """Whether a call is awaited already, or given to what takes a coroutine."""
    parent = call.parent
    while parent is not None and parent.type == "parenthesized_expression":
        parent = parent.parent
    if parent is None or parent.type == "await":
        return parent is not None
    taker = parent.parent if parent.type == "argument_list" else None
    return taker is not None and text_of(taker.child_by_field_name("function")).rpartition(".")[2] in TAKERS


def _await_call(draft: Draft, file: PythonFile, call: CallSite) -> None:
    scope = next((each.scope for each in file.names.calls if each.node == call.node), MODULE_SCOPE)
    around = function_around(file, scope)
    reason = _why_not_here(draft, file, call.node, around)
    if reason:
        draft.sites.append(site(file, call.node, reason))
        return
    parent = call.node.parent
    is_base = parent is not None and (
        (parent.type == "attribute" and parent.child_by_field_name("object") == call.node)
        or (parent.type == "subscript" and parent.child_by_field_name("value") == call.node)
        or (parent.type == "call" and parent.child_by_field_name("function") == call.node)
    )
    start, end = call.node.start_byte, call.node.end_byte
    if any(splice.start == start for splice in draft.splices.get(file.path, ())):
        draft.sites.append(site(file, call.node, "a call of what another call gives: await it too"))
    elif is_base:
        draft.add(file.path, Splice(start, start, "(await "), Splice(end, end, ")"))
    else:
        draft.add(file.path, Splice(start, start, "await "))


def _why_not_here(draft: Draft, file: PythonFile, call: Node, around: int) -> str:
    """Why a call cannot be awaited where it is; makes the function around it async, if the callers are to follow."""
    if around == MODULE_SCOPE:
        return "at the top of a module nothing can be awaited"
    node = file.names.scopes[around].node
    if node is None or node.type != "function_definition":
        return "in a lambda nothing can be awaited"
    generator = call.parent
    while generator is not None and generator != node:
        if generator.type == "generator_expression":
            return "in a generator expression, which would become an asynchronous one"
        generator = generator.parent
    value = Value("function", file.path, around)
    if is_async(node) or value in draft.turned:
        return ""
    name = text_of(node.child_by_field_name("name"))
    if not draft.plan.callers:
        return f"`{name}` is not async: make it async too, or say `… with its callers`"
    callee = callee_of(draft.world, value, draft.files)
    problem = _turn(draft, callee) if callee is not None else None
    if callee is None or problem is not None:
        why = problem.message.partition(": ")[2].rstrip(".") if problem is not None else f"{name} is not found again"
        return f"`{name}` stays as it is: {why}"
    draft.pending.append(callee)
    return ""


def _finished(draft: Draft, material: Material) -> Done | Refused:
    edits: list[Edit] = []
    splices = dict(draft.splices)
    gone = material.consumed
    if gone is not None:
        file = next((each for each in draft.files if each.path == gone.path), None)
        if file is not None:
            line = Splice(file.lines.start(gone.start_line - 1), file.lines.start(gone.end_line), "")
            splices[gone.path] = {*splices.get(gone.path, set[Splice]()), line}
    for path, own in sorted(splices.items()):
        text = material.snapshot.file(path)
        if isinstance(text, FileText):
            edits.append(edit_of(text, own, draft.plan.sentence()))
    problems = [problem for edit in edits for problem in compile_problems(edit)]
    if problems:
        return Refused(tuple(problems))
    if not draft.splices:
        message = f"{draft.plan.target.dotted} is async, and awaited wherever it certainly is called."
        return Refused((Problem("NO_CHANGE", message),))
    turned = len(draft.turned)
    calls = sum("await" in splice.text for own in draft.splices.values() for splice in own)
    sites = tuple(dict.fromkeys(draft.sites))
    summary = f"{draft.plan.sentence()}: {turned} {'definition' if turned == 1 else 'definitions'}"
    summary += f", {calls} {'call' if calls == 1 else 'calls'} awaited"
    if sites:
        summary += f"; {len(sites)} more to check"
    return Done(ChangeSet(tuple(edits)), summary, turned + calls, sites)
