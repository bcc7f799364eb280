"""What is a checkpoint given? Both sides of every changed file, the rest of the workspace, and what the index knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from context.snapshot import FileText, Snapshot
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Rename
from lsp_server.edits.compare import changed_spans
from lsp_server.edits.lines import contents

MOST_FILES_READ = 400
"""So many files that mention a name are read to find its uses; what has more is common and is said to be."""


class Definition(Protocol):
    """Something that a file defines; lines are 1-based, both ends included."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def start_line(self) -> int: ...  # noqa: D102
    @property
    def end_line(self) -> int: ...  # noqa: D102
    @property
    def name_line(self) -> int: ...  # noqa: D102
    @property
    def container(self) -> str: ...  # noqa: D102


class Symbols(Protocol):
    """What a parser knows of a text."""

    @property
    def definitions(self) -> Sequence[Definition]: ...  # noqa: D102
    @property
    def references(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def imports(self) -> Sequence[str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read: by module-level functions, so that it pickles."""

    symbols: Callable[[str, str], Symbols]
    is_test: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows: the files that may hold a name, for each that was asked for, and all source paths."""

    mentions: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    paths: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A file on both sides of the change; a path or a text is None where there is no such file on that side."""

    path_before: str | None
    path_after: str | None
    before: str | None
    after: str | None

    @property
    def path(self) -> str:
        """Where the file is after the change, else where it was."""
        return self.path_after or self.path_before or ""

    def added(self) -> list[tuple[int, str]]:
        """The lines that the change adds, with their 1-based numbers after it."""
        return self._only("after")

    def removed(self) -> list[tuple[int, str]]:
        """The lines that it takes away, with their 1-based numbers before it."""
        return self._only("before")

    def _only(self, side: str) -> list[tuple[int, str]]:
        old, new = contents(self.before or ""), contents(self.after or "")
        spans = changed_spans(old, new)
        if side == "after":
            return [(at + 1, new[at]) for span in spans for at in range(span.new_start, span.new_end)]
        return [(at + 1, old[at]) for span in spans for at in range(span.start, span.end)]


@dataclass(frozen=True, slots=True)
class Scene:
    """A change with all that a checkpoint looks at."""

    pairs: tuple[Pair, ...]
    snapshot: Snapshot
    reading: Reading
    known: Known = field(default_factory=Known)
    _symbols: dict[tuple[str, str], Symbols] = field(default_factory=dict[tuple[str, str], Symbols])

    def symbols(self, path: str, text: str) -> Symbols:
        """What the parser knows of a text, each looked at once."""
        if (path, text) not in self._symbols:
            self._symbols[path, text] = self.reading.symbols(path, text)
        return self._symbols[path, text]

    def text_before(self, path: str) -> str | None:
        """The text of any path before the change."""
        pair = next((pair for pair in self.pairs if path in (pair.path_before, pair.path_after)), None)
        if pair is not None:
            return pair.before if pair.path_before == path else None
        return self._on_disk(path)

    def text_after(self, path: str) -> str | None:
        """The text of any path after the change."""
        pair = next((pair for pair in self.pairs if pair.path_after == path), None)
        if pair is not None:
            return pair.after
        return None if any(pair.path_before == path for pair in self.pairs) else self._on_disk(path)

    def mentioning(self, name: str) -> list[str]:
        """The files that may hold a name on either side, those of the change first; at most `MOST_FILES_READ`."""
        changed = [path for pair in self.pairs for path in (pair.path_before, pair.path_after) if path]
        return list(dict.fromkeys((*changed, *self.known.mentions.get(name, ()))))[:MOST_FILES_READ]

    def is_common(self, name: str) -> bool:
        """Whether more files mention a name than are read."""
        return len(self.known.mentions.get(name, ())) > MOST_FILES_READ

    def _on_disk(self, path: str) -> str | None:
        file = self.snapshot.file(path)
        return file.text if isinstance(file, FileText) else None


def scene_of(change: ChangeSet, snapshot: Snapshot, reading: Reading, known: Known) -> Scene:
    """The scene of a change. Reads files that only move."""
    pairs: list[Pair] = []
    for operation in change.operations:
        match operation:
            case Create(path, text):
                pairs.append(Pair(None, path, None, text))
            case Delete(path, _, before):
                pairs.append(Pair(path, None, before, None))
            case Edit(path=path, before=before, after=after):
                pairs.append(Pair(path, path, before, after))
            case Rename(path, new_path, edit=edit):
                file = snapshot.file(path)
                text = edit.before if edit else file.text if isinstance(file, FileText) else ""
                pairs.append(Pair(path, new_path, text, edit.after if edit else text))
    return Scene(tuple(pairs), snapshot, reading, known)
