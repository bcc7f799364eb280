"""The main job in a real Neovim, on a real project: a comment, a code action, the edit in buffers and on disk."""

import re
import subprocess
import sys

import pytest

from tests.editors.conftest import Drive, Report
from tests.model_server import Reply, model_server

pytestmark = [pytest.mark.editors, pytest.mark.network]

CHANGE_ACROSS = """\
Two places and a new file.

src/click/utils.py
```python
<<<<<<< SEARCH
def make_default_short_help(help: str, max_length: int = 45) -> str:
=======
def make_default_short_help(help: str, max_length: int = 60) -> str:
>>>>>>> REPLACE
```

src/click/_limits.py
```python
<<<<<<< SEARCH
=======
\"\"\"How long texts may be: é𐍈.\"\"\"

SHORT_HELP = 60
>>>>>>> REPLACE
```

src/click/core.py
```python
<<<<<<< SEARCH
# make short help longer, and name its limit in a module of its own
=======
def short_help_limit() -> int:
    from ._limits import SHORT_HELP

    return SHORT_HELP
>>>>>>> REPLACE
```
"""


def connected(base_url: str) -> dict[str, str]:
    return {"PATCHWRIGHT_ENDPOINT": base_url, "PATCHWRIGHT_MODEL": "scripted", "PATCHWRIGHT_API_KEY": "sk-test-key"}


def check_untouched(report: Report) -> None:
    """Nothing changed in any buffer or file, and the user was told once."""
    assert report.changed() == set()
    assert not any(buffer["changed"] for buffer in report.said["buffers"].values())
    assert len(report.messages) == 1
    assert report.said["errors"] == []


def test_a_comment_renames_a_function_across_a_real_project(drive: Drive):
    comment = "\n\n# rename make_default_short_help to default_short_help\n"
    report = drive("src/click/core.py", comment, "Change across files")
    assert report.changed() == {"src/click/core.py", "src/click/utils.py", "tests/test_utils.py"}
    now = report.on_disk()
    for path in report.changed():
        wanted = re.sub(r"\bmake_default_short_help\b", "default_short_help", report.before[path])
        wanted = wanted.replace("# rename default_short_help to default_short_help\n", "")
        assert now[path].rstrip("\n") == wanted.rstrip("\n")
        assert report.buffer(path).rstrip("\n") == now[path].rstrip("\n")
    assert len(report.messages) == 1
    program = "import click; print(click.utils.default_short_help('It works.'))"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=report.root / "src", capture_output=True, text=True, check=True
    )
    assert ran.stdout == "It works.\n"
    print(f"Neovim, rename across files: {report.said['milliseconds']:.0f} ms from menu to message")


REPORT_HOME = """\
src/click/report.py
```python
<<<<<<< SEARCH
HOST = None
=======
HOST = "https://collector.acme.io/é𐍈"
>>>>>>> REPLACE
<<<<<<< SEARCH
def last(): ...
=======
def last():
    return HOST
>>>>>>> REPLACE
```
"""


@pytest.mark.parametrize(("answer", "questions"), [("Apply", 0), ("Choose in the editor", 1)])
def test_labels_say_what_the_review_says_and_the_editor_asks_only_where_the_user_wants_it(
    drive: Drive, answer: str, questions: int
):
    comment = "# report where we are\nHOST = None\n\n\ndef last(): ...\n"
    with model_server([REPORT_HOME]) as server:
        environment = connected(server.base_url)
        file, title = "src/click/report.py", "Change across files"
        report = drive(file, comment, title, environment=environment, answer=answer)
    assert report.changed() == {"src/click/report.py"}
    assert 'HOST = "https://collector.acme.io/é𐍈"\n' in report.on_disk()["src/click/report.py"]
    labels = {label["label"] for label in report.said["labels"].values()}
    assert labels == {"Patchwright: model", "Patchwright: model, new hosts (addresses)"}
    assert len(report.said["confirmed"]) == questions
    assert all("new hosts" in question for question in report.said["confirmed"])
    assert report.said["errors"] == []


def test_a_comment_becomes_a_dataclass(drive: Drive):
    comment = "# dataclass Limit with name: str, short: int = 45\n"
    report = drive("src/click/limits.py", comment, "Implement this comment")
    assert report.changed() == {"src/click/limits.py"}
    text = report.on_disk()["src/click/limits.py"]
    assert "@dataclass\nclass Limit:\n    name: str\n    short: int = 45\n" in text
    program = "from click.limits import Limit; print(Limit('a'))"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=report.root / "src", capture_output=True, text=True, check=True
    )
    assert ran.stdout == "Limit(name='a', short=45)\n"


def test_a_model_changes_three_files_one_of_them_new(drive: Drive):
    comment = "\n\n# make short help longer, and name its limit in a module of its own\n"
    with model_server([CHANGE_ACROSS]) as server:
        environment = connected(server.base_url)
        report = drive("src/click/core.py", comment, "Change across files", environment=environment)
        assert len(server.requests) == 1
    assert report.changed() == {"src/click/_limits.py", "src/click/core.py", "src/click/utils.py"}
    now = report.on_disk()
    assert now["src/click/_limits.py"] == '"""How long texts may be: é𐍈."""\n\nSHORT_HELP = 60\n'
    assert "max_length: int = 60" in now["src/click/utils.py"]
    assert now["src/click/core.py"].endswith("    from ._limits import SHORT_HELP\n\n    return SHORT_HELP\n")
    kinds = [value["kind"] for value in report.said["progress"]]
    assert kinds.count("begin") == kinds.count("end")
    print(f"Neovim, three files through a model: {report.said['milliseconds']:.0f} ms from menu to message")


MOVE = """\
*** Begin Patch
*** Update File: src/click/_textwrap.py
*** Move to: src/click/wrapping.py
@@
 class TextWrapper(textwrap.TextWrapper):
+    name = "é𐍈"
+
     def _handle_long_word(
*** Update File: src/click/formatting.py
@@
-        from ._textwrap import TextWrapper
+        from .wrapping import TextWrapper
*** End Patch
"""


@pytest.mark.parametrize("opened", ["src/click/_textwrap.py", "src/click/formatting.py", "src/click/core.py"])
def test_a_file_moves_and_changes_whichever_file_is_open(drive: Drive, opened: str):
    comment = "\n\n# move the wrapper into a module of its own\n"
    with model_server([MOVE]) as server:
        environment = connected(server.base_url)
        report = drive(opened, comment, "Change across files", environment=environment)
    assert len(report.messages) == 1
    assert report.changed() == {"src/click/_textwrap.py", "src/click/wrapping.py", "src/click/formatting.py"}
    now = report.on_disk()
    assert "src/click/_textwrap.py" not in now
    moved = report.before["src/click/_textwrap.py"]
    head = "class TextWrapper(textwrap.TextWrapper):\n"
    assert now["src/click/wrapping.py"] == moved.replace(head, head + '    name = "é𐍈"\n\n')
    assert report.said["errors"] == []
    program = "from click.formatting import wrap_text; from click.wrapping import TextWrapper as T; print(T.name)"
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program], cwd=report.root / "src", capture_output=True, check=True
    )
    assert ran.stdout.decode() == "é𐍈\n"
    print(f"Neovim, a move with an edit: {report.messages[0]}")


@pytest.mark.parametrize("path", ["src/../../outside.py", ".git/hooks/pre-commit"])
def test_a_reply_that_reaches_outside_leaves_everything_untouched(drive: Drive, path: str):
    reply = CHANGE_ACROSS.replace("src/click/_limits.py", path)
    with model_server([reply, reply]) as server:
        comment = "\n\n# make short help longer, and name its limit in a module of its own\n"
        report = drive("src/click/core.py", comment, "Change across files", environment=connected(server.base_url))
    check_untouched(report)
    assert not (report.root.parent / "outside.py").exists()
    assert not (report.root / ".git").exists()


def test_a_description_that_needs_a_model_is_answered_honestly(drive: Drive):
    report = drive("src/click/core.py", "\n\n# make all of this twice as fast\n", "Implement this comment")
    check_untouched(report)
    assert "needs a model" in report.messages[0]


def test_cancelling_leaves_everything_untouched_and_closes_the_connection(drive: Drive):
    with model_server([Reply(CHANGE_ACROSS[:40], finish_reason=None, done=False, hangs=True)]) as server:
        comment = "\n\n# make short help longer, and name its limit in a module of its own\n"
        environment = connected(server.base_url)
        report = drive("src/click/core.py", comment, "Change across files", environment=environment, cancel=300)
        server.wait_for_disconnect()
    check_untouched(report)
    assert "ancelled" in report.messages[0]
