"""The extension in a real VS Code: from a clean profile, with its own menus, palette and input box.

Run by scripts/test-vscode, which brings what they need; each opens a browser and takes half a minute.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.installs import PROJECT
from tests.model_server import ModelServer, Reply, model_server

TOOLS = PROJECT / ".tools" / "vscode"
EXTENSION = PROJECT / "dist" / "patchwright.vsix"
DRIVE = Path(__file__).parent / "code_server.js"
PROGRAM = Path(sys.executable).parent / "patchwright"
SHOP = {
    "cart.py": "# dataclass Item with name: str, price: float\n\n\ndef total(prices):\n    return sum(prices)\n",
    "use.py": "from cart import total\n\nprint(total([1, 2]))\n",
}
MODELS = Path(__file__).parent / "vscode_models"
FASTER = """\
cart.py
```python
<<<<<<< SEARCH
def total(prices):
=======
def total(prices=()):
>>>>>>> REPLACE
```
"""
QUICKER = """\
cart.py
```python
<<<<<<< SEARCH
    return sum(prices)
=======
    return sum(prices, 0)
>>>>>>> REPLACE
```
"""
SILENCED = """\
use.py
```python
<<<<<<< SEARCH
print(total([1, 2]))
=======
print(total([1, 2]))  # noqa
>>>>>>> REPLACE
```
"""
READY = {"wait": {"status": "describe a change"}}
# Without what VS Code would begin beside it: it also looks through the open files of all processes, for ports.
QUIET = {
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "remote.autoForwardPorts": False,
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "git.enabled": False,
    # A step of a walkthrough takes the keys when it has slid open, from a box that was opened meanwhile too.
    "workbench.reduceMotion": "on",
}

Play = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of extensions with ours in it, installed as its user installs it."""
    folder = tmp_path_factory.mktemp("extensions")
    folders = ["--user-data-dir", folder / "user", "--extensions-dir", folder / "installed"]
    command = [TOOLS / "bin" / "code-server", *folders, "--install-extension", EXTENSION]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / "installed"


@pytest.fixture
def play(tmp_path: Path, extension: Path) -> Play:
    """Opens cart.py of a small shop and plays the steps; what there is at the end."""
    root = tmp_path / "shop"
    (root / ".git").mkdir(parents=True)
    for name, text in SHOP.items():
        (root / name).write_text(text, encoding="utf-8")

    def run(
        *steps: dict[str, Any],
        model: ModelServer | None = None,
        own_server: bool = False,
        extensions: Sequence[Path] = (),
        environment: Mapping[str, str] = {},
        trusts: bool = True,
        workspace: Path | None = None,
        begins: dict[str, Any] = READY,
        **settings: Any,
    ) -> dict[str, Any]:
        script, report = tmp_path / "steps.json", tmp_path / "report.json"
        own = {f"PATCHWRIGHT_{name}": str(tmp_path / name.lower()) for name in ("CONFIG", "CACHE", "STATE")}
        if model is not None:
            own |= {"PATCHWRIGHT_ENDPOINT": model.base_url, "PATCHWRIGHT_MODEL": "scripted"}
            own |= {"PATCHWRIGHT_API_KEY": "sk-test-key"}
        user: dict[str, Any] = QUIET | {f"patchwright.{key}": value for key, value in settings.items()}
        if not own_server:
            user.setdefault("patchwright.server.path", str(PROGRAM))
        shots = os.environ.get("VSCODE_SHOTS", "")
        given = {
            "folder": str(root),
            "workspace": workspace and str(workspace),
            "file": "cart.py",
            "user": user,
            "environment": {**own, **environment},
            "shots": shots,
            "trusts": trusts,
            "extensions": None if extensions else str(extension),
            # Only with it VS Code asks the user whether a model of such an extension may be used.
            "proposed": ["tests.scripted-models"] if extensions else [],
        }
        script.write_text(json.dumps(given | {"steps": [begins, *steps]}), encoding="utf-8")
        packages = ",".join(map(str, (EXTENSION, *extensions)))
        command = [TOOLS / "bin" / "node24", DRIVE, TOOLS, packages, script, report]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert report.exists(), done.stderr
        said: dict[str, Any] = json.loads(report.read_text("utf-8"))
        assert "error" not in said, (said["error"], said["files"], said["log"], said.get("screen"))
        return said

    return run


def test_the_settings_of_the_extension_are_the_servers():
    script = PROJECT / "scripts" / "install_parts" / "vscode_settings.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 0, done.stdout + done.stderr


def palette(title: str) -> dict[str, Any]:
    return {"palette": f"Patchwright: {title}"}


@pytest.mark.vscode
def test_the_environment_of_the_server_is_made_from_the_extension_alone(play: Play, tmp_path: Path):
    (tmp_path / "home").mkdir()
    others = [each for each in os.environ["PATH"].split(os.pathsep) if not Path(each).is_relative_to(PROJECT)]
    said = play(
        {"click": 1},
        palette("Implement the Comment or Function Here"),
        {"wait": {"text": "class Item:"}},
        {"save": True},
        {"wait": {"file": "cart.py", "holds": "class Item:"}},
        own_server=True,
        environment={"HOME": str(tmp_path / "home"), "PATH": os.pathsep.join(others), "VIRTUAL_ENV": ""},
    )
    assert "class Item:\n    name: str\n    price: float\n" in said["files"]["cart.py"]


@pytest.mark.vscode
def test_where_there_is_no_python_that_is_said_and_one_that_comes_is_found(play: Play, tmp_path: Path):
    (tmp_path / "home").mkdir()
    (programs := tmp_path / "programs").mkdir()
    # VS Code asks the user's shell where programs are.
    (tmp_path / "home" / ".bash_profile").write_text(f"PATH={programs}\n", encoding="utf-8")
    play(
        {"wait": {"text": "no Python 3.11 or newer with venv was found"}},
        {"pause": 300},
        {"shot": "no-python"},
        palette("Describe a Change Across Files"),
        {"type": "rename total to total_of"},
        {"wait": {"text": "the server is not running"}},
        {"link": [str(Path(sys.executable).resolve()), str(programs / "python3")]},
        {"button": "Restart"},
        READY,
        palette("Describe a Change Across Files"),
        {"type": "rename total to total_of"},
        {"wait": {"file": "use.py", "holds": "total_of([1, 2])"}},
        own_server=True,
        environment={"HOME": str(tmp_path / "home"), "SHELL": "/bin/bash", "VIRTUAL_ENV": ""},
        begins={"pause": 0},
    )


@pytest.mark.vscode
def test_the_first_minute_leads_from_an_example_to_a_change_and_to_help(play: Play):
    said = play(
        palette("Get Started"),
        {"button": "Open an Example"},
        {"wait": {"text": "def load_user(name)"}},
        {"shot": "walkthrough"},
        {"button": "Implement the Comment"},
        {"wait": {"text": "class Point:"}},
        {"walk": "A sentence changes all files"},
        {"button": "Describe a Change"},
        {"type": "rename load_user to fetch_user"},
        {"wait": {"text": "def fetch_user"}},
        {"save": True},
        {"wait": {"file": "patchwright_example.py", "holds": "fetch_user("}},
        {"status": "Patchwright"},
        {"shot": "menu"},
        {"choose": "Why Does It Not Work?"},
        {"wait": {"text": "worker processes start and parse"}},
        # VS Code trusts the folder here, and the server's program must know it.
        {"wait": {"gone": "not trusted"}},
        {"shot": "doctor"},
        {"press": "Control+k"},
        {"press": "Control+w"},
        palette("Explain This"),
        {"wait": {"text": "open a file of the project first"}},
    )
    example = said["files"]["patchwright_example.py"]
    assert "class Point:\n    x: int\n    y: int = 0\n" in example
    assert 'print(fetch_user("ada"))' in example
    assert {name: said["files"][name] for name in SHOP} == SHOP


@pytest.mark.vscode
def test_a_comment_a_rename_and_an_undo_after_further_typing(play: Play):
    said = play(
        {"click": 1},
        palette("Implement the Comment or Function Here"),
        {"wait": {"text": "class Item:"}},
        {"shot": "implemented"},
        palette("Describe a Change Across Files"),
        {"type": "rename total to total_of"},
        {"wait": {"text": "def total_of"}},
        {"click": 7},
        {"press": "End"},
        {"insert": "  # typed later"},
        palette("Undo the Last Change"),
        {"wait": {"text": "def total("}},
        {"save": True},
        {"wait": {"file": "cart.py", "holds": "typed later"}},
        {"wait": {"file": "use.py", "lacks": "total_of"}},
        {"shot": "undone"},
    )
    assert "class Item:\n    name: str\n    price: float  # typed later\n" in said["files"]["cart.py"]
    assert "def total(prices):\n    return sum(prices)\n" in said["files"]["cart.py"]
    assert said["files"]["use.py"] == SHOP["use.py"]


@pytest.mark.vscode
def test_of_a_change_that_waits_only_what_is_ticked_is_applied(play: Play):
    said = play(
        {"click": 4},
        palette("Describe a Change Across Files"),
        {"type": "rename total to total_of"},
        {"wait": {"text": "cart.py (proposed)"}},
        {"pause": 500},
        {"shot": "review"},
        {"tick": "print(total_of([1, 2]))"},
        {"pause": 300},
        {"shot": "unticked"},
        palette("Apply What Is Ticked"),
        {"wait": {"text": "Undefined name"}},
        {"pause": 500},
        {"shot": "partly"},
        {"button": "Choose in the editor"},
        {"wait": {"text": "cart.py (proposed)"}},
        palette("Apply What Is Ticked"),
        {"wait": {"text": "Undefined name"}},
        {"button": "Apply"},
        {"wait": {"file": "use.py", "holds": "from cart import total_of"}},
        {"save": True},
        {"wait": {"file": "cart.py", "holds": "def total_of(prices):"}},
        {"pause": 500},
        {"shot": "rest"},
        palette("Restart the Server"),
        {"wait": {"status": "starting"}},
        {"wait": {"status": "1 change to review"}},
        {"pause": 2000},
        palette("Review Changes"),
        {"wait": {"text": "from an earlier session"}},
        {"wait": {"text": "use.py (proposed)"}},
        palette("Discard the Change That Waits"),
        {"wait": {"gone": "total_of([1, 2])"}},
        palette("Review Changes"),
        {"wait": {"text": "no change waits"}},
        **{"review.preview": True},
    )
    assert "def total_of(prices):" in said["files"]["cart.py"]
    assert said["files"]["use.py"] == "from cart import total_of\n\nprint(total([1, 2]))\n"


@pytest.mark.vscode
def test_in_a_second_folder_all_is_about_that_one_and_a_setting_holds_at_once(play: Play, tmp_path: Path):
    (other := tmp_path / "other").mkdir()
    (other / "billing.py").write_text("def charge(x):\n    return x\n", encoding="utf-8")
    (other / "run.py").write_text("from billing import charge\n\nprint(charge(3))\n", encoding="utf-8")
    both = tmp_path / "both.code-workspace"
    both.write_text(json.dumps({"folders": [{"path": "shop"}, {"path": "other"}]}), encoding="utf-8")
    play(
        {"open": "run.py"},
        {"click": 3},
        {"menu": ["Finish This Change", "Upgrade This Dependency"]},
        palette("Describe a Change Across Files"),
        {"type": "rename charge to bill"},
        {"wait": {"front": "run.py (proposed)"}},
        {"tab": "run.py"},
        {"lens": "Show diff"},
        {"wait": {"front": "run.py (proposed)"}},
        {"set": {"patchwright.review.preview": False}},
        palette("Discard the Change That Waits"),
        {"wait": {"gone": "(proposed)"}},
        palette("Show What a Model Would See"),
        {"type": "how is charge used"},
        {"wait": {"text": "billing.py:1"}},
        {"press": "Escape"},
        palette("Describe a Change Across Files"),
        {"type": "rename charge to bill"},
        {"wait": {"text": "recipe, exact"}},
        {"save": True},
        {"wait": {"file": str(other / "billing.py"), "holds": "def bill(x):"}},
        {"wait": {"file": str(other / "run.py"), "holds": "print(bill(3))"}},
        workspace=both,
        **{"review.preview": True},
    )


@pytest.mark.vscode
def test_a_suggestion_is_shown_and_taken(play: Play):
    with model_server(["```python\n    return len(prices)\n```\n"] * 20) as model:
        said = play(
            {"click": 4},
            {"press": "End"},
            {"insert": "\n"},
            {"wait": {"ghost": True}},
            {"shot": "suggested"},
            {"press": "Tab"},
            {"save": True},
            {"wait": {"file": "cart.py", "holds": "return len(prices)"}},
            model=model,
        )
    assert "def total(prices):\n    return len(prices)" in said["files"]["cart.py"]


@pytest.mark.vscode
def test_cancelling_changes_nothing_and_closes_the_connection(play: Play):
    with model_server([Reply("cart.py\n", finish_reason=None, done=False, hangs=True)]) as model:
        said = play(
            palette("Describe a Change Across Files"),
            {"type": "make it all faster"},
            {"wait": {"text": "Asking"}},
            {"wait": {"status": "Click to stop"}},
            {"shot": "working"},
            {"status": "Patchwright"},
            {"wait": {"text": "ancelled"}},
            model=model,
        )
    assert {name: said["files"][name] for name in SHOP} == SHOP


@pytest.mark.vscode
def test_without_a_model_the_answer_is_honest(play: Play):
    said = play(
        palette("Describe a Change Across Files"),
        {"type": "make it all faster"},
        {"wait": {"text": "needs a model"}},
        {"pause": 300},
        {"shot": "needs-model"},
        # The program is on no PATH of this user.
        {"wait": {"gone": "patchwright doctor"}},
        {"button": "Connect a Model"},
        {"wait": {"text": "which model writes the code?"}},
        {"wait": {"text": "Look again"}},
        {"shot": "connect"},
        {"choose": "OpenAI"},
        {"wait": {"text": "as its host calls it"}},
    )
    assert {name: said["files"][name] for name in SHOP} == SHOP


@pytest.mark.vscode
def test_a_server_at_any_address_is_connected_and_its_key_kept_once_it_works(play: Play, tmp_path: Path):
    refuses = Reply(status=401, body=b'{"error": {"message": "bad key"}}')
    with model_server([refuses, "ready", "It adds up.", refuses, Reply(wait=60)]) as model:

        def address(key: str) -> list[dict[str, Any]]:
            return [
                {"choose": "Another Address"},
                {"type": model.base_url},
                {"wait": {"text": "The key for 127.0.0.1"}},
                {"type": key},
                {"choose": "scripted-large"},
            ]

        said = play(
            palette("Connect a Model"),
            *address("key-wrong-0123"),
            {"wait": {"text": "does not accept the API key"}},
            {"shot": "refused"},
            {"button": "Try Again"},
            *address("key-right-4567"),
            {"wait": {"text": "the model is connected: scripted-large at 127.0.0.1"}},
            READY,
            {"click": 4},
            palette("Explain This"),
            {"wait": {"text": "It adds up."}},
            {"tab": "cart.py"},
            palette("Explain This"),
            {"button": "Connect a Model"},
            *address(""),
            {"wait": {"status": "Connecting the model. Click to stop"}},
            {"status": "Patchwright"},
            READY,
            # No dialog is in its way.
            palette("Show Tokens and Cost"),
            {"wait": {"front": "patchwright usage"}},
        )
        keys = [request.headers["authorization"] for request in model.requests[:4]]
    assert keys == ["Bearer key-wrong-0123", *["Bearer key-right-4567"] * 3]
    stored = (tmp_path / "config" / "config.toml").read_text("utf-8")
    assert 'name = "scripted-large"' in stored
    assert "key-" not in stored + said["settings"]


@pytest.mark.vscode
def test_a_protected_hunk_is_applied_once_the_user_approves_it(play: Play):
    with model_server([f"{QUICKER}\n{SILENCED}"]) as model:
        said = play(
            {"click": 4},
            palette("Describe a Change Across Files"),
            {"type": "make total quicker"},
            {"wait": {"text": "needs your approval"}},
            {"wait": {"text": "print(total([1, 2]))  # noqa"}},
            {"pause": 500},
            {"shot": "approval"},
            {"button": "Apply the rest"},
            {"wait": {"text": "sum(prices, 0)"}},
            {"wait": {"status": "1 change to approve"}},
            palette("Approve"),
            {"wait": {"text": "what waits for your approval"}},
            {"pause": 300},
            {"shot": "approve"},
            {"choose": "use.py"},
            {"button": "Approve and apply"},
            {"wait": {"file": "use.py", "holds": "# noqa"}},
            palette("Approve"),
            {"wait": {"text": "nothing waits for approval"}},
            {"save": True},
            {"wait": {"file": "cart.py", "holds": "sum(prices, 0)"}},
            model=model,
        )
    assert said["files"]["use.py"] == SHOP["use.py"].replace("2]))", "2]))  # noqa")


@pytest.mark.vscode
def test_an_explanation_opens_beside_the_code_and_can_only_be_read(play: Play):
    with model_server(["It adds the prices up."]) as model:
        said = play(
            {"click": 4},
            palette("Explain This"),
            {"wait": {"text": "It adds the prices up."}},
            {"click": 1},
            {"insert": "typed"},
            {"wait": {"text": "Cannot edit in read-only editor"}},
            {"wait": {"status": "Model: scripted at 127.0.0.1"}},
            {"wait": {"status": "Today: 1 call, "}},
            {"shot": "explained"},
            model=model,
        )
    assert {name: said["files"][name] for name in SHOP} == SHOP


@pytest.mark.vscode
def test_a_model_that_is_down_is_named_and_a_server_that_dies_is_started_again(play: Play):
    with model_server([]) as model:
        gone = model.base_url
    said = play(
        palette("Describe a Change Across Files"),
        {"type": "make it all faster"},
        {"wait": {"text": "refuses connections: start the model server"}},
        {"pause": 300},
        {"shot": "model-down"},
        {"kill": True},
        READY,
        {"click": 1},
        palette("Implement the Comment or Function Here"),
        {"wait": {"text": "class Item:"}},
        {"save": True},
        {"wait": {"file": "cart.py", "holds": "class Item:"}},
        *[{"kill": True}, READY] * 2,
        {"kill": True},
        {"wait": {"text": "the server ended 4 times in a short time"}},
        {"button": "Restart"},
        READY,
        environment={"PATCHWRIGHT_ENDPOINT": gone, "PATCHWRIGHT_MODEL": "scripted"},
    )
    assert "class Item:\n    name: str\n    price: float\n" in said["files"]["cart.py"]


@pytest.mark.vscode
def test_a_folder_that_is_not_trusted_chooses_no_program_and_gets_exact_changes(play: Play, tmp_path: Path):
    evil, mark = tmp_path / "evil", tmp_path / "ran"
    evil.write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
    evil.chmod(0o755)
    settings = {"patchwright.server.path": str(evil), "patchwright.server.python": str(evil)}
    (tmp_path / "shop" / ".vscode").mkdir()
    (tmp_path / "shop" / ".vscode" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    said = play(
        {"wait": {"text": "Restricted Mode"}},
        {"click": 1},
        palette("Implement the Comment or Function Here"),
        {"wait": {"text": "class Item:"}},
        {"shot": "restricted"},
        {"save": True},
        {"wait": {"file": "cart.py", "holds": "class Item:"}},
        trusts=False,
    )
    assert "class Item:\n    name: str\n    price: float\n" in said["files"]["cart.py"]
    assert not mark.exists()


@pytest.mark.vscode
def test_a_comment_in_a_cell_of_a_notebook_becomes_code_there(play: Play, tmp_path: Path):
    source = ["# dataclass Item with name: str, price: float"]
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    notebook = tmp_path / "shop" / "sales.ipynb"
    notebook.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    said = play(
        {"open": "sales.ipynb"},
        {"cell": "dataclass Item"},
        palette("Implement the Comment or Function Here"),
        {"wait": {"text": "class Item:"}},
        {"pause": 500},
        {"shot": "notebook"},
        {"save": True},
        {"wait": {"file": "sales.ipynb", "holds": "class Item:"}},
        {"cell": "class Item"},
        palette("Undo the Last Change"),
        {"wait": {"text": "# dataclass Item with name"}},
    )
    (left,) = json.loads(said["files"]["sales.ipynb"])["cells"]
    assert "".join(left["source"]).split("\n")[-3:] == ["class Item:", "    name: str", "    price: float"]


@pytest.fixture
def scripted_models(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """An extension that brings a model of its own, as Copilot does, and the environment that says what it answers."""
    package = tmp_path / "scripted-models.vsix"
    with zipfile.ZipFile(package, "w") as archive:
        for file in MODELS.iterdir():
            archive.write(file, f"extension/{file.name}")
    replies = tmp_path / "replies.json"
    return package, {"SCRIPTED_REPLIES": str(replies), "SCRIPTED_LOG": str(tmp_path / "asked.jsonl")}


@pytest.mark.vscode
def test_a_model_of_vs_code_is_connected_and_asked(play: Play, scripted_models: tuple[Path, dict[str, str]]):
    package, environment = scripted_models
    Path(environment["SCRIPTED_REPLIES"]).write_text(
        json.dumps(["ready", FASTER, {"fails": "Too many requests"}, {"hangs": "cart.py"}]), encoding="utf-8"
    )
    said = play(
        palette("Connect a Model"),
        {"wait": {"text": "Counted by your plan"}},
        {"pause": 300},
        {"shot": "models"},
        {"choose": "Small Coder"},
        {"wait": {"text": "wants to access the language models"}},
        {"shot": "consent"},
        {"button": "Cancel"},
        {"wait": {"text": "Nothing was stored"}},
        palette("Connect a Model"),
        {"choose": "Small Coder"},
        {"button": "Allow"},
        {"wait": {"text": "the model is connected"}},
        READY,
        {"click": 4},
        palette("Describe a Change Across Files"),
        {"type": "let total take nothing"},
        {"wait": {"text": "prices=()"}},
        {"save": True},
        {"wait": {"file": "cart.py", "holds": "def total(prices=()):"}},
        palette("Describe a Change Across Files"),
        {"type": "let total be slow"},
        {"wait": {"text": "small-coder of scripted gave no reply: Too many requests"}},
        palette("Describe a Change Across Files"),
        {"type": "let total be quick"},
        {"wait": {"file": environment["SCRIPTED_LOG"], "holds": "be quick"}},
        palette("Stop What Is Being Worked On"),
        {"wait": {"file": environment["SCRIPTED_LOG"], "holds": '"cancelled":true'}},
        {"wait": {"text": "Cancelled: nothing was changed"}},
        extensions=[package],
        environment=environment,
    )
    asked = [json.loads(line) for line in Path(environment["SCRIPTED_LOG"]).read_text("utf-8").splitlines()]
    assert [each.get("model") for each in asked] == ["small-coder"] * 4 + [None]
    assert "let total take nothing" in json.dumps(asked[1]["messages"])
    assert "def total(prices=()):" in said["files"]["cart.py"]


BETWEEN = """\
#!{python} -u
# Stands between the editor and the server, and tells of one change as it cannot have been.
import json, os, subprocess, sys, threading
server = [{program!r}, *sys.argv[1:]]
if sys.argv[1:2] != ["serve"]:
    os.execv(server[0], server)
child = subprocess.Popen(server, stdin=subprocess.PIPE)
threading.Thread(target=lambda: os._exit(child.wait()), daemon=True).start()
wrong = True
while header := sys.stdin.buffer.readline():
    while sys.stdin.buffer.readline() != b"\\r\\n":
        pass
    body = sys.stdin.buffer.read(int(header.split(b":")[1]))
    message = json.loads(body)
    if wrong and message.get("method") == "textDocument/didChange":
        wrong = False
        for change in message["params"]["contentChanges"]:
            change["range"] = {{"start": {{"line": 900, "character": 0}}, "end": {{"line": 901, "character": 0}}}}
        body = json.dumps(message).encode()
        open({mark!r}, "w").close()
    child.stdin.write(b"Content-Length: %d\\r\\n\\r\\n%b" % (len(body), body))
    child.stdin.flush()
"""


@pytest.mark.vscode
def test_a_change_that_the_server_cannot_believe_is_made_good_unnoticed(play: Play, tmp_path: Path):
    between, mark = tmp_path / "between", tmp_path / "told"
    between.write_text(BETWEEN.format(python=sys.executable, program=str(PROGRAM), mark=str(mark)), encoding="utf-8")
    between.chmod(0o755)
    said = play(
        {"click": 7},
        {"insert": "# typed"},
        {"pause": 1500},
        {"click": 1},
        palette("Implement the Comment or Function Here"),
        {"wait": {"text": "class Item:"}},
        {"save": True},
        {"wait": {"file": "cart.py", "holds": "class Item:"}},
        **{"server.path": str(between)},
    )
    assert mark.exists()
    rest = SHOP["cart.py"].partition("\n\n\n")[2]
    assert said["files"]["cart.py"].endswith(f"class Item:\n    name: str\n    price: float\n\n\n{rest}# typed")
