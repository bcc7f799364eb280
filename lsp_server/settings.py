"""What did the user set? Read from the environment and the user's own file, never from a workspace.

A repository must not choose where code is sent, so nothing here looks below the current folder. What is wrong in the
file becomes a warning in words and the default: a bad line never stops the server.

    # config.toml, in the folder that `patchwright doctor` names
    [model]
    endpoint = "http://127.0.0.1:8080/v1"
    name = "qwen2.5-coder"
    api_key_env = "MY_KEY"          # the environment variable that holds the key

    [context]
    never_send = ["**/customers/**"]

    [index]
    cache_megabytes = 2000
"""

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import platformdirs

from clients.endpoint import Endpoint, find_problem

APPLICATION = "patchwright"
CONFIG_BYTES = 65_536
MOST_FILES = 200_000
CACHE_MEGABYTES = 2_000


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one ask may cost: prompt context and reply in tokens, the model's time in seconds."""

    context_tokens: int = 12_000
    output_tokens: int = 8_192
    seconds: float = 180.0


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a user can set. `endpoint` is None where no model is connected.

    `most_files` of one workspace are indexed; the indexes of all take no more than `cache_megabytes`.
    """

    endpoint: Endpoint | None = None
    budget: Budget = field(default_factory=Budget)
    never_send: tuple[str, ...] = ()
    most_files: int = MOST_FILES
    cache_megabytes: int = CACHE_MEGABYTES
    config_file: Path = Path()
    cache_folder: Path = Path()
    state_folder: Path = Path()


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the user's file: what it must be, and its bounds where it is a number."""

    kind: Literal["text", "number", "texts"]
    least: float = 0
    most: float = 0


KEYS: Mapping[str, Mapping[str, Key]] = {
    "model": {
        "endpoint": Key("text"),
        "name": Key("text"),
        "api_key_env": Key("text"),
        "deadline_seconds": Key("number", 1, 3600),
        "max_output_tokens": Key("number", 64, 200_000),
    },
    "context": {
        "budget_tokens": Key("number", 500, 1_000_000),
        "never_send": Key("texts"),
    },
    "index": {
        "most_files": Key("number", 100, 10_000_000),
        "cache_megabytes": Key("number", 10, 10_000_000),
    },
}
"""Every section and key that the file may hold."""


def load_settings(environment: Mapping[str, str] = os.environ) -> tuple[Settings, tuple[str, ...]]:
    """The settings, and a warning in words for each thing that was ignored."""
    warnings: list[str] = []
    config_file = _folder(environment, "PATCHWRIGHT_CONFIG", platformdirs.user_config_path, warnings) / "config.toml"
    values = _read(config_file, warnings)
    endpoint = _endpoint(values, environment, config_file, warnings)
    default = Budget()
    settings = Settings(
        endpoint=endpoint,
        budget=Budget(
            context_tokens=int(values.get("context.budget_tokens", default.context_tokens)),
            output_tokens=int(values.get("model.max_output_tokens", default.output_tokens)),
            seconds=float(values.get("model.deadline_seconds", default.seconds)),
        ),
        never_send=_patterns(values.get("context.never_send", ()), config_file, warnings),
        most_files=int(values.get("index.most_files", MOST_FILES)),
        cache_megabytes=int(values.get("index.cache_megabytes", CACHE_MEGABYTES)),
        config_file=config_file,
        cache_folder=_folder(environment, "PATCHWRIGHT_CACHE", platformdirs.user_cache_path, warnings),
        state_folder=_folder(environment, "PATCHWRIGHT_STATE", platformdirs.user_state_path, warnings),
    )
    return settings, tuple(warnings)


def _folder(environment: Mapping[str, str], name: str, default: Callable[..., Path], warnings: list[str]) -> Path:
    chosen = environment.get(name)
    if chosen:
        try:
            return Path(chosen).expanduser()
        except RuntimeError:
            warnings.append(f"{name} is {chosen}, and there is no such home folder: using the default.")
    return default(APPLICATION, appauthor=False)


def _read(file: Path, warnings: list[str]) -> dict[str, Any]:
    """The valid values of the file under "section.key"."""
    try:
        with file.open("rb") as stream:
            data = stream.read(CONFIG_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        warnings.append(f"{file} cannot be read ({error.strerror}): using the defaults.")
        return {}
    if len(data) > CONFIG_BYTES:
        warnings.append(f"{file} is larger than {CONFIG_BYTES:,} bytes: using the defaults.")
        return {}
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        warnings.append(f"{file} is not valid TOML ({error}): using the defaults. Mend that line and restart.")
        return {}
    return _valid(document, file, warnings)


def _valid(document: Mapping[str, Any], file: Path, warnings: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for section, entries in document.items():
        if section not in KEYS or not isinstance(entries, dict):
            warnings.append(f"{file}: [{section}] is not known. Sections: {', '.join(KEYS)}.")
            continue
        for name, value in _items(entries):
            key = KEYS[section].get(name)
            if key is None:
                warnings.append(f"{file}: {section}.{name} is not known. Keys: {', '.join(KEYS[section])}.")
            elif problem := _problem(key, value):
                warnings.append(f"{file}: {section}.{name} {problem}: using the default.")
            else:
                values[f"{section}.{name}"] = value
    return values


def _items(table: Any) -> list[tuple[str, Any]]:
    return list(table.items())


def _problem(key: Key, value: Any) -> str:
    """Why a value does not fit its key; empty where it does."""
    if key.kind == "text":
        return "" if isinstance(value, str) and value.strip() else "must be a text"
    if key.kind == "texts":
        fits = isinstance(value, list) and all(isinstance(entry, str) for entry in _items_of(value))
        return "" if fits else "must be a list of texts"
    if isinstance(value, bool) or not isinstance(value, int | float) or not key.least <= value <= key.most:
        return f"must be a number from {key.least:g} to {key.most:g}"
    return ""


def _items_of(value: Any) -> list[Any]:
    return list(value)


def _patterns(given: Sequence[str], file: Path, warnings: list[str]) -> tuple[str, ...]:
    """Patterns that add to what is never sent; one that would take from it is ignored."""
    taking = [pattern for pattern in given if pattern.startswith("!")]
    warnings.extend(f"{file}: context.never_send can only add: {pattern} is ignored." for pattern in taking)
    return tuple(pattern for pattern in given if pattern not in taking)


def _endpoint(
    values: Mapping[str, Any], environment: Mapping[str, str], file: Path, warnings: list[str]
) -> Endpoint | None:
    """The model that the user named; the environment wins over the file."""
    url = environment.get("PATCHWRIGHT_ENDPOINT") or values.get("model.endpoint")
    name = environment.get("PATCHWRIGHT_MODEL") or values.get("model.name")
    if not url and not name:
        return None
    if not url or not name:
        missing, there = ("an endpoint", "PATCHWRIGHT_ENDPOINT") if not url else ("a model name", "PATCHWRIGHT_MODEL")
        warnings.append(f"No model is connected: {missing} is missing. Set {there}, or the key in {file}.")
        return None
    endpoint = Endpoint(str(url).strip(), str(name).strip(), _api_key(values, environment, warnings))
    if problem := find_problem(endpoint):
        warnings.append(f"No model is connected: {problem}")
        return None
    return endpoint


def _api_key(values: Mapping[str, Any], environment: Mapping[str, str], warnings: list[str]) -> str | None:
    """The key itself never stands in the file: a file is copied, shown and committed too easily."""
    if key := environment.get("PATCHWRIGHT_API_KEY"):
        return key
    variable = values.get("model.api_key_env")
    if variable and not environment.get(variable):
        warnings.append(f"model.api_key_env names {variable}, which is not set: asking without a key.")
    return environment.get(variable) if variable else None
