"""Opening and checking a workspace that is not trusted: nothing of it runs, nothing is sent, nothing is written in it.

Asserted from the system calls of the server and all its children, as strace sees them, and from canaries.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.conftest import COMMAND
from tests.installs import installed
from tests.lsp.conftest import Start, own_folders, write_files
from tests.lsp.editor import SERVE, Editor

PROGRAMS = (
    *(".venv/bin/python", ".venv/bin/python3", ".venv/bin/ruff", ".venv/bin/pytest", ".venv/bin/mypy", ".venv/bin/ty"),
    *(
        "node_modules/.bin/eslint",
        "node_modules/.bin/tsc",
        "ruff",
        "git",
        "bin/git",
        "gradlew",
        ".git/hooks/pre-commit",
    ),
    *(".git/hooks/post-index-change", ".git/hooks/fsmonitor-watchman"),
)

CODE = ("sitecustomize.py", "conftest.py", "context/__init__.py", "clients/__init__.py", "lsp_server/__init__.py")
CODE += ("setup.py", "pygls/__init__.py", "plugin.py", "tests/test_app.py")

FILES = """
    //- /app.py
    # rename load_user to fetch_user
    def load_user(name):
        return name
    //- /.git/HEAD
    ref: refs/heads/main
    //- /.git/config
    [core]
    \tfsmonitor = ./git
    \tpager = ./git
    \thooksPath = .git/hooks
    \tsshCommand = ./git
    [diff "x"]
    \ttextconv = ./git
    [filter "x"]
    \tclean = ./git
    \tsmudge = ./git
    //- /.gitattributes
    *.py filter=x diff=x
    //- /pyproject.toml
    [project]
    name = "x"
    version = "1"
    [build-system]
    requires = ["http://127.0.0.1:9/x"]
    build-backend = "plugin"
    [tool.mypy]
    plugins = ["plugin.py"]
    [tool.pytest.ini_options]
    addopts = "-p plugin"
    [tool.ty]
    [tool.patchwright]
    trust = true
    endpoint = "http://127.0.0.1:9/v1"
    //- /.patchwright.toml
    version = 1
    trusted = true
    endpoint = "http://127.0.0.1:9/v1"
    [model]
    endpoint = "http://127.0.0.1:9/v1"
    api_key_command = ["./git"]
    [checks]
    trusted_folders = ["/"]
    commands = ["./git"]
    //- /ruff.toml
    cache-dir = "cache"
    output-format = "json"
    [lint]
    select = ["E", "F"]
    //- /mypy.ini
    [mypy]
    plugins = plugin.py
    cache_dir = cache
    //- /package.json
    {"name": "x", "scripts": {"postinstall": "./git", "lint": "./git"}}
    //- /eslint.config.js
    require("child_process").execSync("./git")
    //- /tsconfig.json
    {"compilerOptions": {"plugins": [{"name": "./plugin.js"}]}}
    //- /go.mod
    module x
    //- /Cargo.toml
    [package]
    name = "x"
    version = "0.1.0"
    build = "build.rs"
    //- /.envrc
    ./git
    //- /.vscode/settings.json
    {"patchwright.endpoint": "http://127.0.0.1:9/v1"}
"""

DIFF = """\
diff --git a/app.py b/app.py
--- a/app.py
+++ b/app.py
@@ -1,3 +1,3 @@
 # rename load_user to fetch_user
 def load_user(name):
-    return name
+    return nam
"""

CALLS = (
    "execve,execveat,connect,sendto,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,"
    "link,linkat,symlink,symlinkat,truncate,ftruncate,chmod,fchmod,fchmodat,chown,fchownat,mknod,mknodat,utimensat,setxattr"
)
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
OPENS = ("open(", "openat(")
PLACE = re.compile(r'(?:AT_FDCWD|\b\d+)<([^>]*)>|"((?:[^"\\]|\\.)*)"')


def hostile(root: Path) -> Path:
    """Writes the workspace; returns the file that comes to be if any of it runs."""
    ran = root.parent / "it-ran"
    root.mkdir(exist_ok=True)
    (root / "pyproject.toml").write_text("[tool.patchwright]\nversion = 1\n")
    if shutil.which("git"):
        # A real repository, so that git would do what the settings say which are written next.
        who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        for command in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "x")):
            subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    write_files(root, FILES)
    for name in PROGRAMS:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\necho {name} >> '{ran}'\n")
        file.chmod(0o755)
    for name in CODE:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"open({str(ran)!r}, 'a').write({name!r})\n")
    return ran


def state(root: Path) -> dict[str, tuple[int, int, str]]:
    return {
        path.relative_to(root).as_posix(): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted((root, *root.rglob("*")))
    }


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a trace must not be: programs of the workspace, connections, writes in it."""

    runs: list[str]
    connections: list[str]
    writes: list[str]
    programs: int


def seen(trace: str, root: Path) -> Seen:
    found = Seen([], [], [], trace.count("execve("))
    for line in trace.splitlines():
        call = re.sub(r"^(?:\[pid +\d+\] |\d+ +)", "", line)
        name = call.partition("(")[0]
        if name in ("connect", "sendto"):
            if "AF_INET" in call:
                found.connections.append(line)
        elif name.startswith("execve"):
            if any(is_within(path, root) for path in places(name, call)[:1]):
                found.runs.append(line)
        elif may_write(call) and any(is_within(path, root) for path in places(name, call)):
            found.writes.append(line)
    return found


def may_write(call: str) -> bool:
    return "resumed>" not in call and (not call.startswith(OPENS) or WRITES.search(call) is not None)


def places(name: str, call: str) -> list[str]:
    """The paths that a call works on, whole where the trace says from which folder they count."""
    found: list[str] = []
    folder = ""
    for opened, text in PLACE.findall(call.partition(" = ")[0]):
        if opened:
            folder = opened
            if name.startswith(("ftruncate", "fchmod(", "fchown(")):
                found.append(opened)
        else:
            found.append(os.path.normpath(os.path.join(folder, text)))  # noqa: PTH118 - as the system joins them
    # What a link leads to is not touched.
    return found[1:] if name.startswith("symlink") else found


def is_within(path: str, root: Path) -> bool:
    """Whether a path lies in the workspace; one that counts from a folder which the trace does not show could."""
    return not path.startswith("/") or Path(path).is_relative_to(root)


@pytest.fixture(scope="session")
def strace() -> str:
    """The program, installed below the project if it is not there yet."""
    return str(installed("install-strace", "strace", "nothing can be traced here") / "bin" / "strace")


def under_strace(strace: str, log: Path, *command: str) -> list[str]:
    return [strace, "-f", "-y", "-s", "4096", "-e", f"trace={CALLS}", "-o", str(log), *command]


def test_the_trace_would_show_what_it_is_looked_at_for(tmp_path: Path, strace: str):
    root, log = tmp_path / "root", tmp_path / "log"
    root.mkdir()
    (root / "run").write_text("#!/bin/sh\n")
    (root / "run").chmod(0o755)
    program = (
        "import os, socket, subprocess, sys; os.chdir(sys.argv[1]); open('a', 'w'); os.mkdir('b'); os.rename('a', 'c');"
        "fd = os.open('.', os.O_RDONLY); os.open('d', os.O_CREAT | os.O_WRONLY, dir_fd=fd); os.unlink('c');"
        "subprocess.run(['./run']); subprocess.run([sys.argv[1] + '/run']);"
        "s = socket.socket(); s.settimeout(1); s.connect_ex(('127.0.0.1', 9))"
    )
    subprocess.run(under_strace(strace, log, sys.executable, "-I", "-c", program, str(root)), check=True)
    found = seen(log.read_text(), root)
    assert (len(found.connections), len(found.runs)) == (1, 2)
    assert len(found.writes) == 5


async def test_an_editor_opens_and_asks_and_nothing_of_the_workspace_runs_or_is_written(
    start: Start, tmp_path: Path, strace: str
):
    root, log = tmp_path / "work space", tmp_path / "trace"
    root.mkdir()
    ran = hostile(root)
    before = state(root)
    command = under_strace(strace, log, sys.executable, *SERVE)
    arguments = ("-c", f"import os; os.execv({strace!r}, {command!r})")
    editor: Editor = await start("", apply=lambda *_: False, arguments=arguments)
    uri = editor.open("app.py")
    await editor.until(lambda: "end" in kinds(editor))
    result = await editor.pick(uri, 0, "Change across files")
    assert result["outcome"] == "declined", result
    assert editor.edits
    await editor.stop()
    assert state(root) == before
    assert not ran.exists(), ran.read_text()
    found = seen(log.read_text(), root)
    assert (found.runs, found.connections, found.writes) == ([], [], [])
    assert found.programs > 1


def kinds(editor: Editor) -> list[str]:
    return [note["params"]["value"]["kind"] for note in editor.told if note.get("method") == "$/progress"]


@pytest.mark.parametrize("arguments", [("check", "--json"), ("ask", "rename load_user to fetch_user"), ("doctor",)])
def test_a_command_in_it_runs_and_writes_nothing_of_it(tmp_path: Path, strace: str, arguments: tuple[str, ...]):
    root, log = tmp_path / "work space", tmp_path / "trace"
    root.mkdir()
    ran = hostile(root)
    before = state(root)
    environment = os.environ | own_folders(tmp_path) | {"PYTHONPATH": str(root)}
    command = under_strace(strace, log, sys.executable, "-I", "-m", "lsp_server", *arguments)
    ended = subprocess.run(
        command, input=DIFF, capture_output=True, text=True, cwd=root, env=environment, timeout=120, check=False
    )
    assert ended.returncode in (0, 4), ended.stderr
    assert state(root) == before
    assert not ran.exists(), ran.read_text()
    found = seen(log.read_text(), root)
    assert (found.runs, found.writes) == ([], [])
    # `doctor` looks for model servers of this machine, and for nothing else.
    assert all("127.0.0.1" in each or "::1" in each for each in found.connections)
    assert arguments == ("doctor",) or found.connections == []


def test_without_a_trace_too_canaries_and_hashes_say_that_nothing_ran(tmp_path: Path):
    root = tmp_path / "work space"
    root.mkdir()
    ran = hostile(root)
    before = state(root)
    environment = os.environ | own_folders(tmp_path)
    ended = subprocess.run(
        [str(COMMAND), "check", "--json"],
        input=DIFF, capture_output=True, text=True, cwd=root, env=environment, timeout=120, check=False,
    )  # fmt: skip
    assert ended.returncode in (0, 4), ended.stderr
    assert '"rule": "F821"' in ended.stdout
    assert (state(root), ran.exists()) == (before, False)
