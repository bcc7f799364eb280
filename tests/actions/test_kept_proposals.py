"""What is kept of a change that waits is read back as it was, or not at all."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clients.model import Usage
from context.retrieval.select import Context, Piece
from context.snapshot import Place, text_sha
from lsp_server.actions.ask import Ask, Proposal
from lsp_server.actions.git_base import Base
from lsp_server.actions.kept_proposals import KeptProposals
from lsp_server.actions.kept_values import Kept
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Hunk, Rename
from lsp_server.recipes.plan import Site
from lsp_server.review.verdict import Finding, Judgement, Verdict

BEFORE, AFTER = "one\ntwo\n", "one\r\nzwei\n"
FIRST, SECOND, THIRD = "1" * 16, "2" * 16, "3" * 16


def edit(path: str, *, certain: bool = True) -> Edit:
    hunk = Hunk(0, 2, ("one", "zwei"), certain=certain)
    return Edit(path, text_sha(BEFORE), BEFORE, AFTER, (hunk,), "\n", bom=True)


def kept_of(*operations: Any, name: str = "p000001", since: float = 1.5) -> Kept:
    change = ChangeSet(operations or (edit("a.py"),))
    judgement = Judgement("a.py", 1, "approve", ("because",), 0, ("cp.dep",))
    verdict = Verdict((judgement,), (Finding("ruff", "F1", "a.py", 2, "no"),), {"ruff": "new-findings"})
    proposal = Proposal(
        Ask("changeFiles", "zwei für two", Place("a.py", 1, 2), scope="file"),
        change,
        verdict,
        "model",
        "Two is zwei",
        (Site("b.py", 3, "two", "may be meant"),),
        Context((Piece("a.py", 1, 2, 0.5, "it is asked about", "one", 3),), 3),
        Usage(10, 20),
        1.25,
    )
    return Kept(name, since, proposal, Base("refs/heads/main", "abc", ""))


def store(tmp_path: Path, server: str) -> KeptProposals:
    return KeptProposals(tmp_path / "state", tmp_path, server)


def left(tmp_path: Path, *every: Kept) -> list[Path]:
    """The files that a server left which has ended."""
    ended = store(tmp_path, FIRST)
    for kept in every or (kept_of(),):
        ended.put(kept)
    ended.close()
    return files(tmp_path)


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "state" / "proposals").glob("*/*.json"))


def taken(tmp_path: Path) -> list[Kept]:
    return store(tmp_path, SECOND).taken_over()[0]


def test_all_that_is_shown_of_it_and_all_that_it_changes_comes_back(tmp_path: Path):
    operations = (
        edit("a.py"),
        Create("new.py", "x\r\n"),
        Delete("old.py", text_sha("old"), "old"),
        Rename("from.py", "to.py", text_sha("y")),
        Rename("b.py", "c.py", text_sha(BEFORE), edit("b.py")),
    )
    given = kept_of(*operations)
    left(tmp_path, given)
    (found,) = taken(tmp_path)
    assert (found.id, found.time, found.base) == (given.id, given.time, given.base)
    for before, after in zip(operations, found.proposal.change.operations, strict=True):
        assert ChangeSet((before,)).texts_after() == ChangeSet((after,)).texts_after()
        assert (getattr(before, "base_sha", ""), getattr(before, "bom", "")) == (
            getattr(after, "base_sha", ""),
            getattr(after, "bom", ""),
        )
    for name in ("verdict", "made_by", "summary", "uncertain", "usage", "seconds"):
        assert getattr(found.proposal, name) == getattr(given.proposal, name)
    assert (found.proposal.ask, found.proposal.ask.id) == (given.proposal.ask, given.proposal.ask.id)
    assert found.proposal.context is not None
    assert [piece.why for piece in found.proposal.context.pieces] == ["it is asked about"]


def test_places_that_are_only_likely_are_no_more_certain_later(tmp_path: Path):
    left(tmp_path, kept_of(edit("a.py", certain=False), edit("b.py")))
    (found,) = taken(tmp_path)
    first, second = found.proposal.change.operations
    assert isinstance(first, Edit)
    assert isinstance(second, Edit)
    assert [hunk.certain for hunk in first.hunks + second.hunks] == [False, True]


def test_they_come_in_the_order_of_their_making_and_once(tmp_path: Path):
    left(tmp_path, kept_of(name="p000002", since=2.0), kept_of(name="p000001", since=1.0))
    first = store(tmp_path, SECOND)
    assert [kept.id for kept in first.taken_over()[0]] == ["p000001", "p000002"]
    assert store(tmp_path, THIRD).taken_over() == ([], True)
    first.close()
    assert len(store(tmp_path, THIRD).taken_over()[0]) == 2


def test_nothing_is_left_of_what_was_decided(tmp_path: Path):
    one = store(tmp_path, FIRST)
    one.put(kept_of())
    one.forget("p000001")
    one.close()
    assert [file for file in (tmp_path / "state").rglob("*") if file.is_file()] == []


def test_they_take_no_more_room_than_they_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lsp_server.actions.kept_proposals.MOST_BYTES_IN_ALL", 4000)
    one = store(tmp_path, FIRST)
    for number in range(9):
        one.put(kept_of(name=f"p00000{number}"))
        os.utime(files(tmp_path)[-1], (number, time.time() - 100 + number))
    names = [file.name.split(".")[1] for file in files(tmp_path)]
    assert 0 < sum(file.stat().st_size for file in files(tmp_path)) <= 4000
    assert names == [f"p00000{number}" for number in range(9)][-len(names) :]
    monkeypatch.setattr("lsp_server.actions.kept_proposals.MOST_BYTES", 1000)
    with pytest.raises(OSError, match="too large"):
        one.put(kept_of(name="p0000ff"))
    assert not [file for file in files(tmp_path) if "p0000ff" in file.name]


def operation(values: dict[str, Any], **changed: Any) -> None:
    values["operations"] = [values["operations"][0] | changed]


def judged(values: dict[str, Any], **changed: Any) -> None:
    values["verdict"]["judgements"][0] |= changed


UNFIT: dict[str, Callable[[dict[str, Any]], None]] = {
    "a text before that is not the one it is for": lambda values: operation(values, before="harmless\n"),
    "a hash of another text": lambda values: operation(values, sha=text_sha("x")),
    "a path that is none": lambda values: operation(values, path=7),
    "a text that is none": lambda values: operation(values, after=["x"]),
    "a line end that is none": lambda values: operation(values, eol="x"),
    "no operation": lambda values: values.update(operations=[]),
    "no operations at all": lambda values: values.pop("operations"),
    "an unknown operation": lambda values: operation(values, kind="run"),
    "the text of a notebook": lambda values: operation(values, path="a.ipynb"),
    "a move of another text": lambda values: values.update(
        operations=[
            {
                "kind": "rename",
                "path": "c.py",
                "new_path": "d.py",
                "sha": text_sha(BEFORE),
                "edit": values["operations"][0],
            }
        ]
    ),
    "a level that is none": lambda values: judged(values, level="fine"),
    "a reason that is no text": lambda values: judged(values, reasons=[7]),
    "more than there is": lambda values: judged(values, approved=True),
    "a time that never was": lambda values: values.update(time=1e300),
    "a place that is none": lambda values: values.update(place={"path": "a.py"}),
}


@pytest.mark.parametrize("what", UNFIT)
def test_a_file_that_does_not_fit_together_is_passed_over_and_goes(tmp_path: Path, what: str):
    (file,) = left(tmp_path)
    values = json.loads(file.read_text())
    UNFIT[what](values)
    file.write_text(json.dumps(values))
    assert (taken(tmp_path), files(tmp_path)) == ([], [])


def writable(file: Path) -> None:
    file.chmod(0o622)


def linked(file: Path) -> None:
    file.rename(file.with_suffix(".real"))
    file.symlink_to(file.with_suffix(".real"))


def twice(file: Path) -> None:
    os.link(file, file.with_suffix(".other"))


def garbled(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-40])


def nested(file: Path) -> None:
    file.write_text("[" * 100_000)


def pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def old(file: Path) -> None:
    then = time.time() - 8 * 86_400
    os.utime(file, (then, then))


def vast(file: Path) -> None:
    file.write_text(file.read_text() + " " * 9_000_000)


@pytest.mark.parametrize("spoiled", [writable, linked, twice, garbled, nested, pipe, old, vast])
def test_what_anybody_could_have_written_or_nobody_looked_at_for_days_is_not_taken(
    tmp_path: Path, spoiled: Callable[[Path], None]
):
    (file,) = left(tmp_path)
    spoiled(file)
    assert (taken(tmp_path), files(tmp_path)) == ([], [])


def test_a_lock_that_is_a_link_takes_no_file_away(tmp_path: Path):
    (file,) = left(tmp_path)
    precious = tmp_path / "precious"
    precious.write_text("x")
    (file.parent / f"{FIRST}.lock").unlink(missing_ok=True)
    (file.parent / f"{FIRST}.lock").symlink_to(precious)
    assert (taken(tmp_path), precious.read_text()) == ([], "x")
