"""Which scope does a name of a Python file belong to? The rules of the language reference, section 4.2.

Offsets are bytes of the source in UTF-8. The values hold tree-sitter nodes, so they do not leave the process.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from context.parsing.parse import Node

ScopeKind = Literal["module", "class", "function", "comprehension", "type parameters"]
BindingKind = Literal["function", "class", "import", "from", "parameter", "value", "delete", "annotation"]

MODULE_SCOPE = 0
"""The index of a file's outermost scope."""

CONDITIONAL = frozenset(
    {"if_statement", "try_statement", "for_statement", "while_statement", "with_statement", "match_statement"}
)


@dataclass(frozen=True, slots=True)
class Binding:
    """A place that gives a name a meaning; `node` is the identifier.

    `effect` is the byte from which a straight run sees it. For imports, `module` is the dotted module with its leading
    dots, and `imported` the node of the name that `from` imports; `aliased` tells whether `as` stands behind it.
    `whole` is the definition with its decorators, for a function or class. `del` and an
    annotation without a value count as bindings: they make a name local.
    """

    name: str
    node: Node
    kind: BindingKind
    effect: int
    module: str = ""
    imported: Node | None = None
    aliased: bool = False
    whole: Node | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope: `parent` is the index of the scope around it, the module's own is -1; `node` is what opens it."""

    kind: ScopeKind
    parent: int
    node: Node | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict[str, list[Binding]])
    declared_global: set[str] = field(default_factory=set[str])
    declared_nonlocal: set[str] = field(default_factory=set[str])


@dataclass(frozen=True, slots=True)
class Use:
    """A name that is read (or declared `global` or `nonlocal`)."""

    name: str
    node: Node
    scope: int


@dataclass(frozen=True, slots=True)
class AttributeUse:
    """`receiver.name`; `node` is the identifier behind the dot."""

    node: Node
    receiver: Node
    scope: int


@dataclass(frozen=True, slots=True)
class Call:
    """A call, or a class pattern of `match`, within a scope."""

    node: Node
    scope: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A string or comment that mentions a wanted name; `is_type` for a string where a type is expected."""

    node: Node
    scope: int
    is_type: bool = False


@dataclass(frozen=True, slots=True)
class Star:
    """`from module import *`."""

    module: str
    node: Node


@dataclass(frozen=True, slots=True)
class Names:
    """What a file does with names: all its bindings and calls, and the uses and quotes of the wanted names.

    `attributes_of` remembers what was found of classes, by their scope: a file that is read once is asked often.
    """

    scopes: list[Scope]
    uses: list[Use] = field(default_factory=list[Use])
    attributes: list[AttributeUse] = field(default_factory=list[AttributeUse])
    quotes: list[Quote] = field(default_factory=list[Quote])
    stars: list[Star] = field(default_factory=list[Star])
    calls: list[Call] = field(default_factory=list[Call])
    attributes_of: dict[int, dict[str, list[tuple[Node, int]]]] = field(
        default_factory=dict[int, dict[str, list[tuple[Node, int]]]]
    )


@dataclass(frozen=True, slots=True)
class Found:
    """The scope that a name belongs to. `sure` is false where a class body may or may not have bound it yet."""

    scope: int
    sure: bool = True


def find_scope(scopes: list[Scope], name: str, scope: int, offset: int) -> Found | None:
    """The scope that `name`, read at a byte within `scope`, belongs to; None if no scope of the file binds it."""
    for index in visible_scopes(scopes, name, scope):
        bindings = scopes[index].bindings.get(name)
        if not bindings:
            continue
        if scopes[index].kind != "class" or index != scope:
            return Found(index)
        bindings = [binding for binding in bindings if binding.kind != "annotation"]
        if all(offset < binding.effect for binding in bindings):
            continue  # The body of a class reads what is outside until it has bound the name itself.
        early = [binding for binding in bindings if binding.effect <= offset]
        return Found(index, any(not is_conditional(binding) for binding in early))
    return None


def visible_scopes(scopes: list[Scope], name: str, scope: int) -> Iterator[int]:
    """The scopes that are searched for a name, innermost first."""
    index, sees_class = scope, True
    while index >= 0:
        current = scopes[index]
        if name in current.declared_global:
            yield MODULE_SCOPE
            return
        if (current.kind != "class" or sees_class) and name not in current.declared_nonlocal:
            yield index
        sees_class = current.kind == "type parameters"
        index = current.parent


def is_mangled(scopes: list[Scope], name: str, scope: int) -> bool:
    """Whether Python would write a class's name before this one: `__name` anywhere within a class."""
    if not name.startswith("__") or name.endswith("__"):
        return False
    while scope >= 0:
        if scopes[scope].kind == "class":
            return True
        scope = scopes[scope].parent
    return False


def is_conditional(binding: Binding) -> bool:
    """Whether a binding may not be reached in a straight run."""
    node = binding.node.parent
    while node is not None and node.type not in {"class_definition", "module"}:
        if node.type in CONDITIONAL:
            return True
        node = node.parent
    return False
