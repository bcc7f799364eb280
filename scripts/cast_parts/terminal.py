"""What does a program show in a terminal, and when? A pseudo-terminal, and every screen that stood still for a moment.

with Terminal(["nvim"], environment, folder) as terminal:
    terminal.type("ihello")
    terminal.until(lambda screen: "hello" in screen)
terminal.frames
"""

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

PATIENCE = 60.0
"""Seconds until a recording gives up."""
STILL = 0.06
"""Seconds without output after which a screen counts as drawn."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One character and its looks; colours are `default`, a name of pyte, or six hex digits."""

    text: str
    colour: str
    ground: str
    bold: bool
    italic: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """A screen, `seconds` after the beginning."""

    seconds: float
    rows: tuple[tuple[Cell, ...], ...]


class Terminal:
    """A program at a terminal, until the end of the block."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, columns: int, rows: int
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.frames: list[Frame] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._hidden = 0.0
        self._started = time.monotonic()
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.chdir(folder)
            os.execvpe(command[0], list(command), dict(environment))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)

    def text(self) -> str:
        """The screen as lines of text."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def type(self, keys: str, pause: float = 0.0) -> None:
        """Presses keys, all at once or one after the other."""
        for key in keys if pause else [keys]:
            os.write(self.terminal, key.encode())
            self.look(pause)

    def look(self, seconds: float) -> None:
        """Records what is shown in the next seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(min(left, STILL))

    def until(self, shows: Callable[[str], bool], what: str = "") -> None:
        """Records until the screen shows something; fails with the screen where it never does."""
        end = time.monotonic() + PATIENCE
        while not shows(self.text()):
            self._read(STILL)
            if time.monotonic() > end:
                raise TimeoutError(f"{what or 'what was awaited'} did not come:\n{self.text()}")

    def hide(self) -> None:
        """What was recorded so far is left out."""
        self.frames.clear()
        self._started = time.monotonic()

    def _read(self, seconds: float) -> None:
        if not select.select([self.terminal], [], [], seconds)[0]:
            self._keep()
            return
        try:
            data = os.read(self.terminal, 65536)
        except OSError:
            return
        self.stream.feed(self._decoder.decode(data))

    def _keep(self) -> None:
        """Keeps the screen as a frame, if it is another than the last."""
        shown = tuple(tuple(self._cell(row, column) for column in range(self.screen.columns)) for row in self._rows())
        if not self.frames or self.frames[-1].rows != shown:
            self.frames.append(Frame(time.monotonic() - self._started, shown))

    def _rows(self) -> range:
        return range(self.screen.lines)

    def _cell(self, row: int, column: int) -> Cell:
        char = self.screen.buffer[row][column]
        colour, ground = char.fg, char.bg
        at_cursor = not self.screen.cursor.hidden and (row, column) == (self.screen.cursor.y, self.screen.cursor.x)
        if char.reverse != at_cursor:
            colour, ground = ("ground" if ground == "default" else ground), ("text" if colour == "default" else colour)
        return Cell(char.data, colour, ground, char.bold, char.italics)
