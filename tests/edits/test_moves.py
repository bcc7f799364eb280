"""Is a file that moves and changes one operation, whichever format and path the reply uses?"""

import json
from typing import Any

import pytest

from context.snapshot import text_sha
from lsp_server.edits.again import read_reply
from lsp_server.edits.blocks import Aim, Block, Move, ParsedReply, Passage, Replacement, WholeFile
from lsp_server.edits.change import ChangeSet, Edit, Refused, Rename
from lsp_server.edits.rebase import rebase
from lsp_server.edits.reply import change_of as change_of_blocks
from tests.edits.checks import change_of, check_edit, snapshot_of

FILES = {"a.py": "import os\n\n\ndef total(items):\n    return sum(items)\n", "b.py": "B = 1\n"}
MOVED = FILES["a.py"].replace("sum(items)", "max(items)")


def patch(*lines: str) -> str:
    return "\n".join(("*** Begin Patch", *lines, "*** End Patch", ""))


def calls(*arguments: dict[str, Any]) -> str:
    return "\n".join(json.dumps(call) for call in arguments)


def check_moved(reply: str, new_path: str = "lib/a.py", after: str = MOVED) -> None:
    """The reply is one operation: a.py moves and becomes `after`."""
    change = change_of(FILES, reply)
    assert isinstance(change, ChangeSet), change
    (rename,) = change.operations
    assert isinstance(rename, Rename)
    assert (rename.path, rename.new_path, rename.base_sha) == ("a.py", new_path, text_sha(FILES["a.py"]))
    assert rename.edit is not None
    assert (rename.edit.path, rename.edit.base_sha, rename.edit.before) == ("a.py", rename.base_sha, FILES["a.py"])
    assert rename.edit.after == after
    assert change.texts_after() == {"a.py": None, new_path: after}
    assert change.paths() == ("a.py", new_path)


def test_a_patch_moves_and_edits():
    lines = ("@@", "-    return sum(items)", "+    return max(items)")
    check_moved(patch("*** Update File: a.py", "*** Move to: lib/a.py", *lines))


@pytest.mark.parametrize("path", ["a.py", "lib/a.py"])
def test_a_patch_moves_in_one_part_and_edits_in_another(path: str):
    check_moved(
        patch(
            "*** Update File: a.py",
            "*** Move to: lib/a.py",
            f"*** Update File: {path}",
            "@@ def total(items):",
            "-    return sum(items)",
            "+    return max(items)",
        )
    )


def test_a_diff_moves_and_edits():
    check_moved("""\
        diff --git a/a.py b/lib/a.py
        similarity index 80%
        rename from a.py
        rename to lib/a.py
        index 0123456..789abcd 100644
        --- a/a.py
        +++ b/lib/a.py
        @@ -4,2 +4,2 @@ import os
         def total(items):
        -    return sum(items)
        +    return max(items)
        """)


MOVE = {"command": "rename", "path": "a.py", "new_path": "lib/a.py"}


@pytest.mark.parametrize("path", ["a.py", "lib/a.py", "./lib/a.py"])
@pytest.mark.parametrize("first", ["move", "edit"])
def test_a_tool_call_edits_by_either_path(path: str, first: str):
    edit = {"path": path, "old_str": "sum(items)", "new_str": "max(items)"}
    check_moved(calls(MOVE, edit) if first == "move" else calls(edit, MOVE))


def test_edits_by_both_paths_are_edits_of_one_file():
    one = {"path": "a.py", "old_str": "import os\n\n\n", "new_str": ""}
    two = {"path": "lib/a.py", "old_str": "sum(items)", "new_str": "max(items)"}
    check_moved(calls(one, MOVE, two), after=MOVED.replace("import os\n\n\n", ""))


def check_blocks(*blocks: Block, refused: str = "") -> None:
    """A file moves to c.py by one block, and others change it."""
    change = change_of_blocks(ParsedReply((Move(1, "a.py", "c.py"), *blocks)), snapshot_of(FILES))
    if refused:
        assert isinstance(change, Refused)
        assert [problem.code for problem in change.problems] == [refused], change.problems
        return
    assert isinstance(change, ChangeSet), change
    assert change.texts_after() == {"a.py": None, "c.py": MOVED}


@pytest.mark.parametrize("path", ["a.py", "c.py"])
def test_any_block_that_names_lines_may_use_either_path(path: str):
    check_blocks(Passage(2, path, "sum", "max"))
    check_blocks(Replacement(2, path, ("    return sum(items)",), ("    return max(items)",)))
    check_blocks(Replacement(2, path, ("    return sum(items)",), ("    return max(items)",), Aim(line=4)))


def test_a_whole_file_is_the_text_of_the_old_path_only():
    """At the new path it may as well be meant as a second file."""
    check_blocks(WholeFile(2, "a.py", tuple(MOVED.split("\n")[:-1])))
    check_blocks(WholeFile(2, "c.py", tuple(MOVED.split("\n")[:-1])), refused="OVERLAP")


def test_an_edit_of_the_file_that_stands_in_the_way_is_not_one_of_the_moved():
    move = MOVE | {"new_path": "b.py"}
    edit = {"path": "b.py", "old_str": "sum(items)", "new_str": "max(items)"}
    check_edit(FILES, calls(move, edit), refused="EXISTS NOT_FOUND", saying="in b.py")


def test_a_place_that_is_not_there_stops_the_move_too():
    edit = {"path": "lib/a.py", "old_str": "min(items)", "new_str": "max(items)"}
    check_edit(FILES, calls(MOVE, edit), refused="NOT_FOUND")


@pytest.mark.parametrize("path", ["a.py", "lib/a.py"])
def test_the_block_that_was_wrong_may_come_again_by_either_path(path: str):
    snapshot = snapshot_of(FILES)
    wrong = {"path": "lib/a.py", "old_str": "min(items)", "new_str": "max(items)"}
    kept = read_reply(calls(MOVE, wrong), snapshot, None).kept
    assert kept is not None
    answer = calls({"path": path, "old_str": "sum(items)", "new_str": "max(items)"})
    change = read_reply(answer, snapshot, None, kept).change
    assert isinstance(change, ChangeSet), change
    assert change.texts_after() == {"a.py": None, "lib/a.py": MOVED}


def check_rebased(now: dict[str, str], after: dict[str, str | None] | str) -> None:
    """The move with its edit comes to these texts when the files are so, or is refused with a code."""
    change = change_of(FILES, calls(MOVE, {"path": "a.py", "old_str": "sum", "new_str": "max"}))
    assert isinstance(change, ChangeSet)
    rebased = rebase(change, snapshot_of(now))
    if isinstance(after, str):
        assert isinstance(rebased, Refused), rebased
        assert [problem.code for problem in rebased.problems] == [after]
        return
    assert isinstance(rebased, ChangeSet), rebased
    assert rebased.texts_after() == after
    (rename,) = rebased.operations
    assert isinstance(rename, Rename)
    assert rename.base_sha == text_sha(now["a.py"])
    assert not isinstance(rename.edit, Edit) or rename.edit.base_sha == rename.base_sha


def test_what_the_user_typed_meanwhile_moves_along():
    typed = FILES["a.py"].replace("import os", "import re")
    check_rebased(FILES, {"a.py": None, "lib/a.py": MOVED})
    check_rebased({"a.py": typed}, {"a.py": None, "lib/a.py": MOVED.replace("import os", "import re")})


def test_an_edit_that_is_there_already_leaves_the_move():
    check_rebased({"a.py": MOVED}, {"a.py": None})
    check_rebased({"a.py": "# more\n" + MOVED}, {"a.py": None})
    check_rebased({"lib/a.py": MOVED}, "ALREADY_APPLIED")


@pytest.mark.parametrize(
    "now",
    [
        {},
        {"lib/a.py": FILES["a.py"]},
        {**FILES, "lib/a.py": MOVED},
        {"a.py": FILES["a.py"].replace("sum", "min")},
    ],
)
def test_a_move_that_cannot_be_made_whole_is_a_conflict(now: dict[str, str]):
    check_rebased(now, "CONFLICT")


@pytest.mark.parametrize(
    ("reply", "code", "saying"),
    [
        (calls(MOVE | {"new_path": "b.py"}), "EXISTS", "b.py exists, so a.py cannot be moved there. Name a free path."),
        (calls(MOVE, {"command": "create", "path": "a.py", "file_text": "x\n"}), "OVERLAP", "Let it stay: change its"),
        (calls(MOVE, {"command": "create", "path": "lib/a.py", "file_text": "x\n"}), "OVERLAP", "a.py moves there too"),
        (calls(MOVE, MOVE | {"new_path": "c.py"}), "OVERLAP", "moved to lib/a.py and to c.py"),
        (calls(MOVE, {"command": "delete", "path": "a.py"}), "OVERLAP", "deleted and also changed or moved"),
        (calls(MOVE, {"command": "rename", "path": "lib/a.py", "new_path": "c.py"}), "MISSING", "path that it has now"),
        (
            "--- a/b.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-B = 2\n",
            "STALE",
            "Line 1: yours is “B = 2”, the file's is “B = 1”",
        ),
    ],
)
def test_what_cannot_be_is_said_so_that_a_person_can_mend_the_reply(reply: str, code: str, saying: str):
    check_edit(FILES, reply, refused=code, saying=saying)
