"""Which model did the user choose, and how is it spoken to? The environment and the user's file, filled in by profiles.

The environment wins over the file. A key is sent only to a host that the user named it for: a profile's own variable
(`OPENAI_API_KEY` and its like) counts for the hosts of that profile alone.
"""

import re
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast, get_args
from urllib.parse import urlsplit

from clients.endpoint import (
    EDITOR,
    ApiName,
    EditorModel,
    Endpoint,
    find_editor_problem,
    find_problem,
    is_loopback,
)
from clients.profiles import (
    FALLBACK,
    FREE,
    ModelRow,
    Price,
    Profile,
    parse_profiles,
    profile_for_host,
    profile_named,
    shipped_profiles,
)

PROFILES_BYTES = 1 << 20
_PLACEHOLDER = re.compile(r"(?<=://)(?:HOST|RESOURCE)(?=[./:]|$)")
"""What a profile's address leaves open."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The model that the user named: at an endpoint, in a file of this machine, or of the editor.

    `row` is what is known of it. With `edit_tools` it is offered tools to edit with; with `edit_schema`, and without
    tools, its reply is held to JSON where the host can do that. `price` is None where it is not known. `temperature`
    None leaves the host's own; replies are kept where it is 0.
    """

    endpoint: Endpoint | None = None
    file: Path | None = None
    editor: EditorModel | None = None
    profile: Profile | None = None
    row: ModelRow = field(default_factory=lambda: ModelRow(""))
    price: Price | None = None
    temperature: float | None = None
    keeps_replies: bool = True
    edit_tools: bool = False
    edit_schema: bool = False

    @property
    def target(self) -> Endpoint | Path | EditorModel | None:
        """Where it is."""
        return self.endpoint or self.editor or self.file

    @property
    def title(self) -> str:
        """The model and where it is, for people."""
        if self.editor is not None:
            return f"{self.editor.name} at {self.editor.host}"
        if self.endpoint is None:
            return f"{self.file.stem if self.file else '?'} on this machine"
        return f"{self.endpoint.model} at {self.endpoint.host}"


def choose_model(
    values: Mapping[str, Any], environment: Mapping[str, str], file: Path, warnings: list[str]
) -> ModelChoice | None:
    """The user's choice, None where there is none or it cannot be used: `warnings` then says why."""
    given_url = environment.get("PATCHWRIGHT_ENDPOINT")
    name = environment.get("PATCHWRIGHT_MODEL") or values.get("model.name")
    chosen = ModelChoice(
        temperature=values.get("model.temperature"),
        keeps_replies=values.get("model.cache", True),
        edit_tools=values.get("model.edit_tools", False),
        edit_schema=values.get("model.edit_schema", False),
    )
    if values.get("model.gguf") and not given_url:
        return replace(chosen, file=Path(values["model.gguf"]).expanduser(), price=FREE)
    if not (given_url or name or values.get("model.endpoint") or values.get("model.profile")):
        return None
    profiles = all_profiles(file.parent, warnings)
    named = None if given_url else values.get("model.profile")
    profile = profile_named(profiles, named) if named else None
    if named and profile is None:
        known = ", ".join(profile.name for profile in profiles)
        warnings.append(f"model.profile names {named}, which is not known. Known are: {known}.")
    url = str(given_url or values.get("model.endpoint") or (profile.base_url if profile else "")).strip()
    if not url or not name:
        missing, there = ("an endpoint", "PATCHWRIGHT_ENDPOINT") if not url else ("a model name", "PATCHWRIGHT_MODEL")
        warnings.append(f"No model is connected: {missing} is missing. Set {there}, or the key in {file}.")
        return None
    if url == EDITOR:
        return _of_editor(chosen, EditorModel(str(name).strip()), profiles, warnings)
    if placeholder := _PLACEHOLDER.search(url):
        asked = f"write your own in the place of {placeholder[0]}, as --endpoint or as model.endpoint in {file}"
        warnings.append(f"No model is connected: {url} is no address yet: {asked}.")
        return None
    host = _host(url)
    profile = profile or profile_for_host(profiles, host) or profile_named(profiles, FALLBACK)
    endpoint = (profile or profiles[0]).endpoint(str(name).strip(), url)
    if not given_url:
        endpoint = _with_api(endpoint, values, warnings)
    endpoint = _with_network(_with_key(endpoint, profile, values, environment, warnings), values, environment, warnings)
    if problem := find_problem(endpoint):
        warnings.append(f"No model is connected: {problem}")
        return None
    row = profile.row(endpoint.model) if profile else ModelRow("")
    price = row.price or (FREE if is_loopback(host) else None)
    return replace(chosen, endpoint=endpoint, profile=profile, row=row, price=price)


def _of_editor(
    chosen: ModelChoice, model: EditorModel, profiles: Sequence[Profile], warnings: list[str]
) -> ModelChoice | None:
    """The choice of a model that the editor reaches. What it costs only the user can say, in a profile of theirs."""
    if problem := find_editor_problem(model):
        warnings.append(f"No model is connected: {problem}")
        return None
    profile = next((profile for profile in profiles if profile.base_url == EDITOR), None)
    row = profile.row(model.id) if profile else ModelRow("")
    return replace(chosen, editor=model, profile=profile, row=row, price=row.price)


def all_profiles(folder: Path, warnings: list[str]) -> tuple[Profile, ...]:
    """The user's own profiles, then those that come with us."""
    file = folder / "profiles.toml"
    try:
        with file.open("rb") as stream:
            data = stream.read(PROFILES_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return shipped_profiles()
    except OSError as error:
        warnings.append(f"{file} cannot be read ({error.strerror}).")
        return shipped_profiles()
    own, problems = parse_profiles(data.decode("utf-8", "replace"))
    warnings += (f"{file}: {problem}." for problem in problems)
    return (*own, *shipped_profiles())


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _with_api(endpoint: Endpoint, values: Mapping[str, Any], warnings: list[str]) -> Endpoint:
    api = values.get("model.api")
    if api is None:
        return endpoint
    if api not in get_args(ApiName):
        warnings.append(
            f"model.api is {api}, which is not one of {', '.join(get_args(ApiName))}: using {endpoint.api}."
        )
        return endpoint
    return replace(endpoint, api=cast("ApiName", api))


def _with_key(
    endpoint: Endpoint,
    profile: Profile | None,
    values: Mapping[str, Any],
    environment: Mapping[str, str],
    warnings: list[str],
) -> Endpoint:
    """The key itself never stands in the file: a file is copied, shown and committed too easily."""
    if key := environment.get("PATCHWRIGHT_API_KEY"):
        return replace(endpoint, api_key=key)
    variable = values.get("model.api_key_env")
    if variable and (key := environment.get(variable)):
        return replace(endpoint, api_key=key)
    if command := values.get("model.api_key_command"):
        return replace(endpoint, key_command=tuple(command))
    if values.get("model.api_key_in_keyring"):
        return replace(endpoint, in_keyring=True)
    if variable:
        warnings.append(f"model.api_key_env names {variable}, which is not set: asking without a key.")
        return endpoint
    fits = profile is not None and profile_for_host((profile,), _host(endpoint.base_url)) is not None
    if profile is not None and fits and profile.key_env:
        return replace(endpoint, api_key=environment.get(profile.key_env) or None)
    return endpoint


def _with_network(
    endpoint: Endpoint, values: Mapping[str, Any], environment: Mapping[str, str], warnings: list[str]
) -> Endpoint:
    """Certificates and a proxy, where the user named them; nothing on this machine is asked through a proxy."""
    if certificates := values.get("model.certificates"):
        endpoint = replace(endpoint, certificates=Path(certificates).expanduser())
    proxy, host = values.get("model.proxy"), _host(endpoint.base_url)
    if not proxy or is_loopback(host):
        return endpoint
    if proxy == "environment":
        names = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
        proxy = next((environment[name] for name in names if environment.get(name)), None)
        if proxy and urllib.request.proxy_bypass_environment(  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]: not in the stubs
            host, {"no": environment.get("NO_PROXY") or environment.get("no_proxy") or ""}
        ):
            return endpoint
    if proxy and urlsplit(proxy).scheme not in {"http", "https"}:
        warnings.append("model.proxy must be an http(s) URL, or the word environment: asking without a proxy.")
        return endpoint
    return replace(endpoint, proxy=proxy)
