"""Document this: a function or a class gets the documentation that its project would give it.

def slug(title): …      ->      def slug(title):
                                    \"""Makes words with dashes between them of a title.\"""

That nothing else happens is proven: the code of each file is compared, without its comments and docstrings.
"""

from context.parsing.code import code_difference
from lsp_server.actions.offer import Action, Found, Spot
from lsp_server.actions.target import lines_of, qualified, target
from lsp_server.edits.change import ChangeSet, Edit, Problem


def find(spot: Spot) -> Found | None:
    """Offered inside a definition, documented or not: what is there may be out of date."""
    definition = target(spot)
    if definition is None:
        return None
    name = qualified(definition)
    verb = "Bring the documentation of {} up to date" if definition.docstring else "Document {}"
    return Found(spot.asked(verb.format(f"`{name}`")), lines_of(spot, definition), title=verb.format(name))


def only_documentation(change: ChangeSet) -> tuple[Problem, ...]:
    """What of a change is more than documentation."""
    problems: list[Problem] = []
    for operation in change.operations:
        if not isinstance(operation, Edit):
            said = f"{operation.path} would come, move or go, and only documentation may change."
            problems.append(Problem("CODE", said, operation.path))
        elif found := code_difference(operation.path, operation.before, operation.after):
            said = f"{operation.path}, line {found.line} is other code than before, and only documentation may change"
            what = f"`{found.text}`, where `{found.was}` stood" if found.was != found.text else f"`{found.text}`"
            problems.append(Problem("CODE", f"{said}: {what}.", operation.path))
    return tuple(problems)


ACTION = Action("document", "Document this", "file", "document.md", True, find, proof=only_documentation)
