"""How do the splices of a recipe become its answer? The comment that asked goes, and every file must still compile."""

from collections.abc import Mapping, Sequence

from context.snapshot import FileText
from lsp_server.edits.change import ChangeSet, Create, Edit, Operation, Problem
from lsp_server.recipes.candidates import compile_problems
from lsp_server.recipes.plan import Done, Material, Refused, Site
from lsp_server.recipes.splices import Splice, edit_of, lines_of, source_of


def finished(
    material: Material,
    splices: Mapping[str, Sequence[Splice]],
    summary: str,
    sites: Sequence[Site] = (),
    created: Sequence[Create] = (),
) -> Done | Refused:
    """The change of all splices by path, or why it cannot be; `certain` counts the splices and new files."""
    count = sum(len(set(own)) for own in splices.values()) + len(created)
    every = {path: list(own) for path, own in splices.items() if own}
    if material.consumed is not None:
        comment = consumed_splice(material)
        if comment is not None:
            every.setdefault(material.consumed.path, []).append(comment)
    operations: list[Operation] = []
    for path, own in sorted(every.items()):
        file = material.snapshot.file(path)
        if isinstance(file, FileText):
            operations.append(edit_of(file, apart(own), summary))
    problems = [problem for each in operations if isinstance(each, Edit) for problem in compile_problems(each)]
    if problems:
        return Refused(tuple(problems))
    unique = tuple(dict.fromkeys(sites))
    told = f"{summary}; {len(unique)} to check" if unique else summary
    return Done(ChangeSet((*operations, *created)), told, count, unique)


def consumed_splice(material: Material) -> Splice | None:
    """The splice that takes the comment which held the description out of its file."""
    place = material.consumed
    file = material.snapshot.file(place.path) if place is not None else None
    if place is None or not isinstance(file, FileText):
        return None
    lines = lines_of(source_of(file.text))
    return Splice(lines.start(place.start_line - 1), lines.start(place.end_line), "")


def apart(splices: Sequence[Splice]) -> list[Splice]:
    """The splices with those that insert at one place made one, without those that lie within another."""
    inserted: dict[int, str] = {}
    kept: list[Splice] = []
    for splice in dict.fromkeys(splices):
        if splice.start == splice.end:
            inserted[splice.start] = inserted.get(splice.start, "") + splice.text
        else:
            kept.append(splice)
    outer = [one for one in kept if not any(_covers(other, one) for other in kept)]
    return [*outer, *(Splice(start, start, text) for start, text in inserted.items())]


def _covers(other: Splice, one: Splice) -> bool:
    return other != one and other.start <= one.start and one.end <= other.end


def refused(problem: Problem) -> Refused:
    """A refusal for one reason."""
    return Refused((problem,))
