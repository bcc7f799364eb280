"""What the user set, and what is said of what is wrong: a bad line is named and never stops anything."""

from pathlib import Path

import pytest

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
