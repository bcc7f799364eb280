"""What do we know of a host and its models? Rows of `profiles.toml`, and before them rows of the user's own file.

A profile says how a host is spoken to; a row for a model says what it can read and write, what it costs, and where it
differs from its host. All of it is data: a new host needs no code.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast, get_args

from clients.endpoint import ApiName, Auth, Endpoint, InfillName, Quirk
from clients.model import Usage

FALLBACK = "openai-compatible"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens: read, read from the host's cache, and written.

    Where more than `above` tokens are read, `long` is the price of all of them.
    """

    input: float
    cached: float
    output: float
    above: int = 0
    long: "Price | None" = None

    def of(self, usage: Usage) -> float:
        """What so many tokens cost, in US dollars."""
        if self.long and usage.input_tokens > self.above:
            return self.long.of(usage)
        fresh = max(0, usage.input_tokens - usage.cached_tokens)
        return (fresh * self.input + usage.cached_tokens * self.cached + usage.output_tokens * self.output) / 1e6


FREE = Price(0.0, 0.0, 0.0)
"""What a model on this machine costs."""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """What is known of the models whose name fits the glob `match`; None: not known, or as the host has it."""

    match: str
    api: ApiName | None = None
    infill: InfillName | None = None
    quirks: frozenset[Quirk] = frozenset()
    context: int | None = None
    output: int | None = None
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of host. `hosts` are globs of host names; one on this machine has none, and is told by what it answers."""

    name: str
    title: str
    base_url: str
    api: ApiName = "openai_chat"
    auth: Auth = "bearer"
    infill: InfillName = "none"
    key_env: str = ""
    hosts: tuple[str, ...] = ()
    quirks: frozenset[Quirk] = frozenset()
    models: tuple[ModelRow, ...] = field(default=())

    def row(self, model: str) -> ModelRow:
        """What is known of a model."""
        name = model.lower()
        return next((row for row in self.models if fnmatchcase(name, row.match.lower())), ModelRow(name))

    def endpoint(self, model: str, base_url: str = "") -> Endpoint:
        """How a model is spoken to at this host, without a key."""
        row = self.row(model)
        return Endpoint(
            base_url or self.base_url,
            model,
            api=row.api or self.api,
            auth=self.auth,
            infill=row.infill or self.infill,
            quirks=self.quirks | row.quirks,
        )


@lru_cache(maxsize=1)
def shipped_profiles() -> tuple[Profile, ...]:
    """The profiles that come with Patchwright."""
    profiles, problems = parse_profiles(files("clients").joinpath("profiles.toml").read_text(encoding="utf-8"))
    if problems:
        raise ValueError("; ".join(problems))
    return profiles


def profile_named(profiles: Sequence[Profile], name: str) -> Profile | None:
    """The first profile of that name."""
    return next((profile for profile in profiles if profile.name == name), None)


def profile_for_host(profiles: Sequence[Profile], host: str) -> Profile | None:
    """The first profile that names a host, given without its port."""
    return next((row for row in profiles if any(fnmatchcase(host.lower(), glob) for glob in row.hosts)), None)


_WORDS: Mapping[str, tuple[str, ...]] = {
    "api": get_args(ApiName),
    "auth": get_args(Auth),
    "infill": get_args(InfillName),
}
_TEXTS = ("name", "title", "base_url", "key_env", "match")
_NUMBERS = ("context", "output")
_PROFILE_KEYS = {"name", "title", "base_url", "key_env", "hosts", "quirks", "model", *_WORDS}
_MODEL_KEYS = {"match", "api", "infill", "quirks", "price", *_NUMBERS}


def parse_profiles(text: str) -> tuple[tuple[Profile, ...], tuple[str, ...]]:
    """The profiles of a file, and what is wrong with it in words; a profile with something wrong is left out."""
    try:
        document: Mapping[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return (), (f"it is not valid TOML ({error})",)
    problems = [f"{name} is not known; profiles are [[profile]]" for name in document if name != "profile"]
    profiles: list[Profile] = []
    for number, table in enumerate(_tables(document.get("profile")), 1):
        found: list[str] = []
        profile = _profile(table, found)
        problems += (f"profile {table.get('name', number)}: {problem}" for problem in found)
        if profile and not found:
            profiles.append(profile)
    return tuple(profiles), tuple(problems)


def _profile(table: Mapping[str, Any], problems: list[str]) -> Profile | None:
    values = _values(table, _PROFILE_KEYS, problems)
    if not values.get("name") or not values.get("base_url"):
        problems.append("it needs a name and a base_url")
        return None
    rows = [_row(row, problems) for row in _tables(table.get("model"))]
    return Profile(**{"title": values["name"], **values}, models=tuple(row for row in rows if row))


def _row(table: Mapping[str, Any], problems: list[str]) -> ModelRow | None:
    values = _values(table, _MODEL_KEYS, problems)
    if not values.get("match"):
        problems.append("a model needs match, a glob of model names")
        return None
    return ModelRow(**values)


def _values(table: Mapping[str, Any], known: set[str], problems: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in known:
            problems.append(f"{name} is not known")
        elif name != "model":
            fits, values[name] = _value(name, value)
            if not fits:
                problems.append(f"{name} is not what it must be ({', '.join(_WORDS.get(name, ())) or 'see docs'})")
    return values


def _value(name: str, value: Any) -> tuple[bool, Any]:
    """Whether a value fits its key, and the value as it is kept."""
    if name in _WORDS:
        return value in _WORDS[name], value
    if name in _TEXTS:
        return isinstance(value, str), value
    if name in _NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool) and value > 0, value
    if name == "price":
        return _price(value)
    entries = cast("list[Any]", value) if isinstance(value, list) else [None]
    if name == "quirks":
        return all(entry in get_args(Quirk) for entry in entries), frozenset(entries)
    return all(isinstance(entry, str) for entry in entries), tuple(entries)


def _price(value: Any) -> tuple[bool, Price | None]:
    table: dict[str, Any] = dict(cast("dict[str, Any]", value)) if isinstance(value, dict) else {}
    if (given := table.pop("long", None)) is not None:
        return _tiered(table, given)
    numbers = {name: table.get(name) for name in ("input", "cached", "output") if name in table}
    kinds = [
        isinstance(number, int | float) and not isinstance(number, bool) and number >= 0 for number in numbers.values()
    ]
    if not all(kinds) or not {"input", "output"} <= numbers.keys() or len(numbers) != len(table):
        return False, None
    read, cached, written = (
        float(cast("float", numbers.get(n, numbers["input"]))) for n in ("input", "cached", "output")
    )
    return True, Price(read, cached, written)


def _tiered(table: Any, given: Any) -> tuple[bool, Price | None]:
    """A price with another one for long prompts: `long = { above = 200_000, input = ..., output = ... }`."""
    more: dict[str, Any] = dict(cast("dict[str, Any]", given)) if isinstance(given, dict) else {}
    above = more.pop("above", None)
    fits, short = _price(table)
    is_long, long = _price(more) if "long" not in more else (False, None)
    if not (fits and is_long and short) or not isinstance(above, int) or isinstance(above, bool) or above <= 0:
        return False, None
    return True, replace(short, above=above, long=long)


def _tables(value: Any) -> list[Mapping[str, Any]]:
    entries = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", entry) for entry in entries if isinstance(entry, dict)]
