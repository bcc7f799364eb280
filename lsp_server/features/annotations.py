"""What is said beside each place of an edit? Who made it, or which checkpoint has something to say of it, and what.

An editor that shows such labels groups an edit by them: one group for each checkpoint, and one for the rest. None of
them asks the user again: the server has asked, and an editor's own question is passed over by those that have none. It
asks only where the user wants to choose there, place by place, among those that the review asks about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lsprotocol import types

from lsp_server.edits.change import Edit
from lsp_server.review.journal import Maker
from lsp_server.review.verdict import Judgement

MOST_REASONS = 4
MOST_CHARACTERS = 400

MAKERS: dict[Maker, tuple[str, str]] = {
    "recipe": ("recipe", "Exact, made without a model."),
    "model": ("model", "Written by a model."),
    "reply": ("reply", "Read from a reply."),
    "undo": ("undo", "Takes an earlier change back."),
}
CHECKPOINTS = {
    "cp.arch": "architecture",
    "cp.dep": "dependencies",
    "cp.iface": "interface",
    "places": "places that are only likely",
    "addresses": "new hosts",
    "characters": "characters that cannot be seen",
    "tests": "weakened tests or checks",
    "file": "files that move or go",
    "generated": "generated files",
}
"""Checkpoints by their rules, in words; any other is told by its rule."""


@dataclass(slots=True)
class Annotations:
    """The labels of one edit; `used` are those that some place has, by id.

    `judgements` are those of the change that the edit is of. `choose`: the user chooses in the editor.
    """

    made_by: Maker
    judgements: Sequence[Judgement] = ()
    choose: bool = False
    used: dict[str, types.ChangeAnnotation] = field(default_factory=dict[str, types.ChangeAnnotation])

    def of_file(self, path: str) -> str:
        """The id of what is said of a file that is made, moved or deleted."""
        own = [each for each in self.judgements if each.path == path]
        whole = [each for each in own if each.hunk is None]
        return self._id((whole or own or [None])[0])

    def of_line(self, edit: Edit, line: int) -> str:
        """The id of what is said of the hunk that holds a line (from 0) of the text before."""
        above = [number for number, hunk in enumerate(edit.hunks) if hunk.start <= line]
        meant = max(above, key=lambda number: (edit.hunks[number].start, edit.hunks[number].end), default=0)
        for each in self.judgements:
            if each.path == edit.path and each.hunk == meant:
                return self._id(each)
        return self.of_file(edit.path)

    def _id(self, judgement: Judgement | None) -> str:
        """The id of a judgement's group, which is there from now on."""
        rule = judgement.rules[0] if judgement is not None and judgement.rules else ""
        asks = self.choose and judgement is not None and judgement.level == "confirm"
        name = (rule or self.made_by) + ("?" if asks else "")
        if name not in self.used:
            self.used[name] = self._annotation(rule, asks=asks)
        return name

    def _annotation(self, rule: str, *, asks: bool) -> types.ChangeAnnotation:
        maker, description = MAKERS[self.made_by]
        label = f"Patchwright: {maker}"
        if rule:
            label = f"{label}, {_words(rule)}"
            description = _told(reason for each in self.judgements if rule in each.rules[:1] for reason in each.reasons)
        return types.ChangeAnnotation(label=label, description=description, needs_confirmation=True if asks else None)


def _words(rule: str) -> str:
    return f"{CHECKPOINTS[rule]} ({rule})" if rule in CHECKPOINTS else rule


def _told(reasons: Iterable[str]) -> str:
    """As many reasons as fit beside a change, each once."""
    different = list(dict.fromkeys(reasons))
    more = f" And {len(different) - MOST_REASONS} more." if len(different) > MOST_REASONS else ""
    text = " ".join(different[:MOST_REASONS])
    return (text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…") + more
