"""What do several recipes come to, one after another? One change from the first text of every file to its last."""

from dataclasses import replace

from context.snapshot import FileText, Snapshot, from_buffer, text_sha
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Hunk, Operation, Rename
from lsp_server.edits.compare import changed_spans
from lsp_server.recipes.plan import Done
from lsp_server.recipes.splices import LINE_END, source_of


def after(snapshot: Snapshot, change: ChangeSet) -> Snapshot:
    """The files as they are once a change is applied."""
    buffers, gone = dict(snapshot.buffers), list[str]()
    for operation in change.operations:
        file = snapshot.file(operation.path)
        if isinstance(operation, Rename) and isinstance(file, FileText):
            buffers[operation.new_path] = replace(file, path=operation.new_path)
    for path, text in change.texts_after().items():
        file = buffers.get(path) or snapshot.file(path)
        if text is None:
            buffers.pop(path, None)
            gone.append(path)
        elif isinstance(file, FileText):
            buffers[path] = replace(file, text=text, sha=text_sha(text))
        else:
            buffers[path] = from_buffer(path, text, 0)
    return snapshot.with_files(buffers, gone)


def joined(snapshot: Snapshot, steps: list[Done]) -> Done:
    """All steps as one exact change of the first snapshot; a file that ends as it began is not in it."""
    if len(steps) == 1:
        return steps[0]
    last = snapshot
    paths: dict[str, None] = {}
    origins: dict[str, str] = {}
    for step in steps:
        last = after(last, step.change)
        paths.update(dict.fromkeys(step.change.paths()))
        for operation in step.change.operations:
            if isinstance(operation, Rename):
                origins[operation.new_path] = origins.pop(operation.path, operation.path)
    moves = [move for path, origin in origins.items() if (move := _move(origin, path, snapshot, last)) is not None]
    moved = set(ChangeSet(tuple(moves)).paths())
    rest = [_operation(path, snapshot, last) for path in paths if path not in moved]
    operations = [*moves, *(operation for operation in rest if operation is not None)]
    uncertain = tuple(dict.fromkeys(site for step in steps for site in step.uncertain))
    summary = ", then ".join([steps[0].summary, *(_lowered(step.summary) for step in steps[1:])])
    return Done(ChangeSet(tuple(operations)), summary, sum(step.certain for step in steps), uncertain)


def _move(path: str, new_path: str, first: Snapshot, last: Snapshot) -> Rename | None:
    """How a file of the first snapshot came to another path; None if it did not, or one of both paths holds another."""
    before, now = first.file(path), last.file(new_path)
    if not isinstance(before, FileText) or not isinstance(now, FileText):
        return None
    if first.exists(new_path) or last.exists(path):
        return None
    edit = compared(before, now.text) if before.text != now.text else None
    return Rename(path, new_path, before.sha, edit)


def _operation(path: str, first: Snapshot, last: Snapshot) -> Operation | None:
    before, now = first.file(path), last.file(path)
    if isinstance(before, FileText) and isinstance(now, FileText):
        return compared(before, now.text) if before.text != now.text else None
    if isinstance(now, FileText):
        return Create(path, now.text)
    return Delete(path, before.sha, before.text) if isinstance(before, FileText) else None


def compared(file: FileText, text: str, why: str = "") -> Edit:
    """The edit that makes a file's text another, found by comparing the two."""
    old, new = _lines(file.text), _lines(text)
    hunks = tuple(
        Hunk(span.start, span.end, tuple(new[span.new_start : span.new_end]), why=why)
        for span in changed_spans(old, new)
    )
    return Edit(file.path, file.sha, file.text, text, hunks, file.eol, file.bom)


def _lines(text: str) -> list[str]:
    parts = LINE_END.split(source_of(text))
    return [part.decode("utf-8", "surrogatepass") for part in (parts if parts[-1] else parts[:-1])]


def _lowered(summary: str) -> str:
    return summary[:1].lower() + summary[1:]
