"""How does a function's result get in the place of its calls? Where it is one `return`, and every use of it a call.

The arguments take the places of the parameters: each that is more than a name or a literal must be evaluated once, in
its order, before anything that may have an effect. The definition and its imports go.
"""

from collections.abc import Iterable
from itertools import pairwise

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.edits.change import ChangeSet, Operation, Problem
from lsp_server.recipes.candidates import compile_problems, open_candidates
from lsp_server.recipes.extract.once import effect_before, not_once
from lsp_server.recipes.inline.sentence import Inline
from lsp_server.recipes.inline.value import written
from lsp_server.recipes.inline.variable import inline_variable
from lsp_server.recipes.move.block import block_of, is_builtin
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site
from lsp_server.recipes.python.imports import module_of, modules_of
from lsp_server.recipes.python.names import PythonFile, Symbol, descendants
from lsp_server.recipes.python.parameters import Parameter, parameters_of, without
from lsp_server.recipes.python.scopes import MODULE_SCOPE, find_scope
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.rename.documents import document_sites
from lsp_server.recipes.rename.rename import all_places
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.rename.target import choose_target
from lsp_server.recipes.splices import Splice, edit_of

INNER = frozenset(
    {"lambda", "list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"}
)
PLAIN = frozenset({"identifier", "integer", "float", "true", "false", "none", "string"})


def carry_out(plan: Plan, material: Material) -> Done | Refused:
    """The whole change of a function or of a variable."""
    if not isinstance(plan, Inline):
        raise TypeError(plan)
    symbol = Symbol(modules_of(material.snapshot, material.candidates), plan.name, plan.name)
    files, documents, problems = open_candidates(symbol, (plan.name,), material)
    if problems:
        return Refused(tuple(problems))
    if plan.kind != "function":
        found = inline_variable(plan, material, symbol, [file.path for file in files])
        if found is not None:
            return found
        if plan.kind == "variable":
            return _refused("NOT_FOUND", f"No function here has a variable {plan.name}.")
    target = choose_target(symbol, Rename(plan.name, f"{plan.name}_", plan.where), files, material.place)
    if isinstance(target, Problem):
        return Refused((target,))
    file, binding = target
    node = binding.node.parent
    if binding.kind != "function" or node is None:
        return _refused("FORMAT", f"{plan.name} is no function ({_at(file, binding.node)}): it cannot be inlined.")
    symbol = Symbol(
        symbol.modules, plan.name, f"{plan.name}_", module_of(symbol.modules, file.path), files=symbol.files
    )
    return _inlined(
        plan,
        material,
        symbol,
        files,
        (file, node),
        [each for doc in documents for each in document_sites(doc, plan.name)],
    )


def _refused(code: str, message: str, path: str = "") -> Refused:
    return Refused(
        (Problem("NOT_FOUND" if code == "NOT_FOUND" else "FORMAT" if code == "FORMAT" else "CONFLICT", message, path),)
    )


def _at(file: PythonFile, node: Node) -> str:
    return f"{file.path}:{file.lines.at(node.start_byte) + 1}"


def _inlined(
    plan: Inline,
    material: Material,
    symbol: Symbol,
    files: list[PythonFile],
    target: tuple[PythonFile, Node],
    sites: list[Site],
) -> Done | Refused:
    file, node = target
    value = _result(file, node)
    block = block_of(file, plan.name)
    if isinstance(value, str) or isinstance(block, Problem):
        why = value if isinstance(value, str) else "its definition is not one at the top of the module"
        return _refused("", f"{plan.name} ({_at(file, node)}) cannot be inlined: {why}.", file.path)
    splices: dict[str, list[Splice]] = {file.path: block.gone(file)}
    problems: list[Problem] = []
    for each, places in zip(files, all_places(symbol, files).values(), strict=True):
        for noted in places.sites:
            problems.append(
                Problem("CONFLICT", f"{noted.path}:{noted.line} may use {plan.name}: {noted.why}.", noted.path)
            )
        for splice in places.splices:
            if each.path == file.path and block.ranges[0][0] <= splice.start < block.ranges[-1][1]:
                continue
            found = _at_use(each, splice, (file, node, value))
            if isinstance(found, str):
                line = each.lines.at(splice.start) + 1
                problems.append(Problem("CONFLICT", f"{each.path}:{line}: {found}.", each.path))
            else:
                splices.setdefault(each.path, []).extend(found)
    if problems:
        return Refused(tuple(dict.fromkeys(problems))[:6])
    return _finished(plan, material, splices, sites)


def _finished(plan: Inline, material: Material, splices: dict[str, list[Splice]], sites: list[Site]) -> Done | Refused:
    operations: list[Operation] = []
    gone = material.consumed
    for path, own in sorted(splices.items()):
        text = material.snapshot.file(path)
        if not isinstance(text, FileText) or not own:
            continue
        if _overlap(own):
            return _refused(
                "", f"Calls of {plan.name} within calls of it in {path}: it cannot be inlined at once.", path
            )
        operations.append(edit_of(text, own, plan.sentence()))
    if gone is not None and gone.path not in splices:
        return _refused("", "Ask from a file that uses it.", gone.path)
    problems = [problem for each in operations for problem in compile_problems(each)]  # type: ignore[arg-type]
    if problems:
        return Refused(tuple(problems))
    count = sum(map(len, splices.values())) - 1
    shown = f"; {len(sites)} more to check" if sites else ""
    return Done(
        ChangeSet(tuple(operations)),
        f"{plan.sentence()}: {count} {'place' if count == 1 else 'places'}{shown}",
        count,
        tuple(sites),
    )


def _overlap(splices: Iterable[Splice]) -> bool:
    ordered = sorted(set(splices))
    return any(one.end > other.start for one, other in pairwise(ordered))


def _result(file: PythonFile, node: Node) -> Node | str:
    """What a function returns, if that is all it does; else why it cannot be put in the place of a call."""
    body = node.child_by_field_name("body")
    statements = [each for each in body.named_children if each.type != "comment"] if body is not None else []
    if statements and statements[0].type == "expression_statement" and statements[0].named_children[0].type == "string":
        statements = statements[1:]
    value = (
        statements[0].named_children[0]
        if len(statements) == 1 and statements[0].type == "return_statement" and statements[0].named_children
        else None
    )
    if node.parent is not None and node.parent.type == "decorated_definition":
        return "its decorators do more"
    if node.children[0].type == "async":
        return "it is async"
    if value is None:
        return "it does more than `return` one expression"
    if any(each.kind not in {"regular", "positional only", "keyword only"} for each in parameters_of(node)):
        return "it takes `*` or `**`"
    for each in descendants(value):
        if each.type in {"yield", "named_expression"}:
            return f"`{text_of(each)}` would be the caller's"
        if each.type == "identifier" and text_of(each) == text_of(node.child_by_field_name("name")):
            return "it calls itself"
        if each.type == "identifier" and text_of(each) in {"locals", "super", "__class__"}:
            return f"`{text_of(each)}` means something else elsewhere"
    return value


def _at_use(file: PythonFile, splice: Splice, target: tuple[PythonFile, Node, Node]) -> list[Splice] | str:
    """What a use becomes, or why it must stay."""
    node = file.tree.root_node.descendant_for_byte_range(splice.start, splice.end)
    while node is not None and node.parent is not None and node.parent.type in {"aliased_import", "dotted_name"}:
        node = node.parent
    if node is None or node.parent is None:
        return "it is not known what this use is"
    if node.parent.type == "import_from_statement":
        return _without_import(file, node, node.parent)
    whole = node.parent if node.parent.type == "attribute" else node
    call = whole.parent
    if call is None or call.type != "call" or call.child_by_field_name("function") != whole:
        return "it is used here without being called"
    text = _substituted(file, call, target)
    return [Splice(call.start_byte, call.end_byte, text[0])] if isinstance(text, tuple) else text


def _without_import(file: PythonFile, node: Node, statement: Node) -> list[Splice] | str:
    listed = statement.children_by_field_name("name")
    if node.type == "aliased_import":
        return "it is imported under another name"
    if len(listed) > 1:
        return without(listed, [node])
    row = file.lines.at(statement.start_byte)
    start, end = file.lines.start(row), file.lines.start(file.lines.at(statement.end_byte) + 1)
    alone = file.source[start:end].strip() == (statement.text or b"").strip()
    return [Splice(start, end, "")] if alone else "its import shares the line with other code"


def _substituted(file: PythonFile, call: Node, target: tuple[PythonFile, Node, Node]) -> tuple[str] | str:
    """The result with the arguments of a call in it, as a tuple of one text; or why that would do something else."""
    home, node, value = target
    parameters = parameters_of(node)
    given = _given(call, parameters)
    if isinstance(given, str):
        return given
    scope = _scope_at(file, call)
    uses: dict[str, list[Node]] = {each.name: [] for each in parameters}
    has_inner = any(each.type in INNER for each in descendants(value))
    for each in descendants(value):
        if each.type != "identifier" or _is_label(each):
            continue
        name = text_of(each)
        if name in uses:
            uses[name].append(each)
        elif has_inner and find_scope(home.names.scopes, name, MODULE_SCOPE, 0) is None and not is_builtin(name):
            continue  # A name that a lambda or comprehension binds itself.
        else:
            found = find_scope(file.names.scopes, name, scope, call.start_byte)
            is_global = found is not None and found.scope == MODULE_SCOPE
            if (file.path != home.path and not is_builtin(name)) or (found is not None and not is_global):
                return f"`{name}`, which it needs, means something else here"
    reason = _order_problem(call, value, parameters, given, uses, has_inner=has_inner)
    if reason:
        return reason
    start, text = value.start_byte, value.text or b""
    for each in sorted((each for found in uses.values() for each in found), key=lambda each: -each.start_byte):
        argument = given[text_of(each)]
        new = written(argument, each).encode()
        text = text[: each.start_byte - start] + new + text[each.end_byte - start :]
    return (written(value, call, text.decode("utf-8", "replace")),)


def _is_label(node: Node) -> bool:
    """Whether an identifier is the name of an attribute or of a keyword."""
    parent = node.parent
    if parent is None:
        return False
    return (parent.type == "attribute" and parent.child_by_field_name("attribute") == node) or (
        parent.type == "keyword_argument" and parent.child_by_field_name("name") == node
    )


def _given(call: Node, parameters: list[Parameter]) -> dict[str, Node] | str:
    """What each parameter gets at a call."""
    listed = call.child_by_field_name("arguments")
    arguments = [each for each in listed.named_children if each.type != "comment"] if listed is not None else []
    if (
        listed is None
        or listed.type != "argument_list"
        or any(each.type in {"list_splat", "dictionary_splat"} for each in arguments)
    ):
        return "its arguments cannot be told apart"
    slots = [each for each in parameters if each.kind != "keyword only"]
    given: dict[str, Node] = {}
    for number, each in enumerate(arguments):
        if each.type == "keyword_argument":
            name, value = text_of(each.child_by_field_name("name")), each.child_by_field_name("value")
        else:
            name, value = slots[number].name if number < len(slots) else "", each
        if value is None or not name or name in given or name not in {slot.name for slot in parameters}:
            return "the call does not fit"
        given[name] = value
    for each in parameters:
        default = each.node.child_by_field_name("value")
        if each.name not in given and (default is None or default.type not in PLAIN - {"identifier"}):
            return (
                f"it gives no {each.name}, whose default is more than a literal"
                if default is not None
                else "the call does not fit"
            )
        if each.name not in given and default is not None:
            given[each.name] = default
    return given


def _order_problem(
    call: Node,
    value: Node,
    parameters: list[Parameter],
    given: dict[str, Node],
    uses: dict[str, list[Node]],
    *,
    has_inner: bool,
) -> str:
    """Why arguments would be evaluated otherwise than at the call; empty where they are not."""
    positions: list[int] = []
    ordered = sorted(
        (name for name in given if given[name].start_byte >= call.start_byte and given[name].end_byte <= call.end_byte),
        key=lambda name: given[name].start_byte,
    )
    for name in ordered:
        argument = given[name]
        if argument.type in PLAIN and not any(each.type == "interpolation" for each in argument.named_children):
            if has_inner and argument.type == "identifier":
                return "a name of the call could be captured by a lambda or comprehension in it"
            continue
        if len(uses[name]) != 1:
            return f"`{text_of(argument)[:40]}` would be evaluated {len(uses[name])} times"
        use = uses[name][0]
        if use != value and not_once(value, use):
            return f"`{text_of(argument)[:40]}` may not be evaluated once"
        if effect_before(value, use) is not None:
            return f"`{text_of(argument)[:40]}` would be evaluated behind `{text_of(effect_before(value, use))[:40]}`"
        positions.append(use.start_byte)
    if positions != sorted(positions):
        return "its arguments would be evaluated in another order"
    return ""


def _scope_at(file: PythonFile, node: Node) -> int:
    """The scope that a call stands in."""
    return next((call.scope for call in file.names.calls if call.node == node), MODULE_SCOPE)
