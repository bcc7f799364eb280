"""What did the editor set, and how far is that believed? Settings that come over the protocol, on top of the file's.

    initializationOptions     {"userSettings": {"completion": {"inline": true}}, "trusted": true,
                               "review": {"preview": true}}
    workspace/configuration   {"review": {"preview": true}}

A workspace can bring settings for an editor, and the editor does not say which of them it brought. So all of them count
as the repository's, which may only tighten; no endpoint, key, command or trust ever comes that way. What stands under
`userSettings` in `initializationOptions` is the user's own: no file of a workspace reaches those, the program that
starts the server makes them. So is `trusted`, for editors that ask their user whether to trust a workspace. The
notification `patchwright/userSettings` tells both anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from lsp_server.setting_keys import Key, Keys, valid

CLIENT_SECTIONS = ("client", "trace", "server")
"""What an editor's plugin keeps for itself under our name."""

USER = "userSettings"
TRUSTED = "trusted"
WHERE = "Settings of the editor"

Values = Mapping[str, Any]


def _nothing() -> Values:
    return {}


@dataclass(frozen=True, slots=True)
class EditorSettings:
    """By section and key, as they came: those of the user, and those that may be a repository's.

    `trusted`: the user lets code of what is open run.
    """

    users: Values = field(default_factory=_nothing)
    others: tuple[Values, ...] = ()
    trusted: bool = False


def from_options(options: object) -> EditorSettings:
    """What `initializationOptions` hold; what is no object holds nothing."""
    values = _object(options)
    others = _settings({name: each for name, each in values.items() if name not in (USER, TRUSTED)})
    return with_users(EditorSettings(others=(others,)), options)


def with_users(editor: EditorSettings, told: object) -> EditorSettings:
    """The same with what is the user's own now, as the program that started the server tells it."""
    values = _object(told)
    return replace(editor, users=_object(values.get(USER)), trusted=values.get(TRUSTED) is True)


def with_configuration(editor: EditorSettings, answer: object) -> EditorSettings:
    """The same with what `workspace/configuration` answered last."""
    return replace(editor, others=(*editor.others[:1], _settings(_object(answer))))


def with_editor(values: dict[str, Any], editor: EditorSettings, keys: Keys, warnings: list[str]) -> dict[str, Any]:
    """The values of the user's file with those of the editor, as far as they are believed."""
    found = values | valid(_settings(editor.users), keys, WHERE, warnings)
    for each in editor.others:
        for name, value in valid(each, keys, WHERE, warnings).items():
            section, _, key = name.partition(".")
            _tighten(found, name, keys[section][key], value, warnings)
    return found


def _tighten(values: dict[str, Any], name: str, key: Key, value: Any, warnings: list[str]) -> None:
    """Takes a value of a repository, unless it would loosen; whoever set it learns where it would be believed."""
    now = values.get(name, key.default)
    match key.repository:
        case "lower":
            values[name] = value if now is None else min(now, value)
        case "raise":
            values[name] = value if now is None else max(now, value)
        case "add":
            values[name] = [*(now or ()), *value]
        case "on" if value:
            values[name] = True
        case "off" if not value:
            values[name] = False
        case _ if value == now:
            pass
        case _:
            warnings.append(
                f"{WHERE}: {name} is ignored, since a workspace may have set it. Set it in your own file:"
                " `patchwright doctor` names it."
            )


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {}
    return {name: each for name, each in cast("dict[Any, Any]", value).items() if isinstance(name, str)}


def _settings(values: Values) -> Values:
    """Without what is not set and what is the plugin's own. Editors send null for what nobody set."""
    found: dict[str, Any] = {}
    for section, entries in values.items():
        if section in CLIENT_SECTIONS or entries is None:
            continue
        kept = {name: each for name, each in _object(entries).items() if each is not None}
        if kept or not isinstance(entries, dict):
            found[section] = kept or entries
    return found
