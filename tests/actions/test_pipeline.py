"""A description becomes a proposal, or an honest answer. Everything is real but the model, which plays back replies."""

import pytest

from clients.model import Event, Failure, Stop, TextDelta, ToolDelta
from context.errors import JobError, StoreError, WorkerDiedError, WorkerTimeoutError
from context.index import Index
from lsp_server.actions.ask import NoChange, Proposal

from .conftest import Check

SHOP = """
    //- /shop/models.py
    class User:
        def __init__(self, name: str) -> None:
            self.name = name
    //- /shop/views.py
    from shop.models import User

    # greet a user by name$0
"""

GREET = """shop/views.py
```python
<<<<<<< SEARCH
# greet a user by name
=======
# greet a user by name
def greet(user: User) -> str:
    return f"Hello, {user.name}"
>>>>>>> REPLACE
```
"""


async def test_a_comment_becomes_a_function_and_the_model_sees_the_other_file(check_action: Check):
    answer = await check_action("implementComment", SHOP, replies=[GREET])
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after() == {
        "shop/views.py": (
            "from shop.models import User\n\n# greet a user by name\n"
            'def greet(user: User) -> str:\n    return f"Hello, {user.name}"\n'
        )
    }
    assert (answer.made_by, answer.verdict.level) == ("model", "allow")
    assert "class User:" in check_action.sent[0]


async def test_a_recipe_needs_no_model(check_action: Check):
    answer = await check_action("implementComment", "//- /a.py\n# dataclass Point with x: int, y: int = 0$0\n")
    assert isinstance(answer, Proposal), answer
    assert answer.made_by == "recipe"
    assert answer.change.texts_after()["a.py"] == (
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Point:\n    x: int\n    y: int = 0\n"
    )


async def test_a_recipe_is_not_sent_to_a_connected_model(check_action: Check):
    answer = await check_action("changeFiles", "//- /a.py\n# dataclass Point with x: int$0\n", replies=[])
    assert isinstance(answer, Proposal)
    assert check_action.sent == []


RENAME = """
    //- /pkg/__init__.py
    from pkg.users import load_user

    __all__ = ["load_user"]
    //- /pkg/users.py
    def load_user(name: str) -> str:
        return name
    //- /pkg/use.py
    from pkg.users import load_user as lu

    lu("a")
"""


async def test_a_rename_reaches_every_file_and_an_unsaved_buffer(check_action: Check):
    unsaved = 'from pkg.users import load_user\n\nload_user("typed, not saved")\n'
    answer = await check_action(
        "changeFiles", RENAME, description="rename load_user to fetch_user", buffers={"pkg/use.py": unsaved}
    )
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after() == {
        "pkg/__init__.py": 'from pkg.users import fetch_user\n\n__all__ = ["fetch_user"]\n',
        "pkg/users.py": "def fetch_user(name: str) -> str:\n    return name\n",
        "pkg/use.py": unsaved.replace("load_user", "fetch_user"),
    }


async def test_uncertain_places_that_are_asked_for_need_a_persons_yes(check_action: Check):
    marked = "//- /a.py\nclass A:\n    def load(self): ...\ndef use(a):\n    a.load()\n"
    asked = "rename A.load to fetch, including uncertain places"
    answer = await check_action("changeFiles", marked, description=asked)
    assert isinstance(answer, Proposal), answer
    assert answer.verdict.level == "confirm"
    assert "line 4" in " ".join(answer.verdict.reasons)


async def test_without_a_model_the_answer_is_honest_and_shows_the_context(check_action: Check):
    answer = await check_action("implementComment", SHOP)
    assert isinstance(answer, NoChange)
    assert answer.reason == "needs-model"
    assert "needs a model" in answer.message
    assert answer.context is not None
    assert {piece.path for piece in answer.context.pieces} >= {"shop/models.py", "shop/views.py"}


async def test_a_bad_reply_gets_one_precise_chance(check_action: Check):
    answer = await check_action(
        "implementComment", SHOP, replies=[GREET.replace("# greet a user by name", "# nowhere"), GREET]
    )
    assert isinstance(answer, Proposal), answer
    assert "NOT_FOUND" in check_action.sent[1]


async def test_a_reply_that_stays_bad_changes_nothing(check_action: Check):
    wrong = GREET.replace("# greet a user by name", "# nowhere")
    answer = await check_action("implementComment", SHOP, replies=[wrong, wrong, GREET])
    assert isinstance(answer, NoChange)
    assert answer.reason == "no-edit"
    assert len(check_action.sent) == 2


async def test_a_reply_that_breaks_the_syntax_is_refused_with_the_line(check_action: Check):
    broken = GREET.replace('return f"Hello, {user.name}"', "return (((")
    answer = await check_action("implementComment", SHOP, replies=[broken, broken])
    assert isinstance(answer, NoChange)
    assert answer.problems[0].code == "SYNTAX_WORSE"
    assert "shop/views.py" in answer.message


async def test_a_reply_that_broke_the_syntax_may_be_mended(check_action: Check):
    broken = GREET.replace('return f"Hello, {user.name}"', "return (((")
    answer = await check_action("implementComment", SHOP, replies=[broken, GREET])
    assert isinstance(answer, Proposal), answer


OTHER_FILE = "shop/models.py\n```python\n<<<<<<< SEARCH\nclass User:\n=======\nclass Person:\n>>>>>>> REPLACE\n```\n"


async def test_another_file_than_the_one_asked_about_needs_approval(check_action: Check):
    answer = await check_action("implementComment", SHOP, replies=[OTHER_FILE, OTHER_FILE])
    assert isinstance(answer, Proposal)
    assert answer.verdict.level == "approve"
    assert "shop/models.py was not asked about: the ask was about shop/views.py." in answer.verdict.reasons
    assert "shop/models.py was not asked about" in check_action.sent[1]


async def test_a_reach_for_another_file_can_be_mended(check_action: Check):
    answer = await check_action("implementComment", SHOP, replies=[OTHER_FILE, GREET])
    assert isinstance(answer, Proposal)
    assert (answer.verdict.level, answer.change.paths()) == ("allow", ("shop/views.py",))


SELECTED = """
    //- /a.py
    ONE = 1
    # the next one is twenty$0
    TWO = 2
    """


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ("# the next one is twenty", "# twenty", "allow"),
        ("ONE = 1", "ONE = 2", "confirm"),
        ("TWO = 2", "TWO = 20", "confirm"),
    ],
)
async def test_lines_outside_of_the_selection_are_looked_at(check_action: Check, old: str, new: str, level: str):
    answer = await check_action("editSelection", SELECTED, replies=[block("a.py", old, new)], description="do")
    assert isinstance(answer, Proposal)
    assert answer.verdict.level == level
    assert len(check_action.sent) == 1


async def test_a_reply_outside_the_workspace_is_refused(check_action: Check):
    reply = "../outside.py\n```python\n<<<<<<< SEARCH\n=======\nx = 1\n>>>>>>> REPLACE\n```\n"
    answer = await check_action("changeFiles", SHOP, replies=[reply, reply])
    assert isinstance(answer, NoChange)
    assert answer.problems[0].code == "PATH"


async def test_a_reply_that_edits_git_is_denied_and_not_asked_again(check_action: Check):
    reply = ".git/hooks/pre-commit\n```sh\n<<<<<<< SEARCH\n=======\necho\n>>>>>>> REPLACE\n```\n"
    answer = await check_action("changeFiles", SHOP, replies=[reply, GREET])
    assert isinstance(answer, NoChange)
    assert len(check_action.sent) == 1 or answer.problems[0].code == "PATH"


async def test_a_reply_of_prose_changes_nothing(check_action: Check):
    answer = await check_action("implementComment", SHOP, replies=["I would add a function.", ""])
    assert isinstance(answer, NoChange)


async def test_a_secret_in_a_file_is_not_sent_and_is_back_in_the_edit(check_action: Check):
    key = "AKIA" + "IOSFODNN7QRSTUVW"
    marked = f'//- /a.py\nAWS_KEY = "{key}"\n# print the key$0\n'
    reply = (
        'a.py\n```python\n<<<<<<< SEARCH\nAWS_KEY = "PATCHWRIGHT_SECRET_1"\n# print the key\n=======\n'
        'AWS_KEY = "PATCHWRIGHT_SECRET_1"\nprint(AWS_KEY)\n>>>>>>> REPLACE\n```\n'
    )
    answer = await check_action("implementComment", marked, replies=[reply])
    assert key not in check_action.sent[0]
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after()["a.py"] == f'AWS_KEY = "{key}"\nprint(AWS_KEY)\n'


async def test_a_file_on_the_never_send_list_is_never_in_the_prompt(check_action: Check):
    marked = SHOP + "    //- /secrets/greet_user.py\n    GREET_USER_BY_NAME = 'canary-7361'\n"
    answer = await check_action("implementComment", marked, replies=[GREET])
    assert isinstance(answer, Proposal), answer
    assert "canary-7361" not in check_action.sent[0]


async def test_an_ask_in_a_file_that_is_never_sent_is_refused(check_action: Check):
    answer = await check_action("implementComment", "//- /secrets/a.py\n# print it$0\n", replies=[GREET])
    assert isinstance(answer, NoChange)
    assert check_action.sent == []


async def test_an_empty_description_is_refused(check_action: Check):
    answer = await check_action("changeFiles", SHOP, description="  ", replies=[GREET])
    assert isinstance(answer, NoChange)


async def test_two_asks_share_the_beginning_of_the_prompt(check_action: Check):
    await check_action("implementComment", SHOP, replies=[GREET])
    first = check_action.sent[0]
    await check_action("implementComment", SHOP, replies=[GREET])
    assert check_action.sent[0] == first


METHOD = """
    //- /shop/models.py
    class User:
        def shout(self) -> str:
            return "!"
    //- /shop/views.py
    # rename shouting to whisper$0
"""
WHISPER = (
    "shop/models.py\n```python\n<<<<<<< SEARCH\n    def shout(self) -> str:\n=======\n"
    "    def whisper(self) -> str:\n>>>>>>> REPLACE\n```\n"
)


async def test_what_a_recipe_knows_but_cannot_do_goes_to_the_model(check_action: Check):
    answer = await check_action("changeFiles", METHOD, replies=[WHISPER])
    assert isinstance(answer, Proposal), answer
    assert answer.made_by == "model"


async def test_what_a_recipe_knows_but_cannot_do_is_said_without_a_model(check_action: Check):
    answer = await check_action("changeFiles", METHOD)
    assert isinstance(answer, NoChange)
    assert answer.reason == "refused"
    assert "shouting" in answer.message


async def test_a_rename_that_would_collide_is_not_left_to_the_model(check_action: Check):
    marked = "//- /a.py\ndef one(): pass\ndef two(): pass\n# rename one to two$0\n"
    answer = await check_action("changeFiles", marked, replies=[WHISPER])
    assert isinstance(answer, NoChange)
    assert answer.problems[0].code == "CONFLICT"
    assert check_action.sent == []


WORLD = {
    "a worker died": (WorkerDiedError("/home/user/secret.py"), "ended before its work was done"),
    "a job took too long": (WorkerTimeoutError("x"), "longer than it may"),
    "a job was no job": (JobError("secret"), "ended before its work was done"),
    "the store broke": (StoreError("secret"), "index cannot be read"),
    "the folder went": (FileNotFoundError(2, "No such file or directory", "/home/user/secret.py"), "No such file"),
    "a call timed out": (TimeoutError(), "did not let the work be done"),
}


@pytest.mark.parametrize("name", WORLD)
async def test_what_the_world_does_meanwhile_is_said_with_what_to_do(
    check_action: Check, monkeypatch: pytest.MonkeyPatch, name: str
):
    error, said = WORLD[name]

    async def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Index, "run", fail)
    answer = await check_action("changeFiles", "//- /a.py\n# rename old to new$0\ndef old(): pass\n")
    assert isinstance(answer, NoChange)
    assert answer.reason == "failed"
    assert said in answer.message
    assert "patchwright doctor" in answer.message
    assert "secret" not in answer.message


async def test_a_long_description_is_cut_in_what_is_said_and_whole_in_what_is_sent(check_action: Check):
    words = "make it faster " * 1000
    answer = await check_action("changeFiles", SHOP, replies=[GREET], description=words)
    assert isinstance(answer, Proposal)
    assert len(answer.summary) <= 100
    assert words.strip() in check_action.sent[0]


async def test_a_reply_that_fishes_for_a_secret_file_is_not_told_what_comes_nearest(check_action: Check):
    marked = SHOP + "    //- /.env\n    DATABASE_PASSWORD=canary-5512\n"
    fishing = ".env\n```\n<<<<<<< SEARCH\nDATABASE_PASSWORD=guess\n=======\nx\n>>>>>>> REPLACE\n```\n"
    answer = await check_action("changeFiles", marked, replies=[fishing, GREET])
    assert isinstance(answer, NoChange)
    assert not any("canary-5512" in sent for sent in check_action.sent)
    assert len(check_action.sent) == 1


async def test_a_reply_that_fishes_through_a_link_is_not_told_either(check_action: Check):
    (check_action.root / ".env").write_text("DATABASE_PASSWORD=canary-5513\n")
    (check_action.root / "notes.txt").symlink_to(".env")
    fishing = "notes.txt\n```\n<<<<<<< SEARCH\nDATABASE_PASSWORD=guess\n=======\nx\n>>>>>>> REPLACE\n```\n"
    await check_action("changeFiles", SHOP, replies=[fishing, GREET])
    assert not any("canary-5513" in sent for sent in check_action.sent)


async def test_progress_names_each_edit_as_the_model_finishes_it(check_action: Check):
    second = GREET.replace("shop/views.py", "shop/new.py").replace("# greet a user by name\n===", "===")
    answer = await check_action("changeFiles", SHOP, replies=[GREET + "\n" + second])
    assert isinstance(answer, Proposal), answer
    told = [said for said in check_action.said if "wrote edit" in said]
    assert told == ["playback wrote edit 1, in shop/views.py", "playback wrote edit 2, in shop/new.py"]


MANY = "//- /a.py\nA = 1\n\n\ndef f():\n    return A\n//- /b.py\nB = 1\n"


def block(path: str, search: str, replace: str) -> str:
    return f"{path}\n```python\n<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n```\n"


def cut(text: str) -> list[Event]:
    """A reply that reached the token limit."""
    return [TextDelta(text), Stop("length")]


async def test_only_the_block_that_did_not_fit_is_asked_for_again(check_action: Check):
    first = (
        block("a.py", "A = 1", "A = 10")
        + block("a.py", "    return  a", "    return -A")
        + block("b.py", "B = 1", "B = 2")
    )
    answer = await check_action(
        "changeFiles", MANY, description="do it", replies=[first, block("a.py", "    return A", "    return -A")]
    )
    assert isinstance(answer, Proposal), answer
    assert dict(answer.change.texts_after()) == {"a.py": "A = 10\n\n\ndef f():\n    return -A\n", "b.py": "B = 2\n"}
    told = check_action.sent[1].rpartition("cannot be applied as it is")[2]
    for part in (
        "- block 1, a.py: “A = 1”",
        "- block 3, b.py: “B = 1”",
        "- block 2, a.py: NOT_FOUND: ",
        "line 5 differs: yours is “    return  a”, the file's is “    return A”",
        "-       ····return  a\n+     5 ····return A",
        "· is a space",
        "Send only block 2 again",
    ):
        assert part in told, told


async def test_a_block_that_stays_wrong_changes_nothing_of_the_others(check_action: Check):
    first = block("a.py", "A = 1", "A = 10") + block("a.py", "    return  a", "    return -A")
    answer = await check_action(
        "changeFiles", MANY, description="do it", replies=[first, block("a.py", "    return B", "    return -A")]
    )
    assert isinstance(answer, NoChange)
    assert [problem.block for problem in answer.problems] == [2]


async def test_kept_blocks_do_not_widen_the_scope(check_action: Check):
    first = block("b.py", "B = 1", "B = 2") + block("a.py", "A = 0", "A = 10")
    marked = MANY.replace("A = 1", "A = 1$0")
    answer = await check_action(
        "editSelection", marked, replies=[first, block("a.py", "A = 1", "A = 10")], description="x"
    )
    assert isinstance(answer, Proposal)
    assert answer.verdict.level == "approve"
    assert "b.py was not asked about: the ask was about a.py." in answer.verdict.reasons


async def test_a_kept_block_of_a_secret_file_sends_nothing(check_action: Check):
    """That a guess was right must not be told either."""
    marked = MANY + "//- /.env\nPASSWORD=canary-5514\n"
    first = block(".env", "PASSWORD=canary-5514", "PASSWORD=x") + block("a.py", "A = 0", "A = 10")
    answer = await check_action(
        "changeFiles", marked, description="do it", replies=[first, block("a.py", "A = 1", "A = 10")]
    )
    assert isinstance(answer, NoChange)
    assert len(check_action.sent) == 1


async def test_an_ambiguous_block_in_a_secret_file_shows_no_place(check_action: Check):
    marked = MANY + "//- /.env\nKEY=canary-5515\nx\nKEY=canary-5516\nx\n"
    first = block("a.py", "A = 1", "A = 10") + block(".env", "x", "y")
    answer = await check_action(
        "changeFiles", marked, description="do it", replies=[first, block("a.py", "A = 1", "A = 10")]
    )
    assert isinstance(answer, NoChange)
    assert not any("canary" in sent for sent in check_action.sent)


async def test_a_reply_that_was_cut_at_the_limit_goes_on(check_action: Check):
    first = block("a.py", "A = 1", "A = 10") + "b.py\n```python\n<<<<<<< SEARCH\nB ="
    answer = await check_action(
        "changeFiles", MANY, description="do it", replies=[cut(first), block("b.py", "B = 1", "B = 2")]
    )
    assert isinstance(answer, Proposal), answer
    assert dict(answer.change.texts_after())["b.py"] == "B = 2\n"
    assert "Go on from there" in check_action.sent[1]
    assert "- block 1, a.py: “A = 1”" in check_action.sent[1]


@pytest.mark.parametrize("first", ["a.py\n```python\n<<<<<<< SEARCH\nA =", "I will"])
async def test_a_reply_that_was_cut_before_its_first_block_ended_is_not_asked_for_again(
    check_action: Check, first: str
):
    answer = await check_action(
        "changeFiles", MANY, description="do it", replies=[cut(first), block("b.py", "B = 1", "B = 2")]
    )
    assert isinstance(answer, NoChange)
    assert "token limit" in answer.message
    assert len(check_action.sent) == 1


async def test_a_reply_that_is_cut_twice_changes_nothing(check_action: Check):
    first = block("a.py", "A = 1", "A = 10") + "b.py\n"
    answer = await check_action("changeFiles", MANY, description="do it", replies=[cut(first), cut(first)])
    assert isinstance(answer, NoChange)
    assert "token limit" in answer.message


def calls(*parts: tuple[int, str, str]) -> list[Event]:
    return [TextDelta("I will edit it."), *(ToolDelta(*part) for part in parts), Stop("tool")]


async def test_calls_of_edit_tools_are_a_reply(check_action: Check):
    arguments = '{"path": "shop/views.py", "old_str": "# greet a user by name", "new_str": "GREETING = \\"Hello\\""}'
    reply = calls((0, "edit_file", arguments[:30]), (0, "", arguments[30:]))
    answer = await check_action("implementComment", SHOP, replies=[reply])
    assert isinstance(answer, Proposal), answer
    assert 'GREETING = "Hello"' in answer.change.texts_after()["shop/views.py"]


async def test_a_call_may_make_a_file_and_a_broken_one_may_be_mended(check_action: Check):
    made = '{"path": "shop/new.py", "file_text": "A = 1\\n"}'
    replies = [calls((0, "create_file", made[:20])), calls((0, "create_file", made))]
    answer = await check_action("changeFiles", SHOP, replies=replies, description="add a module with A")
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after()["shop/new.py"] == "A = 1\n"
    assert len(check_action.sent) == 2


async def test_a_secret_with_a_quote_in_it_comes_back_whole_in_a_call(check_action: Check):
    secret = 'q7"Zr4w9L2mX8'
    shop = SHOP.replace("# greet", f"password = '{secret}'\n    # greet")
    arguments = (
        '{"path": "shop/views.py", "old_str": "password = \'PATCHWRIGHT_SECRET_1\'", '
        '"new_str": "key = \'PATCHWRIGHT_SECRET_1\'"}'
    )
    answer = await check_action("implementComment", shop, replies=[calls((0, "edit_file", arguments))])
    assert secret not in "".join(check_action.sent)
    assert isinstance(answer, Proposal), answer
    assert f"key = '{secret}'" in answer.change.texts_after()["shop/views.py"]


BIG = SHOP + "".join(
    f"    //- /shop/user_{n}.py\n    def user_{n}():\n        return '{'name ' * 60}'\n" for n in range(40)
)


async def test_a_model_that_reads_less_is_asked_once_more_with_less(check_action: Check):
    too_long = Failure("context_too_long", "Too long.", asked_tokens=9000, limit_tokens=4000)
    answer = await check_action("implementComment", BIG, replies=[[too_long], GREET])
    assert isinstance(answer, Proposal), answer
    first, second = check_action.sent
    assert len(second) < 0.7 * len(first)
    assert "greet a user by name" in second


async def test_a_model_that_reads_too_little_is_not_asked_forever(check_action: Check):
    answer = await check_action("implementComment", BIG, replies=[[Failure("context_too_long", "Too long.")]] * 5)
    assert isinstance(answer, NoChange)
    assert answer.message == "Too long."
    assert len(check_action.sent) == 2


async def test_what_tools_find_goes_back_to_the_model_once(check_action: Check):
    answer = await check_action(
        "changeFiles",
        MANY,
        description="do it",
        replies=[
            block("a.py", "    return A", "    return missing"),
            block("a.py", "    return A", "    return A + 1"),
        ],
    )
    assert isinstance(answer, Proposal), answer
    assert (answer.verdict.level, answer.verdict.checks["ruff"]) == ("allow", "pass")
    assert "return A + 1" in (answer.change.texts_after()["a.py"] or "")
    assert "a.py, line 5: Undefined name `missing` (ruff F821)." in check_action.sent[1]
    assert "The project's tools were run on a copy" in check_action.sent[1]


@pytest.mark.parametrize(
    "second",
    [
        block("a.py", "    return A", "    return missing or absent"),
        block("a.py", "    return NOT THERE", "    return 1"),
        "I cannot do better.",
        block("a.py", "    return A", "    return (("),
    ],
)
async def test_a_second_reply_that_is_no_better_leaves_the_first_for_a_person(check_action: Check, second: str):
    answer = await check_action(
        "changeFiles", MANY, description="do it", replies=[block("a.py", "    return A", "    return missing"), second]
    )
    assert isinstance(answer, Proposal), answer
    assert answer.verdict.level == "confirm"
    assert answer.change.texts_after()["a.py"] == "A = 1\n\n\ndef f():\n    return missing\n"
    assert len(check_action.sent) == 2
    assert [finding.rule for finding in answer.verdict.findings] == ["F821"]


async def test_a_file_that_is_named_by_its_end_is_found_in_the_index(check_action: Check):
    workspace = """
        //- /pkg/views.py
        import os
        //- /pkg/store.py
        class Store: ...
        //- /a.py
        # import Store in views.py$0
    """
    answer = await check_action("changeFiles", workspace)
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after()["pkg/views.py"] == "import os\n\nfrom store import Store\n"


STORE = """
    //- /store.py
    class Store:
        def fetch(self, key: str) -> str:
            return key


    class DiskStore(Store):
        def fetch(self, key: str) -> str:
            return super().fetch(key)
    //- /use.py
    from store import DiskStore


    def show(other):
        print(DiskStore().fetch("a"))
        print(other.fetch("a"))


    LIMIT = 3
"""
RENAME_CALL = (0, "rename_symbol", '{"symbol": "Store.fetch", "new": "load"}')


async def test_a_model_calls_a_recipe_and_its_other_edits_are_joined_with_it(check_action: Check):
    edit = '{"path": "use.py", "old_str": "LIMIT = 3", "new_str": "LIMIT = 4"}'
    made = '{"path": "new.py", "file_text": "A = 1\\n"}'
    reply = calls(RENAME_CALL, (1, "edit_file", edit), (2, "create_file", made))
    answer = await check_action("changeFiles", STORE, replies=[reply], description="load, not fetch; LIMIT 4")
    assert isinstance(answer, Proposal), answer
    texts = answer.change.texts_after()
    assert texts["store.py"] is not None
    assert "fetch" not in texts["store.py"]
    assert texts["use.py"] == (
        "from store import DiskStore\n\n\ndef show(other):\n"
        '    print(DiskStore().load("a"))\n    print(other.fetch("a"))\n\n\nLIMIT = 4\n'
    )
    assert texts["new.py"] == "A = 1\n"
    assert [(site.path, site.line) for site in answer.uncertain] == [("use.py", 6)]
    assert answer.made_by == "model"
    assert len(check_action.sent) == 1


async def test_calls_of_recipes_follow_one_another(check_action: Check):
    parameter = '{"symbol": "Store.load", "parameter": "strict: bool", "value": "True"}'
    answer = await check_action(
        "changeFiles", STORE, replies=[calls(RENAME_CALL, (1, "add_parameter", parameter))], description="do it"
    )
    assert isinstance(answer, Proposal), answer
    assert 'DiskStore().load("a", strict=True)' in (answer.change.texts_after()["use.py"] or "")


async def test_a_refused_call_is_told_with_counts_and_may_be_mended_once(check_action: Check):
    wrong = (1, "rename_symbol", '{"symbol": "Stor", "new": "Depot"}')
    right = (1, "rename_symbol", '{"symbol": "Store", "new": "Depot"}')
    replies = [calls(RENAME_CALL, wrong), calls(RENAME_CALL, right)]
    answer = await check_action("changeFiles", STORE, replies=replies, description="do it")
    assert isinstance(answer, Proposal), answer
    assert "class Depot:" in (answer.change.texts_after()["store.py"] or "")
    first, second = check_action.sent
    assert "rename_symbol" not in first
    assert "rename_symbol: " in second
    assert "The other calls would do: Rename fetch of Store to load" in second
    assert "(4 certain, 1 to check)" in second
    assert '{"symbol": "Stor", "new": "Depot"}' in second


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ((0, "rename_symbol", '{"symbol": "Store.fetch", "new": '), "no JSON object"),
        ((0, "rename_symbol", '{"symbol": "Store.fetch", "new": "class"}'), "keyword"),
        ((0, "rename_symbol", '{"symbol": "Nobody", "new": "b"}'), "Nobody"),
        ((0, "move_symbol", '{"symbol": "Store", "module": "../out.py"}'), "outside the workspace"),
        ((0, "upgrade_dependency", '{"package": "httpx", "version": "1.2"}'), "No manifest"),
    ],
)
async def test_a_call_that_is_refused_twice_changes_nothing(
    check_action: Check, call: tuple[int, str, str], reason: str
):
    answer = await check_action("changeFiles", STORE, replies=[calls(call), calls(call)], description="do it")
    assert isinstance(answer, NoChange)
    assert reason in answer.message
    assert len(check_action.sent) == 2


async def test_an_edit_of_what_a_recipe_changes_is_refused_and_the_calls_are_asked_for_again(check_action: Check):
    edit = (
        1,
        "edit_file",
        '{"path": "use.py", "old_str": "    print(DiskStore().fetch(\\"a\\"))", "new_str": "    print(1)"}',
    )
    replies = [calls(RENAME_CALL, edit), calls(RENAME_CALL)]
    answer = await check_action("changeFiles", STORE, replies=replies, description="do it")
    assert isinstance(answer, Proposal), answer
    assert "OVERLAP" in check_action.sent[1]
    assert "make them again" in check_action.sent[1]


async def test_a_call_of_a_recipe_is_reviewed_like_any_other_change(check_action: Check):
    hooks = STORE + '    //- /.git/hooks/pre-commit\n    print("x")\n'
    pattern = '{"pattern": "print($X)", "replacement": "log($X)", "path": ".git/"}'
    answer = await check_action(
        "changeFiles", hooks, replies=[calls((0, "replace_pattern", pattern))] * 2, description="do it"
    )
    assert isinstance(answer, NoChange)


async def test_no_recipe_is_called_where_only_one_file_may_change(check_action: Check):
    answer = await check_action(
        "implementComment", SHOP, replies=[calls((0, "rename_symbol", '{"symbol": "User", "new": "Person"}'))] * 2
    )
    assert isinstance(answer, NoChange)
