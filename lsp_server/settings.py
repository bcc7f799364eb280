"""What did the user set? Read from the environment and the user's own file, never from a workspace.

A repository must not choose where code is sent, so nothing here looks below the current folder; what an editor hands
over may come from one, and is believed only so far (see `editor_settings`). What is wrong becomes a warning in words
and the default: a bad line never stops the server.

    # config.toml, in the folder that `patchwright doctor` names
    [model]
    endpoint = "http://127.0.0.1:8080/v1"
    name = "qwen2.5-coder"
    api_key_env = "MY_KEY"          # the environment variable that holds the key

    [budget]
    usd_per_day = 5

    [context]
    never_send = ["**/customers/**"]

    [index]
    cache_megabytes = 2000

    [checks]
    trusted_folders = ["~/work/shop"]   # whose tests may run, cut off from the network, before a change is applied

    [audit]
    strict = true                       # nothing is sent that cannot be noted

    [completion]
    inline = true                       # also where the model is on another machine

    [review]
    preview = true                      # every change waits as a proposal until you accept it
"""

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs

from clients.budget import Caps
from clients.endpoint import Endpoint, is_loopback
from lsp_server.editor_settings import EditorSettings, with_editor
from lsp_server.model_choice import ModelChoice, choose_model
from lsp_server.setting_keys import Key, valid

APPLICATION = "patchwright"
CONFIG_BYTES = 65_536
MOST_FILES = 200_000
CACHE_MEGABYTES = 2_000
INLINE_DELAY = 0.15


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one ask may cost: prompt context and reply in tokens, the model's time in seconds."""

    context_tokens: int = 12_000
    output_tokens: int = 8_192
    seconds: float = 180.0


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a user can set. `model` is None where none is connected.

    `most_files` of one workspace are indexed; the indexes of all take no more than `cache_megabytes`. `checks` says
    whether the project's tools look at each change; code of what is in `trusted_folders` may run for that. `inline` is
    None where the user has not said whether code is suggested as they type, after `inline_delay` seconds of rest.
    `trusted`: the editor says that its user trusts all that is open, as `trusted_folders` are.
    With `preview` every change waits as a proposal until the user accepts it.
    With `audit_strict` nothing is sent that cannot be noted in the audit log; with `audit_prompts` it holds the texts.
    """

    model: ModelChoice | None = None
    caps: Caps = field(default_factory=Caps)
    budget: Budget = field(default_factory=Budget)
    never_send: tuple[str, ...] = ()
    most_files: int = MOST_FILES
    cache_megabytes: int = CACHE_MEGABYTES
    inline: bool | None = None
    inline_delay: float = INLINE_DELAY
    checks: bool = True
    preview: bool = False
    trusted_folders: tuple[Path, ...] = ()
    trusted: bool = False
    audit_strict: bool = False
    audit_prompts: bool = False
    config_file: Path = Path()
    cache_folder: Path = Path()
    state_folder: Path = Path()

    @property
    def endpoint(self) -> Endpoint | None:
        """Where the connected model is; None also for a model file, which has no address until it runs."""
        return self.model.endpoint if self.model else None

    def trusts(self, root: Path) -> bool:
        """Whether code of a folder may run: the user named it, or trusts all that the editor has open."""
        return self.trusted or any(root.is_relative_to(folder) for folder in self.trusted_folders)

    @property
    def suggests_inline(self) -> bool:
        """Whether code is suggested as the user types: unasked only by a model of this machine."""
        if self.model is None:
            return False
        endpoint = self.model.endpoint
        is_here = is_loopback(urlsplit(endpoint.base_url).hostname or "") if endpoint else self.model.file is not None
        return is_here if self.inline is None else self.inline


_BUDGET = Budget()

KEYS: Mapping[str, Mapping[str, Key]] = {
    "model": {
        "endpoint": Key("text"),
        "name": Key("text"),
        "profile": Key("text"),
        "api": Key("text"),
        "gguf": Key("text"),
        "api_key_env": Key("text"),
        "api_key_command": Key("texts"),
        "api_key_in_keyring": Key("flag"),
        "certificates": Key("text"),
        "proxy": Key("text"),
        "temperature": Key("number", 0, 2),
        "cache": Key("flag"),
        "edit_tools": Key("flag"),
        "edit_schema": Key("flag"),
        "deadline_seconds": Key("number", 1, 3600, "lower", _BUDGET.seconds),
        "max_output_tokens": Key("number", 64, 200_000, "lower", _BUDGET.output_tokens),
    },
    "budget": {
        "tokens_per_ask": Key("number", 1, 1e9, "lower"),
        "usd_per_ask": Key("number", 0, 1e6, "lower"),
        "tokens_per_day": Key("number", 1, 1e12, "lower"),
        "usd_per_day": Key("number", 0, 1e6, "lower"),
        "tokens_per_workspace": Key("number", 1, 1e12, "lower"),
        "usd_per_workspace": Key("number", 0, 1e6, "lower"),
    },
    "context": {
        "budget_tokens": Key("number", 500, 1_000_000, "lower", _BUDGET.context_tokens),
        "never_send": Key("texts", repository="add"),
    },
    "index": {
        "most_files": Key("number", 100, 10_000_000, "lower", MOST_FILES),
        "cache_megabytes": Key("number", 10, 10_000_000, "lower", CACHE_MEGABYTES),
    },
    "completion": {
        "inline": Key("flag", repository="off"),
        "delay_milliseconds": Key("number", 0, 5_000, "raise", 1000 * INLINE_DELAY),
    },
    "checks": {
        "run": Key("flag", repository="on", default=True),
        "trusted_folders": Key("texts"),
    },
    "review": {
        "preview": Key("flag", repository="on", default=False),
    },
    "audit": {
        "strict": Key("flag", repository="on", default=False),
        "log_prompts": Key("flag"),
    },
}
"""Every section and key that the file may hold."""


def load_settings(
    environment: Mapping[str, str] = os.environ,
    editor: EditorSettings = EditorSettings(),  # noqa: B008 - a value
) -> tuple[Settings, tuple[str, ...]]:
    """The settings, and a warning in words for each thing that was ignored."""
    warnings: list[str] = []
    config_file = settings_file(environment, warnings)
    values = with_editor(_read(config_file, warnings), editor, KEYS, warnings)
    settings = Settings(
        model=choose_model(values, environment, config_file, warnings),
        caps=Caps(**{name: values.get(f"budget.{name}") for name in KEYS["budget"]}),
        budget=Budget(
            context_tokens=int(values.get("context.budget_tokens", _BUDGET.context_tokens)),
            output_tokens=int(values.get("model.max_output_tokens", _BUDGET.output_tokens)),
            seconds=float(values.get("model.deadline_seconds", _BUDGET.seconds)),
        ),
        never_send=_patterns(values.get("context.never_send", ()), config_file, warnings),
        most_files=int(values.get("index.most_files", MOST_FILES)),
        cache_megabytes=int(values.get("index.cache_megabytes", CACHE_MEGABYTES)),
        inline=values.get("completion.inline"),
        inline_delay=float(values.get("completion.delay_milliseconds", 1000 * INLINE_DELAY)) / 1000,
        checks=bool(values.get("checks.run", True)),
        preview=bool(values.get("review.preview", False)),
        trusted_folders=_folders(values.get("checks.trusted_folders", ()), config_file, warnings),
        trusted=editor.trusted,
        audit_strict=bool(values.get("audit.strict", False)),
        audit_prompts=bool(values.get("audit.log_prompts", False)),
        config_file=config_file,
        cache_folder=_folder(environment, "PATCHWRIGHT_CACHE", platformdirs.user_cache_path, warnings),
        state_folder=_folder(environment, "PATCHWRIGHT_STATE", platformdirs.user_state_path, warnings),
    )
    return settings, tuple(warnings)


def settings_file(environment: Mapping[str, str] = os.environ, warnings: list[str] | None = None) -> Path:
    """The user's own file."""
    told = [] if warnings is None else warnings
    return _folder(environment, "PATCHWRIGHT_CONFIG", platformdirs.user_config_path, told) / "config.toml"


def written_at(file: Path) -> tuple[int, ...] | None:
    """What tells one state of a file from another; None where there is none. Blocks."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _folder(environment: Mapping[str, str], name: str, default: Callable[..., Path], warnings: list[str]) -> Path:
    chosen = environment.get(name)
    if chosen:
        try:
            return Path(chosen).expanduser()
        except RuntimeError:
            warnings.append(f"{name} is {chosen}, and there is no such home folder: using the default.")
    return default(APPLICATION, appauthor=False)


def _folders(given: Sequence[str], file: Path, warnings: list[str]) -> tuple[Path, ...]:
    """Folders as they are on the disk; one that is not spelled from the root or from home could mean any."""
    found: list[Path] = []
    for each in given:
        try:
            folder = Path(each).expanduser()
        except RuntimeError:
            folder = Path(each)
        if folder.is_absolute():
            found.append(folder.resolve())
        else:
            warnings.append(f"{file}: checks.trusted_folders needs whole paths: {each} is ignored.")
    return tuple(found)


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
    return valid(document, KEYS, str(file), warnings)


def _patterns(given: Sequence[str], file: Path, warnings: list[str]) -> tuple[str, ...]:
    """Patterns that add to what is never sent; one that would take from it is ignored."""
    taking = [pattern for pattern in given if pattern.startswith("!")]
    warnings.extend(f"{file}: context.never_send can only add: {pattern} is ignored." for pattern in taking)
    return tuple(pattern for pattern in given if pattern not in taking)
