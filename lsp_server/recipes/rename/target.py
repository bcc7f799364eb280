"""Which definition does a name mean? The only one, the one that the user named or stands in, or none."""

from difflib import get_close_matches

from context.snapshot import Place
from lsp_server.edits.change import Problem
from lsp_server.recipes.python.imports import dotted_name, module_of
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.python.places import matches
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Binding
from lsp_server.recipes.rename.sentence import Rename

IMPORTED = "imported"
FOREIGN = frozenset({"a module", "an import's alias", f"{IMPORTED} from elsewhere"})
Definition = tuple[PythonFile, Binding]


def choose_target(symbol: Symbol, plan: Rename, files: list[PythonFile], place: Place | None) -> Definition | Problem:
    """The definition of the symbol, one of them if it has several in its module; or why that cannot be said."""
    found = [
        (file, binding)
        for file in files
        for binding in file.names.scopes[MODULE_SCOPE].bindings.get(plan.old, ())
        if _kind_of(binding) and plan.kind in {"", _kind_of(binding)}
    ]
    selected = [each for each in found if matches(symbol, plan.where, each[0])]
    selected = [each for each in selected if not _is_stub_of_import(symbol, each)] or selected
    modules = list(dict.fromkeys(module_of(symbol.modules, file.path) for file, _ in selected))
    if len(modules) == 1:
        return selected[0]
    if not modules:
        return _not_found(symbol, plan, files, found)
    around = [each for each in selected if place is not None and _holds(each, place)]
    if around:
        return around[0]
    listed = ", ".join(_position(each) for each in selected)
    example = f"rename {dotted_name(symbol.modules, modules[0])}.{plan.old} to {plan.new}"
    message = f"{plan.old} is defined more than once: {listed}. Say which, for example `{example}`."
    return Problem("AMBIGUOUS", message)


def _kind_of(binding: Binding) -> str:
    """What a binding of a module defines; empty for an import and the like."""
    kinds = {"function": "function", "class": "class", "value": "variable", "annotation": "variable"}
    return kinds.get(binding.kind, "")


def _is_stub_of_import(symbol: Symbol, definition: Definition) -> bool:
    """Whether a stub defines what its source imports: then the definition is where the source imports it from."""
    path = definition[0].path
    source = open_file(symbol, module_of(symbol.modules, path)) if path.endswith(".pyi") else None
    if not isinstance(source, PythonFile) or source.path == path:
        return False
    bindings = source.names.scopes[MODULE_SCOPE].bindings.get(symbol.old, ())
    return bool(bindings) and all(binding.kind == "from" for binding in bindings)


def _holds(definition: Definition, place: Place) -> bool:
    """Whether a place lies within a definition."""
    file, binding = definition
    whole = binding.whole or binding.node
    lines = file.lines
    first, last = lines.at(whole.start_byte) + 1, lines.at(whole.end_byte) + 1
    return place.path == file.path and first <= place.start_line and place.end_line <= last


def _position(definition: Definition) -> str:
    file, binding = definition
    return f"{file.path}:{file.lines.at(binding.node.start_byte) + 1}"


def _not_found(symbol: Symbol, plan: Rename, files: list[PythonFile], found: list[Definition]) -> Problem:
    """Why no definition fits: it is elsewhere, it is of a kind that is not supported, or there is none."""
    others: list[tuple[str, str]] = []
    for file in files:
        for index, scope in enumerate(file.names.scopes):
            for binding in scope.bindings.get(plan.old, ()):
                kind = _kind(binding, scope.kind, is_module=index == MODULE_SCOPE)
                if kind:
                    others.append((kind, _position((file, binding))))
    owner = plan.where.rpartition(".")[2]
    in_class = any(owner in scope.bindings and owner for file in files for scope in file.names.scopes[:1])
    if found and not in_class:
        listed = ", ".join(_position(each) for each in found)
        return Problem("NOT_FOUND", f"{plan.old} is not defined in {plan.where}, but in {listed}: say that instead.")
    if others:
        kind, position = min(others, key=lambda other: other[0].startswith(IMPORTED))
        if kind in FOREIGN:
            message = f"{plan.old} is {kind} ({position}): only what the workspace defines itself can be renamed."
            return Problem("FORMAT", message)
        return Problem("FORMAT", f"{plan.old} is {kind} ({position}): say where, {_how(kind, plan)}.")
    names = sorted({name for file in files for name in file.names.scopes[MODULE_SCOPE].bindings})
    near = get_close_matches(plan.old, names, 2)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    what = plan.kind or "function or class"
    return Problem("NOT_FOUND", f"No {what} is called {plan.old} in the Python files here.{hint}")


def _how(kind: str, plan: Rename) -> str:
    """How a symbol that is not a module's own is named."""
    match kind:
        case "a parameter":
            return f"`rename parameter {plan.old} of FUNCTION to {plan.new}`"
        case "a variable" | "defined within a function":
            return f"`rename variable {plan.old} in FUNCTION to {plan.new}`, or put the cursor into the function"
        case _:
            return f"`rename CLASS.{plan.old} to {plan.new}`"


def _kind(binding: Binding, scope: str, *, is_module: bool) -> str:
    if binding.kind == "parameter":
        return "a parameter"
    if binding.kind in {"value", "delete", "annotation"}:
        return "a class attribute" if scope == "class" else "a variable"
    if binding.kind == "import":
        return "a module" if not binding.aliased else "an import's alias"
    if binding.kind == "from":
        return f"{IMPORTED} from elsewhere"
    return "a method" if scope == "class" else "" if is_module else "defined within a function"
