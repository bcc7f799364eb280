"""Which diagnostics has the editor told of, for each document as it is?

An editor tells a server what other tools report only of the lines that a menu is for. What it said of other lines of
the same text still holds: it is kept until the text is another, the document is opened anew, or the editor asks for a
menu there and does not say it again.
"""

from dataclasses import dataclass, field

from lsprotocol import types

MOST_DOCUMENTS = 50
MOST_OF_ONE = 500


@dataclass(slots=True)
class Diagnosed:
    """By URI the text that they are of, and the diagnostics in the order of their telling."""

    _told: dict[str, tuple[str, list[types.Diagnostic]]] = field(
        default_factory=dict[str, tuple[str, list[types.Diagnostic]]]
    )

    def note(self, uri: str, text: str, params: types.CodeActionParams) -> None:
        """Keeps what a request for a menu says."""
        known = self.of(uri, text)
        if params.context.only is None:
            # One that asks for some kinds alone may say less than it knows: those on save say nothing.
            known = [each for each in known if not _overlap(each.range, params.range)]
        new = [each for each in params.context.diagnostics if each not in known]
        self._told.pop(uri, None)
        self._told[uri] = (text, [*known, *new][-MOST_OF_ONE:])
        while len(self._told) > MOST_DOCUMENTS:
            del self._told[next(iter(self._told))]

    def forget(self, uri: str) -> None:
        """The document is opened anew."""
        self._told.pop(uri, None)

    def of(self, uri: str, text: str) -> list[types.Diagnostic]:
        """What the editor told of a document that has this text."""
        told, diagnostics = self._told.get(uri, ("", ()))
        return list(diagnostics) if told == text else []


def _overlap(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges share a line: that is what editors go by."""
    return one.start.line <= other.end.line and other.start.line <= one.end.line
