"""What was begun since the last commit is finished: the model sees the diff and what it left behind."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from clients.outgoing import OutgoingGate
from clients.playback import Playback
from context.snapshot import Snapshot, from_buffer
from lsp_server.actions.ask import Answer, Ask, NoChange, Proposal
from lsp_server.actions.finish_change import FINISH, Changed, touched_names
from lsp_server.actions.pipeline import propose
from tests.repositories import commit, repository, write

from .conftest import services_for

FILES = {
    "shop/users.py": "def load_user(name):\n    return name\n\n\ndef greet(name):\n    return name\n",
    "shop/views.py": "from shop.users import greet, load_user\n\nprint(load_user('a'), greet('b'))\n",
    "README.md": "Call `load_user` first.\n",
    "other.py": "x = 1\n",
}
RENAMED = "def fetch_user(name):\n    return name\n\n\ndef greet(name, polite):\n    return name\n"
MENDED = """shop/views.py
```python
<<<<<<< SEARCH
from shop.users import greet, load_user

print(load_user('a'), greet('b'))
=======
from shop.users import fetch_user, greet

print(fetch_user('a'), greet('b', polite=False))
>>>>>>> REPLACE
```
"""


class Finish:
    """Finishes what was begun in a repository; `task` is what the model was told to do."""

    def __init__(self, folder: Path) -> None:
        self.root, self.state = folder / "r", folder / "state"
        self.task = ""
        self.shown = frozenset[str]()
        self.calls = 0

    async def __call__(
        self, reply: str = MENDED, buffers: dict[str, str] | None = None, never_send: tuple[str, ...] = ()
    ) -> Answer:
        opened = {path: from_buffer(path, text, 1) for path, text in (buffers or {}).items()}
        playback = Playback([reply, reply])
        async with services_for(self.root, self.state, playback) as opened_services:
            # The gate learns of a policy at once, the index when it is opened anew.
            gate = OutgoingGate(never_send, root=self.root)
            services = replace(opened_services, gate=gate) if never_send else opened_services
            answer = await propose(Ask("finishChange", FINISH), Snapshot(self.root, opened), services, lambda _: None)
        self.calls = len(playback.requests)
        if playback.requests:
            files, _, self.task = playback.requests[0].messages[-1].text.text.partition("# Task")
            self.shown = frozenset(re.findall(r"^## (\S+) \(", files, re.MULTILINE))
        return answer


@pytest.fixture
def finish(tmp_path: Path) -> Finish:
    repository(tmp_path / "r", FILES)
    return Finish(tmp_path)


async def test_the_model_sees_the_diff_and_every_line_that_still_has_the_old_name(finish: Finish):
    write(finish.root, {"shop/users.py": RENAMED})
    answer = await finish()
    assert isinstance(answer, Proposal), answer
    assert "greet('b', polite=False)" in (answer.change.texts_after()["shop/views.py"] or "")
    assert "-def load_user(name):\n+def fetch_user(name):" in finish.task
    assert "shop/views.py:3: print(load_user('a'), greet('b'))" in finish.task
    assert "README.md:1: Call `load_user` first." in finish.task
    assert "other.py" not in finish.task


async def test_what_is_typed_and_not_saved_belongs_to_the_change(finish: Finish):
    answer = await finish(buffers={"shop/users.py": RENAMED})
    assert isinstance(answer, Proposal), answer
    assert "+def fetch_user(name):" in finish.task


async def test_new_files_belong_to_the_change_and_private_ones_are_not_sent(finish: Finish):
    write(finish.root, {"new.py": "from shop.users import load_user\n", ".env": "TOKEN=abc\n"})
    await finish("Nothing is missing.")
    assert "+from shop.users import load_user" in finish.task
    assert "TOKEN" not in finish.task


async def test_a_model_may_find_nothing_missing_and_is_not_asked_again(finish: Finish):
    write(finish.root, {"other.py": "x = 2\n"})
    answer = await finish("Nothing is missing: \x1b[31mx is used nowhere.")
    assert isinstance(answer, NoChange)
    assert answer.message == "Nothing was changed. The model says: Nothing is missing: x is used nowhere."
    assert finish.calls == 1


async def test_a_line_of_the_change_itself_that_names_what_is_gone_is_shown_and_the_list_of_changes(finish: Finish):
    write(finish.root, {"shop/users.py": RENAMED, "CHANGES.md": "# Changes\n", "other.py": "load_user\n"})
    await finish("Nothing is missing.")
    assert "other.py:1: load_user" in finish.task
    assert "CHANGES.md begins so:\n```\n# Changes" in finish.task


async def test_where_nothing_was_changed_no_model_is_asked(finish: Finish):
    write(finish.root, {"other.py": "x = 1\r\n"})
    answer = await finish()
    assert isinstance(answer, NoChange)
    assert "Nothing was changed since the last commit" in answer.message
    assert finish.calls == 0


async def test_where_there_is_no_repository_that_is_said(tmp_path: Path):
    write(tmp_path / "r", FILES)
    answer = await Finish(tmp_path)()
    assert isinstance(answer, NoChange)
    assert "in no git repository" in answer.message


async def test_a_diff_that_is_too_long_is_named_and_the_short_ones_are_shown(finish: Finish):
    write(finish.root, {"big.py": "".join(f"value_{n} = {n}\n" for n in range(5000)), "other.py": "x = 2\n"})
    await finish("Nothing is missing.")
    assert "+x = 2" in finish.task
    assert "value_4999" not in finish.task
    assert "changed too, by more than can be shown:\n```\nbig.py" in finish.task


def test_names_that_went_come_first_and_then_those_with_another_signature():
    before, after = (from_buffer("a.py", text, 1) for text in (FILES["shop/users.py"], RENAMED))
    assert touched_names([Changed("a.py", before, after)]) == (("load_user",), ("greet",), ("fetch_user",))
    assert touched_names([Changed("a.py", before, None)]) == (("load_user", "greet"), (), ())
    body = from_buffer("a.py", FILES["shop/users.py"].replace("return name", "return name.strip()"), 1)
    assert touched_names([Changed("a.py", before, body)]) == ((), (), ())
    moved = from_buffer("b.py", FILES["shop/users.py"], 1)
    assert touched_names([Changed("a.py", before, None), Changed("b.py", None, moved)]) == (
        (),
        ("load_user", "greet"),
        (),
    )


async def test_a_name_that_is_new_is_not_said_to_be_left_behind_elsewhere(finish: Finish):
    new = FILES["shop/users.py"] + "\n\nfactor = 2\n"
    commit(finish.root, {"notes.md": "Any factor.\n"}, "notes")
    write(finish.root, {"shop/users.py": new})
    await finish("Nothing is missing.")
    assert "notes.md" not in finish.task


async def test_the_stub_and_the_tests_of_what_was_changed_are_shown(finish: Finish):
    padding = {f"shop/more{n}.py": f"def load_user_{n}(name):\n    return name\n" * 40 for n in range(12)}
    beside = {"shop/users.pyi": "def load_user(name: str) -> str: ...\n", "tests/test_users.py": "# how users load\n"}
    commit(finish.root, padding | beside, "more")
    write(finish.root, {"shop/users.py": RENAMED})
    await finish("Nothing is missing.")
    assert {"shop/users.pyi", "tests/test_users.py"} <= finish.shown


async def test_a_rule_that_is_younger_than_the_index_holds_for_what_is_shown(finish: Finish):
    async with services_for(finish.root, finish.state, Playback([])) as opened:
        assert opened.may_leave("other.py")
        services = replace(opened, gate=OutgoingGate(("other.py",), root=finish.root))
        assert not services.may_leave("other.py")
        assert services.may_leave("shop/views.py")


async def test_with_such_a_rule_nothing_of_the_file_leaves(finish: Finish):
    write(finish.root, {"shop/users.py": RENAMED, "other.py": "load_user = 'private'\n"})
    await finish(never_send=("other.py",))
    assert "private" not in finish.task
