"""Where is the constructor of a record called, surely or perhaps, and where are its fields listed by hand?"""

from dataclasses import dataclass

from context.parsing.parse import Node
from lsp_server.recipes.fields.record import Record
from lsp_server.recipes.plan import Site
from lsp_server.recipes.python.callables import Callee, with_aliases
from lsp_server.recipes.python.names import PythonFile, descendants
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.types import types_of
from lsp_server.recipes.python.world import Values, World


@dataclass(frozen=True, slots=True)
class RecordCall:
    """A call of a constructor, or a class pattern."""

    file: PythonFile
    node: Node

    @property
    def given(self) -> tuple[Node, ...]:
        """What it passes, without comments."""
        listed = self.node.child_by_field_name("arguments")
        children = listed.named_children if listed is not None else self.node.named_children[1:]
        return tuple(each for each in children if each.type != "comment")

    @property
    def positional(self) -> int:
        """How much it passes by position."""
        keywords = {"keyword_argument", "dictionary_splat", "list_splat"}
        inner = [each.named_children[0] if each.type == "case_pattern" else each for each in self.given]
        return sum(each.type not in keywords | {"keyword_pattern"} for each in inner)

    @property
    def splat(self) -> bool:
        """Whether some of it is made at run time."""
        return any(each.type in {"dictionary_splat", "list_splat"} for each in self.given)

    @property
    def line(self) -> int:
        """The 1-based line."""
        return self.file.lines.at(self.node.start_byte) + 1

    def site(self, why: str) -> Site:
        """It as a place for a person to look at."""
        return site(self.file, self.node, why)


@dataclass(frozen=True, slots=True)
class Calls:
    """All calls; `names` are those that the class is called by."""

    names: frozenset[str]
    certain: tuple[RecordCall, ...]
    patterns: tuple[RecordCall, ...]
    uncertain: tuple[Site, ...]


def calls_of(world: World, record: Record, heirs: tuple[Record, ...], files: list[PythonFile]) -> Calls:
    """The calls of a record's constructor and of those that inherit it."""
    own_names = frozenset({record.name, *(heir.name for heir in heirs)})
    names = with_aliases(Callee(record.name, frozenset(), own_names | {"cls"}, constructs=True), files).names
    others = frozenset((heir.value.path, heir.value.scope) for heir in heirs if _has_init(heir))
    made = frozenset((each.value.path, each.value.scope) for each in (record, *heirs)) - others
    certain: list[RecordCall] = []
    patterns: list[RecordCall] = []
    uncertain = [
        site(heir.file, heir.node, "its own `__init__` may have to pass the field on")
        for heir in heirs
        if _has_init(heir)
    ]
    for file in files:
        for call in file.names.calls:
            is_pattern = call.node.type == "class_pattern"
            function = call.node.named_children[0] if is_pattern else call.node.child_by_field_name("function")
            tail = text_of(function).rpartition(".")[2]
            if function is None or (tail not in names and text_of(function) != "type(self)"):
                continue
            found = RecordCall(file, call.node)
            meant = _meant(types_of(world, file, _readable(function), call.scope), made, others)
            if meant == "surely":
                # An heir takes the fields of its base first, unless it has an `__init__` of its own.
                (patterns if is_pattern else certain).append(found)
            elif meant == "perhaps" and tail != "cls":
                uncertain.append(found.site("it is not known whether this is the class"))
    return Calls(names, tuple(certain), tuple(patterns), tuple(uncertain))


def _has_init(record: Record) -> bool:
    return "__init__" in record.file.names.scopes[record.value.scope].bindings


def _readable(function: Node) -> Node:
    """The name within a pattern's dotted name, which is no expression."""
    while function.type in {"case_pattern", "dotted_name"} and function.named_child_count == 1:
        function = function.named_children[0]
    return function


def _meant(found: Values, made: frozenset[tuple[str, int]], others: frozenset[tuple[str, int]]) -> str:
    """Whether what is called is made from the fields, surely or perhaps; empty for something else."""
    hits = [each for each in found if each.kind == "class" and (each.path, each.scope) in made]
    if hits and len(hits) == len(found):
        return "surely"
    known = [each for each in found if each.kind == "class" and (each.path, each.scope) in others]
    if known and len(known) == len(found):
        return ""
    return "perhaps" if hits or any(each.kind == "unknown" for each in found) else ""


def field_lists(record: Record, files: list[PythonFile]) -> list[Site]:
    """Dictionaries that list the fields by hand: within the class, and for a TypedDict anywhere."""
    names = {entry.name for entry in record.entries}
    found: list[Site] = []
    for node in descendants(record.node):
        if node.type == "dictionary" and names:
            values = {text_of(pair.child_by_field_name("value")) for pair in node.named_children if pair.type == "pair"}
            if values & {f"self.{name}" for name in names}:
                found.append(site(record.file, node, "it lists the fields, and may need the new one"))
    if record.kind == "TypedDict" and len(names) > 1:
        for file in files:
            for node in descendants(file.tree.root_node):
                if node.type == "dictionary" and names <= _keys(node):
                    found.append(site(file, node, f"it has all keys of {record.name}"))
    return found


def _keys(node: Node) -> set[str]:
    return {
        text_of(pair.child_by_field_name("key")).strip("\"'") for pair in node.named_children if pair.type == "pair"
    }
