"""What would the text be? An editor's own bookkeeping in bytes of the agreed encoding, line by line, as an oracle."""

import random
from dataclasses import dataclass, field

LETTERS = "ab \té𝒳\U0001f600\u2028z"
ENDS = ("\n", "\r\n", "\r")
SIZE = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
CODEC = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
MOST_LINES = 60


@dataclass
class Oracle:
    """Lines with their ends; no line holds an end but its last characters."""

    encoding: str
    chance: random.Random
    lines: list[str] = field(default_factory=lambda: [""])

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.lines)

    def step(self) -> dict[str, object]:
        """One random edit: made here, and as the LSP change that says so."""
        start, end = sorted((self._place(), self._place()))
        if len(self.lines) > MOST_LINES:
            start, end = (1, 0), (len(self.lines) // 2, 0)
        new = "".join(self.chance.choice(LETTERS) for _ in range(self.chance.randrange(5)))
        if self.chance.random() < 0.4:
            new += self.chance.choice(ENDS)
        first, last = self.lines[start[0]], self.lines[end[0]]
        middle = first[: start[1]] + new + last[end[1] :]
        self.lines = split("".join(self.lines[: start[0]]) + middle + "".join(self.lines[end[0] + 1 :]))
        span = {"start": self._position(start[0], first[: start[1]]), "end": self._position(end[0], last[: end[1]])}
        return {"range": span, "text": new}

    def _place(self) -> tuple[int, int]:
        line = self.chance.randrange(len(self.lines))
        return line, self.chance.randrange(len(self.lines[line].rstrip("\r\n")) + 1)

    def _position(self, line: int, before: str) -> dict[str, int]:
        units = len(before.encode(CODEC[self.encoding])) // SIZE[self.encoding]
        return {"line": line, "character": units}


def split(text: str) -> list[str]:
    """The lines with their ends; the last one, which has none, may be empty."""
    lines, line = [], ""
    for at, letter in enumerate(text):
        line += letter
        if letter == "\n" or (letter == "\r" and text[at + 1 : at + 2] != "\n"):
            lines.append(line)
            line = ""
    return [*lines, line]
