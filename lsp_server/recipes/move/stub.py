"""What becomes of the stubs? What `core.pyi` declares of the moved symbols goes to the stub of the new module.

A module that is new gets a stub with just these declarations, which is all that it has. One that is there already
without a stub gets none, since that would hide the rest of it from type checkers: then the move is refused.
"""

from collections.abc import Iterator
from dataclasses import replace

from lsp_server.edits.change import Problem
from lsp_server.recipes.move.arrival import arrive
from lsp_server.recipes.move.block import Block, block_of
from lsp_server.recipes.move.imports import is_relative, listed_in_all, reference
from lsp_server.recipes.move.removal import Ground, Removal, Way, kept_readings
from lsp_server.recipes.move.sentence import listed
from lsp_server.recipes.plan import Site
from lsp_server.recipes.python.imports import module_stem, stub_of
from lsp_server.recipes.python.insert import line_splice
from lsp_server.recipes.python.names import PythonFile, all_statements, is_computed, open_file
from lsp_server.recipes.python.placement import layout_of
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE


def declared(file: PythonFile, names: tuple[str, ...]) -> tuple[str, ...]:
    """Which names a stub declares itself."""
    bindings = file.names.scopes[MODULE_SCOPE].bindings
    return tuple(name for name in names if any(each.kind not in {"import", "from"} for each in bindings.get(name, ())))


def move_in_stubs(removal: Removal) -> dict[str, str]:
    """Notes what changes in the stubs of both modules; the texts of stubs that are new."""
    ground = removal.ground
    _list_others(removal)
    found = _declarations(ground)
    names = found[1] if found is not None else ()
    _list_missing(removal, tuple(name for name in ground.plan.moved if name not in names))
    if found is None:
        return {}
    stub, _, block = found
    if isinstance(block, Problem):
        removal.problems.append(replace(block, message=f"{block.message} Change that in the stub first."))
        return {}
    snapshot, new_stub = ground.material.snapshot, stub_of(ground.new)
    if snapshot.exists(ground.new) and not snapshot.exists(new_stub):
        removal.problems.append(_without_stub(ground, stub, names))
        return {}
    kept = kept_readings(stub, block, names)
    within = replace(ground, old=stub, new=new_stub, block=block, readings={}, kept=kept, listings=())
    moving = Removal(within, Way(), removal.splices, removal.sites, removal.problems)
    removal.add(stub.path, *block.gone(stub))
    text = arrive(moving)
    _leave(removal, moving, names)
    return {new_stub: text} if text else {}


def _declarations(ground: Ground) -> tuple[PythonFile, tuple[str, ...], Block | Problem] | None:
    """The stub beside the old module, which moved names it declares, and its lines that do; None where none do."""
    stub = open_file(ground.symbols[0], stub_of(ground.old.path))
    names = declared(stub, ground.plan.moved) if isinstance(stub, PythonFile) else ()
    return (stub, names, block_of(stub, *names)) if isinstance(stub, PythonFile) and names else None


def needed_in_stub(ground: Ground) -> Iterator[tuple[PythonFile, frozenset[str]]]:
    """The stub that declarations leave, with the names that these need."""
    found = _declarations(ground)
    if found is not None and not isinstance(found[2], Problem):
        yield found[0], found[2].needed


def _without_stub(ground: Ground, stub: PythonFile, names: tuple[str, ...]) -> Problem:
    """Why what a stub declares has no place to go, and what can be done."""
    them = "it" if len(names) == 1 else "them"
    message = (
        f"{stub.path} declares {listed(names)}, and {ground.new} has no stub for {them}; one with nothing else would "
        f"hide the rest of {ground.new} from type checkers. Write {stub_of(ground.new)} for all of it first, move "
        f"{listed(names)} to a new module, or take {them} out of {stub.path}."
    )
    return Problem("CONFLICT", message, stub.path)


def _leave(removal: Removal, moving: Removal, names: tuple[str, ...]) -> None:
    """What the old stub says of the moved names: what the old module does, and what its own types need."""
    ground, stub = moving.ground, moving.ground.old
    reachable = [name for name in names if ground.plan.keep or name in removal.ground.still_used]
    again = reachable if removal.stays_reachable else []
    entries = [f"{name} as {name}" if name in again else name for name in names if name in (*again, *ground.still_used)]
    if entries:
        source = reference(ground.modules, stub.path, ground.new, relative=is_relative(stub))
        line = f"from {source} import {', '.join(sorted(entries))}"
        removal.add(stub.path, line_splice(stub.tree.root_node, layout_of(stub), source, line))
    gone = [name for name in names if name not in again]
    for statement in all_statements(stub):
        found = listed_in_all(statement, gone)
        if found and is_computed(statement):
            at = stub.lines.at(statement.start_byte) + 1
            removal.refuse("CONFLICT", f"{stub.path}:{at} computes `__all__`: change that first.", stub.path)
        removal.add(stub.path, *found)


def _list_missing(removal: Removal, names: tuple[str, ...]) -> None:
    """The stub of the new module, where it does not declare what arrives: type checkers look nowhere else."""
    target = open_file(removal.ground.symbols[0], stub_of(removal.ground.new))
    if not isinstance(target, PythonFile):
        return
    missing = [name for name in names if name not in target.names.scopes[MODULE_SCOPE].bindings]
    if missing:
        first = target.file.text.partition("\n")[0]
        removal.sites.append(
            Site(target.path, 1, first, f"the stub of the new module does not declare {listed(missing)}")
        )


def _list_others(removal: Removal) -> None:
    """What else stubs say of the moved names: the old module's imports one, or `typings/pkg/core.pyi` declares it."""
    ground = removal.ground
    beside = {stub_of(ground.old.path), stub_of(ground.new)}
    stub = open_file(ground.symbols[0], stub_of(ground.old.path))
    if isinstance(stub, PythonFile):
        bindings = stub.names.scopes[MODULE_SCOPE].bindings
        for name in set(ground.plan.moved) & set(bindings) - set(declared(stub, ground.plan.moved)):
            removal.sites.append(site(stub, bindings[name][0].node, f"the stub of the old module imports {name}"))
    for file in ground.files:
        is_stub = file.path.endswith(".pyi") and file.path not in beside
        if is_stub and module_stem(file.path.removesuffix("i")) == module_stem(ground.old.path):
            for name in declared(file, ground.plan.moved):
                node = file.names.scopes[MODULE_SCOPE].bindings[name][0].node
                removal.sites.append(site(file, node, f"a stub elsewhere declares {name} in the old module"))
