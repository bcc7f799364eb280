"""How does a function, class or variable get into another module? Its lines go, importers follow, or nothing happens.

The new module gets the imports that the lines need. Importers of the old module import from the new one. What reaches
the symbol through the old module itself (`core.load`, `import *`) needs a re-export there, which the user asks for.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.edits.change import ChangeSet, Create, Edit, Operation, Problem, ProblemCode
from lsp_server.recipes.candidates import compile_problems, open_candidates
from lsp_server.recipes.move.block import Block, block_of, is_builtin
from lsp_server.recipes.move.imports import (
    Import,
    import_for,
    is_relative,
    listed_in_all,
    reaches,
    redirected,
    reference,
    same_import,
)
from lsp_server.recipes.move.sentence import Move
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site
from lsp_server.recipes.python.imports import dotted_name, module_of, modules_of, resolve
from lsp_server.recipes.python.insert import Layout, indentation_step, line_splice
from lsp_server.recipes.python.names import (
    PythonFile,
    Symbol,
    all_statements,
    imported_name,
    is_computed,
    open_file,
    star_source,
)
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE, find_scope
from lsp_server.recipes.python.values import judge_attribute, values
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.rename.strings import content_of
from lsp_server.recipes.rename.target import choose_target
from lsp_server.recipes.splices import Splice, edit_of, lines_of


@dataclass(frozen=True, slots=True)
class Removal:
    """A move under way: `old` is the file that the symbol leaves, `new` the path that gets it."""

    plan: Move
    symbol: Symbol
    files: list[PythonFile]
    old: PythonFile
    new: str
    block: Block
    splices: dict[str, list[Splice]] = field(default_factory=dict[str, list[Splice]])
    sites: list[Site] = field(default_factory=list[Site])
    problems: list[Problem] = field(default_factory=list[Problem])

    def refuse(self, code: ProblemCode, message: str, path: str = "") -> None:
        """Notes what speaks against it."""
        self.problems.append(Problem(code, message, path))


def carry_out(plan: Plan, material: Material) -> Done | Refused:
    """The whole change of a move."""
    if not isinstance(plan, Move):
        raise TypeError(plan)
    name = plan.target.names[0]
    symbol = Symbol(modules_of(material.snapshot, material.candidates), name, name)
    files, _, problems = open_candidates(symbol, (name,), material)
    if problems:
        return Refused(tuple(problems))
    where = plan.target.where or plan.target.dotted.rpartition(".")[0]
    found = choose_target(symbol, Rename(name, f"{name}_", where), files, material.place)
    if isinstance(found, Problem):
        return Refused((found,))
    old = found[0]
    symbol = Symbol(symbol.modules, name, name, module_of(symbol.modules, old.path), files=symbol.files)
    new = _path(symbol, plan.to or own_module(old, name), old)
    block = block_of(old, name)
    if isinstance(new, Problem) or isinstance(block, Problem):
        return Refused(tuple(each for each in (new, block) if isinstance(each, Problem)))
    removal = Removal(plan, symbol, files, old, new, block)
    _follow(removal)
    text = _arrival(removal)
    if removal.problems:
        return Refused(tuple(dict.fromkeys(removal.problems))[:6])
    return _finished(removal, material, text)


def own_module(old: PythonFile, name: str) -> str:
    """The path of a new module beside another, called like a symbol in the style of modules: `disk_store.py`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.strip("_")).lower()
    return str(PurePosixPath(old.path).with_name(f"{words}.py"))


def _path(symbol: Symbol, to: str, old: PythonFile) -> str | Problem:
    """The path of the new module, which may be there already."""
    if to.endswith(".py"):
        path = str(PurePosixPath(to.removeprefix("./")))
    else:
        dotted = dotted_name(symbol.modules, old.path)
        depth = len(dotted.split(".")) + (old.path.endswith("/__init__.py"))
        top = PurePosixPath(old.path).parts[:-depth]
        path = "/".join([*top, *to.split(".")]) + ".py"
        package = path.removesuffix(".py") + "/__init__.py"
        path = package if symbol.modules.snapshot.exists(package) else path
    if path.startswith("/") or ".." in PurePosixPath(path).parts:
        return Problem("PATH", f"{to} is outside the workspace.", path)
    if path == old.path:
        return Problem("NO_CHANGE", f"{symbol.old} is in {path} already.", path)
    if symbol.modules.snapshot.exists(f"{old.path}i"):
        return Problem("CONFLICT", f"{old.path} has a stub beside it: move it there first.", old.path)
    folder = str(PurePosixPath(path).parent)
    if folder != "." and folder not in symbol.modules.folders and not symbol.modules.snapshot.exists(folder):
        return Problem("MISSING", f"There is no folder {folder} for {path}: make it first.", path)
    stem = PurePosixPath(path).stem
    return path if stem.isidentifier() else Problem("FORMAT", f"`{stem}` cannot be the name of a module.", path)


def _follow(removal: Removal) -> None:
    """What other files and the old one must change."""
    symbol, name = removal.symbol, removal.symbol.old
    for file in removal.files:
        if file.path != removal.old.path:
            _redirect(removal, file, name)
        _through_module(removal, file)
        for quote in file.names.quotes:
            text = content_of(quote.node) if quote.node.type == "string" else ""
            if f"{dotted_name(symbol.modules, removal.old.path)}.{name}" in text:
                removal.sites.append(site(file, quote.node, "names the old module in a string"))
    kept = [
        use.node
        for use in removal.old.names.uses
        if use.name == name
        and not removal.block.holds(use.node)
        and (meant := find_scope(removal.old.names.scopes, name, use.scope, use.node.start_byte)) is not None
        and meant.scope == MODULE_SCOPE
    ]
    removal.splices.setdefault(removal.old.path, []).extend(removal.block.gone(removal.old))
    if kept or removal.plan.keep:
        _import_back(removal, kept)
    else:
        _leave_all(removal)


def _redirect(removal: Removal, file: PythonFile, name: str) -> None:
    """`from old import name` anywhere in a file becomes `from new import name`."""
    modules = removal.symbol.modules
    for scope in file.names.scopes:
        for bindings in scope.bindings.values():
            for binding in bindings:
                if binding.kind != "from" or imported_name(binding) != name:
                    continue
                if resolve(modules, file.path, binding.module) != removal.symbol.module:
                    continue
                if file.path == removal.new:
                    removal.refuse(
                        "CONFLICT", f"{file.path} imports {name} from the old module: remove that first.", file.path
                    )
                    continue
                source = reference(modules, file.path, removal.new, relative=binding.module.startswith("."))
                found = redirected(file, binding, source)
                if isinstance(found, Problem):
                    removal.problems.append(found)
                else:
                    removal.splices.setdefault(file.path, []).extend(found)


def _through_module(removal: Removal, file: PythonFile) -> None:
    """What reaches the symbol as an attribute of the old module, or by `import *`, needs a re-export there."""
    if removal.plan.keep:
        return
    advice = "Say `… and keep a re-export`, or change that first."
    for use in file.names.attributes:
        reading = judge_attribute(removal.symbol, file, use)
        through_old = removal.symbol.module in values(removal.symbol, file, use.receiver, use.scope)
        line = file.lines.at(use.node.start_byte) + 1
        if reading.certain and through_old:
            message = f"{file.path}:{line} reaches {removal.symbol.old} through the old module. {advice}"
            removal.refuse("CONFLICT", message, file.path)
        elif reading.perhaps:
            removal.sites.append(site(file, use.node, reading.perhaps))
    if file.path != removal.old.path and star_source(removal.symbol, file) == removal.symbol.module:
        removal.refuse("CONFLICT", f"{file.path} gets {removal.symbol.old} by `import *`. {advice}", file.path)


def _import_back(removal: Removal, kept: list[Node]) -> None:
    """The old module imports the symbol from the new one."""
    modules, old = removal.symbol.modules, removal.old
    back = [name for name in removal.block.needed if _is_own(old, name)]
    if back:
        use = f"line {old.lines.at(kept[0].start_byte) + 1} uses" if kept else "the re-export needs"
        needs = f"{removal.symbol.old} needs {', '.join(sorted(back))} of {old.path}"
        message = f"{needs}, where {use} it: the two modules would import each other."
        removal.refuse("CONFLICT", message, old.path)
        return
    source = reference(modules, old.path, removal.new, relative=is_relative(old))
    comment = "  # noqa: F401" if not kept else ""
    splice = line_splice(
        old.tree.root_node, _layout(old), source, f"from {source} import {removal.symbol.old}{comment}"
    )
    removal.splices[old.path].append(splice)


def _leave_all(removal: Removal) -> None:
    old, name = removal.old, removal.symbol.old
    for statement in all_statements(old):
        found = listed_in_all(statement, name)
        if found and is_computed(statement):
            removal.refuse("CONFLICT", f"{old.path} computes `__all__`: change that first.", old.path)
        removal.splices[old.path].extend(found)


def _is_own(file: PythonFile, name: str) -> bool:
    """Whether a module defines a name itself."""
    bindings = file.names.scopes[MODULE_SCOPE].bindings.get(name, [])
    return bool(bindings) and not all(binding.kind in {"import", "from"} for binding in bindings)


def _layout(file: PythonFile) -> Layout:
    return Layout(file.source, file.file.eol, indentation_step(file.source), file.lines)


def _arrival(removal: Removal) -> str:
    """The text of the new module."""
    modules, old = removal.symbol.modules, removal.old
    imports: list[Import] = []
    for name in sorted(removal.block.needed):
        found = import_for(modules, old, name, removal.new)
        if isinstance(found, Problem):
            removal.problems.append(found)
        elif found is not None:
            imports.append(found)
        elif old.names.stars and not is_builtin(name):
            removal.refuse(
                "CONFLICT", f"{name} may come from an `import *` of {old.path}: import it by name first.", old.path
            )
    target = open_file(removal.symbol, removal.new)
    _check_cycles(removal, imports, target if isinstance(target, PythonFile) else None)
    lazy = b"from __future__ import annotations" in old.source
    if not isinstance(target, PythonFile):
        return _new_module(removal, imports, lazy=lazy)
    if lazy and b"from __future__ import annotations" not in target.source:
        removal.refuse(
            "CONFLICT",
            f"{target.path} evaluates annotations, which {old.path} does not: add the `__future__` import first.",
        )
    bound = target.names.scopes[MODULE_SCOPE].bindings
    if any(binding.kind != "from" for binding in bound.get(removal.symbol.old, [])):
        removal.refuse("EXISTS", f"{target.path} has a {removal.symbol.old} already.", target.path)
    missing: list[Import] = []
    for each in imports:
        if each.name not in bound:
            missing.append(each)
        elif not same_import(modules, target, each.name, each) and each.module != removal.new:
            removal.refuse("CONFLICT", f"`{each.name}` means something else in {target.path}.", target.path)
    return _appended(removal, target, [each for each in missing if each.module != removal.new])


def _check_cycles(removal: Removal, imports: list[Import], target: PythonFile | None) -> None:
    """Nothing that imports the new module may be imported by it."""
    modules = removal.symbol.modules
    importers = {module_of(modules, path) for path in removal.splices if path not in {removal.old.path, removal.new}}
    own_import = any(
        splice.text.lstrip().startswith(("from", "import")) for splice in removal.splices[removal.old.path]
    )
    goal = importers | ({removal.symbol.module} if own_import else set[str]())
    start = [each.module for each in imports if not each.condition] + ([target.path] if target is not None else [])
    if target is not None:
        goal.discard(target.path)
    found = reaches(removal.symbol, start, goal - {removal.new})
    was = reaches(removal.symbol, [removal.old.path], importers - {removal.old.path}) if found in importers else ""
    if found and not was:
        removal.refuse("CONFLICT", f"{removal.new} and {found} would import each other.", found)


def _lines(imports: Iterable[Import]) -> list[str]:
    """The import lines, those for types under their condition."""
    every = list(imports)
    lines = sorted(
        {each.line for each in every if not each.condition}, key=lambda line: (line.startswith("from ."), line)
    )
    for condition in sorted({each.condition for each in every if each.condition}):
        lines += [f"if {condition}:", *sorted({f"    {each.line}" for each in every if each.condition == condition})]
    return lines


def _new_module(removal: Removal, imports: list[Import], *, lazy: bool) -> str:
    conditions = {word for each in imports for word in each.condition.replace(".", " ").split()}
    known = {each.name for each in imports}
    for word in conditions - known:
        extra = import_for(removal.symbol.modules, removal.old, word, removal.new)
        if isinstance(extra, Import):
            imports.append(extra)
    head = ["from __future__ import annotations", ""] if lazy else []
    lines = [*head, *_lines(imports)]
    eol = removal.old.file.eol
    parts = [eol.join(lines), removal.block.text] if lines else [removal.block.text]
    return (eol * 3).join(part.strip("\r\n") for part in parts) + eol


def _appended(removal: Removal, target: PythonFile, missing: list[Import]) -> str:
    eol = target.file.eol
    own = removal.splices.setdefault(target.path, [])
    if any(each.condition for each in missing):
        names = ", ".join(each.name for each in missing if each.condition)
        removal.refuse(
            "CONFLICT", f"{names} is imported for types only: import it in {target.path} first.", target.path
        )
    for line in reversed(_lines(missing)):
        source = line.removeprefix("from ").removeprefix("import ").split()[0]
        own.append(line_splice(target.tree.root_node, _layout(target), source, line))
    ends = target.source.endswith((b"\n", b"\r"))
    gap = eol * (2 if ends else 3) if target.source.strip() else ""
    own.append(Splice(target.lines.size, target.lines.size, gap + removal.block.text + eol))
    return ""


def _finished(removal: Removal, material: Material, text: str) -> Done | Refused:
    snapshot, operations = material.snapshot, list[Operation]()
    if material.consumed is not None and isinstance(file := snapshot.file(material.consumed.path), FileText):
        lines = lines_of(file.text.encode("utf-8", "surrogatepass"))
        gone = Splice(lines.start(material.consumed.start_line - 1), lines.start(material.consumed.end_line), "")
        removal.splices.setdefault(file.path, []).append(gone)
    for path, splices in sorted(removal.splices.items()):
        file = snapshot.file(path)
        if isinstance(file, FileText) and splices:
            operations.append(edit_of(file, _merged(splices), removal.plan.sentence()))
    if text:
        operations.append(Create(removal.new, text))
    problems = [problem for each in operations if isinstance(each, Edit) for problem in compile_problems(each)]
    if problems:
        return Refused(tuple(problems))
    sites = tuple(dict.fromkeys(removal.sites))
    importers = sum(path not in {removal.old.path, removal.new} for path in removal.splices)
    follow = "1 other file imports" if importers == 1 else f"{importers} other files import"
    summary = f"{removal.plan.sentence()}: {follow} it from there"
    if sites:
        summary += f"; {len(sites)} to check"
    return Done(ChangeSet(tuple(operations)), summary, len(operations), sites)


def _merged(splices: list[Splice]) -> list[Splice]:
    """Splices that insert at one place become one, in the order in which they were made."""
    inserted: dict[int, str] = {}
    kept: list[Splice] = []
    for splice in splices:
        if splice.start == splice.end:
            inserted[splice.start] = inserted.get(splice.start, "") + splice.text
        else:
            kept.append(splice)
    return [*dict.fromkeys(kept), *(Splice(start, start, text) for start, text in inserted.items())]
