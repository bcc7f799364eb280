"""What may leave? The only maker of `ClearedText`, which is all that a `Message` can hold.

    gate = OutgoingGate(never_send=("fixtures/customers/**",), root=workspace)
    match gate.clear(["Explain:\n", Source("app/db.py", real_path, text)]):
        case Cleared(text): ...          # the request may be made of it
        case Withheld(paths, message): ...  # nothing may be sent: leave these files out and ask again

A file on the never-send list withholds the whole call. A secret becomes `PATCHWRIGHT_SECRET_1`, the same one for the
same secret as long as the gate lives, and an invisible character becomes `PATCHWRIGHT_CHAR_00200B`; `gate.restore` puts
both back into a reply. Text that is cleared again must be restored text: a placeholder in it is taken for the user's
own words.
"""

import hashlib
import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from clients.invisible import INVISIBLE
from clients.redaction import Span, find_secrets, merge, worth_finding_again

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NEVER_SEND: tuple[str, ...] = (
    "credentials",
    "!credentials/",
    ".env*",
    "!.env.example",
    "!.env.sample",
    "!.env.template",
    "!.env.dist",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.kdb",
    "*.kdbx",
    "*.ppk",
    "*.asc",
    "*.gpg",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".my.cnf",
    ".htpasswd",
    ".git-credentials",
    ".dockercfg",
    ".docker/config.json",
    ".kube/config",
    "credentials*.json",
    "service-account*.json",
    "*.tfstate",
    "*.tfstate.*",
    "*.tfvars",
    ".vault-token",
    "**/secrets/**",
    "**/.ssh/**",
    "**/.aws/**",
    "**/.gnupg/**",
    "**/.azure/**",
)
"""Never sent, whatever the settings say; gitignore patterns, matched without regard to case.

Templates (`.env.example` and its like) are sent: they are made to be shared, and their values are still scanned. They
stand after `.env*`, so that a template inside `secrets/` is not sent. A file called `credentials` is a secret, a folder
of that name is code; it stands first, so that all other patterns hold inside that folder.
"""

_PLACEHOLDER = re.compile(r"PATCHWRIGHT_(?:SECRET_[0-9]+|CHAR_[0-9A-F]{6})")
_DIGITS = re.compile(r"[0-9]*")
_MAKER = object()


@dataclass(frozen=True, slots=True)
class Held:
    """What a cleared text holds of one file: a passage before the gate, by its hash, its size and its first line.

    `start_line` is 1-based, None where the passage is only talk about the file; `redactions` were replaced in it.
    """

    path: str
    sha: str
    characters: int
    start_line: int | None
    end_line: int | None
    redactions: int = 0


class ClearedText:
    """Text that has passed the gate. Only `OutgoingGate.clear` makes one; its repr shows its size and a hash alone."""

    __slots__ = ("_holds", "_text")

    def __init__(self, text: str, holds: tuple[Held, ...] = (), *, maker: object = None) -> None:
        if maker is not _MAKER:
            raise TypeError("a ClearedText is made by OutgoingGate.clear alone")
        object.__setattr__(self, "_text", text)
        object.__setattr__(self, "_holds", holds)

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("ClearedText has no subclasses")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a ClearedText does not change")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a ClearedText is not pickled or copied")

    @property
    def text(self) -> str:
        """The text itself, for the adapters that send it and for showing the user what is sent."""
        return self._text  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType, reportAttributeAccessIssue]

    @property
    def holds(self) -> tuple[Held, ...]:
        """What it holds of which files, for the audit log."""
        return self._holds  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType, reportAttributeAccessIssue]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClearedText) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        sha = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
        return f"<ClearedText of {len(self.text)} characters, sha256 {sha[:12]}>"


@dataclass(frozen=True, slots=True)
class Source:
    """Text of a file. `path` is as the user knows it, `real_path` where its links lead; None if it is not on disk.

    `start_line` is where the text begins in the file, from 1; None for talk about it.
    """

    path: str
    real_path: Path | None
    text: str
    start_line: int | None = None


@dataclass(frozen=True, slots=True)
class Redaction:
    """A secret that was replaced. `line` is 1-based in the part that it stood in; `path` is "" for plain text."""

    placeholder: str
    kind: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Cleared:
    """Text that may be sent, what was replaced in it, and what the user should know, a sentence each."""

    text: ClearedText
    redactions: tuple[Redaction, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nothing may be sent, because of these files, or none if the list itself is at fault. `message` tells the user."""

    paths: tuple[str, ...]
    message: str


class OutgoingGate:
    """The one door out. Its placeholders last as long as it does; it may be used from several threads.

    `never_send` are gitignore patterns that add to `NEVER_SEND` and cannot take from it. `root` is the workspace's
    folder: real paths under it are matched from there on, all others in full.
    """

    def __init__(self, never_send: tuple[str, ...] = (), *, root: Path | None = None) -> None:
        self._lists = (NEVER_SEND, never_send)
        self._root = root.resolve() if root else None
        self._placeholders: dict[str, str] = {}
        self._originals: dict[str, str] = {}
        self._lock = threading.Lock()

    def clear(self, parts: Sequence[str | Source]) -> Cleared | Withheld:
        """The parts as one text without secrets, or `Withheld` if one of them is never sent.

        It works for about 1 ms per kB of text, and longer the first time: from an event loop call it in a thread.
        """
        if odd := _unreadable(self._lists[1]):
            return Withheld(
                (), f"Nothing was sent: the never-send list has a pattern that cannot be read ({odd}). Mend it."
            )
        sources = [part if isinstance(part, Source) else Source("", None, part) for part in parts]
        withheld = tuple(dict.fromkeys(source.path for source in sources if self.withholds(source)))
        if withheld:
            names = ", ".join(withheld)
            return Withheld(withheld, f"Not sent to the model, because the never-send list names it: {names}.")
        found = [find_secrets(source.text, source.path) for source in sources]
        with self._lock:
            return self._replace(sources, found)

    def withholds(self, source: Source) -> bool:
        """Whether a file is never sent, by its path or by where its links lead."""
        if not source.path and source.real_path is None:
            return False
        names = [_in_one_form(source.path).lstrip("/")]
        if source.real_path is not None:
            names.append(_in_one_form(self._from_root(source.real_path)).lstrip("/"))
        return any(_spec(patterns).match_file(name) for patterns in self._lists if patterns for name in names if name)

    def restore(self, reply: str) -> str:
        """A reply with the user's own text in the place of the placeholders; unknown placeholders stay."""
        return _PLACEHOLDER.sub(lambda match: self._originals.get(match[0], match[0]), reply)

    def __repr__(self) -> str:
        return f"<OutgoingGate with {len(self._originals)} placeholders>"

    def _from_root(self, real_path: Path) -> str:
        if self._root is not None and real_path.is_relative_to(self._root):
            return real_path.relative_to(self._root).as_posix()
        return real_path.relative_to(real_path.anchor).as_posix()

    def _replace(self, sources: Sequence[Source], found: Sequence[Sequence[Span]]) -> Cleared:
        joined = "".join(source.text for source in sources)
        starts: list[int] = []
        spans: list[Span] = []
        position = 0
        for source, secrets in zip(sources, found, strict=True):
            starts.append(position)
            spans += (Span(span.start + position, span.end + position, span.kind) for span in secrets)
            position += len(source.text)
        known = {original for original in self._placeholders if worth_finding_again(original)}
        known |= {joined[span.start : span.end] for span in spans if worth_finding_again(joined[span.start : span.end])}
        spans += _occurrences(joined, known)
        spans += (Span(match.start(), match.end(), "placeholder") for match in _PLACEHOLDER.finditer(joined))
        spans = merge(_past_digits(joined, span) for span in spans)
        text, redactions = self._rewrite(joined, spans, sources, starts)
        holds = tuple(
            _held(source, len(secrets)) for source, secrets in zip(sources, found, strict=True) if source.path
        )
        return Cleared(ClearedText(text, holds, maker=_MAKER), tuple(redactions), tuple(_notes(sources)))

    def _rewrite(
        self, joined: str, spans: Sequence[Span], sources: Sequence[Source], starts: Sequence[int]
    ) -> tuple[str, list[Redaction]]:
        pieces: list[str] = []
        redactions: list[Redaction] = []
        position = part = 0
        for span in spans:
            while part + 1 < len(starts) and starts[part + 1] <= span.start:
                part += 1
            placeholder = self._placeholder(joined[span.start : span.end])
            pieces += (self._visible(joined[position : span.start]), placeholder)
            position = span.end
            if span.kind != "placeholder":
                line = joined.count("\n", starts[part], span.start) + 1
                redactions.append(Redaction(placeholder, span.kind, sources[part].path, line))
        pieces.append(self._visible(joined[position:]))
        return "".join(pieces), redactions

    def _placeholder(self, original: str) -> str:
        if original not in self._placeholders:
            placeholder = f"PATCHWRIGHT_SECRET_{len(self._placeholders) + 1}"
            self._placeholders[original] = placeholder
            self._originals[placeholder] = original
        return self._placeholders[original]

    def _visible(self, text: str) -> str:
        if text.isascii():
            return text
        return INVISIBLE.sub(lambda match: self._visible_character(match[0]), text)

    def _visible_character(self, character: str) -> str:
        placeholder = f"PATCHWRIGHT_CHAR_{ord(character):06X}"
        self._originals[placeholder] = character
        return placeholder


def _held(source: Source, secrets: int) -> Held:
    sha = hashlib.sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()
    start = source.start_line
    end = None if start is None else start + source.text.rstrip("\n").count("\n")
    return Held(source.path, sha, len(source.text), start, end, secrets)


def _occurrences(text: str, secrets: Iterable[str]) -> list[Span]:
    spans: list[Span] = []
    for secret in secrets:
        start = text.find(secret)
        while start >= 0:
            spans.append(Span(start, start + len(secret), "known secret"))
            start = text.find(secret, start + len(secret))
    return spans


def _past_digits(text: str, span: Span) -> Span:
    """Digits right after a secret become part of it: after a placeholder they would change its number."""
    match = _DIGITS.match(text, span.end)
    return Span(span.start, match.end() if match else span.end, span.kind)


def _notes(sources: Sequence[Source]) -> Iterable[str]:
    for source in sources:
        found = [] if source.text.isascii() else INVISIBLE.findall(source.text)
        if found:
            codes = ", ".join(f"U+{ord(character):04X}" for character in sorted(set(found))[:5])
            place = source.path or "The description"
            yield f"{place} holds invisible characters ({len(found)}: {codes}); the model is shown their codes."


@lru_cache(maxsize=32)
def _unreadable(patterns: tuple[str, ...]) -> str | None:
    """The first pattern that gitignore does not know: what it was to keep back is unknown, so nothing may leave."""
    for pattern in patterns:
        try:
            _spec((pattern,))
        except (ValueError, re.error):
            return pattern
    return None


@lru_cache(maxsize=32)
def _spec(patterns: tuple[str, ...]) -> "GitIgnoreSpec":
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(map(_in_one_form, patterns))


def _in_one_form(name: str) -> str:
    """A path or a pattern without regard to case, and to whether an accent is a character of its own."""
    return unicodedata.normalize("NFC", name).lower()
