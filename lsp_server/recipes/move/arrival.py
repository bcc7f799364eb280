"""What does the new module get: the moved lines, and the imports that they need there?"""

from collections.abc import Iterable
from dataclasses import replace

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.move.block import is_builtin
from lsp_server.recipes.move.imports import Import, import_for, package_imports, same_import
from lsp_server.recipes.move.removal import Ground, Removal
from lsp_server.recipes.move.type_variables import is_same_variable
from lsp_server.recipes.move.within import LAZY_TYPES, imports_within
from lsp_server.recipes.outcome import consumed_splice
from lsp_server.recipes.python.imports import module_stem
from lsp_server.recipes.python.names import PythonFile, open_file
from lsp_server.recipes.python.placement import (
    ImportLine,
    import_style,
    joined_names,
    place_imports,
    section_of,
    sorted_lines,
    type_checking_block,
    types_import,
)
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Binding
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.splices import Splice


def arrive(removal: Removal) -> str:
    """The text of a new file; empty where the module is there already, which then gets splices."""
    ground = removal.ground
    imports = _imports(removal)
    block = _block_text(removal, imports)
    kept = [each for each in imports if _at_top(removal, each)]
    lazy = LAZY_TYPES.encode() in ground.old.source and not ground.is_of_stubs
    target = open_file(ground.symbols[0], ground.new)
    if not isinstance(target, PythonFile):
        return _new_module(removal, kept, block, lazy=lazy)
    if lazy and LAZY_TYPES.encode() not in target.source:
        removal.refuse(
            "CONFLICT",
            f"{target.path} evaluates types, which {ground.old.path} does not: add the `__future__` import first.",
        )
    _check_names(removal, target, kept)
    _append(removal, target, kept, block)
    return ""


def imports_of(ground: Ground) -> dict[str, Import]:
    """Where each needed name of the moved lines comes from, as far as an import brings it."""
    found = {name: import_for(ground.modules, ground.old, name, ground.new) for name in sorted(ground.block.needed)}
    return {name: each for name, each in found.items() if isinstance(each, Import)}


def _imports(removal: Removal) -> list[Import]:
    """The import of each needed name; those of a name that is read late stand for types only, if at all."""
    ground = removal.ground
    imports: list[Import] = []
    target = open_file(ground.symbols[0], ground.new) if ground.is_of_stubs else None
    for name in sorted(ground.block.needed):
        if isinstance(target, PythonFile) and is_same_variable(ground.old, target, name):
            continue
        several = package_imports(ground.modules, ground.old, name)
        found = import_for(ground.modules, ground.old, name, ground.new)
        if several and all(each.module != ground.new_module for each in several):
            imports += several
        elif isinstance(found, Problem):
            removal.problems.append(found)
        elif found is None:
            if ground.old.names.stars and not is_builtin(name):
                message = f"{name} may come from an `import *` of {ground.old.path}: import it by name first."
                removal.refuse("CONFLICT", message, ground.old.path)
        elif found.module != ground.new_module:
            imports.append(replace(found, condition=_types_condition(removal)) if _is_late(removal, name) else found)
        elif found.parsed.alias or found.parsed.name != name or _is_module(removal, found):
            at = ground.old.lines.at(ground.old.names.scopes[MODULE_SCOPE].bindings[name][0].node.start_byte) + 1
            message = f"{ground.old.path}:{at} gives {name} to the moved code, which {ground.new} has not by that name."
            removal.refuse("CONFLICT", message, ground.old.path)
    return imports


def _is_module(removal: Removal, found: Import) -> bool:
    """Whether an import brings the new module itself rather than a name of it."""
    return not found.parsed.name or found.parsed.module.rpartition(".")[2] != module_stem(removal.ground.new_module)


def _is_late(removal: Removal, name: str) -> bool:
    return name in removal.way.lazily


def _at_top(removal: Removal, each: Import) -> bool:
    return not _is_late(removal, each.name) or removal.ground.readings[each.name].in_types


def _types_condition(removal: Removal) -> str:
    """What asks for type checking in the old module."""
    block = type_checking_block(removal.ground.old.tree.root_node)
    parent = block.parent if block is not None else None
    return text_of(parent.child_by_field_name("condition")) if parent is not None else "TYPE_CHECKING"


def _block_text(removal: Removal, imports: Iterable[Import]) -> str:
    """The moved lines, with the imports that their functions make when they run."""
    ground = removal.ground
    wanted: dict[Node, list[ImportLine]] = {}
    for each in imports:
        for function in ground.readings[each.name].functions if _is_late(removal, each.name) else ():
            wanted.setdefault(function, []).append(each.parsed)
    splices = imports_within(ground.old.source, wanted, ground.old.file.eol)
    asked = ground.material.consumed
    comment = consumed_splice(ground.material) if asked is not None and asked.path == ground.old.path else None
    return ground.block.with_imports(ground.old, [*splices, comment] if comment is not None else splices)


def _lines(removal: Removal, imports: Iterable[Import]) -> list[str]:
    """The import lines in the order and the sections of formatters, those for types under their condition."""
    every, ground = list(imports), removal.ground
    style = import_style(ground.old)
    sections: dict[int, list[str]] = {}
    for line in sorted_lines([each.parsed for each in every if not each.condition], style):
        module = line.removeprefix("from ").removeprefix("import ").split()[0]
        sections.setdefault(section_of(ground.modules, ground.new, module), []).append(line)
    lines: list[str] = []
    for section in sorted(sections):
        lines += [*([""] if lines and style.is_parted else []), *sections[section]]
    for condition in sorted({each.condition for each in every if each.condition}):
        listed = sorted_lines([each.parsed for each in every if each.condition == condition], style)
        lines += [*([""] if lines else []), f"if {condition}:", *(f"    {line}" for line in listed)]
    return lines


def _new_module(removal: Removal, imports: list[Import], block: str, *, lazy: bool) -> str:
    old = removal.ground.old
    known = {each.name for each in imports if not each.condition}
    for word in sorted({word for each in imports for word in each.condition.replace(".", " ").split()} - known):
        extra = import_for(removal.ground.modules, old, word, removal.ground.new)
        if isinstance(extra, Import):
            imports.append(extra)
        elif word == "TYPE_CHECKING" and not any("." in each.condition for each in imports):
            imports.append(Import("from typing import TYPE_CHECKING", word))
    head = [LAZY_TYPES, ""] if lazy else []
    lines = [*head, *_lines(removal, imports)]
    eol = old.file.eol
    parts = [eol.join(lines), block] if lines else [block]
    return (eol * (2 if removal.ground.is_of_stubs else 3)).join(part.strip("\r\n") for part in parts) + eol


def _check_names(removal: Removal, target: PythonFile, imports: Iterable[Import]) -> None:
    """What the new module has must not get in the way."""
    bound = target.names.scopes[MODULE_SCOPE].bindings
    for name in removal.ground.plan.moved:
        if any(binding.kind != "from" for binding in bound.get(name, [])):
            removal.refuse("EXISTS", f"{target.path} has a {name} already.", target.path)
    for each in imports:
        is_package = _is_package(each) and all(
            binding.kind == "import" and not binding.aliased for binding in bound.get(each.name, ())
        )
        if each.name in bound and not is_package and not same_import(removal.ground.modules, target, each.name, each):
            removal.refuse("CONFLICT", f"`{each.name}` means something else in {target.path}.", target.path)


def _is_package(each: Import) -> bool:
    """Whether it is `import a.b`, which binds `a` beside others of its kind."""
    return not each.parsed.name and not each.parsed.alias


def _said(binding: Binding) -> str:
    """The line of `import package.module`."""
    return f"import {text_of(binding.node.parent)}"


def _append(removal: Removal, target: PythonFile, imports: Iterable[Import], block: str) -> None:
    eol = target.file.eol
    bound = target.names.scopes[MODULE_SCOPE].bindings
    missing = [
        each
        for each in imports
        if each.name not in bound
        or (_is_package(each) and each.line not in {_said(binding) for binding in bound[each.name]})
    ]
    for each in missing:
        if each.condition:
            removal.add(target.path, *types_import(removal.ground.modules, target, each.parsed))
    plain = joined_names([each.parsed for each in missing if not each.condition])
    removal.add(target.path, *place_imports(removal.ground.modules, target, plain))
    ends = target.source.endswith((b"\n", b"\r"))
    blanks = 1 if removal.ground.is_of_stubs else 2
    gap = eol * (blanks if ends else blanks + 1) if target.source.strip() else ""
    removal.add(target.path, Splice(target.lines.size, target.lines.size, gap + block + eol))
