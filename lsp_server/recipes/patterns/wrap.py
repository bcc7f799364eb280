"""How does code that fits a pattern get into a `try`? The statement that it is in, and nothing else, is indented.

What runs later than its statement (a lambda, a generator), the head of a block, a line with other code, and a handler
after which a name would not be set are listed with the reason.
"""

import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.patterns.matcher import find_hits
from lsp_server.recipes.patterns.replace import is_meant
from lsp_server.recipes.patterns.rewrite import parts_of
from lsp_server.recipes.patterns.wrap_sentence import WrapPattern
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.insert import indentation_step
from lsp_server.recipes.python.names import PythonFile, Symbol, descendants, is_alone, open_file
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Binding
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.walk import read_names
from lsp_server.recipes.splices import Splice

BLOCKS = frozenset({"block", "module"})
LATER = {"lambda": "a lambda, which runs later", "generator_expression": "a generator, which runs later"}
HEADS = frozenset({"decorator", "function_definition", "class_definition", "decorated_definition"})
FUNCTIONS = frozenset({"function_definition", "lambda"})
LOOPS = frozenset({"for_statement", "while_statement"})
LEAVING = frozenset({"raise", "return", "continue", "break"})


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What was found in one file so far; `done` are statements that are wrapped in the same `try` already."""

    splices: list[Splice]
    sites: list[Site]
    count: int
    done: int


def carry_out(plan: Plan, material: Material) -> Done | Refused:
    """Every statement with a place that fits, in the files that are meant."""
    if not isinstance(plan, WrapPattern):
        raise TypeError(plan)
    symbol = Symbol(modules_of(material.snapshot, material.candidates), "", "")
    splices: dict[str, list[Splice]] = {}
    sites: list[Site] = []
    count = done = 0
    for path in material.candidates:
        if not is_meant(path, plan.path, "python"):
            continue
        file = open_file(symbol, path)
        if not isinstance(file, PythonFile):
            continue
        if file.fault_line:
            sites += (
                [Site(path, file.fault_line, "", "has a syntax error: correct it first")] if _fits(plan, file) else []
            )
            continue
        wrapped = _wrapped(plan, file)
        if isinstance(wrapped, Problem):
            return refused(wrapped)
        splices[path] = wrapped.splices
        sites += wrapped.sites
        count, done = count + wrapped.count, done + wrapped.done
    if not count:
        return refused(_nothing(plan, sites, done))
    changed = sum(bool(each) for each in splices.values())
    statements = "1 statement" if count == 1 else f"{count} statements"
    files = "1 file" if changed == 1 else f"{changed} files"
    return finished(material, splices, f"{plan.sentence()}: {statements} in {files}", sites)


def _nothing(plan: WrapPattern, sites: list[Site], done: int) -> Problem:
    where = f" in {plan.path}" if plan.path else ""
    if sites:
        listed = "; ".join(f"{each.path}:{each.line} ({each.why})" for each in sites[:6])
        return Problem("NO_CHANGE", f"No statement can be wrapped certainly: {listed}.")
    if done:
        return Problem("NO_CHANGE", f"All code that fits `{plan.pattern}`{where} is wrapped in such a `try` already.")
    return Problem("NOT_FOUND", f"No Python code fits `{plan.pattern}`{where}.")


def _fits(plan: WrapPattern, file: PythonFile) -> bool:
    return bool(find_hits("python", file.file.text, plan.pattern, parts_of(plan.pattern)))


def _wrapped(plan: WrapPattern, file: PythonFile) -> Wrapped | Problem:
    """The statements of one file, outermost first and each once."""
    text = file.file.text
    statements: dict[int, Node] = {}
    sites: list[Site] = []
    done = 0
    for hit in find_hits("python", text, plan.pattern, parts_of(plan.pattern)) or []:
        start = len(text[: hit.start].encode("utf-8", "surrogatepass"))
        end = start + len(text[hit.start : hit.end].encode("utf-8", "surrogatepass"))
        node = file.tree.root_node.named_descendant_for_byte_range(start, end)
        if node is None:
            continue
        statement = _statement(node)
        if isinstance(statement, str):
            sites.append(site(file, node, statement))
            continue
        why = _obstacle(plan, file, statement)
        if _is_wrapped(plan, statement):
            done += 1
        elif why:
            sites.append(site(file, node, why))
        else:
            statements[statement.start_byte] = statement
    unknown = _unknown(plan, file) if statements else ""
    if unknown:
        near = get_close_matches(unknown, [name for name in dir(builtins) if _is_exception(name)], 1)
        hint = f" Did you mean {near[0]}?" if near else " Import it first."
        return Problem("NOT_FOUND", f"`{unknown}` is not known in {file.path}.{hint}", file.path)
    splices = [splice for each in statements.values() for splice in _in_try(plan, file, each)]
    return Wrapped(splices, sites, len(statements), done)


def _statement(node: Node) -> Node | str:
    """The simple statement that runs some code, or why there is none that runs just this."""
    current = node
    while (parent := current.parent) is not None:
        if current.type in LATER:
            return f"it stands in {LATER[current.type]}"
        if parent.type in BLOCKS:
            if current.type in HEADS:
                return "it stands in the head of a definition"
            if any(child.type in BLOCKS for child in current.children) or current.type in {"match_statement"}:
                return f"it stands in the head of {_article(current.type.removesuffix('_statement'))}"
            if current.type == "future_import_statement":
                return "it must stand at the top of the file"
            return current
        if current.type in HEADS:
            return "it stands in the head of a definition"
        current = parent
    return "it stands in no statement"


def _article(word: str) -> str:
    return f"an `{word}`" if word[:1] in "aeiou" else f"a `{word}`"


def _obstacle(plan: WrapPattern, file: PythonFile, statement: Node) -> str:
    """Why a statement cannot be wrapped without a person; empty where it can."""
    if not is_alone(file, statement):
        return "it shares its line with other code"
    word = plan.handler.split("(", maxsplit=1)[0].split()[0]
    if word == "return" and _around(statement, FUNCTIONS) is None:
        return "it stands in no function, which `return` needs"
    if word in {"continue", "break"} and _around(statement, LOOPS) is None:
        return f"it stands in no loop, which `{word}` needs"
    name = plan.exception.partition(" as ")[2]
    if name and _is_taken(file, name):
        return f"`{name}` means something else there, and is gone behind an `except … as {name}`"
    lost = "" if word in LEAVING else _unset(file, statement)
    return f"{lost} would not be set where it fails" if lost else ""


def _is_taken(file: PythonFile, name: str) -> bool:
    """Whether a name of a file is more than what another `except` calls its exception."""
    bindings = (binding for scope in file.names.scopes for binding in scope.bindings.get(name, ()))
    return any(
        binding.node.parent is None or binding.node.parent.type != "as_pattern_target" or "except" not in _head(binding)
        for binding in bindings
    )


def _head(binding: Binding) -> str:
    node = binding.node.parent
    while node is not None and node.type not in {"except_clause", "with_statement", "case_clause", *BLOCKS}:
        node = node.parent
    return node.type if node is not None else ""


def _around(statement: Node, kinds: frozenset[str]) -> Node | None:
    """What is around a statement within its function."""
    node = statement.parent
    while node is not None and node.type not in kinds:
        if node.type in {*FUNCTIONS, "class_definition"}:
            return None
        node = node.parent
    return node


def _unset(file: PythonFile, statement: Node) -> str:
    """A name that the statement alone sets and that is read elsewhere; empty for none."""
    bound = dict.fromkeys(_bound(statement))
    names = read_names(file.tree.root_node, frozenset(bound))
    for name in bound:
        read = any(
            use.name == name and not statement.start_byte <= use.node.start_byte < statement.end_byte
            for use in names.uses
        )
        if read and not _is_set_before(statement, name):
            return name
    return ""


def _bound(node: Node) -> Iterator[str]:
    """The names that a statement gives a value."""
    for each in descendants(node):
        if each.type in {"assignment", "named_expression"}:
            left = each.child_by_field_name("left") or each.child_by_field_name("name")
            yield from (text_of(part) for part in _targets(left))
        elif each.type in {"import_statement", "import_from_statement"}:
            for listed in each.children_by_field_name("name"):
                alias = listed.child_by_field_name("alias")
                yield text_of(alias) if alias is not None else text_of(listed).partition(".")[0]


def _targets(node: Node | None) -> Iterator[Node]:
    if node is None or node.type in {"attribute", "subscript"}:
        return
    if node.type == "identifier":
        yield node
    for child in node.named_children:
        yield from _targets(child)


def _is_set_before(statement: Node, name: str) -> bool:
    """Whether a statement before this one, which always runs first, or a parameter gives a name a value."""
    node: Node | None = statement
    while node is not None and node.type != "module":
        sibling = node.prev_named_sibling if node.parent is not None and node.parent.type in BLOCKS else None
        while sibling is not None:
            if sibling.type == "expression_statement" and name in set(_bound(sibling)):
                return True
            sibling = sibling.prev_named_sibling
        if node.type == "function_definition":
            parameters = node.child_by_field_name("parameters")
            return any(text_of(each) == name for each in _targets(parameters))
        node = node.parent
    return False


def _is_wrapped(plan: WrapPattern, statement: Node) -> bool:
    """Whether a statement stands in the body of a `try` that catches the same."""
    block = statement.parent
    around = block.parent if block is not None else None
    if around is None or around.type != "try_statement" or around.child_by_field_name("body") != block:
        return False
    heads = (text_of(each).partition(":")[0] for each in around.named_children if each.type == "except_clause")
    return any("".join(head.split()) == "".join(f"except {plan.exception}".split()) for head in heads)


def _unknown(plan: WrapPattern, file: PythonFile) -> str:
    """The first name of what is caught that a file does not know."""
    bound = file.names.scopes[MODULE_SCOPE].bindings
    names = plan.exception.partition(" as ")[0].strip("()").split(", ")
    firsts = [name.partition(".")[0] for name in names]
    if file.names.stars:
        return ""
    return next((name for name in firsts if name not in bound and not _is_exception(name)), "")


def _is_exception(name: str) -> bool:
    known = getattr(builtins, name, None)
    return isinstance(known, type) and issubclass(known, BaseException)


def _in_try(plan: WrapPattern, file: PythonFile, statement: Node) -> Iterable[Splice]:
    """The lines of a statement one step further in, between `try:` and `except`; text within strings stays."""
    eol, lines = file.file.eol, file.lines
    first, last = lines.at(statement.start_byte), lines.at(statement.end_byte)
    start, end = lines.start(first), lines.start(last + 1)
    indent = file.source[start : statement.start_byte].decode("utf-8", "replace")
    step = indentation_step(file.source)
    yield Splice(start, start, f"{indent}try:{eol}{step}")
    strings = [each for each in descendants(statement) if each.type == "string"]
    for row in range(first + 1, last + 1):
        at = lines.start(row)
        is_text = any(each.start_byte < at <= each.end_byte for each in strings)
        is_blank = not file.source[at : lines.start(row + 1)].strip()
        if not is_text and not is_blank:
            yield Splice(at, at, step)
    ends = "" if file.source[start:end].endswith((b"\n", b"\r")) else eol
    closing = eol if not ends else ""
    yield Splice(end, end, f"{ends}{indent}except {plan.exception}:{eol}{indent}{step}{plan.handler}{closing}")
