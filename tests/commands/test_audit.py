"""patchwright audit: what an ask leaves in the log, and what of it never is there."""

import json
from typing import Any

from tests.model_server import Reply, model_server

from .conftest import Run
from .test_ask import PACKAGE, REPLY

SECRET = "AKIA" + "IOSFODNN7ABCDEFG"
SAID = "strip the names of our customer Wilhelmina"


def events(patchwright: Run, *arguments: str) -> list[dict[str, Any]]:
    return patchwright("audit", "show", "--json", *arguments).json["events"]


def ask(patchwright: Run, *replies: str | Reply, config: str = "", **environment: str) -> Any:
    (patchwright.root.parent / "config").mkdir(exist_ok=True)
    (patchwright.root.parent / "config" / "config.toml").write_text(config)
    with model_server(replies) as server:
        ended = patchwright(
            "ask", "--apply", "-", stdin=SAID, PATCHWRIGHT_ENDPOINT=server.base_url, PATCHWRIGHT_MODEL="m",
            PATCHWRIGHT_API_KEY="key-for-tests", **environment,
        )  # fmt: skip
        return ended, server.requests


def test_an_ask_of_a_model_leaves_what_was_sent_judged_and_written(patchwright: Run):
    patchwright.write(PACKAGE | {"pkg/keys.py": f'load_user = "{SECRET}"\n'})
    ended, requests = ask(patchwright, REPLY)
    assert ended.code == 0, ended.err
    sent, reply, check, apply = events(patchwright)
    assert [each["event"] for each in (sent, reply, check, apply)] == ["send", "reply", "check", "apply"]
    assert {each["workspace"] for each in (sent, reply, check, apply)} == {str(patchwright.root)}
    assert sent["host"].startswith("127.0.0.1:")
    assert (sent["model"], sent["ask"]) == ("m", reply["ask"])
    assert sent["characters"] == sum(len(message["content"]) for message in requests[0].body["messages"])
    held = {each["path"]: each for each in sent["files"]}
    assert held["pkg/users.py"]["start_line"] == 1
    assert held["pkg/users.py"]["end_line"] == 2
    assert (reply["ended"], reply["usage"]["output_tokens"]) == ("end", 5)
    assert (check["ask"], check["level"], check["change"]) == (sent["ask"], "allow", apply["change"])
    assert check["checks"]["syntax"] == "pass"
    assert (apply["outcome"], apply["paths"], apply["where"]) == ("done", ["pkg/users.py"], "terminal")
    assert patchwright("undo").code == 0
    undone = events(patchwright)[-1]
    assert (undone["event"], undone["undoes"], undone["made_by"]) == ("undo", apply["journal"], "undo")
    verified = patchwright("audit", "verify", "--json").json
    assert (verified["ok"], verified["events"]) == (True, 5)


def test_neither_keys_nor_texts_are_in_the_log_unless_they_are_wanted(patchwright: Run):
    patchwright.write(PACKAGE | {"pkg/keys.py": f'load_user = "{SECRET}"\n'})
    ask(patchwright, REPLY)
    log = "".join(file.read_text() for file in (patchwright.root.parent / "state" / "audit").iterdir())
    for text in ("key-for-tests", SECRET, "Wilhelmina", "authorization", "Bearer", "return name", "strip()"):
        assert text not in log
    patchwright.write(PACKAGE)
    ask(patchwright, REPLY, config="[audit]\nlog_prompts = true\n")
    sent, reply = [each for each in events(patchwright) if each["event"] in ("send", "reply")][-2:]
    assert any("Wilhelmina" in text for text in sent["texts"])
    assert "<<<<<<< SEARCH" in reply["text"]
    log = json.dumps(events(patchwright))
    assert "key-for-tests" not in log
    assert SECRET not in log


def test_a_call_that_fails_is_noted(patchwright: Run):
    patchwright.write(PACKAGE)
    ask(patchwright, Reply(status=401))
    sent, reply = events(patchwright)
    assert (sent["event"], reply["event"], reply["ended"]) == ("send", "reply", "auth")


def test_without_a_log_it_is_said_once_and_in_strict_mode_nothing_is_sent(patchwright: Run):
    patchwright.write(PACKAGE)
    state = patchwright.root.parent / "state"
    state.mkdir()
    (state / "audit").write_text("in the way")
    ended, requests = ask(patchwright, REPLY, config="[audit]\nstrict = true\n")
    assert ended.code == 3
    assert "audit.strict is set" in ended.err
    assert requests == []
    assert patchwright.read() == PACKAGE
    ended, requests = ask(patchwright, REPLY)
    assert ended.code == 0
    assert len(requests) == 1
    assert "cannot be written" in ended.err


def test_a_line_that_was_changed_is_named(patchwright: Run):
    patchwright.write(PACKAGE)
    assert patchwright("ask", "--apply", "rename load_user to fetch_user").code == 0
    (file,) = (patchwright.root.parent / "state" / "audit").glob("*.jsonl")
    file.write_text(file.read_text().replace('"recipe"', '"model"'))
    ended = patchwright("audit", "verify")
    assert ended.code == 1
    assert f"{file.name}, line 2: this event was changed after it was written" in ended.err


def test_an_export_can_be_verified_elsewhere_and_writes_over_nothing(patchwright: Run):
    patchwright.write(PACKAGE)
    assert patchwright("ask", "--apply", "rename load_user to fetch_user").code == 0
    copy = patchwright.root.parent / "events.jsonl"
    assert patchwright("audit", "export", "--to", copy).code == 0
    assert patchwright("audit", "verify", "--file", copy, "--json").json["events"] == 2
    assert patchwright("audit", "export").out == copy.read_text()
    again = patchwright("audit", "export", "--to", copy)
    assert again.code == 1
    assert "File exists" in again.err
    copy.write_text(copy.read_text().replace('"allow"', '"deny"'))
    assert patchwright("audit", "verify", "--file", copy).code == 1


def test_a_log_that_is_not_there_yet_is_empty_and_well(patchwright: Run):
    assert events(patchwright) == []
    ended = patchwright("audit", "verify")
    assert ended.code == 0
    assert "no events" in ended.out
    assert "No events." in patchwright("audit", "show").out
    assert patchwright("audit", "show", "--since", "yesterday").code == 2
