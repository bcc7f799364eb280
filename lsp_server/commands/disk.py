"""How does a change get onto the disk? Every file of it, or none.

Each file is written beside itself and then put in its place at once, with its mode bits and its byte-order mark. Just
before, its text is compared with the one that the change was made for. If anything fails, what was already put in place
is put back. A file with several hard links becomes a file of its own.
"""

import errno
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from context.snapshot import FileText, from_bytes, to_bytes
from lsp_server.commands import folder as at
from lsp_server.commands.folder import Folder
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Problem, Rename

OWNER_MAY_WRITE = 0o200
LINK_IN_THE_WAY = (errno.ELOOP, errno.ENOTDIR)


class NotWrittenError(Exception):
    """A file is not as the change expects it; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class Writing:
    """A change on its way: the open folders, and how to take back what was done, the last first."""

    root: Path
    stack: ExitStack
    undo: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])


def write_change(root: Path, change: ChangeSet) -> tuple[Problem, ...]:
    """Writes the files of a change below `root`. No problems: all are written. Any: all are as they were."""
    path = ""
    with ExitStack() as stack:
        writing = Writing(root, stack)
        try:
            steps: list[Callable[[], None]] = []
            for operation in change.operations:
                path = operation.path
                steps.append(_prepared(operation, writing))
            for operation, step in zip(change.operations, steps, strict=True):
                path = operation.path
                step()
        except NotWrittenError as error:
            return (error.problem, *_taken_back(writing))
        except OSError as error:
            return (_unwritable(path, error), *_taken_back(writing))
        except BaseException:
            _taken_back(writing)
            raise
    return ()


def _prepared(operation: Operation, writing: Writing) -> Callable[[], None]:
    """Does all that changes no file of the user, and returns what does."""
    match operation:
        case Edit():
            return _edit(operation, writing)
        case Create():
            return _create(operation, writing)
        case Rename(new_path=new_path, edit=edit):
            return _rename(operation, writing) if edit is None else _rename_edited(edit, new_path, writing)
        case Delete():
            return _delete(operation, writing)


def is_torn(problems: Sequence[Problem]) -> bool:
    """Whether a change that was not written left something behind all the same."""
    return any(problem.code == "UNWRITABLE" and not problem.path for problem in problems)


def _edit(edit: Edit, writing: Writing) -> Callable[[], None]:
    folder, name = _place(edit.path, writing)
    data, after, mode = _edited(edit, folder, name)
    beside = _beside(folder, after, mode, writing)

    def put_back() -> None:
        if at.read(folder, name)[0] == after:
            at.put(folder, at.write_beside(folder, data, mode), folder, name)

    def step() -> None:
        _verified(folder, name, edit.path, edit.base_sha)
        at.put(folder, beside, folder, name)
        writing.undo.append(put_back)

    return step


def _create(create: Create, writing: Writing) -> Callable[[], None]:
    folder, name = _place(create.path, writing, make_folders=True)
    data = create.text.encode()
    _refuse_existing(folder, name, create.path)
    beside = _beside(folder, data, None, writing)

    def step() -> None:
        _reserve(folder, name, create.path, writing)
        at.put(folder, beside, folder, name)

    return step


def _rename(rename: Rename, writing: Writing) -> Callable[[], None]:
    folder, name = _place(rename.path, writing)
    new_folder, new_name = _place(rename.new_path, writing, make_folders=True)
    _verified(folder, name, rename.path, rename.base_sha)
    _refuse_existing(new_folder, new_name, rename.new_path)

    def move_back() -> None:
        at.reserve(folder, name)
        at.put(new_folder, new_name, folder, name)

    def step() -> None:
        _verified(folder, name, rename.path, rename.base_sha)
        _reserve(new_folder, new_name, rename.new_path, writing)
        at.put(folder, name, new_folder, new_name)
        writing.undo.append(move_back)

    return step


def _rename_edited(edit: Edit, new_path: str, writing: Writing) -> Callable[[], None]:
    """The new text is put at the new path before the old file goes, so that one of both is always there."""
    folder, name = _place(edit.path, writing)
    new_folder, new_name = _place(new_path, writing, make_folders=True)
    data, after, mode = _edited(edit, folder, name)
    _refuse_existing(new_folder, new_name, new_path)
    beside = _beside(new_folder, after, mode, writing)

    def step() -> None:
        _verified(folder, name, edit.path, edit.base_sha)
        _reserve(new_folder, new_name, new_path, writing)
        at.put(new_folder, beside, new_folder, new_name)
        at.remove(folder, name)
        writing.undo.append(_put_back(folder, name, data, mode))

    return step


def _edited(edit: Edit, folder: Folder, name: str) -> tuple[bytes, bytes, int]:
    """The bytes of a file before and after an edit, and its mode; raises if the file must not be edited."""
    file, data, mode = _verified(folder, name, edit.path, edit.base_sha)
    if not mode & OWNER_MAY_WRITE:
        raise NotWrittenError(Problem("UNWRITABLE", f"{edit.path} is read-only. Nothing was written.", edit.path))
    return data, to_bytes(file, edit.after), mode


def _delete(delete: Delete, writing: Writing) -> Callable[[], None]:
    folder, name = _place(delete.path, writing)
    _, data, mode = _verified(folder, name, delete.path, delete.base_sha)

    def step() -> None:
        _verified(folder, name, delete.path, delete.base_sha)
        at.remove(folder, name)
        writing.undo.append(_put_back(folder, name, data, mode))

    return step


def _place(path: str, writing: Writing, *, make_folders: bool = False) -> tuple[Folder, str]:
    """The open folder of a path, and the file's name in it. Folders that are missing are made, if they may be."""
    *parts, name = PurePosixPath(path).parts
    folder = writing.stack.enter_context(at.opened(writing.root))
    for part in parts:
        if make_folders and not at.exists(folder, part):
            at.make_folder(folder, part)
            writing.undo.append(_removal(at.remove_folder, folder, part))
        folder = writing.stack.enter_context(at.opened(folder.path / part, folder))
    return folder, name


def _verified(folder: Folder, name: str, path: str, base_sha: str) -> tuple[FileText, bytes, int]:
    """The file, if its text is the one that the change was made for."""
    try:
        data, mode = at.read(folder, name)
    except FileNotFoundError as error:
        raise NotWrittenError(Problem("STALE", f"{path} is gone. Nothing was written.", path)) from error
    file = from_bytes(path, data)
    if not isinstance(file, FileText) or file.sha != base_sha:
        raise NotWrittenError(Problem("STALE", f"{path} was changed meanwhile. Nothing was written; ask again.", path))
    return file, data, mode


def _refuse_existing(folder: Folder, name: str, path: str) -> None:
    if at.exists(folder, name):
        raise NotWrittenError(Problem("EXISTS", f"{path} exists already. Nothing was written.", path))


def _reserve(folder: Folder, name: str, path: str, writing: Writing) -> None:
    """Takes a name that is free, so that nothing can be written over."""
    try:
        at.reserve(folder, name)
    except FileExistsError as error:
        raise NotWrittenError(Problem("EXISTS", f"{path} exists already. Nothing was written.", path)) from error
    writing.undo.append(_removal(at.remove, folder, name))


def _beside(folder: Folder, data: bytes, mode: int | None, writing: Writing) -> str:
    name = at.write_beside(folder, data, mode)
    writing.undo.append(_removal(at.remove, folder, name))
    return name


def _put_back(folder: Folder, name: str, data: bytes, mode: int) -> Callable[[], None]:
    """How a file that went comes again."""

    def undo() -> None:
        at.reserve(folder, name)
        at.put(folder, at.write_beside(folder, data, mode), folder, name)

    return undo


def _removal(remove: Callable[[Folder, str], None], folder: Folder, name: str) -> Callable[[], None]:
    def undo() -> None:
        with suppress(FileNotFoundError):
            remove(folder, name)

    return undo


def _taken_back(writing: Writing) -> tuple[Problem, ...]:
    """Undoes everything, the last first; what could not be undone is told."""
    problems: list[Problem] = []
    for undo in reversed(writing.undo):
        try:
            undo()
        except OSError as error:
            message = f"a file could not be put back ({error.strerror}). `patchwright undo` tries it again."
            problems.append(Problem("UNWRITABLE", message))
    return tuple(problems)


def _unwritable(path: str, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem("STALE", f"{path} is gone. Nothing was written.", path)
    if error.errno in LINK_IN_THE_WAY:
        return Problem("DENIED", f"{path} leads through a link or a file. Nothing was written.", path)
    return Problem("UNWRITABLE", f"{path} cannot be written ({error.strerror}). Nothing was written.", path)
