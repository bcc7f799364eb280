"""Can a policy file only tighten, whoever wrote it and whatever it says, and is every mistake told on its line?"""

import os
import subprocess
from pathlib import Path

import pytest

from context.snapshot import Snapshot
from lsp_server.review.approval import POLICY_FILES, policy_sha
from lsp_server.review.checkpoints.scene import Known
from lsp_server.review.checkpoints.survey import concerns_of
from lsp_server.review.policy_files import Policy, load_policy, read_policy, tightened
from lsp_server.review.verdict import LEVELS
from tests.review.scenes import READING, change_of

NOBODY = Path("/nonexistent/policy.toml")


def loaded(root: Path, text: str | None = None, user: str | None = None) -> Policy:
    """The policy of a repository and a user."""
    folder = root / "repository"
    folder.mkdir(exist_ok=True)
    if text is not None:
        (folder / ".patchwright.toml").write_text(text)
    if user is not None:
        (root / "policy.toml").write_text(user)
    return load_policy(folder, root, NOBODY)


def test_without_any_file_there_is_no_policy(tmp_path: Path):
    assert loaded(tmp_path) == Policy()


FULL = """\
version = 1
[protect.ledger]
paths = ["ledger/**"]
symbols = ["*.post_entry"]
level = "deny"
[checkpoint]
architecture = "approve"
[context]
never_send = ["**/customers/**"]
[checks]
required = ["ruff"]
on_missing = "approve"
"""


def test_all_that_can_be_said_is_read(tmp_path: Path):
    policy = loaded(tmp_path, FULL)
    assert policy.problems == ()
    assert [(each.name, each.paths, each.symbols, each.level) for each in policy.protects] == [
        ("ledger", ("ledger/**",), ("*.post_entry",), "deny")
    ]
    assert (policy.least("cp.arch"), policy.least("cp.dep")) == ("approve", "allow")
    assert (policy.never_send, policy.required, policy.on_missing) == (("**/customers/**",), ("ruff",), "approve")


def test_a_section_of_pyproject_is_a_policy_too(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text('[tool.patchwright.checkpoint]\ntests = "deny"\n[tool.other]\nx = 1\n')
    assert load_policy(tmp_path, tmp_path / "none", NOBODY).least("tests") == "deny"


@pytest.mark.parametrize("one", LEVELS)
@pytest.mark.parametrize("other", LEVELS)
def test_of_two_files_the_stricter_word_counts_in_either_order(tmp_path: Path, one: str, other: str):
    texts = [f'[checkpoint]\ninterface = "{level}"\n' for level in (one, other)]
    strict = max((one, other), key=[*LEVELS].index)
    first, second = (read_policy(text, tmp_path / "policy.toml", "user") for text in texts)
    assert tightened(first, second).least("cp.iface") == strict
    assert loaded(tmp_path, texts[0], texts[1]).least("cp.iface") == strict


def test_a_repository_cannot_lower_what_a_user_wants(tmp_path: Path):
    text = '[checkpoint]\nprotected = "X"\n[protect.x]\npaths = ["a/**"]\nlevel = "X"\n[checks]\non_missing = "X"\n'
    loose, strict = text.replace("X", "allow"), text.replace("X", "deny")
    policy = loaded(tmp_path, loose, strict)
    assert (policy.least("prot.crypto"), policy.on_missing) == ("deny", "deny")
    assert "deny" in {each.level for each in policy.protects}


@pytest.mark.parametrize(
    "key", ["endpoint", "headers", "api_key", "api_key_env", "commands", "trust", "trusted_folders", "proxy", "allow"]
)
def test_what_only_the_user_may_say_is_ignored_and_said_to_be(tmp_path: Path, key: str):
    policy = loaded(tmp_path, f'version = 1\n{key} = "http://evil"\n[checks]\n{key} = ["x"]\n')
    assert [(problem.line, problem.fatal) for problem in policy.problems] == [(2, False), (4, False)]
    assert all("never a policy" in problem.message for problem in policy.problems)
    assert policy.protects == ()


@pytest.mark.parametrize(
    ("text", "line", "saying"),
    [
        ("version = 1\n\n[checkpoint\n", 3, "not valid TOML"),
        ("version = 2\n", 1, "must be 1"),
        ('[checkpoint]\ntests = "confirm"\ninterface = "never"\n', 3, "must be one of allow, confirm, approve, deny"),
        ("[protect.a]\npaths = 'x'\n", 2, "must be a list of texts"),
        ("[protect.a]\npaths = [1]\n", 2, "must be a list of texts"),
        ('checkpoint = "deny"\n', 1, "must be a table"),
        ('[context]\nnever_send = "x"\n', 2, "must be a list of texts"),
        ('version = 1\n[protect.a]\npaths = ["a"]\nlevel = 3\n', 4, "must be one of"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_makes_everything_confirm(
    tmp_path: Path, text: str, line: int, saying: str
):
    policy = loaded(tmp_path, text)
    fatal = [problem for problem in policy.problems if problem.fatal]
    assert [problem.line for problem in fatal] == [line]
    assert saying in fatal[0].message


@pytest.mark.parametrize(
    ("text", "line", "saying"),
    [
        ("version = 1\nnonsense = 1\n", 2, "not known"),
        ("[checkpoint]\nweather = 'deny'\n", 2, "not known"),
        ('[context]\nnever_send = ["!x"]\n', 2, "can only add"),
        ("version = 1\n[protect.a]\nlevel = 'deny'\n", 2, "neither paths nor symbols"),
    ],
)
def test_a_word_that_is_not_known_is_told_and_the_rest_counts(tmp_path: Path, text: str, line: int, saying: str):
    policy = loaded(tmp_path, text)
    assert [(problem.line, problem.fatal) for problem in policy.problems] == [(line, False)]
    assert saying in policy.problems[0].message
    assert policy.never_send == ()


def test_a_link_a_folder_and_a_huge_file_are_not_read(tmp_path: Path):
    (tmp_path / "elsewhere.toml").write_text('[checkpoint]\ntests = "deny"\n')
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / ".patchwright.toml").symlink_to(tmp_path / "elsewhere.toml")
    policy = load_policy(repository, tmp_path, NOBODY)
    assert policy.least("tests") == "allow"
    assert [problem.fatal for problem in policy.problems] == [True]
    (repository / ".patchwright.toml").unlink()
    (repository / ".patchwright.toml").write_text("# " + "x" * 70_000)
    assert "larger than" in load_policy(repository, tmp_path, NOBODY).problems[0].message
    (repository / ".patchwright.toml").unlink()
    (repository / ".patchwright.toml").mkdir()
    assert [problem.fatal for problem in load_policy(repository, tmp_path, NOBODY).problems] == [True]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can make a file of root's")
def test_the_file_of_the_organisation_must_be_roots_own(tmp_path: Path):
    file = tmp_path / "organisation.toml"
    file.write_text('[checkpoint]\ntests = "deny"\n')
    file.chmod(0o644)
    assert load_policy(tmp_path / "r", tmp_path / "u", file).least("tests") == "deny"
    file.chmod(0o666)
    assert [each.fatal for each in load_policy(tmp_path / "r", tmp_path / "u", file).problems] == [True]
    file.chmod(0o644)
    os.chown(file, 12345, 0)
    assert load_policy(tmp_path / "r", tmp_path / "u", file).least("tests") == "allow"


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.email=a@example.org", "-c", "user.name=a", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def test_what_the_last_commit_says_counts_though_the_file_was_loosened_since(tmp_path: Path):
    git(tmp_path, "init", "-q")
    file = tmp_path / ".patchwright.toml"
    file.write_text('[checkpoint]\ntests = "deny"\n')
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "a")
    file.write_text('[checkpoint]\ntests = "allow"\ninterface = "deny"\n')
    policy = load_policy(tmp_path, tmp_path / "u", NOBODY)
    assert (policy.least("tests"), policy.least("cp.iface")) == ("deny", "deny")
    file.unlink()
    assert load_policy(tmp_path, tmp_path / "u", NOBODY).least("tests") == "deny"


def test_reading_the_last_commit_runs_nothing_that_the_repository_names(tmp_path: Path):
    git(tmp_path, "init", "-q")
    (tmp_path / ".patchwright.toml").write_text("version = 1\n")
    (tmp_path / ".gitattributes").write_text("* filter=evil diff=evil\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "a")
    ran = tmp_path / "ran"
    for key in (
        "core.fsmonitor",
        "filter.evil.smudge",
        "diff.evil.textconv",
        "core.pager",
        "alias.cat-file",
        "core.sshCommand",
    ):
        git(tmp_path, "config", key, f"touch {ran}; cat")
    load_policy(tmp_path, tmp_path / "u", NOBODY)
    assert not ran.exists()


def test_paths_and_symbols_of_a_policy_are_protected(tmp_path: Path):
    book = "class Book:\n    def post_entry(self):\n        return 1\n\n    def other(self):\n        return 2\n"
    before = {"ledger/a.txt": "1\n", "app/books.py": book}

    def said(after: dict[str, str]) -> set[tuple[str, str]]:
        change = change_of(before, after)
        found = concerns_of(change, Snapshot(tmp_path), READING, Known(), loaded(tmp_path, FULL).protects)
        return {(each.rule, each.level) for each in found}

    books = before["app/books.py"]
    assert ("protect.ledger", "deny") in said({"ledger/a.txt": "2\n"})
    assert ("protect.ledger", "deny") in said({"app/books.py": books.replace("return 1", "return 3")})
    assert said({"app/books.py": books.replace("return 2", "return 3")}) == set()


@pytest.mark.parametrize(
    "text", ["[" * 5000, "a = " + "[" * 5000, "\0", '"' * 99, "a.b.c.d = 1\na = 2\n", "[[protect]]\n"]
)
def test_no_text_breaks_the_reader(tmp_path: Path, text: str):
    assert isinstance(loaded(tmp_path, text), Policy)


@pytest.mark.parametrize("text", ["[context]\nnever_send = ['\\']\n", "[protect.all]\npaths = ['\\']\n"])
def test_a_pattern_that_cannot_be_read_is_told_on_its_line(tmp_path: Path, text: str):
    (problem,) = loaded(tmp_path, text).problems
    assert (problem.line, problem.fatal) == (2, True)
    assert "holds no pattern" in problem.message


def test_what_is_protected_by_a_pattern_that_cannot_be_read_is_everything(tmp_path: Path):
    protects = loaded(tmp_path, "[protect.all]\npaths = ['\\']\n").protects
    change = change_of({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"})
    found = concerns_of(change, Snapshot(tmp_path), READING, Known(), protects)
    assert [(each.rule, each.level) for each in found] == [("protect.all", "approve")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of POSIX")
@pytest.mark.parametrize("name", POLICY_FILES)
def test_a_pipe_in_the_place_of_a_policy_is_not_waited_for(tmp_path: Path, name: str):
    without = policy_sha(tmp_path, (), ())
    os.mkfifo(tmp_path / name)
    loaded(tmp_path)
    assert policy_sha(tmp_path, (), ()) == without
