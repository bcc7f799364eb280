"""Every editor gets every kind of change exactly, in shapes that it announced, or is refused; never half of one."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from lsprotocol import types
from pygls.protocol import default_converter

from context.snapshot import text_sha
from lsp_server.client import Client, Encoding, client_of
from lsp_server.documents import Document
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename
from lsp_server.edits.hunks import hunks_between
from lsp_server.features.annotations import Annotations
from lsp_server.features.workspace_edit import in_steps, workspace_edit
from lsp_server.review.hunks import judgements_of
from lsp_server.review.verdict import Judgement
from tests.lsp.editor import EDITORS, capabilities_of, edited

TEXTS = {"a.py": "é = '𝒳'\nold()\n", "b.py": "from a import old\r\nold()\r\n", "c.py": "gone\n"}
NOTHING: dict[str, Any] = {"workspace": {"applyEdit": True}}
ALL: dict[str, dict[str, Any]] = {name: capabilities_of(name) for name in EDITORS} | {
    "one that can only apply": NOTHING,
    "one that can nothing": {},
}
PARTS: dict[str, dict[str, Any]] = {
    "document changes": {"documentChanges": True},
    "resource operations": {"resourceOperations": ["create", "rename", "delete"]},
    "labels": {"changeAnnotationSupport": {"groupsOnLabel": True}},
    "transactions": {"failureHandling": "transactional"},
}
"""What an editor may announce of edits, each with or without each other."""

for chosen in (names for count in range(len(PARTS) + 1) for names in combinations(PARTS, count)):
    edits = {key: value for name in chosen for key, value in PARTS[name].items()}
    ALL[f"only {' and '.join(chosen) or 'edits'}"] = {"workspace": {"applyEdit": True, "workspaceEdit": edits}}


def edit(path: str) -> Edit:
    before = TEXTS[path]
    after = before.replace("old", "n𝒳w")
    return Edit(path, text_sha(before), before, after, hunks_between(before, after))


CHANGES: dict[str, tuple[Operation, ...]] = {
    "an edit": (edit("a.py"),),
    "two edits": (edit("a.py"), edit("b.py")),
    "a new file": (Create("sub/new.py", "x = 1\n"),),
    "a new file and its user": (edit("b.py"), Create("new.py", "x = 1\ny")),
    "a deletion": (Delete("c.py", text_sha(TEXTS["c.py"]), TEXTS["c.py"]),),
    "a move": (Rename("c.py", "d.py", text_sha(TEXTS["c.py"])),),
    "a move with an edit": (Rename("a.py", "d.py", text_sha(TEXTS["a.py"]), edit("a.py")),),
    "all at once": (
        Create("new.py", "x"),
        edit("b.py"),
        Rename("a.py", "d.py", text_sha(TEXTS["a.py"]), edit("a.py")),
        Delete("c.py", text_sha(TEXTS["c.py"]), TEXTS["c.py"]),
    ),
}


@pytest.mark.parametrize("opened", ["nothing", "everything"])
@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("name", ALL)
def test_each_change_arrives_exactly_or_is_refused(name: str, kind: str, opened: str):
    announced, change = ALL[name], ChangeSet(CHANGES[kind])
    client = client_from(announced)
    documents = {path: Document(uri(path), text, 7) for path, text in TEXTS.items()} if opened == "everything" else {}
    steps = in_steps(change, client, lambda path: path in documents)
    files = dict(TEXTS)
    if isinstance(steps, str):
        assert steps.endswith(".")
        assert not able(announced, change), f"{name} can take {kind}"
        return
    for step in steps:
        annotations = Annotations("model", told(change), choose=True)
        sent = converter.unstructure(workspace_edit(step, client, uri, documents.get, annotations))
        check_labels(sent, announced)
        apply(files, sent, announced.get("workspace", {}).get("workspaceEdit", {}), client, versions(documents))
    wanted = TEXTS | dict(change.texts_after())
    if kind == "a move":
        wanted |= {"d.py": TEXTS["c.py"]}
    assert files == {path: text for path, text in wanted.items() if text is not None}


def told(change: ChangeSet) -> tuple[Judgement, ...]:
    """A verdict in which the first hunk of each file is asked about, and what is said of others is a remark."""
    rules, reasons = ("cp.iface",), ("2 callers.",)
    return tuple(
        replace(each, level="confirm" if each.hunk in (None, 0) else "allow", rules=rules, reasons=reasons)
        for each in judgements_of(change)
    )


def check_labels(sent: dict[str, Any], announced: dict[str, Any]) -> None:
    """Every place has a label that is defined, and no label is without a place; none for an editor that has none."""
    entries = sent.get("documentChanges", [])
    places = [place for entry in entries for place in entry.get("edits", [entry])]
    places += [edit for edits in sent.get("changes", {}).values() for edit in edits]
    named = [place["annotationId"] for place in places if "annotationId" in place]
    can = announced.get("workspace", {}).get("workspaceEdit", {})
    # Labels stand among document changes only.
    if can.get("changeAnnotationSupport") is None or "documentChanges" not in sent:
        assert not named
        assert "changeAnnotations" not in sent
        return
    assert len(named) == len(places)
    assert set(named) == set(sent["changeAnnotations"])
    labels = {label["label"] for label in sent["changeAnnotations"].values()}
    assert labels == {"Patchwright: model, interface (cp.iface)"}


converter = default_converter()


def client_from(announced: dict[str, Any]) -> Client:
    offered = announced.get("general", {}).get("positionEncodings", ["utf-16"])
    return client_of(converter.structure(announced, types.ClientCapabilities), Encoding(offered[0]))


def able(announced: dict[str, Any], change: ChangeSet) -> bool:
    """Whether an editor announced all that a change needs, in one edit or in several."""
    workspace = announced.get("workspace", {})
    can = workspace.get("workspaceEdit", {})
    operations = can.get("resourceOperations", [])
    if not workspace.get("applyEdit"):
        return False
    if all(isinstance(each, Edit) for each in change.operations) and len(change.operations) == 1:
        return True
    needs = {{Delete: "delete", Rename: "rename"}.get(type(each), "") for each in change.operations} - {""}
    return bool(can.get("documentChanges") or operations) and needs <= set(operations)


def versions(documents: dict[str, Document]) -> dict[str, int]:
    return {document.uri: document.version for document in documents.values()}


def uri(path: str) -> str:
    return (Path("/ws") / path).as_uri()


def named(text: str) -> str:
    return PurePosixPath(text.removeprefix("file:///ws/")).as_posix()


def apply(
    files: dict[str, str], sent: dict[str, Any], can: dict[str, Any], client: Client, shown: dict[str, int]
) -> None:
    """What an editor makes of an edit; a shape that it did not announce fails the test."""
    operations = can.get("resourceOperations", [])
    if "changeAnnotations" in sent:
        assert can.get("changeAnnotationSupport") is not None
    if "documentChanges" not in sent:
        for where, edits in sent["changes"].items():
            files[named(where)] = edited(files[named(where)], edits, client.encoding.value)
        return
    assert can.get("documentChanges") or operations
    for entry in sent["documentChanges"]:
        match entry.get("kind"):
            case None:
                document = entry["textDocument"]
                path = named(document["uri"])
                assert document["version"] == shown.get(document["uri"])
                for each in entry["edits"]:
                    assert each.get("annotationId") is None or each["annotationId"] in sent["changeAnnotations"]
                files[path] = edited(files.get(path, ""), entry["edits"], client.encoding.value)
            case "create":
                assert "create" in operations
                assert entry["options"]["ignoreIfExists"]
                assert not entry["options"].get("overwrite")
                assert named(entry["uri"]) not in files
                files[named(entry["uri"])] = ""
            case "rename":
                assert "rename" in operations
                assert named(entry["newUri"]) not in files
                files[named(entry["newUri"])] = files.pop(named(entry["oldUri"]))
            case "delete":
                assert "delete" in operations
                del files[named(entry["uri"])]
