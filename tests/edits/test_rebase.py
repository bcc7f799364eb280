"""What becomes of a change when the files moved on while the model wrote?"""

from context.snapshot import text_sha
from lsp_server.edits.change import ChangeSet, Delete, Edit, Operation, Refused, Rename
from lsp_server.edits.rebase import rebase
from tests.edits.checks import check_edit, snapshot_of
from tests.edits.test_places import block

BEFORE = {"a.py": "import os\n\n\ndef load(path):\n    return path\n\n\ndef save(path):\n    pass\n", "b.py": "x = 1\n"}
LOAD = block("a.py", "    return path\n", "    return open(path)\n")


def test_an_untouched_file_takes_the_change_as_it_is():
    check_edit(BEFORE, LOAD, {"a.py": BEFORE["a.py"].replace("return path", "return open(path)")}, now=BEFORE)


def test_what_the_user_typed_elsewhere_stays():
    now = {**BEFORE, "a.py": '"""Doc."""\n' + BEFORE["a.py"].replace("    pass", "    path.write()")}
    check_edit(BEFORE, LOAD, {"a.py": now["a.py"].replace("return path", "return open(path)")}, now=now)


def test_a_twin_typed_meanwhile_is_neither_changed_nor_in_the_way():
    twin = "\n\ndef load_again(path):\n    return path\n"
    now = {**BEFORE, "a.py": BEFORE["a.py"] + twin}
    check_edit(BEFORE, LOAD, {"a.py": BEFORE["a.py"].replace("return path", "return open(path)") + twin}, now=now)


def test_a_whole_file_keeps_what_the_user_typed():
    whole = BEFORE["a.py"].replace("return path", "return open(path)")
    now = {"a.py": BEFORE["a.py"].replace("import os", "import os\nimport sys")}
    after = {"a.py": whole.replace("import os", "import os\nimport sys")}
    check_edit(BEFORE, f"a.py\n```\n{whole}```\n", after, now=now)


def test_a_conflict_names_the_file_and_its_lines_now():
    now = {**BEFORE, "a.py": "# new\n" + BEFORE["a.py"].replace("return path", "return str(path)")}
    check_edit(BEFORE, LOAD, refused="CONFLICT", saying="a.py: line 6 was changed meanwhile", now=now)


def test_one_conflict_refuses_all_files():
    reply = LOAD + block("b.py", "x = 1\n", "x = 2\n")
    check_edit(BEFORE, reply, refused="CONFLICT", now={**BEFORE, "b.py": "x = 3\n"})


def test_a_change_that_was_made_meanwhile_is_left_out():
    reply = LOAD + block("b.py", "x = 1\n", "x = 2\n")
    now = {**BEFORE, "b.py": "x = 2\n"}
    check_edit(BEFORE, reply, {"a.py": BEFORE["a.py"].replace("return path", "return open(path)")}, now=now)
    check_edit(BEFORE, block("b.py", "x = 1\n", "x = 2\n"), refused="ALREADY_APPLIED", now=now)


def test_a_file_deleted_meanwhile_is_a_conflict():
    check_edit(BEFORE, LOAD, refused="CONFLICT", saying="deleted or renamed", now={"b.py": "x = 1\n"})


def test_a_new_file_is_not_put_over_one_made_meanwhile():
    reply = block("c.py", "", "c = 1\n")
    check_edit(BEFORE, reply, refused="CONFLICT", saying="created meanwhile", now={**BEFORE, "c.py": "c = 2\n"})
    check_edit(BEFORE, reply, refused="ALREADY_APPLIED", now={**BEFORE, "c.py": "c = 1\n"})


def moved_on(operation: Operation, now: dict[str, str]) -> str:
    change = rebase(ChangeSet((operation,)), snapshot_of(now))
    return " ".join(problem.code for problem in change.problems) if isinstance(change, Refused) else "kept"


def test_deleting_and_renaming_need_the_file_as_it_was():
    rename, delete = Rename("b.py", "c.py", text_sha("x = 1\n")), Delete("b.py", text_sha("x = 1\n"), "x = 1\n")
    assert moved_on(rename, BEFORE) == moved_on(delete, BEFORE) == "kept"
    assert moved_on(rename, {"b.py": "x = 2\n"}) == moved_on(delete, {"b.py": "x = 2\n"}) == "CONFLICT"
    assert moved_on(rename, {}) == moved_on(delete, {}) == "CONFLICT"
    assert moved_on(rename, {**BEFORE, "c.py": ""}) == "CONFLICT"


def test_a_rebased_edit_belongs_to_the_present_text():
    edit = Edit("b.py", text_sha("x\n\n\ny\n"), "x\n\n\ny\n", "x\n\n\nz\n")
    change = rebase(ChangeSet((edit,)), snapshot_of({"b.py": "X\r\n\r\n\r\ny\r\n"}))
    assert isinstance(change, ChangeSet)
    (rebased,) = change.operations
    assert isinstance(rebased, Edit)
    assert (rebased.base_sha, rebased.before) == (text_sha("X\r\n\r\n\r\ny\r\n"), "X\r\n\r\n\r\ny\r\n")
    assert (rebased.after, rebased.eol) == ("X\r\n\r\n\r\nz\r\n", "\r\n")
    assert [(hunk.start, hunk.end, hunk.lines) for hunk in rebased.hunks] == [(3, 4, ("z",))]
