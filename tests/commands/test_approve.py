"""patchwright approve: what `ask --apply` may not write by itself waits for a person at a terminal."""

import json
import os
from typing import Any

import pytest

from lsp_server.review.approval import Approvals
from tests.model_server import model_server
from tests.terminal import at_terminal

from .conftest import COMMAND, Ended, Run

FILES = {"app/views.py": "# greet a user\nEND = 1\n", "app/models.py": 'class User:\n    name = ""\n'}
REPLY = """\
app/views.py
```python
<<<<<<< SEARCH
END = 1
=======
END = 2
>>>>>>> REPLACE
```

app/models.py
```python
<<<<<<< SEARCH
    name = ""
=======
    name = "x"
>>>>>>> REPLACE
```
"""
CHANGED = {"app/views.py": "# greet a user\nEND = 2\n", "app/models.py": 'class User:\n    name = "x"\n'}


def ask(patchwright: Run) -> str:
    """Asks about one file; the model changes two. The id of what waits."""
    patchwright.write(FILES)
    with model_server([REPLY, REPLY]) as server:
        ended = patchwright(
            "ask", "--apply", "--json", "--file", "app/views.py", "--line", "1",
            PATCHWRIGHT_ENDPOINT=server.base_url, PATCHWRIGHT_MODEL="m",
        )  # fmt: skip
    assert (ended.code, ended.json["level"]) == (4, "approve"), ended.err
    assert patchwright.read() == FILES
    (waiting,) = patchwright("approve", "--json").json["pending"]
    assert f"patchwright approve {waiting['id']}" in ended.err
    assert waiting["paths"] == ["app/views.py", "app/models.py"]
    return waiting["id"]


def person(patchwright: Run, *arguments: str, types: str = "y\n") -> Ended:
    return Ended(*at_terminal([str(COMMAND), *arguments], types, patchwright.root, patchwright.environment))


def outcomes(patchwright: Run) -> list[Any]:
    events = patchwright("audit", "show", "--json").json["events"]
    return [(each["event"], each.get("outcome")) for each in events if each["event"] not in ("send", "reply", "check")]


def test_a_person_sees_the_diff_and_approves_it_once(patchwright: Run):
    name = ask(patchwright)
    no = person(patchwright, "approve", name, types="n\n")
    assert (no.code, patchwright.read()) == (4, FILES)
    yes = person(patchwright, "approve", name)
    assert yes.code == 0, yes.err
    assert '+    name = "x"' in yes.out
    assert "approve: app/models.py was not asked about" in yes.err
    assert patchwright.read() == CHANGED
    assert outcomes(patchwright) == [("withhold", None), ("approve", "approved"), ("apply", "done")]
    assert patchwright("undo").code == 0
    again = person(patchwright, "approve", name)
    assert (again.code, patchwright.read()) == (3, FILES)
    assert "Nothing waits here" in again.err


@pytest.mark.parametrize("typed", ["y\n", "yes\n", ""])
def test_what_is_piped_in_is_no_person(patchwright: Run, typed: str):
    name = ask(patchwright)
    ended = patchwright("approve", name, stdin=typed)
    assert (ended.code, patchwright.read()) == (4, FILES)
    assert "needs a person at a terminal" in ended.err
    assert patchwright("approve", name, "--json", stdin=typed).json["approved"] == ""


@pytest.mark.parametrize(
    ("path", "text", "saying"),
    [
        ("app/models.py", 'class User:\n    name = "mine"\n', "was changed meanwhile"),
        (".patchwright.toml", "version = 1\n", "the policy is another one now"),
    ],
)
def test_what_changed_meanwhile_is_not_approved(patchwright: Run, path: str, text: str, saying: str):
    name = ask(patchwright)
    patchwright.write({path: text})
    before = patchwright.read()
    ended = person(patchwright, "approve", name)
    assert (ended.code, patchwright.read()) == (4, before)
    assert saying in ended.err


def test_what_was_swapped_on_the_disk_is_shown_as_it_is_and_judged_again(patchwright: Run):
    name = ask(patchwright)
    (file,) = (patchwright.root.parent / "state" / "approvals").glob("*/*.json")
    values = json.loads(file.read_text())
    values["operations"] = [{"kind": "create", "path": ".git/hooks/pre-commit", "after": "#!/bin/sh\n"}]
    file.write_text(json.dumps(values))
    ended = person(patchwright, "approve", name)
    assert ended.code == 5, ended.err
    assert ".git/hooks/pre-commit" in ended.out
    assert not (patchwright.root / ".git").exists()
    assert patchwright.read() == FILES


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_what_others_could_have_written_does_not_wait(patchwright: Run):
    name = ask(patchwright)
    (file,) = (patchwright.root.parent / "state" / "approvals").glob("*/*.json")
    file.chmod(0o666)
    assert person(patchwright, "approve", name).code == 3
    assert patchwright("approve", "--json").json["pending"] == []


def test_unknown_ids_are_said(patchwright: Run):
    patchwright.write(FILES)
    for name in ("abcd", "../../x", "*"):
        ended = person(patchwright, "approve", name)
        assert ended.code == 3
    assert "Nothing waits for approval here." in patchwright("approve").err


@pytest.mark.parametrize(
    "text", ["", "[", "[" * 200_000, '{"a":' * 100_000, "[]", "{}", '{"id": 1}', '{"operations": [{"kind": "x"}]}']
)
def test_what_is_damaged_on_the_disk_does_not_wait(patchwright: Run, text: str):
    folder = Approvals(patchwright.root.parent / "state", patchwright.root).folder
    folder.mkdir(parents=True)
    (folder / "abcd.json").write_text(text)
    (folder / "abcd.json").chmod(0o600)
    assert patchwright("approve", "--json").json == {"pending": []}


def test_doctor_says_whether_the_log_is_as_it_was_written(patchwright: Run):
    ask(patchwright)
    assert "each as it was written" in patchwright("doctor").out.replace("\n", " ")
    (file,) = (patchwright.root.parent / "state" / "audit").glob("*.jsonl")
    file.write_text(file.read_text().replace("withhold", "withheld"))
    checks = patchwright("doctor", "--json").json["checks"]
    assert [each["state"] for each in checks if each["name"] == "Audit log"] == ["no"]
