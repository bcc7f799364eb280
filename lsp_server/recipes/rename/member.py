"""How is a method, a property or an attribute of a class renamed? With what overrides it and what it overrides.

Certain are the definitions in the hierarchy and every use whose receiver is known to be of it. A use whose receiver is
not known is listed; one whose receiver is known to be something else stays.
"""

import re
from difflib import get_close_matches

from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Refused, Wanted
from lsp_server.recipes.python.classes import (
    class_name,
    classes_in,
    definer,
    defines,
    family_of,
    heirs_of,
    order_of,
    outside_owner,
    own_attributes,
)
from lsp_server.recipes.python.imports import files_of, module_of
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.places import matches, site
from lsp_server.recipes.python.world import Value, World, holds, opened
from lsp_server.recipes.rename.member_places import member_places
from lsp_server.recipes.rename.opened import Found, Opened
from lsp_server.recipes.rename.python_places import Places

Family = frozenset[Value]


def rename_member(read: Opened) -> Found | Refused | Wanted | None:
    """The places of a member; None where no class has it, or where the sentence asks for something else."""
    plan, files = read.plan, read.files
    if plan.kind not in {"", "member", "function", "variable"} or (
        plan.kind in {"function", "variable"} and not plan.where
    ):
        return None
    world = World(read.symbol)
    family = _choose(world, read)
    if family is None or isinstance(family, Problem):
        return Refused((family,)) if isinstance(family, Problem) else None
    heirs = heirs_of(world, set(family), files)
    names = {class_name(world, heir) for heir in heirs}
    if names - set(read.material.names):
        return Wanted(tuple(sorted(names)))
    problems = _problems(world, read, family, heirs)
    if problems:
        return Refused(tuple(problems))

    def collect(symbol: Symbol, changed: list[PythonFile]) -> dict[str, Places]:
        return {file.path: member_places(World(symbol), family, file) for file in changed}

    places = collect(read.symbol, files)
    _note_outside(world, family, heirs, places)
    return Found(places, collect)


def _choose(world: World, read: Opened) -> Family | Problem | None:
    """The classes that share the member which the user means."""
    plan = read.plan
    holder, _, owner = plan.where.replace("::", ":").replace(":", ".").rpartition(".")
    classes = [found for file in read.files for found in classes_in(file)]
    named = [found for found in classes if owner and class_name(world, found) == owner and _is_in(world, holder, found)]
    if named:
        selected = [found for found in named if definer(world, found, plan.old) is not None]
        if not selected:
            return _no_member(world, named, plan.old)
    else:
        having = [found for found in classes if defines(world, found, plan.old)]
        selected = [found for found in having if _is_in(world, plan.where, found)]
        if having and not selected and owner[:1].isupper():
            near = dict.fromkeys(
                f"{class_name(world, found)}.{plan.old}" + (f" ({_position(world, found, plan.old)})" if holder else "")
                for found in having[:3]
            )
            there = f"{owner} in {holder}" if holder else owner
            return Problem("NOT_FOUND", f"No class {there} has {plan.old}. Did you mean {' or '.join(near)}?")
    families: list[Family] = []
    for found in selected:
        if not any(found in family or set(order_of(world, found).classes) & family for family in families):
            family = frozenset(family_of(world, found, plan.old, read.files))
            families.append(family | _stubs(world, family))
    if len(families) < 2:
        return families[0] if families else None
    around = [family for family in families if any(holds(world, found, read.material.place) for found in family)]
    if len(around) == 1:
        return around[0]
    shown = [min(family, key=lambda each: (each.path, each.scope)) for family in families]
    listed = ", ".join(
        f"{class_name(world, each)}.{plan.old} ({_position(world, each, plan.old)})" for each in shown[:8]
    )
    example = f"rename {class_name(world, shown[0])}.{plan.old} to {plan.new}"
    return Problem("AMBIGUOUS", f"Several classes have {plan.old}: {listed}. Say which, for example `{example}`.")


def _no_member(world: World, named: list[Value], name: str) -> Problem:
    members: set[str] = set()
    for found in named:
        for each in order_of(world, found).classes:
            file = opened(world, each.path)
            members |= set(own_attributes(world, each))
            members |= set(file.names.scopes[each.scope].bindings) if file is not None else set()
    near = get_close_matches(name, sorted(members), 2)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return Problem("NOT_FOUND", f"{class_name(world, named[0])} has no {name} in the workspace.{hint}")


def _is_in(world: World, where: str, found: Value) -> bool:
    file = opened(world, found.path)
    return file is not None and matches(world.symbol, where, file)


def _position(world: World, found: Value, name: str) -> str:
    file = opened(world, found.path)
    if file is None:
        return found.path
    bindings = file.names.scopes[found.scope].bindings.get(name)
    node = bindings[0].node if bindings else own_attributes(world, found)[name][0][0]
    return f"{file.path}:{file.lines.at(node.start_byte) + 1}"


def _stubs(world: World, family: Family) -> Family:
    """The same classes in the stubs beside their files, or in the sources beside their stubs."""
    found: set[Value] = set()
    for value in family:
        modules = world.symbol.modules
        for path in set(files_of(modules, module_of(modules, value.path))) - {value.path}:
            file = opened(world, path)
            twins = classes_in(file) if file is not None else []
            found |= {twin for twin in twins if class_name(world, twin) == class_name(world, value)}
    return frozenset(found)


def _problems(world: World, read: Opened, family: Family, heirs: set[Value]) -> list[Problem]:
    """Why the member cannot have its new name."""
    old, new = read.plan.old, read.plan.new
    if any(name.startswith("__") for name in (old, new)):
        return [Problem("FORMAT", f"Names with two underscores in front are mangled by Python: {old} stays.")]
    base, certain = outside_owner(world, heirs, old)
    if certain:
        message = (
            f"{old} overrides that of {base}, which is not in the workspace: renaming it would break the override."
        )
        return [Problem("CONFLICT", message)]
    base, certain = outside_owner(world, heirs, new)
    if certain:
        return [Problem("CONFLICT", f"`{new}` would override that of {base}: choose another name.")]
    around = {each for heir in heirs | set(family) for each in order_of(world, heir).classes}
    taken = [each for each in sorted(around, key=lambda each: (each.path, each.scope)) if defines(world, each, new)]
    return [
        Problem("CONFLICT", f"`{new}` is a member already of {where}: choose another name.", each.path)
        for each in taken
        if (where := f"{class_name(world, each)} in {_position(world, each, new)}")
    ]


def _note_outside(world: World, family: Family, heirs: set[Value], places: dict[str, Places]) -> None:
    """A base outside the workspace may define or call the member: a person must know."""
    for value in sorted(family, key=lambda each: (each.path, each.scope)):
        base, _ = outside_owner(
            world, {heir for heir in heirs if value in order_of(world, heir).classes}, world.symbol.old
        )
        file = opened(world, value.path)
        node = file.names.scopes[value.scope].node if file is not None else None
        if file is None or node is None or value.path not in places:
            continue
        if base:
            why = f"`{base}` is outside the workspace: it may have or use the same name"
            places[value.path].sites.append(site(file, node, why))
        if defines(world, value, "__getattr__"):
            why = "it stands in for another object (`__getattr__`): what is given one may use the name"
            places[value.path].sites.append(site(file, node, why))
        if begun := _put_together(world, value, world.symbol.old):
            why = f"names that begin with `{begun}` are put together while it runs: one may be this"
            places[value.path].sites.append(site(file, node, why))


_BEGINNINGS = re.compile(r"""[fF](?:'(\w+)\{|"(\w+)\{)|'(\w+)(?:'\s*\+|%s|\{)|"(\w+)(?:"\s*\+|%s|\{)""")


def _put_together(world: World, value: Value, name: str) -> str:
    """The beginning of names that a class or a base looks up by text, if the name has it: a visitor's `visit_`."""
    for each in order_of(world, value).classes:
        file = opened(world, each.path)
        if file is None or "getattr" not in file.file.text:
            continue
        found = {group for groups in _BEGINNINGS.findall(file.file.text) for group in groups}
        begun = [text for text in found if len(text) > 1 and name.startswith(text) and name != text]
        if begun:
            return max(begun, key=len)
    return ""
