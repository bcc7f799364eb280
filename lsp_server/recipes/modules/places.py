"""What must change in a file when a module gets another name in its folder? Its name, wherever it is the module's."""

from collections.abc import Iterable

from lsp_server.edits.change import Problem
from lsp_server.recipes.modules.statements import named_modules, reached_part
from lsp_server.recipes.python.imports import module_of
from lsp_server.recipes.python.names import PythonFile, Symbol, is_symbol
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.rename.collisions import collisions
from lsp_server.recipes.rename.python_places import Places, code_places, replaced
from lsp_server.recipes.rename.quotes import quoted_places
from lsp_server.recipes.splices import Splice


def module_places(symbol: Symbol, files: list[PythonFile]) -> dict[str, Places]:
    """The places of a module's name in some files: import statements, what they bind, attributes, and strings."""
    places: dict[str, Places] = {}
    for file in files:
        code, quoted = code_places(symbol, file, has_members=True), quoted_places(symbol, file)
        parts, problems = _import_splices(symbol, file)
        places[file.path] = Places(
            code.splices + quoted.splices + parts,
            code.sites + quoted.sites,
            code.reaches + quoted.reaches,
            code.problems + quoted.problems + problems,
            code.mentions + quoted.mentions,
        )
    return places


def _import_splices(symbol: Symbol, file: PythonFile) -> tuple[list[Splice], list[Problem]]:
    """The module's own part of every dotted name that is imported; what `import core` binds is judged as a name."""
    splices: list[Splice] = []
    problems: list[Problem] = []
    for named in named_modules(file):
        count = reached_part(symbol.modules, file.path, named, symbol.path)
        if not count:
            continue
        part = named.parts[count - 1]
        binds_it = count == 1 and not named.dots and named.listed == named.node
        if not binds_it:
            splices.append(replaced(part, symbol.new))
        elif not _is_bound_name(symbol, file, part.start_byte):
            if len(named.parts) > 1:
                line = file.lines.at(part.start_byte) + 1
                message = f"`{symbol.new}` is used in {file.path}:{line} for something else: choose another name."
                problems.append(Problem("CONFLICT", message, file.path))
            splices.append(replaced(part, f"{symbol.new} as {symbol.old}"))
    return splices, problems


def _is_bound_name(symbol: Symbol, file: PythonFile, start: int) -> bool:
    """Whether the name that an import binds at a byte gets the new name too."""
    return any(
        binding.node.start_byte == start and is_symbol(symbol, file.path, index)
        for index, scope in enumerate(file.names.scopes)
        for binding in scope.bindings.get(symbol.old, ())
    )


def keep_names(symbol: Symbol, files: Iterable[PythonFile], places: dict[str, Places]) -> bool:
    """Lets files where the new name is taken keep the old one, `from pkg import new as old`; whether there are any."""
    kept = False
    for file in files:
        if not collisions(symbol, file, places[file.path]):
            continue
        for index, scope in enumerate(file.names.scopes):
            is_import = all(binding.kind in {"import", "from"} for binding in scope.bindings.get(symbol.old, ()))
            if symbol.old in scope.bindings and is_import and is_symbol(symbol, file.path, index):
                kept = True
                symbol.known[(file.path, index)] = False
    return kept


def package_problems(symbol: Symbol, files: Iterable[PythonFile]) -> list[Problem]:
    """What the package itself has by the new name: a module of that name would replace it."""
    return [
        Problem(
            "CONFLICT",
            f"{file.path}:{file.lines.at(bound[0].node.start_byte) + 1} has a `{symbol.new}` already, which the module "
            "would replace: choose another name.",
            file.path,
        )
        for file in files
        if module_of(symbol.modules, file.path) == symbol.module
        and (bound := file.names.scopes[MODULE_SCOPE].bindings.get(symbol.new))
    ]
