"""Does a hunk touch code that is not touched unasked: crypto, access, money, data loss?

Looked at are the changed lines of both sides and the symbols around them, with their decorators. A word of the table
and an import of the file together are enough, so is a strong word with another sign, a telling path, a path that tells
less with a word, or a guard that goes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from lsp_server.edits.compare import changed_spans
from lsp_server.edits.lines import contents
from lsp_server.review.checkpoints.protected_tables import CATEGORIES, DESTRUCTIVE, Category
from lsp_server.review.checkpoints.scene import Definition, Scene
from lsp_server.review.verdict import Concern, Level

CODE = frozenset({".sql", ".vue", ".svelte", ".graphql", ".proto"})
"""Files that hold code without being of an indexed language."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")
_COMMENT = re.compile(r"^\s*(?:#|//|/?\*|--)|^\s*(?:'''|\"\"\")")
GUARD = "a guard goes"
MOST_WORDS = 20_000
MOST_OF_FILE = 0.5
MINOR = frozenset({"constant", "field"})


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a hunk: its lines, the names around it with their decorators, and what the file imports."""

    lines: tuple[str, ...]
    around: str
    imports: tuple[str, ...]
    names: tuple[str, ...]
    path: str


def protected(scene: Scene) -> Iterator[Concern]:
    """A concern for each hunk that touches protected code, one for each kind."""
    for pair in scene.pairs:
        if scene.reading.is_test(pair.path):
            continue
        before, after = contents(pair.before or ""), contents(pair.after or "")
        for span in changed_spans(before, after):
            old = _side(scene, pair.path_before, pair.before, before, range(span.start, span.end))
            new = _side(scene, pair.path_after, pair.after, after, range(span.new_start, span.new_end))
            sides = [side for side in (old, new) if side is not None]
            for category in CATEGORIES:
                if found := _judged(category, old, new, sides):
                    level, why = found
                    message = f"{pair.path}, line {span.new_start + 1}: touches {category.name} ({why})."
                    guard = ".guard" if why.startswith(GUARD) else ""
                    yield Concern(f"prot.{category.name}{guard}", level, pair.path, message, span.new_start + 1)


def _judged(
    category: Category, old: _Side | None, new: _Side | None, sides: Sequence[_Side]
) -> tuple[Level, str] | None:
    """The level of a hunk in one category, and why."""
    code = [line for side in sides for line in side.lines if not _COMMENT.match(line) and line.strip()]
    if not code:
        return None
    gone = _guards(category, old) - _guards(category, new)
    if gone:
        return "approve", f"{GUARD}: {sorted(gone)[0]}"
    if category.name == "data-loss" and (found := next((m for line in code if (m := DESTRUCTIVE.search(line))), None)):
        return "approve", found[0].strip("(")
    if any(category.paths.search(_telling(side.path)) for side in sides):
        return "approve", "by its path"
    is_near = any(category.weak_paths.search(_telling(side.path)) for side in sides)
    if is_near and (word := _word(category, code, sides)):
        return "approve", f"by its path, and {word}"
    return _by_words(category, code, sides)


def _word(category: Category, code: Sequence[str], sides: Sequence[_Side]) -> str:
    """The first word of a category in changed lines or in the names around them; empty for none."""
    named = _split(" ".join((*code, *(side.around for side in sides))))
    found = category.words.search(named) or category.strong.search(named)
    return found[0] if found else ""


def _by_words(category: Category, code: Sequence[str], sides: Sequence[_Side]) -> tuple[Level, str] | None:
    """What the names in the lines and around them say, together with the imports."""
    words, around = _split(" ".join(code)), _split(" ".join(side.around for side in sides))
    imports = [each for side in sides for each in side.imports]
    imported = any(category.imports.search(each) or category.strong.search(_split(each)) for each in imports)
    here, near = category.words.search(words), category.words.search(around)
    strong, strong_near = category.strong.search(words), category.strong.search(around)
    found = strong or strong_near
    if found and (imported or (strong and strong_near)):
        return "approve", found[0]
    if strong_near:
        return "confirm", strong_near[0]
    if imported and (weak := near or (here if strong else None)):
        return "confirm", weak[0]
    if any(_is_about(category, side.names) for side in sides):
        return "confirm", "most of its file is"
    return None


def _is_about(category: Category, names: Sequence[str]) -> bool:
    """Whether so many symbols of a file have a strong word in their names that the rest belongs to them."""
    return len(names) > 2 and sum(bool(category.strong.search(each)) for each in names) > MOST_OF_FILE * len(names)


def _guards(category: Category, side: _Side | None) -> set[str]:
    return {found for line in side.lines for found in category.guards.findall(line)} if side else set()


def _telling(path: str) -> str:
    """The folders and the name of a file, split like names."""
    return "/".join(_split(part).replace(" ", "_") for part in PurePosixPath(path).with_suffix("").parts)


def _split(text: str) -> str:
    """The words of the names in a text, in lower case."""
    return " ".join(_CASE.sub(" ", name).strip().lower() for name in _IDENTIFIER.findall(text)[:MOST_WORDS])


def _side(scene: Scene, path: str | None, text: str | None, lines: Sequence[str], span: range) -> _Side | None:
    if path is None or text is None:
        return None
    symbols = scene.symbols(path, text)
    if not symbols.definitions and not symbols.imports and PurePosixPath(path).suffix not in CODE:
        return None
    around = [
        each for each in symbols.definitions if each.start_line <= span.start + 1 <= max(each.end_line, each.start_line)
    ]
    return _Side(
        tuple(lines[number] for number in span),
        "\n".join(_head(each, lines) for each in around),
        tuple(symbols.imports),
        tuple(_split(f"{each.container} {each.name}") for each in symbols.definitions if each.kind not in MINOR),
        path,
    )


def _head(definition: Definition, lines: Sequence[str]) -> str:
    """The name of a symbol and the lines above it that belong to it: decorators and annotations."""
    above = [line for line in lines[definition.start_line - 1 : definition.name_line - 1] if not _COMMENT.match(line)]
    return "\n".join((definition.name, *above))
