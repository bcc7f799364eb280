"""Which classes does a JavaScript or TypeScript file have, what extends what, and whose is `this`?"""

from collections.abc import Iterator
from dataclasses import dataclass

from context.parsing.parse import Node
from lsp_server.recipes.script.modules import ScriptFile
from lsp_server.recipes.script.scopes import FUNCTIONS, occurrences, owner_of

CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
FIELDS = frozenset({"public_field_definition", "field_definition"})
MEMBERS = FIELDS | {"method_definition", "abstract_method_signature", "method_signature"}
MODIFIERS = frozenset({"accessibility_modifier", "readonly", "override_modifier"})


@dataclass(frozen=True, slots=True)
class ScriptClass:
    """One class: its name, its node, and what it extends, as a node; None for nothing."""

    name: str
    node: Node
    base: Node | None

    @property
    def body(self) -> Node:
        """The braces with its members."""
        return self.node.child_by_field_name("body") or self.node


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose `this` is at some place: the node of a class, and whether it is the class itself."""

    node: Node
    is_static: bool


def classes_of(file: ScriptFile) -> list[ScriptClass]:
    """All classes with a name, those of `const Name = class { }` included."""
    found: list[ScriptClass] = []
    for node in descendants(file.tree.root_node):
        if node.type not in CLASSES or not node.is_named:
            continue
        named = node.child_by_field_name("name")
        parent = node.parent
        if named is None and parent is not None and parent.type == "variable_declarator":
            named = parent.child_by_field_name("name")
        if named is not None:
            found.append(ScriptClass(text_of(named), node, _base(node)))
    return found


def _base(node: Node) -> Node | None:
    heritage = next((child for child in node.named_children if child.type == "class_heritage"), None)
    if heritage is None:
        return None
    clause = next((child for child in heritage.named_children if child.type == "extends_clause"), None)
    if clause is not None:
        return clause.child_by_field_name("value")
    plain = [child for child in heritage.named_children if child.type != "implements_clause"]
    return plain[0] if plain else None


def interfaces_of(node: Node) -> list[Node]:
    """What a class says that it implements."""
    heritage = next((child for child in node.named_children if child.type == "class_heritage"), None)
    clauses = heritage.named_children if heritage is not None else []
    return [each for clause in clauses if clause.type == "implements_clause" for each in clause.named_children]


def last_name(node: Node) -> str:
    """`Provider` of `vscode.Provider<Node>`."""
    return text_of(node).partition("<")[0].rpartition(".")[2]


def class_meant(file: ScriptFile, classes: list[ScriptClass], node: Node | None) -> ScriptClass | None:
    """The class of the file that an identifier means: its name is bound once in the file."""
    if node is None or node.type not in {"identifier", "type_identifier"}:
        return None
    found = occurrences(file.tree.root_node, file.source, text_of(node))
    binds = [each for each in found.names if each.role in {"bind", "import", "namespace"}]
    if len(binds) != 1 or owner_of(found, node) is None:
        return None
    return next((each for each in classes if _is_name_of(each, binds[0].node)), None)


def _is_name_of(each: ScriptClass, node: Node) -> bool:
    parent = node.parent
    if parent is not None and parent.type == "variable_declarator":
        parent = parent.child_by_field_name("value")
    return parent is not None and parent.id == each.node.id


def owner_of_this(node: Node) -> Owner | None:
    """The class whose `this` a place has; None where a plain function, or nothing, decides it."""
    current = node
    while current.parent is not None:
        parent = current.parent
        if parent.type in MEMBERS or parent.type == "class_static_block":
            body = parent.parent
            around = body.parent if body is not None and body.type == "class_body" else None
            is_value = parent.type not in FIELDS or parent.child_by_field_name("value") == current
            is_static = parent.type == "class_static_block" or is_static_member(parent)
            return Owner(around, is_static) if around is not None and is_value else None
        if parent.type in FUNCTIONS and parent.type != "arrow_function":
            return None
        current = parent
    return None


def is_static_member(member: Node) -> bool:
    """Whether a member belongs to the class itself."""
    return any(child.type == "static" for child in member.children)


def member_name(member: Node) -> Node | None:
    """The name of a member, where it is a plain one."""
    named = member.child_by_field_name("name") or member.child_by_field_name("property")
    return named if named is not None and named.type == "property_identifier" else None


def parameter_properties(each: ScriptClass, name: str) -> Iterator[tuple[Node, Node]]:
    """Parameters of the constructor that are fields, too (`private name: string`), with the constructor."""
    for member in each.body.named_children:
        named = member_name(member) if member.type == "method_definition" else None
        listed = member.child_by_field_name("parameters")
        if named is None or text_of(named) != "constructor" or listed is None:
            continue
        for parameter in listed.named_children:
            pattern = parameter.child_by_field_name("pattern")
            is_field = any(child.type in MODIFIERS for child in parameter.children)
            if is_field and pattern is not None and text_of(pattern) == name:
                yield pattern, member


def descendants(node: Node) -> Iterator[Node]:
    """A node and all named nodes below it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.named_children))


def text_of(node: Node | None) -> str:
    """The text of a node; empty for none."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
