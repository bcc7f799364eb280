"""What is the model told? Prompts as files in `prompts/`, filled with the context's pieces and the task.

The order is rules, conventions, files, task: what stays the same between two asks comes first, so that hosts can reuse
their cache of a prompt's beginning. Nothing here depends on the clock or on chance.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from string import Template

from clients.model import Role
from clients.outgoing import Source
from context.parsing.languages import language_of
from context.retrieval.select import Context, Piece
from context.snapshot import FileText, Place, Snapshot
from lsp_server.actions.ask import Ask
from lsp_server.actions.notebooks import cells_shown
from lsp_server.actions.offer import Action
from lsp_server.edits.again import Kept
from lsp_server.edits.blocks import Block, Move, Passage, Removal, Replacement, WholeFile
from lsp_server.edits.change import Problem
from lsp_server.edits.formats import INSTRUCTIONS
from lsp_server.edits.formats.fences import fence_around
from lsp_server.edits.lines import contents

QUOTED = 100
"""So many characters of a line name a block."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message before the gate: plain parts, and parts that are a file's text."""

    role: Role
    parts: tuple[str | Source, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """The turns of one conversation with a model."""

    turns: tuple[Turn, ...]


def build_prompt(
    ask: Ask, action: Action, context: Context, snapshot: Snapshot, *, held_to_json: bool = False
) -> Prompt:
    """The system turn with the rules and the reply format, and the user turn with the files and the task.

    With `held_to_json` the rules say how the same edits are written as JSON, besides: the host may not hold to it.
    """
    rules = _template(action.rules).substitute(format=INSTRUCTIONS.strip())
    if held_to_json:
        rules += _template("held_to_json.md").template
    parts = [*_conventions(context), "# Files of the workspace\n\n"]
    for path, pieces in _by_file(context).items():
        parts.extend(_file_parts(path, pieces, snapshot))
    parts.extend(_task(ask, action, snapshot))
    return Prompt((Turn("system", (rules,)), Turn("user", tuple(parts))))


def mend_prompt(
    prompt: Prompt, reply: str, problems: tuple[Problem, ...], snapshot: Snapshot, kept: Kept | None = None
) -> Prompt:
    """The conversation goes on: what was wrong with the reply, and what is to come: `kept` blocks need not.

    What is said of a file quotes lines of it, so it passes the gate as that file's text.
    """
    wrong: list[str | Source] = []
    for problem in problems:
        said = f"{problem.message}\n{problem.details}".rstrip()
        wrong += [f"- {_where(problem)}{problem.code}: ", _source(problem.path, said, snapshot), "\n"]
    if any(problem.details for problem in problems):
        wrong.append(_template("shown_lines.md").template)
    fitting: list[str | Source] = []
    for block in kept.blocks if kept else ():
        fitting += [f"- block {block.number}, {block.path}: ", _source(block.path, _quoted(block), snapshot), "\n"]
    name = _mending(problems, kept)
    again: list[str | Source] = [_numbers(kept.missing()) if kept else ""]
    parts = _filled(name, {"problems": wrong, "kept": fitting, "again": again})
    return Prompt((*prompt.turns, Turn("assistant", (reply,)), Turn("user", tuple(parts))))


def _mending(problems: tuple[Problem, ...], kept: Kept | None) -> str:
    """The template that says what is to come next."""
    if problems and all(problem.code == "CHECK" for problem in problems):
        return "mend_findings.md"
    if kept is None:
        return "mend.md"
    return "go_on.md" if kept.goes_on else "mend_blocks.md"


def _filled(name: str, values: dict[str, list[str | Source]]) -> list[str | Source]:
    """A template with parts in the place of its variables."""
    parts: list[str | Source] = []
    for at, piece in enumerate(re.split(r"\$(\w+)", _template(name).template)):
        parts += values[piece] if at % 2 else [piece]
    return parts


def _quoted(block: Block) -> str:
    """What a block is about: its first line with text."""
    match block:
        case Replacement(old=old, new=new):
            lines = [*old, *new]
        case Passage(old=old):
            lines = old.split("\n")
        case WholeFile(lines=whole):
            lines = list(whole)
        case Move(new_path=new_path):
            return f"moves to {new_path}"
        case Removal():
            return "deleted"
    return f"“{next((line.strip() for line in lines if line.strip()), '')[:QUOTED]}”"


def _numbers(numbers: tuple[int, ...]) -> str:
    """`block 2`, or `blocks 2, 3 and 5`; nothing for none."""
    others, last = ", ".join(map(str, numbers[:-1])), "".join(map(str, numbers[-1:]))
    return f"blocks {others} and {last}" if others else f"block {last}" if last else ""


def _where(problem: Problem) -> str:
    block = f"block {problem.block}, " if problem.block else ""
    return f"{block}{problem.path}: " if problem.path else block


@lru_cache
def _template(name: str) -> Template:
    return Template(files("lsp_server.actions").joinpath("prompts", name).read_text(encoding="utf-8"))


def _conventions(context: Context) -> list[str | Source]:
    """How the project writes code near the place. It names what stands in files, so it passes the gate as such text."""
    if not context.conventions:
        return []
    lines = "".join(f"- {line}\n" for line in context.conventions)
    return ["# Conventions near the place, counted in the code\n\n", Source("", None, lines), "\n"]


def _by_file(context: Context) -> dict[str, list[Piece]]:
    """The pieces by file, files in rank order, each file's pieces in line order."""
    by_file: dict[str, list[Piece]] = {}
    for piece in context.pieces:
        by_file.setdefault(piece.path, []).append(piece)
    return {path: sorted(pieces, key=lambda piece: piece.start_line) for path, pieces in by_file.items()}


def _file_parts(path: str, pieces: list[Piece], snapshot: Snapshot) -> list[str | Source]:
    """A file's pieces, each fenced under a heading that says which lines it shows."""
    file = snapshot.file(path)
    if not isinstance(file, FileText):
        return []
    total = line_count(file)
    parts: list[str | Source] = []
    for start, last in _joined(pieces):
        end = min(last, total)
        shown = "whole file" if (start, end) == (1, total) else f"lines {start}-{end} of {total}"
        parts.extend(_fenced(f"## {path} ({shown})", file, Place(path, start, end), snapshot))
    return parts


def _fenced(heading: str, file: FileText, place: Place, snapshot: Snapshot) -> list[str | Source]:
    language = language_of(place.path)
    source = replace(_source(place.path, place_text(file, place), snapshot), start_line=place.start_line)
    return _in_fence(heading, source, language.name if language else "")


def _in_fence(heading: str, source: Source, language: str = "") -> list[str | Source]:
    """Text in a fence longer than any in it."""
    fence = fence_around(source.text)
    opening = f"{heading}\n" if heading else ""
    return [f"{opening}{fence}{language}\n", source, f"\n{fence}\n\n"]


def _source(path: str, text: str, snapshot: Snapshot) -> Source:
    """Text of a file for the gate, which looks at where its links lead; a path that leads nowhere has no such place."""
    try:
        return Source(path, (snapshot.root / path).resolve() if path else None, text)
    except (OSError, ValueError, RuntimeError):
        return Source(path, None, text)


def _joined(pieces: list[Piece]) -> list[tuple[int, int]]:
    """The lines of pieces in line order; those that touch or overlap are one, so that no line is shown twice."""
    joined: list[tuple[int, int]] = []
    for piece in pieces:
        if joined and piece.start_line <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], piece.end_line))
        else:
            joined.append((piece.start_line, piece.end_line))
    return joined


def _task(ask: Ask, action: Action, snapshot: Snapshot) -> list[str | Source]:
    """The task from the action's template; `$lines` becomes the text of the place, `$evidence` what the ask goes by."""
    place = ask.place
    file = snapshot.file(place.path) if place else None
    values = {
        "description": ask.description.strip(),
        "path": place.path if place else "",
        "where": f"`{place.path}`, {_lines_in_words(place)}" if place else "",
    }
    template = _template(action.prompt).template
    # With evidence the description is of that; without, it is of where it was given.
    if place and "$description" in template and not re.search(r"\$(lines|evidence)\n", template):
        is_there = isinstance(file, FileText) and _holds(place_text(file, place), ask.description)
        template += _template("described_here.md" if is_there else "asked_here.md").template
    parts: list[str | Source] = ["# Task\n\n"]
    for at, piece in enumerate(re.split(r"\$(lines|evidence)\n", template)):
        if at % 2 == 0:
            parts.append(Template(piece).substitute(values))
        elif piece == "lines":
            if place and isinstance(file, FileText):
                parts += _fenced("", file, place, snapshot)
        else:
            parts += _evidence(ask, snapshot)
    return parts if "$evidence" in template else [*parts, *_evidence(ask, snapshot)]


def _holds(text: str, description: str) -> bool:
    """Whether a description stands in a text, be it over several lines of comments; one from an input box does not."""
    words, said = re.findall(r"\w+", text), re.findall(r"\w+", description)
    return bool(said) and f" {' '.join(said)} " in f" {' '.join(words)} "


def _evidence(ask: Ask, snapshot: Snapshot) -> list[str | Source]:
    return [
        part
        for evidence in (*cells_shown(ask), *ask.evidence)
        for part in _in_fence(evidence.title, _source(evidence.path, evidence.text, snapshot))
    ]


def _lines_in_words(place: Place) -> str:
    if place.start_line == place.end_line:
        return f"line {place.start_line}"
    return f"lines {place.start_line}-{place.end_line}"


def line_count(file: FileText) -> int:
    """How many lines a file has, as an editor counts them."""
    return len(contents(file.text.rstrip("\r\n")))


def place_text(file: FileText, place: Place) -> str:
    """The lines of a place."""
    return "\n".join(contents(file.text)[place.start_line - 1 : place.end_line])
