r"""Which edits turn one text into another? Minimal ones, for an editor, and a unified diff, for people and `git apply`.

Cursors, folds and breakpoints survive where an edit does not touch them. Lines are compared as wholes; inside a changed
line only the common beginning and end are kept, because finer differences split words.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename
from lsp_server.edits.compare import Span, changed_spans
from lsp_server.edits.lines import ends_open, split_lines

CONTEXT_LINES = 3


@dataclass(frozen=True, slots=True)
class TextEdit:
    """The text from start to end becomes `text`. Lines and columns are 0-based, columns in code points."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int
    text: str


def text_edits(before: str, after: str) -> tuple[TextEdit, ...]:
    """The edits that turn `before` into `after`, in order, none touching another."""
    old, new = split_lines(before), split_lines(after)
    ends = list(accumulate(map(len, old)))
    starts = (0, *(ends[:-1] if ends_open(before) else ends))
    edits: list[TextEdit] = []
    for span in changed_spans(old, new):
        for part in _paired_lines(span):
            edits.append(_narrowed(old[part.start : part.end], new[part.new_start : part.new_end], part.start, starts))
    return tuple(edits)


def _paired_lines(span: Span) -> Iterable[Span]:
    """A span line by line where it has as many lines before as after."""
    count = span.end - span.start
    if count != span.new_end - span.new_start:
        return (span,)
    return (
        Span(span.start + line, span.start + line + 1, span.new_start + line, span.new_start + line + 1)
        for line in range(count)
    )


def _narrowed(old: Sequence[str], new: Sequence[str], line: int, starts: Sequence[int]) -> TextEdit:
    """One edit without the common beginning and end of the two texts; never between the halves of a CRLF."""
    was, becomes = "".join(old), "".join(new)
    shortest = min(len(was), len(becomes))
    prefix = 0
    while prefix < shortest and was[prefix] == becomes[prefix]:
        prefix += 1
    if prefix and was[prefix - 1] == "\r" and "\n" in (was[prefix : prefix + 1], becomes[prefix : prefix + 1]):
        prefix -= 1
    suffix = 0
    while suffix < shortest - prefix and was[-1 - suffix] == becomes[-1 - suffix]:
        suffix += 1
    if suffix and was[-suffix] == "\n" and "\r" in (_before(was, suffix), _before(becomes, suffix)):
        suffix -= 1
    base = starts[line]
    start, end = base + prefix, base + len(was) - suffix
    start_line, end_line = _line_of(start, starts), _line_of(end, starts)
    text = becomes[prefix : len(becomes) - suffix]
    return TextEdit(start_line, start - starts[start_line], end_line, end - starts[end_line], text)


def _before(text: str, suffix: int) -> str:
    """The character before the last `suffix` ones."""
    return text[-suffix - 1 : len(text) - suffix]


def _line_of(offset: int, starts: Sequence[int]) -> int:
    return bisect_right(starts, offset) - 1


def unified(change: ChangeSet) -> str:
    """The change as a diff that `git apply` takes: `a/` and `b/` prefixes, headers for new, deleted and moved files."""
    return "".join(_file_diff(operation) for operation in change.operations)


def _file_diff(operation: Operation) -> str:
    match operation:
        case Create(path, text):
            old, new = "/dev/null", _name("b/", path)
            return _header(path, path) + "new file mode 100644\n" + _hunks("", text, old, new)
        case Delete(path, _, before):
            old, new = _name("a/", path), "/dev/null"
            return _header(path, path) + "deleted file mode 100644\n" + _hunks(before, "", old, new)
        case Rename(path, new_path, edit=edit):
            moved = f"rename from {_name('', path)}\nrename to {_name('', new_path)}\n"
            if edit is None:
                return _header(path, new_path) + "similarity index 100%\n" + moved
            return _header(path, new_path) + moved + _edited(edit, new_path)
        case Edit(path=path):
            return _header(path, path) + _edited(operation, path)


def _edited(edit: Edit, new_path: str) -> str:
    mark = "\ufeff" if edit.bom else ""
    return _hunks(mark + edit.before, mark + edit.after, _name("a/", edit.path), _name("b/", new_path))


def _header(old: str, new: str) -> str:
    return f"diff --git {_name('a/', old)} {_name('b/', new)}\n"


def _name(prefix: str, path: str) -> str:
    """A path as git writes it: in quotes where it holds a quote or a backslash."""
    if '"' in path or "\\" in path:
        escaped = path.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{prefix}{escaped}"'
    return prefix + path


def _hunks(before: str, after: str, old_name: str, new_name: str) -> str:
    """The hunks with their two header lines; nothing for texts that do not differ."""
    old, new = _git_lines(before), _git_lines(after)
    spans = changed_spans(old, new)
    if not spans:
        return ""
    parts = [f"--- {_tabbed(old_name)}\n+++ {_tabbed(new_name)}\n"]
    parts += (_hunk(group, old, new) for group in _groups(spans))
    return "".join(parts)


def _tabbed(name: str) -> str:
    """git ends a name that holds a blank with a tab."""
    return f"{name}\t" if " " in name else name


def _git_lines(text: str) -> list[str]:
    """The lines as git sees them, which end at a newline only."""
    lines = text.split("\n")
    ended = [line + "\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def _groups(spans: Sequence[Span]) -> list[list[Span]]:
    """Spans whose context lines would meet share a hunk."""
    groups: list[list[Span]] = []
    for span in spans:
        if groups and span.start - groups[-1][-1].end <= 2 * CONTEXT_LINES:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _hunk(spans: Sequence[Span], old: Sequence[str], new: Sequence[str]) -> str:
    start = max(0, spans[0].start - CONTEXT_LINES)
    end = min(len(old), spans[-1].end + CONTEXT_LINES)
    new_start = spans[0].new_start - (spans[0].start - start)
    new_end = spans[-1].new_end + (end - spans[-1].end)
    parts = [f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@\n"]
    position = start
    for span in spans:
        parts += (_marked(" ", line) for line in old[position : span.start])
        parts += (_marked("-", line) for line in old[span.start : span.end])
        parts += (_marked("+", line) for line in new[span.new_start : span.new_end])
        position = span.end
    parts += (_marked(" ", line) for line in old[position:end])
    return "".join(parts)


def _range(start: int, end: int) -> str:
    """A range as a hunk header counts it: an empty one names the line above."""
    return f"{start + 1 if end > start else start},{end - start}"


def _marked(sign: str, line: str) -> str:
    return sign + line if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"
