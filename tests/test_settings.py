"""What the user set, and what is said of what is wrong: a bad line is named and never stops anything."""

from pathlib import Path

import pytest

from lsp_server.editor_settings import EditorSettings, from_options, with_configuration
from lsp_server.settings import Settings, load_settings


def check_settings(folder: Path, text: str | bytes = "", **environment: str) -> tuple[Settings, tuple[str, ...]]:
    file = folder / "config.toml"
    if text:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings({"PATCHWRIGHT_CONFIG": str(folder), **environment})


def test_without_a_file_all_is_default_and_nothing_is_wrong(tmp_path: Path):
    settings, warnings = check_settings(tmp_path)
    assert (settings.endpoint, settings.budget.context_tokens, warnings) == (None, 12_000, ())


def test_the_environment_names_a_model(tmp_path: Path):
    settings, warnings = check_settings(
        tmp_path, PATCHWRIGHT_ENDPOINT="http://127.0.0.1:8080/v1", PATCHWRIGHT_MODEL="m", PATCHWRIGHT_API_KEY="k"
    )
    assert settings.endpoint is not None
    assert (settings.endpoint.base_url, settings.endpoint.model, settings.endpoint.api_key, warnings) == (
        "http://127.0.0.1:8080/v1",
        "m",
        "k",
        (),
    )


def test_the_environment_wins_over_the_file(tmp_path: Path):
    text = '[model]\nendpoint = "https://a.example/v1"\nname = "in-file"\n'
    settings, _ = check_settings(tmp_path, text, PATCHWRIGHT_MODEL="in-environment")
    assert settings.endpoint is not None
    assert (settings.endpoint.base_url, settings.endpoint.model) == ("https://a.example/v1", "in-environment")


def test_the_key_comes_from_the_variable_that_the_file_names(tmp_path: Path):
    text = '[model]\nendpoint = "https://a.example/v1"\nname = "m"\napi_key_env = "MY_KEY"\n'
    settings, warnings = check_settings(tmp_path, text, MY_KEY="secret-key")
    assert settings.endpoint is not None
    assert (settings.endpoint.api_key, warnings) == ("secret-key", ())
    assert "secret-key" not in repr(settings)


def test_a_key_in_the_file_is_refused_by_name_and_not_repeated(tmp_path: Path):
    _, warnings = check_settings(tmp_path, '[model]\napi_key = "secret-key"\n')
    assert "model.api_key is not known" in warnings[0]
    assert "secret-key" not in " ".join(warnings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[model\n", "not valid TOML"),
        (b"\xff\xfe", "not valid TOML"),
        ("[telemetry]\non = true\n", "[telemetry] is not known"),
        ("[model]\nnam = 'x'\n", "model.nam is not known"),
        ("[model]\nname = 3\n", "model.name must be a text"),
        ("[model]\ndeadline_seconds = -1\n", "must be a number from 1 to 3600"),
        ("[model]\ndeadline_seconds = true\n", "must be a number"),
        ("[context]\nnever_send = 'a'\n", "must be a list of texts"),
        ("context = 3\n", "[context] is not known"),
        ("[model]\nname = 'm'\n", "an endpoint is missing"),
        ("[model]\nendpoint = 'https://a.example/v1'\n", "a model name is missing"),
        ("[model]\nname = 'm'\nendpoint = 'http://a.example/v1'\n", "Plain http"),
        ("x = '" + "a" * 70_000 + "'\n", "larger than"),
        ("a = " + "[" * 5000 + "]" * 5000 + "\n", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_and_defaulted(tmp_path: Path, text: str | bytes, said: str):
    settings, warnings = check_settings(tmp_path, text)
    assert any(said in warning for warning in warnings), warnings
    assert settings.endpoint is None
    assert settings.budget == Settings().budget


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path):
    (tmp_path / "config.toml").mkdir()
    _, warnings = check_settings(tmp_path)
    assert "cannot be read" in warnings[0]


def test_valid_keys_beside_a_wrong_one_still_count(tmp_path: Path):
    settings, warnings = check_settings(tmp_path, "[context]\nbudget_tokens = 900\nnever_send = ['x/**']\nwrong = 1\n")
    assert (settings.budget.context_tokens, settings.never_send, len(warnings)) == (900, ("x/**",), 1)


def test_a_folder_below_a_home_that_is_not_there_is_named_and_the_default_is_used(tmp_path: Path):
    settings, warnings = check_settings(tmp_path, PATCHWRIGHT_CACHE="~nobody-of-that-name/x")
    assert [("PATCHWRIGHT_CACHE" in warning, "no such home" in warning) for warning in warnings] == [(True, True)]
    assert settings.cache_folder.is_absolute()


def test_a_pattern_that_would_take_from_the_never_send_list_is_ignored(tmp_path: Path):
    settings, warnings = check_settings(tmp_path, "[context]\nnever_send = ['!.env', 'x/**', '!**']\n")
    assert settings.never_send == ("x/**",)
    assert [warning.count("can only add") for warning in warnings] == [1, 1]


def test_a_profile_says_how_a_host_is_spoken_to(tmp_path: Path):
    settings, warnings = check_settings(
        tmp_path, '[model]\nprofile = "anthropic"\nname = "coder"\n', ANTHROPIC_API_KEY="secret-key"
    )
    assert settings.endpoint is not None
    assert (settings.endpoint.base_url, settings.endpoint.api) == ("https://api.anthropic.com/v1", "anthropic_messages")
    assert (settings.endpoint.auth, settings.endpoint.api_key, warnings) == ("x-api-key", "secret-key", ())


def test_a_host_that_is_known_needs_no_profile_and_gets_its_own_key_alone(tmp_path: Path):
    keys = {"OPENAI_API_KEY": "for-openai", "ANTHROPIC_API_KEY": "for-anthropic"}
    for url, key in (
        ("https://api.openai.com/v1", "for-openai"),
        ("https://api.anthropic.com/v1", "for-anthropic"),
        ("https://api.openai.com.evil.example/v1", None),
        ("http://127.0.0.1:8080/v1", None),
    ):
        settings, _ = check_settings(tmp_path, PATCHWRIGHT_ENDPOINT=url, PATCHWRIGHT_MODEL="m", **keys)
        assert settings.endpoint is not None
        assert settings.endpoint.api_key == key, url


def test_a_profiles_own_key_does_not_follow_it_to_another_host(tmp_path: Path):
    text = '[model]\nprofile = "openai"\nendpoint = "https://proxy.example/v1"\nname = "m"\n'
    settings, _ = check_settings(tmp_path, text, OPENAI_API_KEY="secret-key")
    assert settings.endpoint is not None
    assert settings.endpoint.api_key is None


def test_the_users_own_profiles_win_and_what_is_wrong_in_them_is_said(tmp_path: Path):
    own = '[[profile]]\nname = "openai"\nbase_url = "https://eu.example/v1"\n[[profile]]\nname = "odd"\n'
    (tmp_path / "profiles.toml").write_text(own)
    settings, warnings = check_settings(tmp_path, '[model]\nprofile = "openai"\nname = "m"\n')
    assert settings.endpoint is not None
    assert settings.endpoint.base_url == "https://eu.example/v1"
    assert "profile odd" in warnings[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('profile = "nobody"\nname = "m"', "is not known"),
        ('endpoint = "https://a.example/v1"\nname = "m"\napi = "soap"', "model.api is soap"),
        ('endpoint = "https://a.example/v1"\nname = "m"\nproxy = "socks"', "model.proxy"),
        ('endpoint = "https://a.example/v1"\nname = "m"\ncache = "no"', "true or false"),
        ('profile = "anthropic"', "a model name is missing"),
    ],
)
def test_a_choice_that_cannot_be_is_said(tmp_path: Path, text: str, said: str):
    _, warnings = check_settings(tmp_path, f"[model]\n{text}\n")
    assert said in " ".join(warnings)


def test_a_proxy_of_the_environment_is_used_only_where_the_user_said_so(tmp_path: Path):
    text = '[model]\nendpoint = "https://a.example/v1"\nname = "m"\n'
    proxy = {"HTTPS_PROXY": "http://proxy.example:3128"}
    for more, no_proxy, expected in (
        ("", "", None),
        ('proxy = "environment"\n', "", proxy["HTTPS_PROXY"]),
        ('proxy = "environment"\n', "a.example", None),
        ('proxy = "http://other.example:1"\n', "", "http://other.example:1"),
    ):
        settings, _ = check_settings(tmp_path, text + more, NO_PROXY=no_proxy, **proxy)
        assert settings.endpoint is not None
        assert settings.endpoint.proxy == expected
    local = text.replace("https://a.example/v1", "http://127.0.0.1:8080/v1") + 'proxy = "environment"\n'
    settings, _ = check_settings(tmp_path, local, **proxy)
    assert settings.endpoint is not None
    assert settings.endpoint.proxy is None


def test_a_model_file_is_a_choice_and_costs_nothing(tmp_path: Path):
    settings, warnings = check_settings(tmp_path, '[model]\ngguf = "/models/coder.gguf"\ntemperature = 0\n')
    assert warnings == ()
    assert settings.model is not None
    assert (settings.model.file, settings.model.temperature) == (Path("/models/coder.gguf"), 0)
    assert settings.model.price is not None
    assert settings.endpoint is None


def test_budgets_are_read(tmp_path: Path):
    settings, warnings = check_settings(tmp_path, "[budget]\nusd_per_day = 5\ntokens_per_ask = 100_000\n")
    assert (settings.caps.usd_per_day, settings.caps.tokens_per_ask, settings.caps.usd_per_ask) == (5, 100_000, None)
    assert warnings == ()


def check_editor(folder: Path, options: object, answer: object = None, text: str = "") -> tuple[Settings, str]:
    (folder / "config.toml").write_text(text)
    editor: EditorSettings = with_configuration(from_options(options), answer)
    settings, warnings = load_settings({"PATCHWRIGHT_CONFIG": str(folder)}, editor)
    return settings, "\n".join(warnings)


def test_an_editor_may_tighten_what_the_user_set(tmp_path: Path):
    answer = {
        "budget": {"usd_per_day": 2, "tokens_per_ask": 900},
        "context": {"never_send": ["*.csv"], "budget_tokens": 4000},
        "review": {"preview": True},
        "completion": {"inline": False},
    }
    text = '[budget]\nusd_per_day = 5\ntokens_per_ask = 100\n[context]\nnever_send = ["*.db"]\n'
    settings, said = check_editor(tmp_path, None, answer, text)
    assert (settings.caps.usd_per_day, settings.caps.tokens_per_ask) == (2, 100)
    assert (settings.never_send, settings.budget.context_tokens) == (("*.db", "*.csv"), 4000)
    assert (settings.preview, settings.inline, said) == (True, False, "")


LOOSER = {
    "budget.usd_per_day": {"budget": {"usd_per_day": 50}},
    "context.budget_tokens": {"context": {"budget_tokens": 900_000}},
    "index.most_files": {"index": {"most_files": 9_000_000}},
}
IGNORED = {
    "model.endpoint": {"model": {"endpoint": "https://evil.example/v1"}},
    "model.name": {"model": {"name": "other"}},
    "model.profile": {"model": {"profile": "openai"}},
    "model.gguf": {"model": {"gguf": "/tmp/evil.gguf"}},
    "model.api_key_env": {"model": {"api_key_env": "AWS_SECRET_ACCESS_KEY"}},
    "model.api_key_command": {"model": {"api_key_command": ["sh", "-c", "evil"]}},
    "model.proxy": {"model": {"proxy": "http://evil.example"}},
    "model.certificates": {"model": {"certificates": "/tmp/evil.pem"}},
    "checks.trusted_folders": {"checks": {"trusted_folders": ["/"]}},
    "checks.run": {"checks": {"run": False}},
    "audit.log_prompts": {"audit": {"log_prompts": True}},
    "completion.inline": {"completion": {"inline": True}},
}
USERS = '[model]\nendpoint = "https://a.example/v1"\nname = "m"\n[budget]\nusd_per_day = 5\n'


@pytest.mark.parametrize("where", ["options", "answer", "pretending to be the user's"])
@pytest.mark.parametrize("name", [*LOOSER, *IGNORED])
def test_what_a_workspace_may_have_set_loosens_nothing(tmp_path: Path, name: str, where: str):
    without, _ = check_editor(tmp_path, None, None, USERS)
    values = (LOOSER | IGNORED)[name]
    if where == "options":
        settings, said = check_editor(tmp_path, values, None, USERS)
    elif where == "answer":
        settings, said = check_editor(tmp_path, None, values, USERS)
    else:
        settings, said = check_editor(tmp_path, None, {"userSettings": values}, USERS)
        assert "userSettings" in said
    assert settings == without
    assert where.startswith("pretending") or (name in said) == (name in IGNORED)


def test_what_the_client_marks_as_the_users_own_counts_as_the_file_does(tmp_path: Path):
    options = {"userSettings": {"completion": {"inline": True}, "model": {"max_output_tokens": 9000}}}
    settings, said = check_editor(tmp_path, options)
    assert (settings.inline, settings.budget.output_tokens, said) == (True, 9000, "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"completion": {"inline": "yes"}}, "must be true or false"),
        ({"budget": {"usd_per_day": -1}}, "must be a number"),
        ({"budget": {"usd_per_day": True}}, "must be a number"),
        ({"context": {"never_send": "x"}}, "must be a list"),
        ({"context": {"never_send": ["!*.pem"]}}, "can only add"),
        ({"nonsense": {"a": 1}}, "[nonsense] is not known"),
        ({"budget": {"nonsense": 1}}, "budget.nonsense is not known"),
        ({"budget": 5}, "[budget] is not known"),
        ({"budget": None, "completion": {"inline": None}, "trace": {"server": "off"}}, ""),
        (None, ""),
        ([], ""),
        ("text", ""),
        ({1: 2}, ""),
    ],
)
def test_what_is_wrong_in_the_editors_settings_is_named_and_the_default_holds(
    tmp_path: Path, answer: object, said: str
):
    without, _ = check_editor(tmp_path, None)
    settings, found = check_editor(tmp_path, None, answer)
    assert said in found
    assert bool(said) == bool(found)
    assert settings == without
