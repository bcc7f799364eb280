"""The other commands: what they print for programs and for people, and that they run isolated."""

import json

from .conftest import Run

FILES = {
    "app/retry.py": 'def retry(call):\n    """Calls again on a connection error."""\n    return call()\n',
    "app/other.py": "def unrelated():\n    return 1\n",
}


def test_context_prints_ranked_pieces_with_reasons(patchwright: Run):
    patchwright.write(FILES)
    answer = patchwright("context", "--budget", "500", "--json", "-", stdin="retry on connection errors").json
    assert set(answer) == {"pieces", "tokens", "ms"}
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


def test_help_names_every_command(patchwright: Run):
    for name in ("serve", "ask", "context", "index", "edits", "doctor", "demo"):
        assert name in patchwright("--help").out
        assert patchwright(name, "--help").code == 0
