"""A change in two parts, hunk by hunk: together they are the whole, in any order of choosing."""

from hypothesis import given
from hypothesis import strategies as st

from context.snapshot import text_sha
from lsp_server.edits.change import ChangeSet, Create, Edit
from lsp_server.edits.choose import chosen, parts_of
from lsp_server.edits.hunks import hunks_between

lines = st.lists(st.sampled_from(["a", "b", "c", "", "é𝒳"]), max_size=12)


def edit(before: str, after: str) -> Edit:
    return Edit("a.py", text_sha(before), before, after, hunks_between(before, after))


@given(old=lines, new=lines, end=st.sampled_from(["\n", "\r\n", ""]), data=st.data())
def test_what_is_chosen_and_then_the_rest_is_the_whole(old: list[str], new: list[str], end: str, data: st.DataObject):
    before, after = ("\n".join(each) + end for each in (old, new))
    whole = edit(before, after)
    numbers = range(len(parts_of(whole)))
    wanted = data.draw(st.sets(st.sampled_from(list(numbers)))) if numbers else set()
    now, later = chosen(ChangeSet((whole,)), [("a.py", number) for number in wanted])
    text = before
    for part in (now, later):
        for operation in part.operations:
            assert isinstance(operation, Edit)
            assert (operation.before, operation.base_sha) == (text, text_sha(text))
            text = operation.after
    assert text == after


def test_files_are_chosen_whole_and_what_was_not_chosen_is_left():
    change = ChangeSet((Create("n.py", "x"), edit("a\nb\nc\n", "A\nb\nC\n")))
    now, later = chosen(change, [("n.py", None), ("a.py", 1)])
    assert [operation.path for operation in now.operations] == ["n.py", "a.py"]
    kept = now.operations[1]
    assert isinstance(kept, Edit)
    assert kept.after == "a\nb\nC\n"
    assert [operation.path for operation in later.operations] == ["a.py"]


def test_what_is_not_there_chooses_nothing():
    change = ChangeSet((edit("a\n", "b\n"),))
    assert chosen(change, [("other.py", 0)]) == (ChangeSet(()), change)
