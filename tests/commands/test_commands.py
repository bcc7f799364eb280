"""The other commands: what they print for programs and for people, and that they run isolated."""

import json

import pytest

from .conftest import Ended, Run

MODEL_COMMANDS = ("connect", "models", "usage")
FILES = {
    "app/retry.py": 'def retry(call):\n    """Calls again on a connection error."""\n    return call()\n',
    "app/other.py": "def unrelated():\n    return 1\n",
}


def test_context_prints_ranked_pieces_with_reasons(patchwright: Run):
    patchwright.write(FILES)
    answer = patchwright("context", "--budget", "500", "--json", "-", stdin="retry on connection errors").json
    assert set(answer) == {"pieces", "tokens", "ms", "left_out", "conventions"}
    assert answer["pieces"][0]["path"] == "app/retry.py"
    assert answer["pieces"][0]["why"]
    assert answer["tokens"] <= 500


def test_context_is_a_table_for_people(patchwright: Run):
    patchwright.write(FILES)
    ended = patchwright("context", "retry on connection errors")
    assert "app/retry.py:1-" in ended.out


def test_index_is_cold_once_and_warm_afterwards(patchwright: Run):
    patchwright.write(FILES)
    cold, warm = patchwright("index", "--json").json, patchwright("index", "--json").json
    assert (cold["mode"], cold["files"], cold["symbols"]) == ("cold", 2, 2)
    assert (warm["mode"], warm["files"], warm["symbols"]) == ("warm", 2, 2)
    assert set(cold) == {
        "mode", "files", "symbols", "references", "skipped", "seconds", "cpu_seconds", "peak_rss_mb", "store_bytes",
    }  # fmt: skip


def test_edits_apply_writes_or_says_why_not(patchwright: Run):
    patchwright.write({"a.py": "x = 1\ny = 1\n"})
    good = patchwright.root.parent / "good.md"
    good.write_text("a.py\n```\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n```\n")
    bad = patchwright.root.parent / "bad.md"
    bad.write_text("a.py\n```\n<<<<<<< SEARCH\nz = 1\n=======\nz = 2\n>>>>>>> REPLACE\n```\n")
    refused = patchwright("edits", "apply", "--root", ".", "--reply", bad, "--json")
    assert (refused.code, refused.json["problems"][0]["code"]) == (3, "NOT_FOUND")
    assert patchwright.read()["a.py"] == "x = 1\ny = 1\n"
    assert patchwright("edits", "apply", "--root", ".", "--reply", good, "--json").code == 0
    assert patchwright.read()["a.py"] == "x = 2\ny = 1\n"
    missing = patchwright("edits", "apply", "--root", ".", "--reply", "nowhere.md")
    assert (missing.code, "cannot be read" in missing.err) == (2, True)


def test_doctor_names_each_check_and_what_to_do(patchwright: Run):
    ended = patchwright("doctor", "--json")
    assert ended.code == 0, ended.out
    states = {check["name"]: check["state"] for check in ended.json["checks"]}
    assert states.items() >= {"Python": "yes", "Grammars": "yes", "Cache": "yes", "Workers": "yes"}.items()


def test_doctor_finds_a_model_that_does_not_answer(patchwright: Run):
    ended = patchwright("doctor", "--json", PATCHWRIGHT_ENDPOINT="http://127.0.0.1:9/v1", PATCHWRIGHT_MODEL="m")
    model = next(check for check in ended.json["checks"] if check["name"] == "Model")
    assert (ended.code, model["state"]) == (1, "no")
    assert "127.0.0.1:9" in model["advice"]


def test_doctor_names_the_line_of_a_malformed_configuration(patchwright: Run):
    config = patchwright.root.parent / "config"
    config.mkdir()
    (config / "config.toml").write_text("[model]\nname = \n")
    ended = patchwright("doctor")
    assert ended.code == 1
    assert "line 2" in ended.out


def test_doctor_counts_what_an_editor_set_and_whether_its_user_trusts_the_folder(patchwright: Run):
    told = {"userSettings": {"context": {"never_send": 3}}, "trusted": True}
    alone, beside = patchwright("doctor", "--json"), patchwright("doctor", "--editor", "--json", stdin=json.dumps(told))

    def detail(ended: Ended, name: str) -> str:
        return next(check["detail"] for check in ended.json["checks"] if check["name"] == name)

    names = {check["name"] for check in beside.json["checks"]}
    assert not names & {"Editor", "Neovim", "Emacs", "Helix"}
    assert "this folder is not trusted" in detail(alone, "Tests")
    assert "not trusted" not in detail(beside, "Tests")
    assert "context.never_send" in detail(beside, "Settings")
    assert "context.never_send" not in detail(alone, "Settings")
    assert "your editor" in next(check["advice"] for check in beside.json["checks"] if check["name"] == "Settings")


@pytest.mark.parametrize("told", ["", "{", "[" * 100_000])
def test_doctor_says_that_what_an_editor_told_is_no_json(patchwright: Run, told: str):
    ended = patchwright("doctor", "--editor", stdin=told)
    assert (ended.code, ended.out, "no JSON" in ended.err) == (2, "", True)


def test_the_demo_shows_the_main_job(patchwright: Run):
    ended = patchwright("demo", "--no-model")
    assert ended.code == 0, ended.out + ended.err
    for shown in ("+class User:", "+def fetch_user(name: str) -> User:", "This needs a model", "nothing was sent"):
        assert shown in ended.out


def test_a_workspace_cannot_take_the_place_of_our_packages(patchwright: Run):
    trap = "raise SystemExit('imported from the workspace')\n"
    names = ("context", "clients", "httpx", "rich", "tree_sitter")
    patchwright.write(FILES | {f"{name}/__init__.py": trap for name in names})
    ended = patchwright("context", "--json", "retry on errors", PYTHONPATH=str(patchwright.root))
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["pieces"]


def test_help_names_every_command(patchwright: Run, capsys: pytest.CaptureFixture[str]):
    said = patchwright("--help").out
    for name in ("serve", "ask", "context", "index", "edits", "doctor", "demo"):
        assert name in said
        assert patchwright.inside(capsys, name, "--help").code == 0


def test_help_fits_into_the_terminal_and_leaves_examples_as_they_are(
    patchwright: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("serve", "ask", "context", "index", "edits", "edits apply", "doctor", "demo", *MODEL_COMMANDS):
        lines = patchwright.inside(capsys, *name.split(), "--help").out.split("\n")
        assert max(map(len, lines)) <= 80, name
    assert "    patchwright index --root . --json" in patchwright.inside(capsys, "index", "--help").out


NO_WORKERS = "import context.processes.workers as workers; workers.START = 'raise SystemExit(1)'"

NO_SEARCH = "import context.storage.database as database; database.TABLES = database.TABLES.replace('fts5', 'fts0')"


def test_workers_that_do_not_start_are_said_without_a_traceback(patchwright: Run):
    patchwright.write(FILES)
    ended = patchwright.broken(NO_WORKERS, "ask", "rename retry to again")
    assert (ended.code, "patchwright doctor" in ended.err, "Traceback" in ended.err) == (3, True, False)


def test_a_python_that_cannot_keep_the_index_is_said_without_a_traceback(patchwright: Run):
    patchwright.write(FILES)
    ended = patchwright.broken(NO_SEARCH, "index")
    assert (ended.code, "SQLite of this Python" in ended.err, ended.err.count("\n")) == (1, True, 1)


@pytest.mark.parametrize("error", ["OSError(28, 'No space left on device')", "context.errors.StoreError('gone')"])
def test_what_the_world_refuses_is_one_sentence_and_never_a_traceback(patchwright: Run, error: str):
    broken = f"import context.index, context.errors\ndef fail(*_): raise {error}\ncontext.index.Index.refresh = fail"
    ended = patchwright.broken(broken, "context", "x")
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert "patchwright doctor" in ended.err


def test_an_interrupt_while_a_command_is_loaded_is_no_traceback(patchwright: Run):
    broken = "import lsp_server.cli as cli\ndef stop(*_): raise KeyboardInterrupt\ncli.import_module = stop"
    ended = patchwright.broken(broken, "index")
    assert (ended.code, ended.out, ended.err) == (130, "", "")


def test_doctor_says_that_a_python_cannot_keep_the_index(patchwright: Run):
    broken = (
        "import sqlite3, lsp_server.commands.diagnosis as diagnosis\n"
        "class Small(sqlite3.Connection):\n"
        "    def execute(self, *_): raise sqlite3.OperationalError('no such module: fts5')\n"
        "diagnosis.sqlite3 = type('', (), {**vars(sqlite3), 'connect': staticmethod(lambda _: Small(':memory:'))})"
    )
    ended = patchwright.broken(broken, "doctor", "--json")
    check = next(check for check in ended.json["checks"] if check["name"] == "SQLite")
    assert (ended.code, check["state"]) == (1, "no")
    assert "FTS5" in check["detail"]
    assert "Python" in check["advice"]


def test_places_and_numbers_that_make_no_sense_are_explained(patchwright: Run, capsys: pytest.CaptureFixture[str]):
    for arguments, said in (
        (("index", "--root", "~nobody-of-that-name"), "Name a folder with --root"),
        (("index", "--root", "/"), "all of the disk"),
        (("context", "--budget", "-5", "x"), "--budget"),
        (("serve", "--tcp", "--port", "99999"), "--port"),
        (("context", "  "), "description is empty"),
        (("edits", "apply", "--root", "nowhere", "--reply", "x"), "is not a folder"),
    ):
        ended = patchwright.inside(capsys, *arguments)
        assert (ended.code, ended.out, said in ended.err) == (2, "", True), ended.err
