"""Where is the model, and may we speak to it? An address, a model's name and a key, all from the user's own settings.

    Endpoint("https://models.example.com/v1", "coder-large", api_key="...")
    EditorModel("copilot/gpt-5-mini")           # one that only the editor can reach

Plain http is for loopback alone, where nobody can listen.
"""

import re
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

ApiName = Literal["openai_chat", "openai_responses", "anthropic_messages", "ollama"]
"""The shapes in which a host can be asked: see `clients.adapters`."""

Auth = Literal["bearer", "api-key", "x-api-key", "none"]
"""How the key is sent: as `Authorization: Bearer`, or in the header of that name."""

InfillName = Literal["none", "llama_cpp", "ollama", "mistral", "completions", "template"]
"""The shapes in which a gap is filled: see `clients.infill`."""

Quirk = Literal[
    "max_completion_tokens", "without temperature", "without stream_options", "without schema", "without tools"
]
"""What a host wants otherwise than most: one field has another name, or must be left out."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A base URL, mostly ending in `/v1`, and how to speak to it. `api_key` None sends none; no repr shows the key.

    Without a key, `key_command` (a program and its arguments) or, with `in_keyring`, the system's keyring is asked for
    one when the model is first used. `certificates` is a file of authorities to trust besides the usual ones, `proxy` a
    URL.
    """

    base_url: str
    model: str
    api_key: str | None = field(default=None, repr=False)
    api: ApiName = "openai_chat"
    auth: Auth = "bearer"
    infill: InfillName = "none"
    quirks: frozenset[Quirk] = frozenset()
    key_command: tuple[str, ...] = field(default=(), repr=False)
    in_keyring: bool = False
    certificates: Path | None = None
    proxy: str | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        """Host and port, for people; "?" where the address has none."""
        try:
            parts = urlsplit(self.base_url)
            port = parts.port
        except ValueError:
            return "?"
        name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{name}:{port}" if port else name or "?"


EDITOR = "editor:"
"""What stands in the place of an address for a model that the editor reaches."""

NOT_OFFERED, GONE = "NotOffered", "Gone"
"""How a relay says that the editor hands on no models, and that it is not there."""

Relay = Callable[[Mapping[str, Any]], AsyncGenerator[Mapping[str, Any]]]
"""Carries one request to the editor; what it yields ends with a part that has `stopped` or `failed`. Closing it early,
or cancelling it, takes the request back."""


@dataclass(frozen=True, slots=True)
class EditorModel:
    """A model of the editor. `id` is whose it is and how they call it: "copilot/gpt-5-mini"."""

    id: str
    relay: Relay | None = field(default=None, compare=False, repr=False)

    @property
    def vendor(self) -> str:
        """Whose it is."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The model, as its vendor calls it."""
        return self.id.partition("/")[2]

    @property
    def host(self) -> str:
        """Where the text goes, for people."""
        return f"{self.vendor}, through the editor"


def find_editor_problem(model: EditorModel) -> str | None:
    """What is wrong with the name of a model, as a sentence; None if it can be used."""
    fits = model.vendor.strip() and model.name.strip() and model.id.isprintable() and len(model.id) <= 200
    return None if fits else "A model of the editor is named as vendor/model: connect it in the editor."


_API_PATHS = ("/chat/completions", "/responses", "/messages", "/api/chat", "/completions", "/infill")


_NAT64 = IPv6Network("64:ff9b::/96")
"""A network without IPv4 gives hosts addresses that hold their IPv4 address (RFC 6052)."""


def find_problem(endpoint: Endpoint) -> str | None:
    """What is wrong with an endpoint: a sentence that says what to do, without the key. None if it can be used."""
    return _address_problem(endpoint.base_url) or _model_problem(endpoint.model) or _key_problem(endpoint.api_key)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own: 127.0.0.0/8, ::1 or localhost."""
    address = _ip(host)
    return address.is_loopback if address else host.lower() == "localhost"


def find_peer_problem(endpoint: Endpoint, peer: str) -> str | None:
    """Why the address that a host's name led to must get nothing: a name can be made to lead anywhere."""
    address = _ip(peer.partition("%")[0])
    if address is None:
        return f"{endpoint.host} leads to no address that can be checked: it gets nothing."
    if address.is_loopback:
        return None
    if _is_odd(address):
        return f"{endpoint.host} leads to {address}, not the address of a model server (link-local or reserved)."
    if endpoint.base_url.lower().startswith("http:"):
        return f"{endpoint.host} leads to {address}, and plain http is for this machine alone: use https."
    return None


def _address_problem(base_url: str) -> str | None:
    if not base_url.isascii() or not base_url.isprintable() or re.search(r"[\s\\]", base_url):
        return "The endpoint has a space or an unusual character in it: write it as https://host/v1."
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        return "The endpoint is not a URL: write it as https://host/v1 or http://127.0.0.1:port/v1."
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        return "The endpoint is not an http(s) URL: write it as https://host/v1 or http://127.0.0.1:port/v1."
    if parts.username is not None or parts.password is not None:
        return "The endpoint has a user name or password in it: give the key as PATCHWRIGHT_API_KEY instead."
    if parts.query or parts.fragment:
        return "The endpoint has a ? or # part, which is not sent: leave it out."
    if said := next((end for end in _API_PATHS if parts.path.rstrip("/").endswith(end)), None):
        return f"The endpoint is the base URL, most often ending in /v1: leave out {said}."
    return _host_problem(parts, parts.hostname)


def _host_problem(parts: SplitResult, host: str) -> str | None:
    address = _ip(host)
    if address is None and re.fullmatch(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?", host):
        return f"{host} is an unusual way to write an address: write four numbers from 0 to 255."
    if is_loopback(host):
        return None
    if address and _is_odd(address):
        return f"{host} is not the address of a model server (link-local or reserved): it is never contacted."
    if parts.scheme == "http":
        return (
            f"Plain http would show your code to the network on its way to {host}: use https, or a server on 127.0.0.1."
        )
    return None


def _is_odd(address: IPv4Address | IPv6Address) -> bool:
    """Whether no model server has such an address: cloud metadata, for one, is link-local."""
    return address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return getattr(address, "ipv4_mapped", None) or address


def _model_problem(model: str) -> str | None:
    if not model.strip():
        return "No model is named: set PATCHWRIGHT_MODEL to a model that the endpoint serves."
    if not model.isprintable():
        return "The model's name has a line end or a control character in it: set PATCHWRIGHT_MODEL again."
    return None


def _key_problem(api_key: str | None) -> str | None:
    if api_key is None:
        return None
    if not api_key:
        return "The API key is empty: set PATCHWRIGHT_API_KEY to it, or unset it for a server that needs none."
    if not (api_key.isascii() and api_key.isprintable() and " " not in api_key):
        return "The API key has a space, a line end or an unusual character in it: copy it again, without a line end."
    return None
