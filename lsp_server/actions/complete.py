"""What code belongs at the cursor? A suggestion while the user types, from the model that they chose.

A model that fills gaps is asked with the text on both sides; any other is asked in words. Text leaves by the same door
as ever. A suggestion must not break the syntax of the file: it is cut down until it does not, or there is none.
"""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from clients.model import CodeModel, Infill, Message, Request, Stop, TextDelta
from clients.outgoing import ClearedText, Source, Withheld
from context.errors import ContextError
from context.retrieval.select import Query
from context.snapshot import FileText, Place, Snapshot
from lsp_server.actions.gap import Gap, cut, gap_at, is_over, shorter, without_head
from lsp_server.actions.services import Services
from lsp_server.actions.warming import warmed
from lsp_server.edits.cells import notebook_of

SECONDS = 10.0
LINE_TOKENS, LINES_TOKENS = 64, 320
CONTEXT_TOKENS = 1500
MOST_EXTRA = 4
"""So many pieces of other files go along."""

MOST_CELLS, MOST_CELL = 4, 1500
"""So many cells above, and of each so many characters at its end."""

CUTS = 8
"""So often a suggestion that breaks the syntax is cut down by a line."""

CURSOR = "<CURSOR>"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in an open file: an offset in its text, in characters. `above` are the texts of the cells before it."""

    file: FileText
    offset: int
    above: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        """The line of the cursor."""
        line = self.file.text.count("\n", 0, self.offset) + 1
        return Place(self.file.path, line, line)


async def complete(spot: Spot, snapshot: Snapshot, services: Services) -> str:
    """The text to insert; empty for none, also where the world stands in the way: nobody asked to be told.

    Cancelling it ends the call of the model.
    """
    try:
        return await _complete(spot, snapshot, services)
    except (ContextError, OSError):
        return ""


async def _complete(spot: Spot, snapshot: Snapshot, services: Services) -> str:
    gap = gap_at(spot.file.path, spot.file.text, spot.offset)
    model = services.model
    if gap is None or model is None:
        return ""
    async with warmed(model):
        request = await _request(gap, spot, snapshot, services)
        return "" if request is None else await _suggestion(gap, request, model, spot, services)


async def _suggestion(gap: Gap, request: Request, model: CodeModel, spot: Spot, services: Services) -> str:
    """What the model says to a request, cut to what belongs into the gap."""
    said = ""
    ended = False
    async with aclosing(model.stream(request)) as events:
        async for event in events:
            match event:
                case TextDelta(text):
                    said += text
                case Stop(reason):
                    ended = reason in ("end", "length")
                case _:
                    pass
            if request.infill is not None and is_over(gap, services.gate.restore(said)):
                ended = True
                break
    if not ended:
        return ""
    said = services.gate.restore(said)
    if request.infill is None:
        said = without_head(gap, _code_in(said))
    return await _sound(cut(gap, said), spot, services)


async def _request(gap: Gap, spot: Spot, snapshot: Snapshot, services: Services) -> Request | None:
    """What the model is asked; None where nothing may be sent."""
    path = spot.file.path
    pieces = await _pieces(spot, snapshot, services)
    prefix, suffix, *others = await asyncio.to_thread(
        _cleared, [(path, gap.prefix), (path, gap.suffix), *pieces], services
    )
    if prefix is None or suffix is None:
        return None
    extra = tuple((name, text) for (name, _), text in zip(pieces, others, strict=True) if text is not None)
    tokens = LINE_TOKENS if gap.kind == "line" else LINES_TOKENS
    if _fills_gaps(services):
        return Request((), tokens, 0.0, SECONDS, infill=Infill(prefix, suffix, extra))
    asked = Template(files("lsp_server.actions").joinpath("prompts", "complete.md").read_text("utf-8"))
    around = [f"# {path}\n", Source(path, _real(path, services), f"{gap.prefix}{CURSOR}{gap.suffix}")]
    known = [part for name, text in pieces for part in (f"# {name}\n", Source(name, _real(name, services), text), "\n")]
    words = asked.substitute(what="the rest of the line" if gap.kind == "line" else "the lines")
    cleared = await asyncio.to_thread(services.gate.clear, [words, "\n", *known, *around])
    if isinstance(cleared, Withheld):
        return None
    return Request((Message("user", cleared.text),), tokens, 0.0, SECONDS)


async def _pieces(spot: Spot, snapshot: Snapshot, services: Services) -> list[tuple[str, str]]:
    """What other files have to say of the lines before the cursor, best last, and cells above: next to the gap."""
    cells = [(spot.file.path, text[-MOST_CELL:]) for text in spot.above if text.strip()][-MOST_CELLS:]
    near = "\n".join(spot.file.text[: spot.offset].split("\n")[-3:]).strip()
    if not near:
        return cells
    try:
        context = await services.index.select(Query(near, CONTEXT_TOKENS, spot.place), snapshot)
    except (ContextError, OSError):
        return cells
    own = (spot.file.path, notebook_of(spot.file.path))
    others = [(piece.path, piece.text) for piece in context.pieces if piece.path not in own]
    return others[:MOST_EXTRA][::-1] + cells


def _cleared(parts: list[tuple[str, str]], services: Services) -> list[ClearedText | None]:
    """Each part through the gate; None for one that stays here."""
    found = [services.gate.clear([Source(path, _real(path, services), text)]) for path, text in parts]
    return [None if isinstance(each, Withheld) else each.text for each in found]


def _real(path: str, services: Services) -> Path:
    return (services.root / path).resolve()


def _fills_gaps(services: Services) -> bool:
    """Whether the chosen model takes the text on both sides of a gap; a model file of the user's does."""
    choice = services.settings.model
    if choice is None or choice.endpoint is None:
        return choice is not None and choice.file is not None
    return choice.endpoint.infill != "none"


def _code_in(reply: str) -> str:
    """The code of a reply in words: what its first fence holds, or all of it."""
    _, fence, rest = reply.partition("```")
    if not fence:
        return reply.rstrip()
    return rest.partition("\n")[2].partition("```")[0].removesuffix("\n")


async def _sound(text: str, spot: Spot, services: Services) -> str:
    """A suggestion that leaves the file at least as well-formed as it is; as much of it as does."""
    path, before = spot.file.path, spot.file.text
    known = len(await services.index.faults(path, before))
    for _ in range(CUTS):
        if not text.strip():
            return ""
        with_it = before[: spot.offset] + text + before[spot.offset :]
        if len(await services.index.faults(path, with_it)) <= known:
            return text
        text = shorter(text)
    return ""
