"""How is the user's choice of a model stored? In `[model]` of the settings file, which keeps all else that is in it.

The file is written beside and moved into place. What was written is read again first: where a file is laid out in a way
that this cannot edit safely, nothing is written and the lines are shown instead.
"""

import json
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

CHOICE_KEYS = (
    "profile",
    "endpoint",
    "name",
    "api",
    "gguf",
    "api_key_env",
    "api_key_command",
    "api_key_in_keyring",
)
"""The keys of `[model]` that say which model; a new choice replaces all of them."""

_HEADER = re.compile(r"\s*\[\s*model\s*\]\s*(?:#.*)?")
_ANY_HEADER = re.compile(r"\s*\[")
_KEY = re.compile(rf"\s*(?:{'|'.join(CHOICE_KEYS)})\s*=")


def lines_of(values: Mapping[str, Any]) -> list[str]:
    """The lines that store a choice."""
    return [f"{name} = {_toml(values[name])}" for name in CHOICE_KEYS if values.get(name)]


def store_choice(file: Path, values: Mapping[str, Any]) -> str | None:
    """Stores a choice; returns why it was not, as a sentence, or None."""
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        before = tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        return f"{file} cannot be read ({error}): mend it first."
    found: Any = before.get("model", {})
    if not isinstance(found, dict):
        return f"{file} has something other than a table under model: mend it first."
    model = {name: value for name, value in cast("dict[str, Any]", found).items() if name not in CHOICE_KEYS}
    expected = before | {"model": model | {name: values[name] for name in CHOICE_KEYS if values.get(name)}}
    changed = _with_choice(text, values)
    try:
        if tomllib.loads(changed) != expected:
            return f"{file} is laid out in a way that is not edited safely."
        _write(file, changed)
    except ValueError:
        return f"{file} is laid out in a way that is not edited safely."
    except OSError as error:
        return f"{file} cannot be written ({error.strerror})."
    return None


def _with_choice(text: str, values: Mapping[str, Any]) -> str:
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if _HEADER.fullmatch(line)), None)
    if start is None:
        head = text.rstrip("\n")
        return "\n".join([*([head, ""] if head else []), "[model]", *lines_of(values), ""])
    after = range(start + 1, len(lines))
    end = next((number for number in after if _ANY_HEADER.match(lines[number])), len(lines))
    kept = [line for line in lines[start + 1 : end] if not _KEY.match(line)]
    return "\n".join([*lines[: start + 1], *lines_of(values), *kept, *lines[end:]])


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = file.resolve()
    beside = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _toml(value: Any) -> str:
    """A text, a flag or a list of texts in TOML: their JSON is the same."""
    return json.dumps(value, ensure_ascii=False)
