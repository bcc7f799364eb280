"""What does a place become? Only what differs between pattern and replacement changes: layout and comments stay."""

import re
from dataclasses import dataclass

from lsp_server.recipes.patterns.matcher import Hit
from lsp_server.recipes.patterns.sentence import PART


@dataclass(frozen=True, slots=True)
class Swap:
    """Characters [start, end) of a text become `text`."""

    start: int
    end: int
    text: str


def parts_of(pattern: str) -> list[str]:
    """The `$X` and `$$$X` of a pattern in order."""
    return PART.findall(pattern)


def rewritten(text: str, hit: Hit, pattern: str, replacement: str) -> list[Swap] | str:
    """The swaps of one place, or why a person must look at it."""
    small = _small_swaps(text, hit, pattern, replacement)
    if small is not None:
        return small
    if hit.comments:
        return "a comment stands within it"
    return [Swap(hit.start, hit.end, _filled(text, hit, replacement))]


def _small_swaps(text: str, hit: Hit, pattern: str, replacement: str) -> list[Swap] | None:
    """The swaps between the parts, where both sides have the same parts in the same order."""
    parts = parts_of(pattern)
    ranges = [hit.parts[part] for part in parts]
    if parts != parts_of(replacement) or len(set(parts)) < len(parts) or any(start < 0 for start, _ in ranges):
        return None
    starts, ends = [hit.start, *(end for _, end in ranges)], [*(start for start, _ in ranges), hit.end]
    swaps: list[Swap] = []
    for start, end, old, new in zip(starts, ends, PART.split(pattern), PART.split(replacement), strict=True):
        if old == new:
            continue
        swap = _between(text, start, end, old, new)
        if swap is None:
            return None
        swaps.append(swap)
    return swaps


def _between(text: str, start: int, end: int, old: str, new: str) -> Swap | None:
    """The swap that turns `old` into `new` in what stands there, which may be laid out in its own way."""
    there = text[start:end]
    places = [place for place, letter in enumerate(there) if not letter.isspace()]
    if "".join(there.split()) != "".join(old.split()):
        return None
    first = _shared(old, new)
    last = _shared(old[first:][::-1], new[first:][::-1])
    said = new[first : len(new) - last]
    if there == old:
        return Swap(start + first, end - last, said)
    before = len("".join(old[:first].split()))
    changed = places[before : len(places) - len("".join(old[len(old) - last :].split()))]
    if changed:
        return Swap(start + changed[0], start + changed[-1] + 1, said.strip())
    behind = start + (places[before - 1] + 1 if before else 0)
    return Swap(behind, behind, said)


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _filled(text: str, hit: Hit, replacement: str) -> str:
    """The replacement with the texts of the parts."""
    return PART.sub(lambda part: text[slice(*hit.parts[part[0]])], without_empty(hit, replacement))


def without_empty(hit: Hit, replacement: str) -> str:
    """The replacement without the parts that stand for nothing, and without the comma beside each."""
    for part, (start, _) in hit.parts.items():
        if start < 0:
            name = re.escape(part)
            replacement = re.sub(rf",\s*{name}(?![A-Z0-9_])|{name}(?![A-Z0-9_])\s*,?\s*", "", replacement)
    return replacement
