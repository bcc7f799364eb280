"""Which hunks wait with a withheld one? Those that need it, in either direction, and no byte of it is in the rest."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from context.snapshot import text_sha
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename
from lsp_server.edits.hunks import apply_hunks
from lsp_server.review.parting import Parts, parted
from lsp_server.review.verdict import Judgement, Level, Verdict
from tests.review.checks import edit

BEFORE = "import os\n\n\ndef one():\n    return 1\n\n\ndef two():\n    x = 2\n    y = 3\n    return x\n\n\nLAST = 9\n"


def part(*operations: Operation, withheld: list[tuple[str, int | None]]) -> Parts:
    judgements = [
        Judgement(operation.path, 1, "approve" if (operation.path, at) in withheld else "allow", (), at)
        for operation in operations
        for at in (range(len(operation.hunks)) if isinstance(operation, Edit) else [None])
    ]
    return parted(ChangeSet(operations), Verdict(tuple(judgements)))


def paths(change: ChangeSet) -> list[str]:
    return [operation.path for operation in change.operations]


def texts(parts: Parts) -> tuple[str, str]:
    """The text of the one file after the first part, and after the second."""
    (now,), (later,) = parts.now.operations, parts.withheld.operations
    assert isinstance(now, Edit)
    assert isinstance(later, Edit)
    assert (later.before, later.base_sha) == (now.after, text_sha(now.after))
    assert apply_hunks(later.before, later.hunks, later.eol) == later.after
    return now.after, later.after


def test_hunks_that_have_nothing_to_do_with_each_other_are_parted():
    after = BEFORE.replace("return 1", "return 10").replace("LAST = 9", "LAST = 90")
    parts = part(edit("a.py", BEFORE, after), withheld=[("a.py", 0)])
    assert texts(parts) == (BEFORE.replace("LAST = 9", "LAST = 90"), after)


def test_two_hunks_of_one_function_wait_together():
    after = BEFORE.replace("x = 2", "x = 20").replace("return x", "return -x")
    parts = part(edit("a.py", BEFORE, after), withheld=[("a.py", 0)])
    assert (paths(parts.now), paths(parts.withheld)) == ([], ["a.py"])


@pytest.mark.parametrize("withheld", [0, 1])
def test_an_import_and_what_uses_it_wait_together(withheld: int):
    after = BEFORE.replace("import os\n", "import os\nimport json\n").replace("return 1", "return json.dumps(1)")
    parts = part(edit("a.py", BEFORE, after), withheld=[("a.py", withheld)])
    assert paths(parts.now) == []


@pytest.mark.parametrize(
    ("kept", "other"),
    [
        (edit("a.py", BEFORE, BEFORE.replace("def one", "def first")), edit("b.py", "x = one()\n", "x = first()\n")),
        (edit("a.py", BEFORE, BEFORE.replace("one()", "one(size)")), edit("b.py", "x = one()\n", "x = one(size=1)\n")),
        (Create("pkg/fresh.py", "def made():\n    pass\n"), edit("b.py", "x = 1\n", "from pkg.fresh import made\n")),
        (Create("pkg/fresh.py", "def made():\n    pass\n"), edit("b.py", "x = 1\n", "import pkg.fresh\nx = 1\n")),
        (Create("pkg/fresh/__init__.py", ""), edit("b.py", "x = 1\n", "import pkg.fresh\nx = 1\n")),
        (Delete("pkg/old.py", "", "def gone():\n    pass\n"), edit("b.py", "from pkg.old import gone\n", "x = 1\n")),
        (Rename("pkg/old.py", "pkg/fresh.py", ""), edit("b.py", "import pkg.old\n", "import pkg.fresh\n")),
        (Create("ui/fresh.ts", "export function made() {}\n"), edit("b.ts", "", "import { made } from './fresh'\n")),
        (Create("s/fresh.go", "func Made() {}\n"), edit("b.go", "x()\n", "Made()\n")),
    ],
)  # fmt: skip
def test_what_names_the_same_waits_too_whichever_of_both_is_withheld(kept: Operation, other: Edit):
    free = edit("free.txt", "a\n", "b\n")
    for first in (kept.path, other.path):
        whole = [(first, None), *((first, at) for at in range(3))]
        parts = part(kept, other, free, withheld=whole)
        assert (paths(parts.now), paths(parts.withheld)) == (["free.txt"], [kept.path, other.path])


def test_what_hangs_together_by_a_third_waits_too():
    one = edit("a.py", "a = 1\n", "alpha = 1\n")
    two = edit("b.py", "b = a\n", "beta = alpha\n")
    three = edit("c.py", "c = b\n", "c = beta\n")
    assert paths(part(one, two, three, withheld=[("a.py", 0)]).now) == []


@pytest.mark.parametrize("level", ["approve", "deny"])
def test_nothing_above_confirm_is_delivered(level: Level, tmp_path: Path):
    change = ChangeSet((Create("a.txt", "x\n"), Create("b.txt", "y\n")))
    parts = parted(change, Verdict((Judgement("a.txt", 1, level), Judgement("b.txt", 1, "confirm"))))
    assert (paths(parts.now), paths(parts.withheld)) == (["b.txt"], ["a.txt"])


LINES = st.lists(st.sampled_from(["alpha = 1", "    beta()", "def gamma():", "", "    delta = alpha"]), max_size=12)


@given(LINES, LINES, st.sets(st.integers(0, 5)))
def test_the_two_parts_one_after_the_other_are_the_whole(before: list[str], after: list[str], chosen: set[int]):
    old, new = "".join(f"{line}\n" for line in before), "".join(f"{line}\n" for line in after)
    whole = edit("a.py", old, new)
    parts = part(whole, withheld=[("a.py", at) for at in chosen])
    text = old
    for change in (parts.now, parts.withheld):
        for operation in change.operations:
            assert isinstance(operation, Edit)
            assert operation.before == text
            assert apply_hunks(text, operation.hunks, operation.eol) == operation.after
            text = operation.after
    assert text == new
    kept = [whole.hunks[at] for at in chosen if at < len(whole.hunks)]
    now = [hunk for operation in parts.now.operations if isinstance(operation, Edit) for hunk in operation.hunks]
    assert not set(kept) & set(now)
