"""What can the user ask for? The table of actions in menu order.

Adding one is a module with its `Action`, a prompt in `prompts/`, a row here and a test.
"""

from context.index import Index
from context.parsing.symbols import Definition
from context.snapshot import FileText, Place
from lsp_server.actions import (
    change_files,
    document,
    edit_selection,
    explain,
    finish_change,
    fix_all,
    fix_diagnostic,
    implement_comment,
    implement_function,
    resolve_conflicts,
    upgrade_dependency,
    write_tests,
)
from lsp_server.actions.ask import Diagnosis
from lsp_server.actions.comment import comment_at, request_in
from lsp_server.actions.describe import shortened
from lsp_server.actions.offer import Action, Offer, Spot
from lsp_server.edits.cells import is_cell
from lsp_server.recipes.plan import NotUnderstood, Refused
from lsp_server.recipes.registry import understand

ACTIONS: tuple[Action, ...] = (
    resolve_conflicts.ACTION,
    fix_diagnostic.ACTION,
    fix_all.ACTION,
    implement_comment.ACTION,
    implement_function.ACTION,
    edit_selection.ACTION,
    change_files.ACTION,
    write_tests.ACTION,
    document.ACTION,
    explain.ACTION,
    upgrade_dependency.ACTION,
    finish_change.ACTION,
)

TITLE_CHARACTERS = 72


def action_named(name: str) -> Action | None:
    """The action with an id or a command name."""
    return next((action for action in ACTIONS if name in (action.id, action.command)), None)


async def offers(
    file: FileText, place: Place, index: Index, diagnoses: tuple[Diagnosis, ...] = ()
) -> tuple[Offer, ...]:
    """The menu for a place in a file; the file is parsed in a worker process."""
    return menu(file, place, await index.outline(file.path, file.text), diagnoses)


def menu(
    file: FileText,
    place: Place,
    outline: tuple[Definition, ...],
    diagnoses: tuple[Diagnosis, ...] = (),
    *,
    is_begun: bool = True,
) -> tuple[Offer, ...]:
    """The menu, given the file's definitions. An entry that a recipe will carry out says what it will do.

    `is_begun`: something was changed since the last commit that may have to do with the file.
    """
    spot = Spot(file, place, comment_at(file, place), outline, diagnoses, request_in(file, place), is_begun)
    return tuple(
        Offer(action, found.title or _title(action, found.description), found)
        for action in ACTIONS
        if not (action.scope == "workspace" and is_cell(file.path))
        if (found := action.find(spot))
    )


def _title(action: Action, description: str) -> str:
    if not description or not action.recipes:
        return action.title
    sentence = " ".join(description.split())
    match understand(sentence):
        case NotUnderstood():
            pass
        case Refused():
            return action.title
        case steps:
            sentence = f"{', then '.join(step.plan.sentence() for step in steps)} (recipe)"
    return f"{action.title}: {shortened(sentence, TITLE_CHARACTERS)}"
