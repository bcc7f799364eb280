"""What must change when a module goes to another folder under its own name? Imports name the new place.

What an import binds keeps its name, so that uses stay as they are; a dotted `pkg.core.load` follows.
"""

import re
from pathlib import PurePosixPath

from lsp_server.edits.change import Problem
from lsp_server.recipes.modules.draft import Draft
from lsp_server.recipes.modules.statements import Named, named_modules, reached_part
from lsp_server.recipes.move.imports import reaches, redirected, reference
from lsp_server.recipes.python.imports import INIT_FILES, dotted_name, module_of, resolve, submodule
from lsp_server.recipes.python.names import PythonFile, all_statements, imported_name
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE, AttributeUse, Binding
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.values import judge_attribute
from lsp_server.recipes.rename.python_places import replaced
from lsp_server.recipes.rename.strings import PATCHERS, call_around, content_of, is_simple
from lsp_server.recipes.splices import Splice

FILE_PLACE = re.compile(rb"\b__file__\b|\b__path__\b")


def follow(draft: Draft) -> None:
    """Everything that names the module by its place."""
    _check_cycles(draft)
    for file in draft.files:
        for named in named_modules(file):
            _follow_name(draft, file, named)
        if _is_renamed(draft):
            _follow_bindings(draft, file)
            for use in file.names.attributes:
                if text_of(use.node) == draft.symbol.old:
                    _follow_attribute(draft, file, use)
            _follow_strings(draft, file)
            _refuse_listed(draft, file)
        if file.path in draft.moves:
            _note_file_place(draft, file)


def _is_renamed(draft: Draft) -> bool:
    """Whether the dotted name changes: it does not when a module becomes a package."""
    return _goal_name(draft) != dotted_name(draft.symbol.modules, draft.symbol.path)


def _goal_name(draft: Draft) -> str:
    return dotted_name(draft.symbol.modules, _as_file(draft.goal))


def _as_file(module: str) -> str:
    """A package as if it were a file: its folder is not there yet, so that it cannot be told that it is a package."""
    return module.rpartition("/")[0] + ".py" if module.endswith(INIT_FILES) else module


def _line(file: PythonFile, start: int) -> str:
    return f"{file.path}:{file.lines.at(start) + 1}"


def _follow_name(draft: Draft, file: PythonFile, named: Named) -> None:
    """A dotted name of an import: that of the module itself, or one that counts its dots from where the file was."""
    modules = draft.symbol.modules
    count = reached_part(modules, file.path, named, draft.symbol.path) if _is_renamed(draft) else 0
    if count:
        start, end = named.node.start_byte, named.parts[count - 1].end_byte
        if named.listed is not None and named.listed == named.node:
            _follow_plain_import(draft, file, named, count)
        else:
            source = reference(modules, draft.home(file.path), _as_file(draft.goal), relative=bool(named.dots))
            draft.add(file.path, Splice(start, end, source))
    elif named.dots and file.path in draft.moves:
        _recount(draft, file, named)
    elif file.path in draft.moves:
        _refuse_neighbour(draft, file, named)


def _refuse_neighbour(draft: Draft, file: PythonFile, named: Named) -> None:
    """A script finds what lies beside it because it lies beside it."""
    modules, folder = draft.symbol.modules, PurePosixPath(file.path).parent
    target = resolve(modules, file.path, named.text(1))
    if target is None or target in draft.moves or folder == PurePosixPath(draft.home(file.path)).parent:
        return
    above = PurePosixPath(target).parent.parent if target.endswith(INIT_FILES) else PurePosixPath(target).parent
    if above == folder and str(folder) != "." and not modules.is_package(str(folder)):
        at = _line(file, named.node.start_byte)
        draft.refuse("CONFLICT", f"{at} imports {target}, which lies beside it: it could not find it.", file.path)


def _follow_plain_import(draft: Draft, file: PythonFile, named: Named, count: int) -> None:
    """`import pkg.core` binds `pkg`; `import core` binds the module itself."""
    goal = _goal_name(draft)
    same_top = goal.partition(".")[0] == text_of(named.parts[0])
    if count > 1 and not same_top:
        top = text_of(named.parts[0])
        message = (
            f"{_line(file, named.node.start_byte)} binds `{top}` by `import {named.text(count)}`: change that first."
        )
        draft.refuse("CONFLICT", message, file.path)
    elif count == 1 and len(named.parts) == 1:
        package, _, name = goal.rpartition(".")
        listed = named.statement.children_by_field_name("name")
        if len(listed) > 1:
            message = f"{_line(file, named.node.start_byte)} imports several modules: put {name} on a line of its own."
            draft.refuse("CONFLICT", message, file.path)
            return
        draft.add(file.path, replaced(named.statement, f"from {package} import {name}"))
    elif count == 1:
        message = f"{_line(file, named.node.start_byte)} binds `{goal.rpartition('.')[2]}` by its old place."
        draft.refuse("CONFLICT", message, file.path)
    else:
        draft.add(file.path, Splice(named.node.start_byte, named.parts[count - 1].end_byte, goal))


def _recount(draft: Draft, file: PythonFile, named: Named) -> None:
    """A relative import of a file that moves: as many dots as it takes from the new place."""
    modules = draft.symbol.modules
    target = resolve(modules, file.path, named.text(len(named.parts)))
    if target is None:
        at = _line(file, named.node.start_byte)
        draft.refuse("CONFLICT", f"{named.text(len(named.parts))}, which {at} imports, was not found.", file.path)
        return
    if target == file.path or (target in draft.moves and file.path != draft.symbol.path):
        return  # A package moves as a whole.
    target = _as_file(draft.moves[target]) if target in draft.moves else target
    source = reference(modules, draft.home(file.path), target, relative=True)
    if source != named.text(len(named.parts)):
        draft.add(file.path, replaced(named.node, source))


def _follow_bindings(draft: Draft, file: PythonFile) -> None:
    """`from pkg import core`, where that is the module."""
    for scope in file.names.scopes:
        for bindings in scope.bindings.values():
            for binding in bindings:
                if binding.kind == "from" and imported_name(binding) == draft.symbol.old:
                    _follow_from(draft, file, binding)


def _follow_from(draft: Draft, file: PythonFile, binding: Binding) -> None:
    modules, symbol = draft.symbol.modules, draft.symbol
    holder = resolve(modules, file.path, binding.module)
    if holder is None or symbol.module != holder or submodule(modules, holder, symbol.old) != symbol.path:
        return
    parent = _package_of_goal(draft)
    if parent:
        source = reference(modules, draft.home(file.path), parent, relative=binding.module.startswith("."))
        found = redirected(file, [binding], source)
    else:
        found = Problem(
            "CONFLICT",
            f"{_line(file, binding.node.start_byte)} imports it from its package: change that first.",
            file.path,
        )
    if isinstance(found, Problem):
        draft.problems.append(found)
    else:
        draft.splices[file.path] = [*(each for each in draft.splices.get(file.path, []) if each not in found), *found]


def _package_of_goal(draft: Draft) -> str:
    """The package that the module goes into, as a module; empty for none."""
    goal = draft.goal
    folder = (goal.rpartition("/")[0] if goal.endswith(INIT_FILES) else goal).rpartition("/")[0]
    is_top = "." not in _goal_name(draft)
    return "" if is_top else draft.symbol.modules.at(folder) or folder


def _follow_attribute(draft: Draft, file: PythonFile, use: AttributeUse) -> None:
    """`pkg.core` in code."""
    symbol = draft.symbol
    reading = judge_attribute(symbol, file, use)
    if not reading.certain:
        if reading.perhaps and text_of(use.receiver).rpartition(".")[2] in dotted_name(
            symbol.modules, symbol.path
        ).split("."):
            draft.sites.append(site(file, use.node, reading.perhaps))
        return
    if _is_kept_by_package(draft):
        return
    goal, parent = _goal_name(draft), dotted_name(symbol.modules, symbol.path).rpartition(".")[0]
    whole = use.node.parent
    if goal.startswith(f"{parent}."):
        draft.add(file.path, replaced(use.node, goal.removeprefix(f"{parent}.")))
    elif whole is not None and text_of(use.receiver) == parent and goal.partition(".")[0] == parent.partition(".")[0]:
        draft.add(file.path, replaced(whole, goal))
    else:
        at = _line(file, use.node.start_byte)
        message = f"{at} reaches {symbol.old} through {text_of(use.receiver)}: change that first."
        draft.refuse("CONFLICT", message, file.path)


def _is_kept_by_package(draft: Draft) -> bool:
    """Whether the package itself imports the module by its name, as it then still does, from the new place."""
    file = next(
        (each for each in draft.files if module_of(draft.symbol.modules, each.path) == draft.symbol.module), None
    )
    bindings = file.names.scopes[MODULE_SCOPE].bindings.get(draft.symbol.old, []) if file is not None else []
    return any(binding.kind == "from" for binding in bindings)


def _follow_strings(draft: Draft, file: PythonFile) -> None:
    """`mock.patch("pkg.core.load")` follows; other strings that name the module are shown."""
    symbol = draft.symbol
    old, goal = dotted_name(symbol.modules, symbol.path), _goal_name(draft)
    word = re.compile(rf"(?<![\w.]){re.escape(old)}(?!\w)")
    for quote in file.names.quotes:
        text = content_of(quote.node) if quote.node.type == "string" else text_of(quote.node)
        if not word.search(text):
            continue
        function, first = call_around(quote.node)
        is_patch = function in PATCHERS and first == quote.node and is_simple(quote.node) and text.startswith(f"{old}.")
        if is_patch and resolve(symbol.modules, file.path, old) == symbol.path:
            start = quote.node.named_children[1].start_byte
            draft.add(file.path, Splice(start, start + len(old.encode()), goal))
        elif "." in old or text == old or text.startswith((f"{old}.", f"{old}:")):
            where = "a comment" if quote.node.type == "comment" else "a string"
            draft.sites.append(site(file, quote.node, f"names {old} in {where}"))


def _refuse_listed(draft: Draft, file: PythonFile) -> None:
    """`__all__` of the package, where nothing but the module's place makes it a name of the package."""
    symbol = draft.symbol
    if module_of(symbol.modules, file.path) != symbol.module or symbol.old in file.names.scopes[MODULE_SCOPE].bindings:
        return
    for statement in all_statements(file):
        if re.search(rf"[\"']{re.escape(symbol.old)}[\"']", text_of(statement)):
            draft.refuse(
                "CONFLICT",
                f"{_line(file, statement.start_byte)} lists {symbol.old} in `__all__`: remove that first.",
                file.path,
            )


def _note_file_place(draft: Draft, file: PythonFile) -> None:
    """Code that counts from where its file is."""
    for found in FILE_PLACE.finditer(file.source):
        node = file.tree.root_node.descendant_for_byte_range(found.start(), found.end())
        if node is not None and node.type == "identifier":
            draft.sites.append(site(file, node, "depends on where the file is"))


def _check_cycles(draft: Draft) -> None:
    """The packages that hold the module from now on are imported before it: they must not import what imports it."""
    symbol = draft.symbol
    was, folder = PurePosixPath(symbol.path).parents, PurePosixPath(draft.goal).parent
    folder = folder.parent if draft.goal.endswith(INIT_FILES) else folder
    inits = [
        each for above in (folder, *folder.parents) if above not in was and (each := symbol.modules.at(str(above)))
    ]
    importers = {file.path for file in draft.files if file.path not in draft.moves and _imports_it(draft, file)}
    starts = [each for each in inits if each.endswith(INIT_FILES)]
    found = reaches(symbol, starts, importers - set(starts))
    if found and not reaches(symbol, [found], set(starts)):
        message = f"{starts[0]} leads to {found}, which imports {symbol.path}: they would import each other."
        draft.refuse("CONFLICT", message, found)


def _imports_it(draft: Draft, file: PythonFile) -> bool:
    """Whether a file imports the module as soon as it is imported itself."""
    modules, symbol = draft.symbol.modules, draft.symbol
    for bindings in file.names.scopes[MODULE_SCOPE].bindings.values():
        for binding in bindings:
            if binding.kind in {"import", "from"}:
                module = resolve(modules, file.path, binding.module)
                name = imported_name(binding)
                inner = submodule(modules, module, name) if module is not None and name else None
                if symbol.path in {module, inner}:
                    return True
    return any(resolve(modules, file.path, star.module) == symbol.path for star in file.names.stars)
