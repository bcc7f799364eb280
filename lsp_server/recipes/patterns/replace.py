"""How is code that fits a pattern replaced? Every place is read again afterwards: it must be what was meant.

Strings and comments are no code and stay. A place within another, one with a comment that would be lost, and one that
would need brackets to keep its meaning are listed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from context.parsing.languages import language_of
from context.parsing.parse import syntax_faults
from context.snapshot import FileText
from lsp_server.edits.change import Problem
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.patterns.matcher import Hit, find_hits
from lsp_server.recipes.patterns.rewrite import Swap, parts_of, rewritten, without_empty
from lsp_server.recipes.patterns.sentence import ReplacePattern
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site
from lsp_server.recipes.splices import Splice

WITHIN = "it stands within another place that fits: ask once more"
UNLIKE = "it would mean something else there: it needs brackets"


@dataclass(frozen=True, slots=True)
class Place:
    """A place that fits, with what it becomes."""

    hit: Hit
    swaps: tuple[Swap, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What fits in one file."""

    file: FileText
    language: str
    hits: tuple[Hit, ...]


def carry_out(plan: Plan, material: Material) -> Done | Refused:
    """Every place that fits, in the files that are meant."""
    if not isinstance(plan, ReplacePattern):
        raise TypeError(plan)
    found = _found(plan, material)
    if isinstance(found, Problem):
        return refused(found)
    splices: dict[str, list[Splice]] = {}
    sites: list[Site] = []
    for each in found:
        places, listed = _places(plan, each)
        sites += listed
        if places:
            splices[each.file.path] = _splices(each.file.text, places)
            after = _applied(each.file.text, places)
            if len(syntax_faults(each.file.path, after)) > len(syntax_faults(each.file.path, each.file.text)):
                message = f"{each.file.path} would no longer parse: is `{plan.replacement}` {each.language} code?"
                return refused(Problem("SYNTAX_WORSE", message, each.file.path))
    if not splices:
        where = "; ".join(f"{site.path}:{site.line} ({site.why})" for site in sites[:6])
        return refused(Problem("NO_CHANGE", f"No place can be changed certainly: {where}."))
    count = sum(len(each.hits) for each in found) - len(sites)
    places_said = "1 place" if count == 1 else f"{count} places"
    files_said = "1 file" if len(splices) == 1 else f"{len(splices)} files"
    return finished(material, splices, f"{plan.sentence()}: {places_said} in {files_said}", sites)


def _found(plan: ReplacePattern, material: Material) -> list[Found] | Problem:
    """The files with places that fit, all of one language unless one is named."""
    files = [file for path in material.candidates if isinstance(file := _meant(plan, material, path), FileText)]
    parts = parts_of(plan.pattern)
    found: list[Found] = []
    is_code = False
    for file in files:
        language = language_of(file.path)
        hits = find_hits(language.name, file.text, plan.pattern, parts) if language is not None else None
        is_code |= hits is not None
        if hits and language is not None:
            found.append(Found(file, language.name, tuple(hits)))
    languages = dict.fromkeys(each.language for each in found)
    at_hand = language_of(material.place.path) if material.place is not None else None
    if len(languages) > 1 and at_hand is not None and at_hand.name in languages and not plan.path:
        return [each for each in found if each.language == at_hand.name]
    if len(languages) > 1 and not plan.path:
        return Problem(
            "AMBIGUOUS", f"It fits code of {' and '.join(languages)}: say `… in {next(iter(languages))} files`."
        )
    return found or _nothing(plan, files, is_code=is_code)


def _meant(plan: ReplacePattern, material: Material, path: str) -> FileText | None:
    """A file, if it is one of those that are meant."""
    file = material.snapshot.file(path) if is_meant(path, plan.path, plan.language) else None
    return file if isinstance(file, FileText) and all(name in file.text for name in plan.names()) else None


def is_meant(path: str, scope: str, wanted: str) -> bool:
    """Whether a file lies where a sentence says, and is of its language; empty texts mean all."""
    language = language_of(path)
    if language is None or (wanted and language.name != wanted):
        return False
    if scope.endswith("/"):
        return f"/{path}".startswith(f"/{scope}")
    return not scope or f"/{path}".endswith(f"/{scope}") or path.startswith(f"{scope}/")


def _nothing(plan: ReplacePattern, files: Sequence[FileText], *, is_code: bool) -> Problem:
    """Why nothing fits, and the pattern that would."""
    where = f" in {plan.path}" if plan.path else ""
    if files and not is_code:
        return Problem(
            "FORMAT", f"`{plan.pattern}` is no single piece of code{where}: write one expression or statement."
        )
    method = f"$O.{plan.pattern}"
    for file in files[:50]:
        language = language_of(file.path)
        if language is not None and find_hits(language.name, file.text, method, ["$O"]):
            message = f"No code fits `{plan.pattern}`{where}. Did you mean `{method}` with `$O.{plan.replacement}`?"
            return Problem("NOT_FOUND", message)
    return Problem("NO_CHANGE", f"No code fits `{plan.pattern}`{where}: {len(files)} files that mention it were read.")


def _places(plan: ReplacePattern, found: Found) -> tuple[list[Place], list[Site]]:
    """The places of a file that certainly change, and those for a person."""
    places: list[Place] = []
    sites: list[Site] = []
    end = -1
    for hit in found.hits:
        swaps = rewritten(found.file.text, hit, plan.pattern, plan.replacement) if hit.start >= end else WITHIN
        if isinstance(swaps, str):
            sites.append(_site(found.file, hit, swaps))
        else:
            places.append(Place(hit, tuple(swaps)))
            end = hit.end
    wrong = _unlike(plan, found, places)
    while wrong and places:
        sites += [_site(found.file, place.hit, UNLIKE) for place in wrong]
        places = [place for place in places if place not in wrong]
        wrong = _unlike(plan, found, places)
    return places, sites


def _unlike(plan: ReplacePattern, found: Found, places: list[Place]) -> list[Place]:
    """The places that no longer read as the replacement with the same parts, once all are changed."""
    before, after = found.file.text, _applied(found.file.text, places)
    wrong: list[Place] = []
    read: dict[str, set[tuple[int, tuple[str, ...]]]] = {}
    moved = 0
    for place in places:
        wanted = without_empty(place.hit, plan.replacement)
        parts = list(dict.fromkeys(parts_of(wanted)))
        if wanted not in read:
            hits = find_hits(found.language, after, wanted, parts) or []
            read[wanted] = {(hit.start, tuple(_said(after, hit, part) for part in parts)) for hit in hits}
        said = tuple(_said(before, place.hit, part) for part in parts)
        if (place.hit.start + moved, said) not in read[wanted]:
            wrong.append(place)
        moved += sum(len(swap.text) - (swap.end - swap.start) for swap in place.swaps)
    return wrong


def _said(text: str, hit: Hit, part: str) -> str:
    start, end = hit.parts[part]
    return text[start:end] if start >= 0 else ""


def _applied(text: str, places: Sequence[Place]) -> str:
    pieces: list[str] = []
    position = 0
    for swap in sorted((swap for place in places for swap in place.swaps), key=lambda swap: swap.start):
        pieces += (text[position : swap.start], swap.text)
        position = swap.end
    return "".join(pieces) + text[position:]


def _splices(text: str, places: Sequence[Place]) -> list[Splice]:
    def at(index: int) -> int:
        return len(text[:index].encode("utf-8", "surrogatepass"))

    return [Splice(at(swap.start), at(swap.end), swap.text) for place in places for swap in place.swaps]


def _site(file: FileText, hit: Hit, why: str) -> Site:
    line = file.text.count("\n", 0, hit.start) + 1
    return Site(file.path, line, file.text.split("\n")[line - 1].strip(), why)
