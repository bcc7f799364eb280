"""Which paths may no change touch, and who tries to get past that?"""

import os
import socket
import sys
from pathlib import Path

import pytest

from context.snapshot import text_sha
from lsp_server.edits.change import Create, Delete, Rename
from tests.review.checks import check_denied, check_verdict, edit, verdict_of


@pytest.mark.parametrize(
    "path", ["a.py", "app/new/a.py", ".github/workflows/ci.yml", "git/a.py", "a.git.py", "docs/agents.py", ".gitignore"]
)
def test_ordinary_files_are_allowed(tmp_path: Path, path: str):
    check_verdict(tmp_path, "allow", "", Create(path, ""))


@pytest.mark.parametrize("folder", [".git", ".GIT", ".Git", "sub/.git", ".hg", ".svn", "GIT~1", "git~1", "HG~1"])
def test_version_controls_own_folders_are_denied(tmp_path: Path, folder: str):
    check_denied(tmp_path, f"{folder}/hooks/pre-commit", "version control")
    check_denied(tmp_path, folder, "version control")


@pytest.mark.parametrize(
    "path",
    [
        ".vscode/tasks.json",
        ".VSCode/settings.json",
        "VSCODE~1/tasks.json",
        ".idea/workspace.xml",
        ".ropeproject/config.py",
        ".run/test.run.xml",
        ".devcontainer/devcontainer.json",
        "DEVCON~1/devcontainer.json",
        "team.code-workspace",
        ".exrc",
        ".nvim.lua",
        ".dir-locals.el",
        "sub/.vscode/launch.json",
    ],
)
def test_configuration_of_editors_is_denied(tmp_path: Path, path: str):
    check_denied(tmp_path, path, "editor")


@pytest.mark.parametrize(
    "path",
    [
        ".cursor/rules/a.mdc",
        ".github/prompts/review.prompt.md",
        ".junie/guidelines.md",
        "opencode.json",
        ".claude/settings.json",
        ".codex/config.toml",
        "mcp.json",
        "sub/.mcp.json",
        "AGENTS.md",
        "docs/AGENTS.md",
        "Claude.md",
        ".cursorrules",
        ".github/copilot-instructions.md",
    ],
)
def test_configuration_of_agents_is_denied(tmp_path: Path, path: str):
    check_denied(tmp_path, path, "agent")


@pytest.mark.parametrize("path", [".patchwright.toml", ".patchwrightignore", ".PatchWright.toml"])
def test_our_own_policy_is_denied(tmp_path: Path, path: str):
    check_denied(tmp_path, path, "the policy that judges")


@pytest.mark.parametrize(
    "path",
    [
        "../a.py",
        "/etc/passwd",
        "a/../../b",
        "C:\\a.py",
        "a.py\0",
        "\u202ea.py",
        ".git./config",
        ".git /config",
        "~/a",
        "%2e%2e/a",
    ],
)
def test_names_that_lead_elsewhere_are_denied(tmp_path: Path, path: str):
    check_denied(tmp_path, path, "inside the workspace")


def test_a_path_that_is_not_plain_is_denied(tmp_path: Path):
    check_denied(tmp_path, "app/./a.py", "Name the file as app/a.py")


def test_what_is_never_sent_is_never_changed(tmp_path: Path):
    patterns = (".env*", "**/secrets/**", "*.pem", "!example.pem")
    for path in (".env", "app/.env.local", "deploy/secrets/a/b.txt", "keys/Server.PEM"):
        check_denied(tmp_path, path, "never sent", patterns)
    check_verdict(tmp_path, "allow", "", Create("example.pem", ""), never_send=patterns)


def test_a_link_anywhere_in_the_path_is_denied(tmp_path: Path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "inside").mkdir(parents=True)
    outside.mkdir()
    (root / "out").symlink_to(outside)
    (root / "alias").symlink_to("inside")
    (root / "file.py").symlink_to(outside / "file.py")
    (root / "inside" / "loop").symlink_to(".")
    (root / "hooks").symlink_to(".git")
    for path in ("out/new.py", "alias/new.py", "file.py", "inside/loop/loop/a.py", "hooks/pre-commit"):
        check_denied(root, path, "link")


def test_the_root_itself_may_be_reached_by_a_link(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to("real")
    check_verdict(tmp_path / "root", "allow", "", Create("a.py", ""))


def test_special_files_are_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "folder").mkdir()
    check_denied(tmp_path, "folder", "no regular file")
    (tmp_path / "file").write_text("")
    check_denied(tmp_path, "file/below", "which is no folder")
    if sys.platform == "win32":
        print("no fifos and no sockets here")
        return
    os.mkfifo(tmp_path / "fifo")
    check_denied(tmp_path, "fifo", "no regular file")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        check_denied(tmp_path, "socket", "no regular file")


def test_both_ends_of_a_rename_are_judged_and_deleting_is_too(tmp_path: Path):
    check_verdict(tmp_path, "deny", "version control", Rename("a.py", ".git/hooks/a", text_sha("")))
    check_verdict(tmp_path, "deny", "version control", Rename(".git/config", "a.py", text_sha("")))
    check_verdict(tmp_path, "deny", "version control", Delete(".git/config", text_sha(""), ""))


def test_each_operation_is_judged_at_its_first_line(tmp_path: Path):
    verdict = verdict_of(tmp_path, edit("a.txt", "a\nb\nc\n", "a\nb\nC\n"), Create(".git/x", ""))
    assert [(judgement.path, judgement.start_line, judgement.level) for judgement in verdict.judgements] == [
        ("a.txt", 3, "allow"),
        (".git/x", 1, "deny"),
    ]
    assert verdict.checks["paths"] == "new-findings"


def test_both_ends_of_a_rename_with_an_edit_are_judged(tmp_path: Path):
    for path, new_path in (("a.py", ".git/hooks/a"), (".vscode/a.py", "a.py"), ("a.py", "lib/secret.pem")):
        change = edit(path, "a = 1\n", "a = 2\n")
        rename = Rename(path, new_path, change.base_sha, change)
        check_verdict(tmp_path, "deny", "", rename, never_send=["*.pem"])


def test_a_pattern_that_cannot_be_read_may_have_meant_any_file(tmp_path: Path):
    check_denied(tmp_path, "a.py", "cannot be read", never_send=["*.pem", "\\"])


@pytest.mark.parametrize("pattern", ["Secrets/**", "secrets/**", "SECRETS/", "*/Plan.MD", "[S]ecrets/*"])
@pytest.mark.parametrize("path", ["secrets/plan.md", "Secrets/plan.md", "SECRETS/Plan.md"])
def test_what_is_never_sent_is_denied_however_pattern_and_path_are_spelled(tmp_path: Path, pattern: str, path: str):
    check_denied(tmp_path, path, "never sent", never_send=[pattern])
    check_verdict(tmp_path, "allow", "", Create("public/notes.md", ""), never_send=[pattern])


def test_an_exception_holds_in_any_case_as_well(tmp_path: Path):
    check_verdict(tmp_path, "allow", "", Create("Keys/Public.pem", ""), never_send=["*.pem", "!Keys/Public.pem"])
    check_denied(tmp_path, "Keys/Private.pem", "never sent", never_send=["*.pem", "!Keys/Public.pem"])


def test_an_accent_that_is_a_character_of_its_own_is_the_same_accent(tmp_path: Path):
    check_denied(tmp_path, "donne\u0301es/a.txt", "never sent", never_send=["donn\u00e9es/**"])
    check_denied(tmp_path, "donn\u00e9es/a.txt", "never sent", never_send=["donne\u0301es/**"])
