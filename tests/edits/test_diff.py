"""Do the edits of a diff turn one text exactly into the other, touching as little as they can?"""

import subprocess
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from context.snapshot import text_sha
from lsp_server.edits import compare
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename
from lsp_server.edits.compare import changed_spans
from lsp_server.edits.diff import TextEdit, text_edits, unified
from lsp_server.edits.hunks import apply_hunks, hunks_between
from lsp_server.edits.lines import contents, ends_open, split_lines

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "  a", "x = é𝒳"]), max_size=8)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
TEXTS = st.one_of(
    st.builds(lambda lines, end, last: end.join(lines) + last, LINES, ENDS, st.sampled_from(["", "\n", "\r\n", "\r"])),
    st.text(alphabet="ab\n\r\u2028\x0c é𝒳", max_size=20),
)


def applied(before: str, edits: tuple[TextEdit, ...]) -> str:
    """What an editor makes of the edits, which must be in order and apart."""
    starts = [0]
    for line in split_lines(before):
        starts.append(starts[-1] + len(line))
    lines = contents(before) if ends_open(before) else [*contents(before), ""]
    parts: list[str] = []
    position = 0
    for edit in edits:
        assert edit.start_column <= len(lines[edit.start_line])
        assert edit.end_column <= len(lines[edit.end_line])
        start, end = starts[edit.start_line] + edit.start_column, starts[edit.end_line] + edit.end_column
        assert position <= start <= end
        assert before[start:end] != edit.text
        parts += (before[position:start], edit.text)
        position = end
    return "".join((*parts, before[position:]))


def check_text_edits(before: str, after: str, *expected: tuple[int, int, int, int, str]) -> None:
    edits = text_edits(before, after)
    assert applied(before, edits) == after
    assert edits == tuple(TextEdit(*edit) for edit in expected)


def test_only_what_differs_inside_a_line_is_replaced():
    check_text_edits("a\nreturn total(x)\nb\n", "a\nreturn total(x, y)\nb\n", (1, 14, 1, 14, ", y"))


def test_lines_are_inserted_and_deleted_as_wholes():
    check_text_edits("a\nb\n", "a\nnew\nb\n", (1, 0, 1, 0, "new\n"))
    check_text_edits("a\nb\nc\n", "a\nc\n", (1, 0, 2, 0, ""))


def test_as_many_lines_as_before_are_edited_one_by_one():
    check_text_edits("one\ntwo\n", "on\ntwos\n", (0, 2, 0, 3, ""), (1, 3, 1, 3, "s"))


def test_columns_count_code_points():
    check_text_edits("s = '𝒳é'\n", "s = '𝒳é!'\n", (0, 7, 0, 7, "!"))


def test_a_crlf_is_never_cut_in_two():
    check_text_edits("a\r\n", "a\n", (0, 1, 1, 0, "\n"))
    check_text_edits("a\r", "a\r\n", (0, 1, 1, 0, "\r\n"))


def test_a_final_newline_is_an_edit_of_its_own():
    check_text_edits("a", "a\n", (0, 1, 0, 1, "\n"))
    check_text_edits("", "a\n", (0, 0, 0, 0, "a\n"))


@settings(max_examples=500)
@given(TEXTS, TEXTS)
@example("\r", "\n")
@example("\r\n", "\r")
@example("a\r\n\n", "a\n\r\n")
def test_the_edits_give_exactly_the_other_text(before: str, after: str):
    assert applied(before, text_edits(before, after)) == after


@settings(max_examples=500)
@given(TEXTS, TEXTS)
def test_hunks_give_the_other_lines_and_keep_the_files_ends(before: str, after: str):
    result = apply_hunks(before, hunks_between(before, after))
    if ends_open(before) and contents(after)[-1:] == [""]:
        assert contents(result) == contents(after)[:-1]
    else:
        assert contents(result) == contents(after)
        assert ends_open(result) == (ends_open(before) and bool(result))


@pytest.mark.parametrize("cells", [compare.MAX_CELLS, 20, 1])
@settings(max_examples=300)
@given(before=LINES, after=LINES)
def test_spans_are_apart_and_leave_only_equal_lines_between_them(cells: int, before: list[str], after: list[str]):
    limit, compare.MAX_CELLS = compare.MAX_CELLS, cells
    try:
        spans = changed_spans(before, after)
    finally:
        compare.MAX_CELLS = limit
    position = new_position = 0
    for number, span in enumerate(spans):
        assert span.start - position == span.new_start - new_position >= (number > 0)
        assert before[position : span.start] == after[new_position : span.new_start]
        assert span.start < span.end or span.new_start < span.new_end
        position, new_position = span.end, span.new_end
    assert before[position:] == after[new_position:]


def test_long_texts_are_compared_in_parts():
    before = [f"line {number}" for number in range(30_000)]
    after = ["new", *before[:10_000], *before[10_001:20_000], "new", *before[20_000:]]
    spans = [(span.start, span.end, span.new_start, span.new_end) for span in changed_spans(before, after)]
    assert spans == [(0, 0, 0, 1), (10_000, 10_001, 10_001, 10_001), (20_000, 20_000, 20_000, 20_001)]


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> None:
    result = subprocess.run(["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()


def check_git_applies(folder: Path, *operations: Operation) -> None:
    """`git apply` turns the files before into those after."""
    after: dict[str, bytes | None] = {}
    for operation in operations:
        match operation:
            case Create(path, text):
                after[path] = text.encode()
            case Edit():
                (folder / operation.path).parent.mkdir(parents=True, exist_ok=True)
                before, after[operation.path] = bytes_of(operation)
                (folder / operation.path).write_bytes(before)
            case Delete(path, _, before):
                (folder / path).write_bytes(before.encode())
                after[path] = None
            case Rename(path, new_path, edit=edit):
                before, moved = (b"moved\n", b"moved\n") if edit is None else bytes_of(edit)
                (folder / path).write_bytes(before)
                after[path], after[new_path] = None, moved
    git(folder, "apply", "--whitespace=nowarn", "-", stdin=unified(ChangeSet(operations)).encode())
    for path, data in after.items():
        assert ((folder / path).read_bytes() if (folder / path).exists() else None) == data


def bytes_of(edit: Edit) -> tuple[bytes, bytes]:
    mark = b"\xef\xbb\xbf" if edit.bom else b""
    return mark + edit.before.encode(), mark + edit.after.encode()


def moved(new_path: str, edit: Edit) -> Rename:
    return Rename(edit.path, new_path, edit.base_sha, edit)


def edit(path: str, before: str, after: str, *, bom: bool = False) -> Edit:
    return Edit(path, text_sha(before), before, after, bom=bom)


NUMBERS = "".join(f"line {number}\n" for number in range(40))


def test_git_takes_the_diff_of_a_whole_change(tmp_path: Path):
    git(tmp_path, "init", "-q")
    check_git_applies(
        tmp_path,
        edit(
            "app/a.py", NUMBERS, NUMBERS.replace("line 3\n", "").replace("line 8\n", "x\ny\n").replace("line 30", "z")
        ),
        edit("no newline.txt", "a\nb", "a\nc"),
        edit("newline.txt", "a\nb", "a\nb\n"),
        edit("crlf.txt", "a\r\nb\r\n", "a\r\nc\r\n"),
        edit("mark.cs", "a\nb\n", "x\nb\n", bom=True),
        edit('quo"te.txt', "a\n", "b\n"),
        edit("café.txt", "a\u2028b\x0c\n", "a\u2028c\x0c\n"),
        edit("emptied.txt", "a\n", ""),
        edit("filled.txt", "", "a\n"),
        Create("new/b.py", "one\ntwo"),
        Create("new/empty.py", ""),
        Delete("old.py", "", "gone\nfor good"),
        Delete("old-empty.py", "", ""),
        Rename("from here.txt", "to/there.txt", ""),
        moved("to/moved.txt", edit("moving.txt", NUMBERS, NUMBERS.replace("line 3\n", "").replace("line 30", "z"))),
        moved("to/my mark.cs", edit('a "mark".cs', "a\r\nb", "x\r\nb", bom=True)),
        moved("to/emptied too.txt", edit("emptied too.txt", "a\n", "")),
        moved("to/filled too.txt", edit("filled too.txt", "", "a")),
    )


@settings(max_examples=60)
@given(before=TEXTS, after=TEXTS)
def test_git_takes_any_diff(tmp_path_factory: pytest.TempPathFactory, before: str, after: str):
    assume(before != after)
    check_git_applies(
        tmp_path_factory.mktemp("git"), edit("a.txt", before, after), moved("c.txt", edit("b.txt", before, after))
    )


def test_a_diff_reads_like_gits():
    change = ChangeSet((edit("a.py", "one\ntwo\nthree\n", "one\n2\nthree\n"), Create("b c.py", "x")))
    assert unified(change) == (
        "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
        "diff --git a/b c.py b/b c.py\nnew file mode 100644\n--- /dev/null\n+++ b/b c.py\t\n@@ -0,0 +1,1 @@\n+x\n"
        "\\ No newline at end of file\n"
    )


def test_a_file_that_moves_and_changes_is_one_file_of_the_diff():
    assert unified(ChangeSet((moved("b.py", edit("a.py", "one\ntwo\n", "one\n2\n")),))) == (
        "diff --git a/a.py b/b.py\nrename from a.py\nrename to b.py\n"
        "--- a/a.py\n+++ b/b.py\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
    )
