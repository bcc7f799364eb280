"""A model calls recipes by names of symbols; a call says what a sentence would, and nothing can hide in an operand."""

import pytest

from context.snapshot import FileText, from_buffer
from lsp_server.edits.change import ChangeSet, Create, Delete, Problem, Rename
from lsp_server.recipes.move.sentence import Move
from lsp_server.recipes.plan import Refused, Step
from lsp_server.recipes.rename.sentence import Rename as RenamePlan
from lsp_server.recipes.sequence import compared
from lsp_server.recipes.signature.sentence import AddParameter, Target
from lsp_server.recipes.together import together
from lsp_server.recipes.tool_calls import step_of
from lsp_server.recipes.tools import TOOLS
from tests.edits.checks import snapshot_of

EXAMPLES = {
    "rename_symbol": {"symbol": "pkg.core.load_user", "new": "fetch_user"},
    "rename_parameter": {"symbol": "Store.fetch", "parameter": "retries", "new": "attempts"},
    "move_symbol": {"symbol": "load_user", "module": "users/store.py", "keep": True},
    "rename_module": {"module": "pkg.core", "to": "storage"},
    "add_parameter": {"symbol": "Store.fetch", "parameter": "timeout: float", "value": "2.5"},
    "remove_parameter": {"symbol": "fetch", "parameter": "strict"},
    "reorder_parameters": {"symbol": "fetch", "order": ["key", "timeout"]},
    "make_async": {"symbol": "fetch", "callers": True},
    "add_field": {"symbol": "User", "field": "tags: list[str] = []"},
    "implement_abstract_methods": {"symbol": "DiskStore"},
    "implement_protocol": {"symbol": "DiskStore", "base": "Reader"},
    "add_import": {"statement": "from pkg.store import Store, open_store as opened", "path": "pkg/core.py"},
    "add_to_all": {"names": ["Store", "load"], "path": "pkg/__init__.py"},
    "remove_unused_imports": {"path": "pkg/core.py"},
    "replace_pattern": {"pattern": "print($X)", "replacement": "log.info($X)", "path": "src/"},
    "upgrade_dependency": {"package": "httpx", "version": "0.28.1"},
    "write_dataclass": {"name": "Point", "fields": "x: int, y: list[int] = []", "path": "pkg/shapes.py"},
    "write_type": {"kind": "enum", "name": "Color", "fields": "red, green = 2", "path": "pkg/colors.py"},
    "write_class_skeleton": {"name": "Cache", "methods": "get(key: str) -> bytes, clear()", "path": "pkg/cache.py"},
    "extract_function": {"first": "a = [1, 2]", "last": "return f'{a}'", "path": "pkg/core.py", "name": "made"},
    "extract_constant": {"name": "DAY", "literal": "86400", "path": "pkg/core.py"},
    "inline_function": {"name": "slug", "path": "pkg/text.py"},
    "wrap_in_try": {
        "pattern": "$F.read()",
        "exception": "OSError, ValueError",
        "handler": "return None",
        "path": "src/",
    },
    "write_test_skeletons": {"path": "pkg/core.py"},
    "add_type_hints": {"path": "pkg/core.py"},
}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_has_a_schema_of_its_plans_fields_and_a_call_becomes_its_plan(tool):
    schema = tool.schema()
    assert set(schema["required"]) <= set(schema["properties"])
    assert schema["additionalProperties"] is False
    assert all(each["description"] for each in schema["properties"].values())
    example = EXAMPLES[tool.name]
    assert set(example) <= set(schema["properties"])
    kinds = {str: "string", bool: "boolean", list: "array"}
    assert all(kinds[type(value)] == schema["properties"][name]["type"] for name, value in example.items())
    step = step_of(tool.name, example)
    assert isinstance(step, Step), step
    assert type(step.plan) is tool.plan


def test_a_call_means_what_the_sentence_means():
    renamed = step_of("rename_symbol", {"symbol": "Store.fetch", "new": "load"})
    assert isinstance(renamed, Step)
    assert renamed.plan == RenamePlan("fetch", "load", "Store")
    added = step_of("add_parameter", {"symbol": "fetch in pkg/core.py", "parameter": "n: int = 1"})
    assert isinstance(added, Step)
    assert added.plan == AddParameter(Target("fetch", "pkg/core.py"), "n", "int", "1")


def test_several_symbols_of_a_module_move_together():
    moved = step_of("move_symbol", {"symbol": "Store, Disk and load in pkg/core.py", "module": "pkg/store.py"})
    assert isinstance(moved, Step)
    assert moved.plan == Move(Target("Store", "pkg/core.py"), "pkg/store.py", others=("Disk", "load"))


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("rename_symbol", {"symbol": "a"}, "needs new"),
        ("rename_symbol", {"symbol": "a", "new": ""}, "needs new"),
        ("rename_symbol", {"symbol": "a", "new": "b", "line": 3}, "has no operand line"),
        ("rename_symbol", {"symbol": "a", "new": 3}, "not as its schema says"),
        ("rename_symbol", {"symbol": "a", "new": "class"}, "keyword"),
        ("rename_symbol", {"symbol": "a", "new": "b and rename c to d"}, "cannot be read"),
        ("rename_symbol", {"symbol": "a", "new": "b in pkg/x.py"}, "read as something else"),
        ("rename_symbol", {"symbol": "a", "new": "b, including uncertain places"}, "read as something else"),
        ("rename_symbol", {"symbol": "a to b; rename c", "new": "d"}, "cannot be read"),
        ("rename_symbol", {"symbol": "a", "new": "b\nrename c to d"}, "not as its schema says"),
        ("rename_symbol", ["a", "b"], "no JSON object"),
        ("rename_symbol", None, "no JSON object"),
        ("replace_pattern", {"pattern": "f($A)", "replacement": "g($A) in src/"}, "read as something else"),
        ("add_parameter", {"symbol": "f", "parameter": "x=1 to g and pass 1 at the calls"}, "add_parameter"),
        ("move_symbol", {"symbol": "a", "module": "b.py and keep a re-export"}, "read as something else"),
        ("move_symbol", {"symbol": "a to b.py and c", "module": "d.py"}, "move_symbol"),
        ("make_async", {"symbol": "fetch with its callers"}, "cannot be read"),
        ("remove_unused_imports", {"path": "the database"}, "cannot be read"),
        ("rename_symbol", {"symbol": "a" * 400, "new": "b"}, "not as its schema says"),
        ("add_field", {"symbol": "User", "field": "x: int and y: int"}, "read as something else"),
        ("write_dataclass", {"name": "P", "fields": "x: int", "path": "the shapes"}, "write_dataclass"),
        ("write_dataclass", {"name": "P with y: int", "fields": "x: int", "path": "a.py"}, "write_dataclass"),
        ("write_type", {"kind": "interface", "name": "P", "fields": "x: int", "path": "a.py"}, "cannot be read"),
        ("write_class_skeleton", {"name": "P", "methods": "all that is needed", "path": "a.py"}, "cannot be read"),
        ("extract_function", {"first": "a = 1", "last": "b", "path": "a.py", "name": "class"}, "keyword"),
        ("extract_constant", {"name": "X", "literal": "f()", "path": "a.py"}, "cannot be read"),
        ("inline_function", {"name": "x in a.py", "path": "b.py"}, "inline_function"),
        ("wrap_in_try", {"pattern": "f()", "exception": "OSError and pass"}, "read as something else"),
        ("wrap_in_try", {"pattern": "f()", "exception": "OSError", "handler": "pass` in src/"}, "wrap_in_try"),
        ("rename_everything", {}, "no tool"),
    ],
)
def test_a_call_that_does_not_say_exactly_that_is_refused(name, arguments, reason):
    problem = step_of(name, arguments)
    assert isinstance(problem, Problem), problem
    assert reason in problem.message


BASE = {"a.py": "a = 1\nb = 2\nc = 3\n", "b.py": "x = 1\n"}


def edit(path: str, text: str) -> ChangeSet:
    file = from_buffer(path, BASE[path], 1)
    return ChangeSet((compared(file, text),))


def test_two_changes_of_one_snapshot_are_merged_file_by_file():
    snapshot = snapshot_of(BASE)
    one = ChangeSet((*edit("a.py", "a = 10\nb = 2\nc = 3\n").operations, Create("new.py", "n = 1\n")))
    both = together(one, edit("a.py", "a = 1\nb = 2\nc = 30\n"), snapshot)
    assert isinstance(both, ChangeSet)
    assert both.texts_after() == {"a.py": "a = 10\nb = 2\nc = 30\n", "new.py": "n = 1\n"}
    beside = together(edit("a.py", "a = 10\nb = 2\nc = 3\n"), edit("a.py", "a = 1\nb = 20\nb2 = 2\nc = 3\n"), snapshot)
    assert isinstance(beside, ChangeSet)
    assert beside.texts_after()["a.py"] == "a = 10\nb = 20\nb2 = 2\nc = 3\n"
    file = snapshot.file("a.py")
    assert isinstance(file, FileText)
    moved = together(ChangeSet((Rename("a.py", "z.py", file.sha),)), edit("a.py", "a = 1\nb = 2\nc = 30\n"), snapshot)
    assert isinstance(moved, ChangeSet)
    assert moved.texts_after() == {"a.py": None, "z.py": "a = 1\nb = 2\nc = 30\n"}


@pytest.mark.parametrize(
    "second",
    [
        edit("a.py", "a = 11\nb = 2\nc = 3\n"),
        ChangeSet((Delete("a.py", "", BASE["a.py"]),)),
        ChangeSet((Create("a.py", "x"),)),
        ChangeSet((Rename("b.py", "a.py", ""),)),
    ],
)
def test_what_two_changes_cannot_both_do_is_refused(second):
    refused = together(edit("a.py", "a = 10\nb = 2\nc = 3\n"), second, snapshot_of(BASE))
    assert isinstance(refused, Refused)
    assert {problem.code for problem in refused.problems} == {"OVERLAP"}
