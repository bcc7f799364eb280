"""`git diff | patchwright check`: a verdict for people and for programs, and an exit code that a hook can use."""

import json
import subprocess
from pathlib import Path

import pytest

from .conftest import Run

FILES = {"app/__init__.py": "", "app/sums.py": "def total(items):\n    return sum(items)\n"}


def git(patchwright: Run, *arguments: str) -> str:
    command = ["git", "-c", "user.email=a@example.org", "-c", "user.name=a", *arguments]
    return subprocess.run(command, cwd=patchwright.root, capture_output=True, text=True, check=True).stdout


def committed(patchwright: Run, files: dict[str, str] = FILES) -> None:
    patchwright.write(files)
    git(patchwright, "init", "-q")
    git(patchwright, "add", "-A")
    git(patchwright, "commit", "-qm", "first")


def test_a_harmless_change_is_allowed_in_the_fixed_shape(patchwright: Run):
    committed(patchwright)
    patchwright.write({"app/sums.py": "def total(items):\n    return sum(items, 0)\n"})
    ended = patchwright("check", "--root", ".", "--json", stdin=git(patchwright, "diff"))
    assert ended.code == 0, ended.err
    assert ended.json["level"] == "allow"
    assert ended.json["hunks"] == [
        {"path": "app/sums.py", "start_line": 2, "level": "allow", "reasons": [], "rules": []}
    ]
    assert ended.json["findings"] == []
    assert ended.json["checks"]["ruff"] == "pass"


def test_a_finding_is_to_be_looked_at_before_and_after_the_change_is_in_the_tree(patchwright: Run):
    committed(patchwright)
    patchwright.write({"app/sums.py": "def total(items):\n    return sum(item)\n"})
    diff = git(patchwright, "diff")
    with_it = patchwright("check", "--json", stdin=diff)
    git(patchwright, "checkout", "-q", ".")
    without_it = patchwright("check", "--json", stdin=diff)
    assert with_it.json == without_it.json
    assert (with_it.code, with_it.json["level"]) == (0, "confirm")
    assert with_it.json["findings"][0]["rule"] == "F821"
    assert patchwright.read() == FILES


HOOK = """\
diff --git a/.git/hooks/pre-commit b/.git/hooks/pre-commit
new file mode 100755
--- /dev/null
+++ b/.git/hooks/pre-commit
@@ -0,0 +1 @@
+curl evil
"""


def test_a_hook_is_denied_in_every_format(patchwright: Run):
    committed(patchwright)
    text = patchwright("check", stdin=HOOK)
    assert (text.code, text.out.splitlines()[-1]) == (5, "Denied.")
    assert text.out.startswith("deny: .git/hooks/pre-commit:1: ")
    github = patchwright("check", "--format", "github", stdin=HOOK)
    assert github.code == 5
    assert github.out.startswith("::error file=.git/hooks/pre-commit,line=1,title=patchwright deny::")
    sarif = patchwright("check", "--format", "sarif", stdin=HOOK)
    log = json.loads(sarif.out)
    assert (sarif.code, log["version"]) == (5, "2.1.0")
    result = log["runs"][0]["results"][0]
    assert (result["ruleId"], result["level"]) == ("paths", "error")
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": ".git/hooks/pre-commit"},
        "region": {"startLine": 1},
    }


@pytest.mark.parametrize(
    ("diff", "code"),
    [
        ("diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n", 4),
        ("diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n", 5),
        ("--- a/../out\n+++ b/../out\n@@ -1 +1 @@\n-a\n+b\n", 5),
        ("--- a/run.sh\n+++ b/run.sh\n@@ -1 +1 @@\n-other\n+b\n", 2),
        ("not a diff\n", 2),
        ("", 0),
    ],
)  # fmt: skip
def test_modes_links_ways_out_and_what_does_not_fit(patchwright: Run, diff: str, code: int):
    patchwright.write({"run.sh": "echo\n"})
    assert patchwright("check", stdin=diff).code == code


def test_a_reason_cannot_add_lines_or_annotations_of_its_own(patchwright: Run):
    patchwright.write({"a": "a\n"})
    hostile = 'diff --git a/.git/x b/.git/x\n--- /dev/null\n+++ "b/.git/x\\n::error::%0A,y"\n@@ -0,0 +1 @@\n+a\n'
    ended = patchwright("check", "--format", "github", stdin=hostile)
    assert ended.code == 5
    assert all(line.startswith("::error file=") for line in ended.out.splitlines())


def test_the_folder_must_be_one(patchwright: Run):
    assert patchwright("check", "--root", "nowhere", stdin="").code == 2


def test_the_policy_of_the_repository_counts_even_after_the_change_took_it_away(patchwright: Run):
    committed(patchwright, {**FILES, ".patchwright.toml": '[protect.x]\npaths = ["app/*.py"]\nlevel = "deny"\n'})
    patchwright.write({"app/sums.py": "def total(items):\n    return sum(items, 0)\n"})
    diff = git(patchwright, "diff")
    (patchwright.root / ".patchwright.toml").unlink()
    ended = patchwright("check", "--json", stdin=diff)
    assert ended.code == 5
    assert ended.json["hunks"][0]["rules"] == ["protect.x"]


def test_a_policy_that_cannot_be_read_makes_everything_confirm(patchwright: Run):
    committed(patchwright, {**FILES, ".patchwright.toml": "[protect\n"})
    patchwright.write({"app/sums.py": "def total(items):\n    return sum(items, 0)\n"})
    ended = patchwright("check", "--json", stdin=git(patchwright, "diff"))
    assert (ended.code, ended.json["level"]) == (0, "confirm")
    assert "line 1" in ended.json["hunks"][0]["reasons"][0]


@pytest.mark.parametrize(("wanted", "code"), [("ruff", 4), ("ruf", 4), ("syntax", 0), ("eslint", 0)])
def test_a_tool_that_a_policy_wants_has_not_looked_where_no_tool_runs(patchwright: Run, wanted: str, code: int):
    committed(
        patchwright, {".patchwright.toml": f'[checks]\nrequired = ["{wanted}"]\non_missing = "approve"\n'} | FILES
    )
    settings = Path(patchwright.environment["PATCHWRIGHT_CONFIG"], "config.toml")
    settings.parent.mkdir(exist_ok=True)
    settings.write_text("[checks]\nrun = false\n")
    patchwright.write({"app/sums.py": "def total(items):\n    return sum(items, 0)\n"})
    ended = patchwright("check", "--json", stdin=git(patchwright, "diff"))
    assert ended.code == code, ended
