"""Conflicts come to what both sides meant: exactly where that is certain, by a model elsewhere, and never half."""

from pathlib import Path

import pytest

from clients.playback import Playback
from context.snapshot import FileText, Place, Snapshot
from lsp_server.actions.ask import Answer, Ask, NoChange, Proposal
from lsp_server.actions.pipeline import propose
from lsp_server.actions.registry import menu
from tests.repositories import git, in_conflict

from .conftest import Check, services_for

BASE = "import os\n\n\ndef load(path):\n    return open(path)\n\n\ndef save(path):\n    pass\n"
OURS = BASE.replace("load(path)", "load(path, mode)").replace("return open(path)", "return open(path, mode)")
THEIRS = BASE.replace("    return open(path)", "    path = os.path.expanduser(path)\n    return open(path)")
BOTH = "    path = os.path.expanduser(path)\n    return open(path, mode)"


class Resolve:
    """Resolves `a.py` of a repository; `sent` is what the model was asked."""

    def __init__(self, root: Path, state: Path) -> None:
        self.root, self.state = root, state
        self.sent: list[str] = []

    async def __call__(self, replies: list[str] | None = None) -> Answer:
        snapshot = Snapshot(self.root)
        file = snapshot.file("a.py")
        assert isinstance(file, FileText)
        found = next(o.found for o in menu(file, Place("a.py", 1, 1), ()) if o.action.id == "resolveConflicts")
        ask = Ask("resolveConflicts", found.description, found.place, None, "file")
        playback = Playback(replies) if replies is not None else None
        async with services_for(self.root, self.state, playback) as services:
            answer = await propose(ask, snapshot, services, lambda _: None)
        for request in playback.requests if playback else ():
            self.sent.append("\n".join(turn.text.text for turn in request.messages))
        return answer


@pytest.fixture
def resolve(tmp_path: Path) -> Resolve:
    return Resolve(tmp_path / "r", tmp_path / "state")


def block(old: str, new: str) -> str:
    return f"a.py\n```python\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n```\n"


async def test_a_model_sees_what_both_sides_did_and_why_and_writes_the_lines(resolve: Resolve):
    in_conflict(resolve.root, {"a.py": BASE}, {"a.py": OURS}, {"a.py": THEIRS})
    signature = "def load(path, mode):\n" if "def load(path, mode):\n=" not in BASE else ""
    answer = await resolve([block("PATCHWRIGHT_CONFLICT_1", signature + BOTH)])
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after()["a.py"] == OURS.replace("    return open(path, mode)", BOTH)
    (sent,) = resolve.sent
    task = sent.partition("# Task")[2]
    assert "their reason" in task
    assert "our reason" in task
    assert "Before, there stood:\n```\ndef load(path):\n    return open(path)\n```" in task
    assert "<<<<<<< HEAD" not in sent
    assert "Our side (HEAD) made of it:" in task
    assert answer.verdict.checks["ruff"] == "pass"
    assert answer.verdict.reasons == ()
    assert "Their side (feature) made of it:" in task


async def test_a_conflict_that_is_left_over_goes_back_to_the_model_and_then_to_the_user(resolve: Resolve):
    in_conflict(resolve.root, {"a.py": BASE}, {"a.py": OURS}, {"a.py": THEIRS})
    elsewhere = block("import os", "import os.path")
    answer = await resolve([elsewhere, elsewhere])
    assert isinstance(answer, NoChange)
    assert "PATCHWRIGHT_CONFLICT_1 still stands in a.py" in resolve.sent[1]
    assert "PATCHWRIGHT_CONFLICT_1 still stands" in answer.message


async def test_lines_that_break_the_syntax_of_both_sides_are_not_taken(resolve: Resolve):
    in_conflict(resolve.root, {"a.py": BASE}, {"a.py": OURS}, {"a.py": THEIRS})
    broken = block("PATCHWRIGHT_CONFLICT_1", "def load(path, mode:\n" + BOTH)
    answer = await resolve([broken, broken])
    assert isinstance(answer, NoChange)
    assert "error in its syntax that neither side has" in resolve.sent[1]


async def test_lines_that_only_the_compiler_knows_to_be_broken_are_not_taken(resolve: Resolve):
    in_conflict(resolve.root, {"a.py": BASE}, {"a.py": OURS}, {"a.py": THEIRS})
    broken = block("PATCHWRIGHT_CONFLICT_1", "def load(path, mode):\nif mode:\n    return open(path, mode)")
    answer = await resolve([broken, broken])
    assert isinstance(answer, NoChange)
    assert "error in its syntax that neither side has" in resolve.sent[1]


@pytest.mark.parametrize("before", ["    ", "\t", "        "])
async def test_the_lines_stand_as_they_were_written_although_the_placeholder_was_indented(
    resolve: Resolve, before: str
):
    in_conflict(resolve.root, {"a.py": BASE}, {"a.py": OURS}, {"a.py": THEIRS})
    answer = await resolve([block(f"{before}PATCHWRIGHT_CONFLICT_1", "def load(path, mode):\n" + BOTH)])
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after()["a.py"] == OURS.replace("    return open(path, mode)", BOTH)


async def test_tools_see_what_is_new_although_no_tool_can_read_a_file_with_markers(resolve: Resolve):
    in_conflict(resolve.root, {"a.py": BASE}, {"a.py": OURS}, {"a.py": THEIRS})
    unknown = block("PATCHWRIGHT_CONFLICT_1", "def load(path, mode):\n    return opened(path, mode)")
    answer = await resolve([unknown, unknown])
    assert isinstance(answer, Proposal), answer
    assert answer.verdict.checks["ruff"] == "new-findings"
    assert "opened" in resolve.sent[1].partition("Your change fits")[2]


async def test_markers_that_come_back_are_not_taken(resolve: Resolve):
    in_conflict(resolve.root, {"a.py": BASE}, {"a.py": OURS}, {"a.py": THEIRS})
    head = "*** Begin Patch\n*** Update File: a.py\n@@\n-PATCHWRIGHT_CONFLICT_1\n"
    marked = f"{head}+<<<<<<< HEAD\n+x = 1\n*** End Patch\n"
    assert isinstance(await resolve([marked, marked]), NoChange)


async def test_what_one_side_alone_changed_is_settled_without_a_model(resolve: Resolve):
    in_conflict(resolve.root, {"a.py": BASE}, {"a.py": OURS}, {"a.py": THEIRS})
    # Someone took their side's lines back to what stood there before, but left the markers.
    text = (resolve.root / "a.py").read_text()
    start, end = text.index("=======\n") + 8, text.index(">>>>>>> feature")
    (resolve.root / "a.py").write_text(text[:start] + "def load(path):\n    return open(path)\n" + text[end:])
    git(resolve.root, "add", "a.py")
    answer = await resolve()
    assert isinstance(answer, NoChange), "the base is no longer known once the file is added"
    with_base = text.replace("=======\n", "||||||| base\ndef load(path):\n    return open(path)\n=======\n")
    start, end = with_base.index("=======\n") + 8, with_base.index(">>>>>>> feature")
    (resolve.root / "a.py").write_text(with_base[:start] + "def load(path):\n    return open(path)\n" + with_base[end:])
    answer = await resolve()
    assert isinstance(answer, Proposal), answer
    assert answer.made_by == "recipe"
    assert answer.change.texts_after()["a.py"] == OURS
    assert answer.summary == "Resolve 1 conflict in a.py exactly"


async def test_equal_sides_are_settled_and_the_rest_waits_for_a_model(resolve: Resolve):
    in_conflict(resolve.root, {"a.py": BASE}, {"a.py": OURS}, {"a.py": THEIRS})
    text = (resolve.root / "a.py").read_text()
    extra = "<<<<<<< HEAD\nX = 1\n=======\nX = 1\n>>>>>>> feature\n"
    (resolve.root / "a.py").write_text(extra + text)
    answer = await resolve()
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after()["a.py"] == "X = 1\n" + text
    assert "1 more need a model or you" in answer.summary


async def test_without_a_repository_the_markers_alone_are_resolved(check_action: Check):
    marked = "//- /a.py\n<<<<<<< HEAD\nx = 1$0\n=======\nx = 2\n>>>>>>> b\n"
    answer = await check_action(
        "resolveConflicts", marked, replies=[block("PATCHWRIGHT_CONFLICT_1", "x = 3")], found=True
    )
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after()["a.py"] == "x = 3\n"


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\nx = 1\n", "<<<<<<< a\nx\n=======\ny\n=======\nz\n>>>>>>> b\n"])
async def test_markers_that_make_no_sense_are_left_to_the_user(check_action: Check, text: str):
    marked = f"//- /a.py\n$0{text}"
    answer = await check_action("resolveConflicts", marked, replies=[], description="resolve")
    assert isinstance(answer, NoChange)
    assert "Nothing in a.py was changed" in answer.message


def test_a_file_without_markers_is_offered_nothing():
    from context.snapshot import from_buffer

    file = from_buffer("a.py", "Title\n=======\n", 1)
    assert "resolveConflicts" not in {o.action.id for o in menu(file, Place("a.py", 1, 1), ())}
