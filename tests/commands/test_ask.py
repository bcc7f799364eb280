"""`patchwright ask`: a diff on standard output, the reason on standard error, an exit code that a script can use."""

import subprocess

import pytest

from tests.model_server import model_server

from .conftest import Run

PACKAGE = {
    "pkg/__init__.py": 'from pkg.users import load_user\n\n__all__ = ["load_user"]\n',
    "pkg/users.py": "def load_user(name):\n    return name\n",
    "pkg/use.py": "from pkg.users import load_user as lu\n\nlu('a')\n",
}
RENAMED = {path: text.replace("load_user", "fetch_user") for path, text in PACKAGE.items()}


def test_a_rename_prints_a_diff_that_git_applies(patchwright: Run):
    patchwright.write(PACKAGE)
    ended = patchwright("ask", "-", stdin="rename load_user to fetch_user\n")
    assert ended.code == 0, ended.err
    assert patchwright.read() == PACKAGE
    subprocess.run(["git", "apply"], input=ended.out, text=True, cwd=patchwright.root, check=True)
    assert patchwright.read() == RENAMED


MOVE = """\
*** Begin Patch
*** Update File: pkg/users.py
*** Move to: pkg/accounts.py
@@
-    return name
+    return name.strip()
*** Update File: pkg/use.py
@@
-from pkg.users import load_user as lu
+from pkg.accounts import load_user as lu
*** Update File: pkg/__init__.py
@@
-from pkg.users import load_user
+from pkg.accounts import load_user
*** End Patch
"""


def test_a_move_with_an_edit_prints_a_diff_that_git_applies(patchwright: Run):
    patchwright.write(PACKAGE)
    with model_server([MOVE]) as server:
        ended = patchwright(
            "ask", "put users elsewhere", PATCHWRIGHT_ENDPOINT=server.base_url, PATCHWRIGHT_MODEL="m",
            PATCHWRIGHT_API_KEY="key-for-tests",
        )  # fmt: skip
    assert ended.code == 0, ended.err
    names = "rename from pkg/users.py\nrename to pkg/accounts.py\n--- a/pkg/users.py\n+++ b/pkg/accounts.py\n"
    assert names in ended.out
    assert patchwright.read() == PACKAGE
    subprocess.run(["git", "apply"], input=ended.out, text=True, cwd=patchwright.root, check=True)
    files = patchwright.read()
    assert "pkg/users.py" not in files
    assert files["pkg/accounts.py"] == PACKAGE["pkg/users.py"].replace("return name", "return name.strip()")
    assert files["pkg/use.py"] == PACKAGE["pkg/use.py"].replace("pkg.users", "pkg.accounts")


def test_apply_writes_the_change(patchwright: Run):
    patchwright.write(PACKAGE)
    ended = patchwright("ask", "--apply", "rename load_user to fetch_user")
    assert ended.code == 0, ended.err
    assert patchwright.read() == RENAMED


def test_json_has_the_fixed_keys(patchwright: Run):
    patchwright.write(PACKAGE)
    answer = patchwright("ask", "--json", "-", stdin="rename load_user to fetch_user").json
    assert answer["made_by"] == "recipe"
    assert answer["level"] == "allow"
    assert answer["diff"].startswith("diff --git a/pkg/__init__.py b/pkg/__init__.py\n")
    assert (answer["pieces"], answer["usage"], answer["problems"]) == ([], None, [])


def test_the_comment_on_a_line_is_the_description(patchwright: Run):
    patchwright.write({"a.py": "# dataclass Point with x: int\n"})
    ended = patchwright("ask", "--file", "a.py", "--line", "1", "--apply")
    assert ended.code == 0, ended.err
    assert "class Point:\n    x: int\n" in patchwright.read()["a.py"]


def test_without_a_model_it_says_so_and_shows_the_context(patchwright: Run):
    patchwright.write(PACKAGE)
    ended = patchwright("ask", "-", stdin="cache the users that were loaded")
    assert ended.code == 3
    assert ended.out == ""
    assert "needs a model" in ended.err
    assert "pkg/users.py" in ended.err
    assert "PATCHWRIGHT_ENDPOINT" in ended.err


def test_without_a_model_json_holds_the_pieces(patchwright: Run):
    patchwright.write(PACKAGE)
    ended = patchwright("ask", "--json", "-", stdin="cache the users that were loaded")
    assert ended.code == 3
    assert {piece["path"] for piece in ended.json["pieces"]} >= {"pkg/users.py"}
    assert ended.json["diff"] == ""


REPLY = (
    "pkg/users.py\n```python\n<<<<<<< SEARCH\n    return name\n=======\n    return name.strip()\n>>>>>>> REPLACE\n```\n"
)


def test_a_model_over_a_real_socket_changes_a_file(patchwright: Run):
    patchwright.write(PACKAGE)
    with model_server([REPLY]) as server:
        ended = patchwright(
            "ask", "--apply", "--json", "-", stdin="strip names",
            PATCHWRIGHT_ENDPOINT=server.base_url, PATCHWRIGHT_MODEL="m", PATCHWRIGHT_API_KEY="key-for-tests",
        )  # fmt: skip
    assert ended.code == 0, ended.err
    assert ended.json["made_by"] == "model"
    assert patchwright.read()["pkg/users.py"].endswith("return name.strip()\n")
    assert server.requests[0].headers["authorization"] == "Bearer key-for-tests"
    assert "key-for-tests" not in ended.out + ended.err


def test_a_reply_into_git_is_denied(patchwright: Run):
    patchwright.write(PACKAGE)
    reply = ".git/config\n```\n<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE\n```\n"
    with model_server([reply, reply]) as server:
        ended = patchwright(
            "ask", "--apply", "-", stdin="x", PATCHWRIGHT_ENDPOINT=server.base_url, PATCHWRIGHT_MODEL="m"
        )
    assert ended.code in (3, 5)
    assert patchwright.read() == PACKAGE
    assert not (patchwright.root / ".git").exists()


def test_wrong_arguments_are_explained(patchwright: Run, capsys: pytest.CaptureFixture[str]):
    patchwright.write(PACKAGE)
    for arguments, said in (
        (("--root", "nowhere", "x"), "is not a folder"),
        (("--line", "3", "x"), "--line needs --file"),
        (("--file", "missing.py", "x"), "does not exist"),
        (("--file", "../../etc/passwd", "x"), "outside the workspace"),
        (("--file", "pkg/use.py", "--line", "99", "x"), "has 3 lines; there is no line 99"),
        (("--file", "pkg/use.py", "--line", "1"), "There is no comment on line 1"),
        ((), "Say what to change"),
    ):
        ended = patchwright.inside(capsys, "ask", *arguments)
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err


def test_a_malformed_configuration_is_said_and_does_not_stop_a_recipe(patchwright: Run):
    patchwright.write(PACKAGE)
    config = patchwright.root.parent / "config"
    config.mkdir()
    (config / "config.toml").write_text("[model\n")
    ended = patchwright("ask", "rename load_user to fetch_user")
    assert ended.code == 0
    assert "not valid TOML" in ended.err


SLUG = {"text.py": "def slug(title):\n    return title.lower()\n"}


def test_every_action_can_be_asked_for_by_its_name(patchwright: Run):
    patchwright.write(SLUG)
    with model_server(["It lowers a title. \x1b[31mhttps://evil.example\n"]) as server:
        ended = patchwright(
            "ask", "--action", "explain", "--file", "text.py", "--line", "2",
            PATCHWRIGHT_ENDPOINT=server.base_url, PATCHWRIGHT_MODEL="m", PATCHWRIGHT_API_KEY="key-for-tests",
        )  # fmt: skip
    assert (ended.code, ended.out.strip()) == (0, "It lowers a title. https: //evil.example"), ended.err
    assert patchwright.read() == SLUG


def test_all_of_a_file_is_fixed_by_what_our_own_checks_find(patchwright: Run):
    patchwright.write({"a.py": "x = 1\nprint(y)\n"})
    mended = "a.py\n```python\n<<<<<<< SEARCH\nprint(y)\n=======\nprint(x)\n>>>>>>> REPLACE\n```\n"
    with model_server([mended]) as server:
        ended = patchwright(
            "ask", "--action", "fixAll", "--file", "a.py", "--apply",
            PATCHWRIGHT_ENDPOINT=server.base_url, PATCHWRIGHT_MODEL="m", PATCHWRIGHT_API_KEY="key-for-tests",
        )  # fmt: skip
        assert "line 2: Undefined name `y` (ruff F821)" in str(server.requests[0].body)
    assert ended.code == 0, ended.err
    assert patchwright.read() == {"a.py": "x = 1\nprint(x)\n"}


def test_a_change_is_finished_from_anywhere(patchwright: Run):
    patchwright.write(SLUG)
    ended = patchwright("ask", "--action", "finishChange")
    assert ended.code == 3
    assert "in no git repository" in ended.err


def test_an_action_that_finds_nothing_at_a_place_says_so(patchwright: Run):
    patchwright.write(SLUG | {"b.py": "import os\n"})
    ended = patchwright("ask", "--action", "writeTests", "--file", "b.py", "--line", "1")
    assert ended.code == 2
    assert "finds nothing to do at line 1 of b.py" in ended.err
