"""Does a value fit its key? What a key of the settings must be, and how far a repository is believed about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

Kind = Literal["text", "number", "texts", "flag"]

Believed = Literal["never", "lower", "raise", "on", "off", "add"]
"""What a repository may do: nothing, or only what makes the setting tighter."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the user's file: what it must be, its bounds where it is a number, and what holds where it is not set.

    `default` None is no limit, or not known before other settings are.
    """

    kind: Kind
    least: float = 0
    most: float = 0
    repository: Believed = "never"
    default: float | None = None


Keys = Mapping[str, Mapping[str, Key]]
"""Keys by section and name."""


def valid(document: Mapping[str, Any], keys: Keys, where: str, warnings: list[str]) -> dict[str, Any]:
    """The values that fit, under "section.key"; a warning for each other one."""
    values: dict[str, Any] = {}
    for section, entries in document.items():
        if section not in keys or not isinstance(entries, dict):
            warnings.append(f"{where}: [{section[:40]}] is not known. Sections: {', '.join(keys)}.")
            continue
        for name, value in cast("dict[str, Any]", entries).items():
            key = keys[section].get(name)
            if key is None:
                warnings.append(f"{where}: {section}.{name[:40]} is not known. Keys: {', '.join(keys[section])}.")
            elif problem := _problem(key, value):
                warnings.append(f"{where}: {section}.{name} {problem}: using the default.")
            else:
                values[f"{section}.{name}"] = value
    return values


def _problem(key: Key, value: Any) -> str:
    """Why a value does not fit its key; empty where it does."""
    if key.kind == "text":
        return "" if isinstance(value, str) and value.strip() else "must be a text"
    if key.kind == "flag":
        return "" if isinstance(value, bool) else "must be true or false"
    if key.kind == "texts":
        fits = isinstance(value, list) and all(isinstance(entry, str) for entry in cast("list[object]", value))
        return "" if fits else "must be a list of texts"
    if isinstance(value, bool) or not isinstance(value, int | float) or not key.least <= value <= key.most:
        return f"must be a number from {key.least:g} to {key.most:g}"
    return ""
