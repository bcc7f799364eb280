"""Is the audit log whole? Reads its lines, and names each that was changed, removed, put in or damaged.

The chain shows what was altered by accident or by hand. Who may write the folder and knows the format could compute a
new chain: note the newest hash elsewhere, and compare it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lsp_server.review.audit import START, day_files, parted, read_head


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log: its file, its number there from 1, and its values; None for one that cannot be read."""

    file: Path
    number: int
    raw: bytes
    values: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where. `line` is 1-based; 0 speaks of the file as a whole."""

    file: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many events are there, the hash of the last, and all that is wrong."""

    events: int
    last: str
    faults: tuple[Fault, ...]


def lines(files: Iterable[Path]) -> Iterator[Line]:
    """Every line of some files, in order. Raises OSError."""
    for file in files:
        with file.open("rb") as stream:
            for number, raw in enumerate(stream, 1):
                line = raw.removesuffix(b"\n")
                found = parted(line)
                yield Line(file, number, line, None if found is None else found[0] | {"sha": found[1]})


def files_since(folder: Path, day: str) -> list[Path]:
    """The files of a day and later; all for an empty day."""
    return [file for file in day_files(folder) if file.stem >= day]


def checked(files: Iterable[Path], head: tuple[int, str] | None, *, whole: bool) -> Checked:
    """Checks a chain. `whole`: it must begin with the first event of all; `head`: it must reach that event."""
    faults: list[Fault] = []
    count, number, sha = 0, 0, START
    seen_head = head is None
    where, place = "", 0
    for line in lines(files):
        count, where, place = count + 1, line.file.name, line.number
        found = parted(line.raw)
        if found is None:
            faults.append(Fault(where, place, "this is no event: the line is damaged"))
            continue
        values, stated, body = found
        begins = count == 1 and not whole
        faults += (Fault(where, place, what) for what in _wrong(values, stated, body, number, sha, begins=begins))
        number, sha = int(str(values["number"])), stated
        seen_head = seen_head or (number, sha) == head
    if head is not None and not seen_head:
        said = (
            f"event {head[0]} was written and is not here: the end is missing"
            if head[0] > number
            else f"event {head[0]} is not the one that was written: the log was made anew"
        )
        faults.append(Fault(where or "head", place, said))
    return Checked(count, sha if count else "", tuple(faults))


def check_folder(folder: Path, since: str = "") -> Checked:
    """Checks the log in a folder, from a day on. Raises OSError."""
    files = files_since(folder, since)
    if since and not files:
        return Checked(0, "", ())
    head = read_head(folder)
    result = checked(files, head, whole=not since)
    if head is None and result.events:
        missing = Fault("head", 0, "the note of the newest event is missing: whether the end is there cannot be told")
        return Checked(result.events, result.last, (*result.faults, missing))
    return result


def _wrong(
    values: dict[str, object], stated: str, body: bytes, number: int, sha: str, *, begins: bool
) -> Iterator[str]:
    """What is wrong with a line after the one with that number and hash."""
    if hashlib.sha256(body).hexdigest() != stated:
        yield "this event was changed after it was written"
    here = int(str(values["number"]))
    if begins or (here == number + 1 and values["prev"] == sha):
        return
    if here > number + 1:
        missing = f"event {number + 1} is" if here == number + 2 else f"events {number + 1} to {here - 1} are"
        yield f"{missing} missing before this one"
    elif here <= number:
        yield f"this event stands in the wrong place: {here} after {number}"
    else:
        yield "this event does not follow the one before it: one of them was changed or put in"
