"""Choosing a model, looking at what there is, and at what it cost: as a person would in a terminal."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from lsp_server.commands.settings_file import store_choice
from tests.clients.streams import CHATS, named
from tests.model_server import MODELS, Reply, model_server

from .conftest import Run


def config_of(patchwright: Run) -> Path:
    return Path(patchwright.environment["PATCHWRIGHT_CONFIG"]) / "config.toml"


def stored(patchwright: Run) -> dict[str, object]:
    return tomllib.loads(config_of(patchwright).read_text())["model"] if config_of(patchwright).exists() else {}


def test_a_model_is_tried_with_one_word_and_stored(patchwright: Run):
    with model_server(["ready"]) as server:
        ended = patchwright(
            "connect",
            "--endpoint",
            server.base_url,
            "--model",
            MODELS[0],
            "--key-env",
            "MY_KEY",
            "--json",
            MY_KEY="k-1234567",
        )
        sent = server.requests[0]
    assert ended.code == 0, ended.err
    assert (ended.json["stored"], ended.json["problem"], ended.json["tokens"]) == (True, None, 16)
    assert sent.headers["authorization"] == "Bearer k-1234567"
    assert sent.body["messages"] == [{"role": "user", "content": "Reply with the one word: ready"}]
    assert stored(patchwright) == {
        "endpoint": server.base_url, "name": MODELS[0], "api": "openai_chat", "api_key_env": "MY_KEY",
    }  # fmt: skip
    assert "k-1234567" not in config_of(patchwright).read_text()
    assert config_of(patchwright).stat().st_mode & 0o077 == 0


def test_the_api_that_the_host_turns_out_to_speak_is_stored(patchwright: Run):
    refused = Reply(status=400, body=b'{"error": {"code": "unsupported_api_for_model"}}')
    wire = CHATS["openai_responses"]
    with model_server([refused, Reply(body=wire.body)]) as server:
        assert patchwright("connect", "--endpoint", server.base_url, "--model", "m").code == 0
    assert stored(patchwright)["api"] == "openai_responses"


def test_a_model_that_does_not_answer_is_not_stored(patchwright: Run):
    with model_server([Reply(status=401, body=b'{"error": {"message": "bad key"}}')]) as server:
        ended = patchwright("connect", "--endpoint", server.base_url, "--model", "m", "--json")
    assert (ended.code, ended.json["stored"]) == (3, False)
    assert "API key" in ended.json["problem"]
    assert stored(patchwright) == {}


def test_a_model_of_the_editor_is_stored_untried_and_named_where_it_cannot_be_asked(patchwright: Run):
    chosen = ("connect", "--endpoint", "editor:", "--model", "copilot/small-coder", "--json")
    tried = patchwright(*chosen)
    assert (tried.code, stored(patchwright)) == (3, {})
    assert "can only be asked in an editor that hands on its models" in tried.json["problem"]
    ended = patchwright(*chosen, "--no-test")
    assert (ended.code, ended.json["model"], ended.json["host"]) == (
        0,
        "copilot/small-coder",
        "copilot, through the editor",
    )
    assert stored(patchwright) == {"endpoint": "editor:", "name": "copilot/small-coder"}
    assert "small-coder at copilot, through the editor" in patchwright("doctor").out
    assert patchwright("models", "--json").json["connected"]["api"] == "the editor"
    patchwright.write({"a.py": "x = 1\n"})
    asked = patchwright("ask", "--file", "a.py", "--line", "1", "-", stdin="make it all better")
    assert (asked.code, "small-coder of copilot can only be asked in an editor" in asked.err) == (3, True), asked.err


@pytest.mark.parametrize("name", ["small-coder", "/small-coder", "copilot/", "copilot/a\nb"])
def test_a_model_of_the_editor_is_named_with_whose_it_is(patchwright: Run, name: str):
    ended = patchwright("connect", "--endpoint", "editor:", "--model", name, "--no-test")
    assert (ended.code, stored(patchwright)) == (2, {})
    assert "vendor/model" in ended.err


def test_where_no_model_is_named_the_hosts_own_are_shown(patchwright: Run):
    with model_server() as server:
        ended = patchwright("connect", "--endpoint", server.base_url, "--json")
    assert (ended.code, ended.json["stored"], ended.json["problem"]) == (2, False, None)
    assert sorted(ended.json["models"]) == sorted(MODELS)
    assert all(name in ended.err for name in MODELS)
    assert stored(patchwright) == {}


def test_where_no_host_is_to_be_asked_for_its_models_that_is_the_problem(patchwright: Run):
    with model_server() as server:
        gone = server.base_url
    ended = patchwright("connect", "--endpoint", gone, "--json")
    assert (ended.code, ended.json["models"]) == (2, [])
    assert "refuses connections" in ended.json["problem"]


def test_a_choice_that_the_environment_overrides_says_so(patchwright: Run):
    with model_server(["ready"] * 2) as server:
        chosen = ("connect", "--endpoint", server.base_url, "--model", "m", "--json")
        assert patchwright(*chosen).json["overridden_by"] == []
        ended = patchwright(*chosen, PATCHWRIGHT_MODEL="another")
    assert (ended.json["stored"], ended.json["overridden_by"]) == (True, ["PATCHWRIGHT_MODEL"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--profile", "nobody", "--model", "m"), "not known"),
        (("--endpoint", "http://models.example.com/v1", "--model", "m"), "Plain http"),
        (("--gguf", "nowhere.gguf"), "cannot be read"),
    ],
)
def test_what_cannot_be_is_said(patchwright: Run, arguments: tuple[str, ...], says: str):
    ended = patchwright("connect", *arguments)
    assert ended.code in (2, 3)
    assert says in ended.err
    assert stored(patchwright) == {}


def test_an_ask_after_connecting_is_counted_by_day_workspace_and_model(patchwright: Run):
    patchwright.write({"a.py": "x = 1\n"})
    edit = "a.py\n```\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n```\n"
    with model_server(["ready", edit]) as server:
        assert patchwright("connect", "--endpoint", server.base_url, "--model", MODELS[0]).code == 0
        ended = patchwright("ask", "set x to 2", "--json")
        assert "+x = 2" in ended.json["diff"]
        listed = patchwright("models", "--json").json
    assert (listed["connected"]["title"], listed["connected"]["reachable"]) == (
        f"{MODELS[0]} at 127.0.0.1:{server.port}",
        "yes",
    )
    assert listed["connected"]["price"] == "free"
    used = patchwright("usage", "--json").json
    assert [line["workspace"] for line in used["lines"]] == ["", str(patchwright.root)]
    assert used["total"]["calls"] == 2
    assert used["total"]["input_tokens"] == 22
    shown = patchwright("usage").out
    assert "32 tokens" in shown
    assert MODELS[0] in shown
    assert patchwright.root.name in shown
    assert str(patchwright.root) not in shown


def test_a_budget_stops_an_ask_before_anything_is_sent(patchwright: Run):
    patchwright.write({"a.py": "x = 1\n"})
    with model_server(["never"]) as server:
        config_of(patchwright).parent.mkdir()
        config_of(patchwright).write_text(
            f'[model]\nendpoint = "{server.base_url}"\nname = "m"\n[budget]\ntokens_per_ask = 20\n'
        )
        ended = patchwright("ask", "set x to 2", "--json")
        assert server.requests == []
    assert ended.code == 3
    assert "tokens_per_ask" in ended.json["message"]


def test_hosts_are_listed_and_none_of_them_is_asked_unasked(patchwright: Run):
    listed = patchwright("models", "--json", OPENAI_API_KEY="not-a-key").json
    rows = {row["name"]: row for row in listed["profiles"]}
    assert rows["openai"]["key"] == "OPENAI_API_KEY is set"
    assert {row["reachable"] for row in rows.values()} == {"not asked"}
    assert "4.5" in rows["azure"]["prices"]
    assert "mai-code-1-flash" in rows["azure"]["models"]
    assert not [name for row in rows.values() for name in row["models"] if set(name) & set("*[]")]
    assert "not known" in rows["deepseek"]["prices"]
    shown = patchwright("models").out
    assert "No model is connected" in shown
    assert "5 (10)" in shown
    assert "272k" in shown


@pytest.mark.parametrize(("profile", "placeholder"), [("azure", "RESOURCE"), ("openai-compatible", "HOST")])
def test_an_address_with_a_part_left_open_is_not_asked(patchwright: Run, profile: str, placeholder: str):
    ended = patchwright("connect", "--profile", profile, "--model", "m")
    assert ended.code == 2
    assert f"in the place of {placeholder}" in ended.err
    assert "Asking" not in ended.err
    assert stored(patchwright) == {}


def test_a_host_that_wants_a_key_is_told_of_before_it_refuses(patchwright: Run):
    ended = patchwright("connect", "--profile", "mistral", "--model", "m", "--no-test", MISTRAL_API_KEY="")
    assert "set MISTRAL_API_KEY" in ended.err
    ended = patchwright("connect", "--profile", "mistral", "--model", "m", "--no-test", MISTRAL_API_KEY="k-1234567")
    assert "MISTRAL_API_KEY" not in ended.err


def test_doctor_says_when_money_is_capped_and_the_price_is_not_known(patchwright: Run):
    config_of(patchwright).parent.mkdir()
    text = '[model]\nendpoint = "https://127.0.0.2:9/v1"\nname = "m"\n[budget]\nusd_per_day = 1\n'
    config_of(patchwright).write_text(text.replace("127.0.0.2", "models.invalid"))
    checks = {check["name"]: check for check in patchwright("doctor", "--json").json["checks"]}
    assert checks["Budget"]["state"] == "no"
    assert "profiles.toml" in checks["Budget"]["advice"]


KEPT = """\
# mine
[context]
budget_tokens = 900 # few

[model] # old
name = "old"
temperature = 0

[budget]
usd_per_day = 5
"""


@pytest.mark.parametrize("before", ["", KEPT, "[model]\n", "[context]\nbudget_tokens = 900"])
def test_a_choice_replaces_the_old_one_and_nothing_else(tmp_path: Path, before: str):
    file = tmp_path / "below" / "config.toml"
    file.parent.mkdir()
    file.write_text(before)
    values = {"endpoint": "https://a.example/v1", "name": 'odd "name" \\ é', "api_key_command": ["op", "read"]}
    assert store_choice(file, values) is None
    document, old = tomllib.loads(file.read_text()), tomllib.loads(before)
    assert document["model"] == values | ({"temperature": 0} if "temperature" in before else {})
    assert {name: document[name] for name in document if name != "model"} == {
        name: old[name] for name in old if name != "model"
    }
    assert ("# mine" in file.read_text()) == ("# mine" in before)
    assert store_choice(file, {"gguf": "/x.gguf"}) is None
    assert "endpoint" not in tomllib.loads(file.read_text())["model"]


@pytest.mark.parametrize(
    "before",
    ["model = 3\n", "[model\n", 'model = { name = "x" }\n', '[model]\nname = """a\nb"""\n', 'model.name = "x"\n'],
)
def test_a_file_that_is_not_edited_safely_stays_as_it_is(tmp_path: Path, before: str):
    file = tmp_path / "config.toml"
    file.write_text(before)
    assert store_choice(file, {"name": "m"}) is not None
    assert file.read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_json_is_one_object(patchwright: Run):
    for command in ("models", "usage"):
        assert isinstance(json.loads(patchwright(command, "--json").out), dict)


def test_what_would_be_sent_is_shown_and_is_what_is_sent(patchwright: Run):
    secret = "sk-proj-" + "a1B2" * 12
    patchwright.write({"a.py": f'client = Client("{secret}")\nname = "a\u200bb"\n'})
    with model_server(["no edit", "no edit"]) as server:
        target = {"PATCHWRIGHT_ENDPOINT": server.base_url, "PATCHWRIGHT_MODEL": "m", "PATCHWRIGHT_API_KEY": "k-7654321"}
        shown = patchwright("ask", "--show-prompt", "--json", "use a client from the environment", **target)
        printed = patchwright("ask", "--show-prompt", "use a client from the environment", **target)
        assert server.requests == []
        assert patchwright("audit", "show", "--json").json["events"] == []
        patchwright("ask", "use a client from the environment", **target)
        (sent, *_) = server.requests
    assert shown.code == 0, shown.err
    assert shown.json["body"] == sent.body
    assert shown.json["url"] == f"{server.base_url}/chat/completions"
    assert shown.json["replaced"] == ["PATCHWRIGHT_CHAR_00200B", "PATCHWRIGHT_SECRET_1"]
    assert secret not in shown.out + printed.out + printed.err
    assert "k-7654321" not in shown.out + printed.out + printed.err
    for turn in sent.body["messages"]:
        assert turn["content"].strip() in printed.out
    assert f"that would go to {server.base_url}/chat/completions. Nothing was sent." in printed.err


def test_what_would_be_sent_is_shown_without_a_model(patchwright: Run):
    patchwright.write({"a.py": "x = 1\n"})
    printed = patchwright("ask", "--show-prompt", "set x to 2")
    assert (printed.code, "x = 1" in printed.out) == (0, True)
    assert "tokens for a model: none is connected. Nothing was sent." in printed.err


def test_where_a_recipe_does_it_nothing_would_be_sent(patchwright: Run):
    patchwright.write({"a.py": "def load_user():\n    pass\n"})
    ended = patchwright("ask", "--show-prompt", "--json", "rename load_user to fetch_user")
    assert (ended.code, ended.json["body"]) == (3, None)


def test_a_model_edits_with_the_tools_of_its_host(patchwright: Run):
    patchwright.write({"a.py": "x = 1\n"})
    call = {
        "index": 0,
        "function": {
            "name": "edit_file",
            "arguments": json.dumps({"path": "a.py", "old_str": "x = 1", "new_str": "x = 2"}),
        },
    }
    events = (
        {"choices": [{"delta": {"tool_calls": [call]}}]},
        {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
        "[DONE]",
    )
    with model_server([Reply(events=events)]) as server:
        config_of(patchwright).parent.mkdir()
        config_of(patchwright).write_text(f'[model]\nendpoint = "{server.base_url}"\nname = "m"\nedit_tools = true\n')
        ended = patchwright("ask", "set x to 2", "--json")
        offered = [tool["function"]["name"] for tool in server.requests[0].body["tools"]]
    assert ended.code == 0, ended.err + ended.out
    assert "+x = 2" in ended.json["diff"]
    assert "edit_file" in offered


def test_a_model_calls_a_recipe_through_the_stream_of_its_host(patchwright: Run):
    files = {"store.py": "def fetch(key):\n    return key\n", "use.py": "from store import fetch\n\nfetch(1)\nN = 1\n"}
    patchwright.write(files)
    edit = json.dumps({"path": "use.py", "old_str": "N = 1", "new_str": "N = 2"})
    pieces = [
        {"index": 0, "id": "a", "function": {"name": "rename_symbol", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"symbol": "fe'}},
        {"index": 0, "function": {"arguments": 'tch", "new": "load"}'}},
        {"index": 1, "id": "b", "function": {"name": "edit_file", "arguments": edit[:9]}},
        {"index": 1, "function": {"arguments": edit[9:]}},
    ]
    events = (
        *({"choices": [{"delta": {"tool_calls": [piece]}}]} for piece in pieces),
        {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
        "[DONE]",
    )
    with model_server([Reply(events=events)]) as server:
        config_of(patchwright).parent.mkdir()
        config_of(patchwright).write_text(f'[model]\nendpoint = "{server.base_url}"\nname = "m"\nedit_tools = true\n')
        ended = patchwright("ask", "a better name for fetch, and 2 for N", "--json")
        offered = {tool["function"]["name"]: tool["function"] for tool in server.requests[0].body["tools"]}
    assert ended.code == 0, ended.err + ended.out
    changed = {line for line in ended.json["diff"].splitlines() if line.startswith("+") and not line.startswith("+++")}
    assert changed == {"+def load(key):", "+from store import load", "+load(1)", "+N = 2"}
    assert offered["rename_symbol"]["parameters"]["required"] == ["symbol", "new"]
    assert "edit_file" in offered


def test_a_recipe_is_called_through_the_messages_of_anthropic(patchwright: Run):
    patchwright.write(
        {"store.py": "def fetch(key):\n    return key\n", "use.py": "from store import fetch\n\nfetch(1)\n"}
    )
    block = {"type": "tool_use", "id": "t", "name": "add_parameter", "input": {}}
    pieces = ('{"symbol": "fetch", "parameter": "limit', ': int", "value": "3"}')
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    stream = named(
        {"type": "message_start", "message": {"usage": {"input_tokens": 10, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    )
    reply = Reply(body=b"".join(stream), headers={"content-type": "text/event-stream"})
    with model_server([reply]) as server:
        config_of(patchwright).parent.mkdir()
        config_of(patchwright).write_text(
            f'[model]\nendpoint = "{server.base_url}"\nname = "m"\nedit_tools = true\napi = "anthropic_messages"\n'
        )
        ended = patchwright("ask", "fetch has to know a limit", "--json")
        offered = {tool["name"]: tool["input_schema"] for tool in server.requests[0].body["tools"]}
    assert ended.code == 0, ended.err + ended.out
    assert {"+def fetch(key, limit: int):", "+fetch(1, limit=3)"} <= set(ended.json["diff"].splitlines())
    assert offered["add_parameter"]["required"] == ["parameter", "symbol"]


HELD = '[model]\nendpoint = "{}"\nname = "m"\nedit_schema = true\n'
EDIT = "a.py\n```\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n```\n"


def held(patchwright: Run, base_url: str) -> None:
    config_of(patchwright).parent.mkdir()
    config_of(patchwright).write_text(HELD.format(base_url))


def test_a_reply_that_is_held_to_a_schema_is_an_edit(patchwright: Run):
    key = "sk-proj-9aQ" + "b7Tz4LmW2xKc8" * 3
    patchwright.write({"a.py": f'x = 1\nKEY = "{key}"\n'})

    def edit(body: object) -> str:
        secret = re.findall(r"PATCHWRIGHT_SECRET_\d+", json.dumps(body))[0]
        edits = [
            {"path": "a.py", "old_str": f'x = 1\nKEY = "{secret}"', "new_str": f'x = 2\nKEY = "{secret}"'},
            {"path": "b.py", "file_text": "y = 1\n"},
        ]
        return json.dumps({"edits": edits})

    with model_server([edit]) as server:
        held(patchwright, server.base_url)
        ended = patchwright("ask", "in a.py set x beside KEY to 2, and add b.py", "--json")
        body = server.requests[0].body
    assert ended.code == 0, ended.err + ended.out
    assert {"+x = 2", "+y = 1"} <= set(ended.json["diff"].splitlines())
    assert f'-KEY = "{key}"' not in ended.json["diff"]
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["edits"]
    assert "held to JSON" in body["messages"][0]["content"]
    assert key not in json.dumps(body)


def test_a_host_that_knows_no_schema_is_asked_for_text_and_that_is_remembered(patchwright: Run):
    patchwright.write({"a.py": "x = 1\n"})
    refused = Reply(status=400, body=b'{"error": {"message": "response_format is not supported"}}')
    with model_server([refused, EDIT, EDIT]) as server:
        held(patchwright, server.base_url)
        for _ in range(2):
            assert "+x = 2" in patchwright("ask", "set x to 2", "--json").json["diff"]
        assert ["response_format" in each.body for each in server.requests] == [True, False, False]
        shown = patchwright("ask", "set x to 2", "--show-prompt", "--json").json["body"]
        assert "response_format" not in shown
        assert shown == server.requests[2].body


def test_a_host_that_takes_a_schema_and_does_not_heed_it_is_read_as_text(patchwright: Run):
    patchwright.write({"a.py": "x = 1\n"})
    with model_server([EDIT]) as server:
        held(patchwright, server.base_url)
        assert "+x = 2" in patchwright("ask", "set x to 2", "--json").json["diff"]


@pytest.mark.parametrize(
    "reply", ['{"edits": 1}', '{"edits": []}', '{"edits": [1, null, "x"]}', "[]", '{"edits": [{}]}']
)
def test_json_that_is_no_edit_changes_nothing(patchwright: Run, reply: str):
    patchwright.write({"a.py": "x = 1\n"})
    with model_server([reply, reply]) as server:
        held(patchwright, server.base_url)
        ended = patchwright("ask", "set x to 2", "--json")
    assert ended.code == 3
    assert "Traceback" not in ended.err
