"""What makes code likely to be meant, and how much does each sign count?

One table, so that each can be switched off and measured: `docs/retrieval.md` has what each adds. The numbers were set
by hand to round values and hold within a factor of two; none depends on the others' exact values.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signals:
    """First the weights of words in a description, then of a chunk, of its file, and of the order."""

    title: float = 2.0
    """A word of the first line: it says in brief what is meant."""
    code: float = 1.5
    """A word that is written as code: within backticks, with an underscore or with inner capitals."""
    fenced: float = 0.5
    """A word of a code block: an example holds much that is beside the point."""
    report: float = 0.25
    """A word that any report has: expected, behaviour, reproduce, currently."""
    noise: float = 0.0
    """A line that only lists a version, ticks a box, or holds a link or a hash."""
    repeat: float = 0.5
    """The power of a word's count: what is said nine times counts three times as much."""
    prose: float = 0.5
    """A word that no symbol and no path has: it can stand in comments and messages only."""

    symbol: float = 3.0
    """A word among the names that a chunk defines, against one of its text."""
    named: float = 0.15
    """A chunk that defines a name which the description spells out."""
    trace: float = 1.0
    """A chunk that a stack trace or a link to a line points to."""

    best: float = 1.0
    """A file's best chunk."""
    cover: float = 0.8
    """How many of the words a file has in all of its chunks."""
    path: float = 0.45
    """The words in a file's path."""
    said: float = 0.7
    """A file that is named outright, by its path, its module or a symbol that it defines."""
    uses: float = 0.5
    """A file that defines what the best files refer to."""
    folder: float = 0.2
    """A file in a folder with other good files: a change is seldom alone in it."""
    here: float = 0.3
    """The file that the user is in."""
    opened: float = 0.1
    """A file that is open in the editor."""
    recent: float = 0.05
    """A file that was edited after most others."""

    file: float = 1.2
    """A chunk's file, against its own words."""
    vary: float = 0.03
    """How much each further chunk of the same file loses: the next file may hold the other half of the change."""


SIGNALS = Signals()
