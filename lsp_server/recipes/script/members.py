"""How is a member of a JavaScript or TypeScript class renamed? Where the file says whose it is; the rest is shown.

Certain are its definitions, those of the classes of the file that extend it or that it extends, `this.name` and
`super.name` within these, `Class.name` of a static one, and `name` of what is made by `new Class`.
"""

from dataclasses import dataclass, field

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Done, Material, Refused, Site
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.script.classes import (
    MEMBERS,
    ScriptClass,
    class_meant,
    classes_of,
    descendants,
    interfaces_of,
    is_static_member,
    last_name,
    member_name,
    owner_of_this,
    parameter_properties,
    text_of,
)
from lsp_server.recipes.script.finished import finished, homes_of, refused
from lsp_server.recipes.script.modules import Script, ScriptFile, open_scripts
from lsp_server.recipes.script.places import judge_text, script_site
from lsp_server.recipes.script.scopes import Occurrence, occurrences, owner_of
from lsp_server.recipes.splices import Splice

SPECIAL = frozenset({"constructor", "prototype", "__proto__"})


@dataclass(frozen=True, slots=True)
class Family:
    """The classes of one file that share a member, by the id of their nodes; `statics` is what its definitions are."""

    file: ScriptFile
    name: str
    classes: list[ScriptClass]
    members: dict[int, ScriptClass]
    statics: set[bool]
    bases: list[Node] = field(default_factory=list[Node])

    @property
    def is_static(self) -> bool:
        """Whether the member belongs to the classes themselves."""
        return self.statics == {True}


def rename_script_member(plan: Rename, material: Material) -> Done | Refused | None:
    """The whole change; None where no class of such a file has the member."""
    where, _, owner = plan.where.rpartition(":")
    owner = owner.rpartition(".")[2]
    if plan.kind not in {"member", ""} or not owner:
        return None
    files = open_scripts(Script(material.snapshot, plan.old), material.candidates)
    homes = [file for file in homes_of(files, where) if any(each.name == owner for each in classes_of(file))]
    found = [family for file in homes if (family := _family(file, owner, plan.old)) is not None]
    if len(found) > 1:
        found = [each for each in found if material.place is not None and material.place.path == each.file.path]
        if not found:
            listed = ", ".join(file.path for file in homes[:8])
            example = f"rename {owner}.{plan.old} in {homes[0].path} to {plan.new}"
            return refused("AMBIGUOUS", f"{owner} is in {listed}: say which, for example `{example}`.")
    if not found:
        return refused("NOT_FOUND", f"{owner} in {homes[0].path} has no `{plan.old}`.") if homes else None
    family = found[0]
    problems = _problems(plan, family)
    if problems:
        return Refused(tuple(problems[:6]))
    splices, sites = _places(family, plan.new)
    for file in files:
        if file.path != family.file.path:
            sites += _elsewhere(file, owner)
    sites += [script_site(family.file, base, _base_reason(base, plan.old)) for base in family.bases]
    return finished(plan, material, files, {family.file.path: splices}, sites)


def _family(file: ScriptFile, owner: str, name: str) -> Family | None:
    """The classes that share a member of a class; None where it has no such member."""
    classes = classes_of(file)
    start = next((each for each in classes if each.name == owner), None)
    line = [start] if start is not None else []
    extended = {each.node.id: class_meant(file, classes, each.base) for each in classes}
    while line and (above := extended[line[-1].node.id]) is not None and above not in line:
        line.append(above)
    roots = [each for each in line if _defines(each, name)]
    if not roots:
        return None
    members = {each.node.id: each for each in roots}
    known = 0
    while known < len(members):
        known = len(members)
        for each in classes:
            above = extended[each.node.id]
            if above is not None and above.node.id in members:
                members[each.node.id] = each
    statics = {is_static for each in members.values() for is_static in _defines(each, name)}
    outside = [each.base for each in members.values() if each.base is not None and extended[each.node.id] is None]
    tops = [node.child_by_field_name("declaration") or node for node in file.tree.root_node.named_children]
    declared = {text_of(top.child_by_field_name("name")) for top in tops if top.type == "interface_declaration"}
    outside += [node for each in members.values() for node in interfaces_of(each.node) if text_of(node) not in declared]
    return Family(file, name, classes, members, statics, outside)


def _defines(each: ScriptClass, name: str) -> list[bool]:
    """Whether a class has a member, for each of its definitions: whether that is static."""
    found = [
        is_static_member(member)
        for member in each.body.named_children
        if member.type in MEMBERS and text_of(member_name(member)) == name
    ]
    found += [False for _ in parameter_properties(each, name)]
    for node in descendants(each.body):
        left = node.child_by_field_name("left") if node.type == "assignment_expression" else None
        if left is None or text_of(left) != f"this.{name}":
            continue
        owner = owner_of_this(left)
        if owner is not None and owner.node.id == each.node.id:
            found.append(owner.is_static)
    return found


def _problems(plan: Rename, family: Family) -> list[Problem]:
    """Why the member cannot get the name."""
    file, problems = family.file, list[Problem]()
    if {plan.old, plan.new} & SPECIAL:
        problems.append(Problem("FORMAT", f"`{min({plan.old, plan.new} & SPECIAL)}` has a meaning of its own."))
    if file.fault_line:
        message = f"{file.path}:{file.fault_line} has a syntax error: correct it first, so that nothing is missed."
        problems.append(Problem("SYNTAX_WORSE", message, file.path))
    if len(family.statics) > 1:
        message = f"`{plan.old}` is both a static and another member in {file.path}: rename them by hand."
        problems.append(Problem("AMBIGUOUS", message, file.path))
    for node in occurrences(file.tree.root_node, file.source, plan.new).members:
        owner = _owner_class(node)
        if owner is not None and owner in family.members:
            line = file.lines.at(node.start_byte) + 1
            message = f"{family.members[owner].name} has a `{plan.new}` already ({file.path}:{line})."
            problems.append(Problem("EXISTS", message, file.path))
    return problems


def _owner_class(node: Node) -> int | None:
    """The id of the class that has a member of its own at a node, or reaches one by `this` there."""
    parent = node.parent
    if parent is not None and parent.type in MEMBERS and parent.parent is not None:
        return parent.parent.parent.id if parent.parent.parent is not None else None
    receiver = parent.child_by_field_name("object") if parent is not None else None
    owner = owner_of_this(receiver) if receiver is not None and receiver.type == "this" else None
    return owner.node.id if owner is not None else None


def _places(family: Family, new: str) -> tuple[list[Splice], list[Site]]:
    """What certainly is the member in its file, and what may be."""
    file, splices, sites = family.file, list[Splice](), list[Site]()
    for node in file.found.members:
        reason = _judge(family, node)
        if reason == "":
            splices.append(Splice(node.start_byte, node.end_byte, new))
        elif reason is not None:
            sites.append(script_site(file, node, reason))
    fields = {
        constructor.id: pattern
        for each in family.members.values()
        for pattern, constructor in parameter_properties(each, family.name)
    }
    for each in file.found.names:
        owner = each.scope if each.role == "bind" else owner_of(file.found, each.node)
        if owner is not None and owner.id in fields:
            is_key = each.node.type == "shorthand_property_identifier"
            splices.append(Splice(each.node.start_byte, each.node.end_byte, f"{family.name}: {new}" if is_key else new))
        elif _is_taken_apart(each):
            sites.append(script_site(file, each.node, "an object is taken apart here"))
    for node in file.found.others:
        reason = "the name in a string" if _is_index(node) else judge_text(file, node, family.name)
        if reason is not None:
            sites.append(script_site(file, node, reason))
    return splices, sites


def _is_index(node: Node) -> bool:
    """Whether a string is what `object["name"]` asks for."""
    around = node if node.type == "string" else node.parent
    return around is not None and around.parent is not None and around.parent.type == "subscript_expression"


def _is_taken_apart(each: Occurrence) -> bool:
    return each.node.type == "shorthand_property_identifier_pattern"


def _judge(family: Family, node: Node) -> str | None:
    """Empty where a member certainly is the one that is meant, a reason where it may be, None where it is another."""
    parent = node.parent
    if parent is None:
        return None
    if parent.type in MEMBERS:
        around = parent.parent.parent if parent.parent is not None else None
        if around is not None and around.id in family.members:
            return ""
        return _judge_interface(family, around)
    if parent.type == "property_signature":
        return _judge_interface(family, parent.parent.parent if parent.parent is not None else None)
    if parent.type == "pair_pattern":
        return "an object is taken apart here"
    if parent.type not in {"member_expression", "nested_identifier"}:
        return None
    return _judge_receiver(family, _bare(parent.child_by_field_name("object")))


def _judge_interface(family: Family, around: Node | None) -> str | None:
    name = text_of(around.child_by_field_name("name")) if around is not None else ""
    said = {last_name(node) for each in family.members.values() for node in interfaces_of(each.node)}
    if name and name in said:
        return f"the interface {name} declares it"
    return None


def _bare(node: Node | None) -> Node | None:
    while node is not None and node.type in {"parenthesized_expression", "non_null_expression"} and node.named_children:
        node = node.named_children[0]
    return node


def _judge_receiver(family: Family, receiver: Node | None) -> str | None:
    """Whether what stands before the dot is of the family."""
    if receiver is None:
        return None
    if receiver.type in {"this", "super"}:
        owner = owner_of_this(receiver)
        if owner is None:
            return "`this` may be something else in this function"
        if owner.node.id in family.members:
            return "" if owner.is_static == family.is_static else None
        return None
    made = _class_of_value(family, receiver)
    if made is not None:
        return "" if made.node.id in family.members and not family.is_static else None
    itself = class_meant(family.file, family.classes, receiver)
    if itself is not None:
        return "" if itself.node.id in family.members and family.is_static else None
    return f"it is not known what `{text_of(receiver)[:40]}` is"


def _class_of_value(family: Family, receiver: Node) -> ScriptClass | None:
    """The class of the file that a value is certainly an object of."""
    if receiver.type == "new_expression":
        return class_meant(family.file, family.classes, receiver.child_by_field_name("constructor"))
    if receiver.type == "member_expression" and text_of(receiver.child_by_field_name("property")) == "prototype":
        return class_meant(family.file, family.classes, receiver.child_by_field_name("object"))
    if receiver.type != "identifier":
        return None
    found = occurrences(family.file.tree.root_node, family.file.source, text_of(receiver))
    owner = owner_of(found, receiver)
    binds = [each.node for each in found.names if each.role == "bind" and owner and each.scope.id == owner.id]
    holder = binds[0].parent if len(binds) == 1 else None
    if holder is None:
        return None
    kind = holder.child_by_field_name("type")
    if kind is not None and kind.named_children:
        named = kind.named_children[0]
        named = named.child_by_field_name("name") if named.type == "generic_type" else named
        return class_meant(family.file, family.classes, named)
    value = _bare(holder.child_by_field_name("value"))
    is_constant = holder.type == "variable_declarator" and text_of(holder.parent).startswith("const")
    return (
        _class_of_value(family, value) if is_constant and value is not None and value.type == "new_expression" else None
    )


def _elsewhere(file: ScriptFile, owner: str) -> list[Site]:
    """What another file has of the name: only a person can tell whether it is this one."""
    sites: list[Site] = []
    bases = {each.node.id: each.base for each in classes_of(file)}
    for node in file.found.members:
        parent = node.parent
        receiver = _bare(parent.child_by_field_name("object")) if parent is not None else None
        if parent is None or parent.type not in {"member_expression", "pair_pattern"}:
            continue
        if receiver is not None and receiver.type == "this":
            around = owner_of_this(receiver)
            base = bases.get(around.node.id) if around is not None else None
            if text_of(base).rpartition(".")[2] != owner:
                continue
        sites.append(script_site(file, node, "it may be the member of this name"))
    apart = [each.node for each in file.found.names if _is_taken_apart(each)]
    return sites + [script_site(file, node, "an object is taken apart here") for node in apart]


def _base_reason(base: Node, name: str) -> str:
    return f"look whether {text_of(base)[:40]} has a `{name}`, which this one may stand in for"
