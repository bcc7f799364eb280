"""A real Helix at a pseudo-terminal. It has no scripting: keys go in, and a small terminal keeps what the screen shows.

    with Helix(program, file, environment) as helix:
        helix.act("Implement this comment")
        helix.type(":wa\r")

Nothing waits for a time: every key that depends on something waits until the screen shows it.
"""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

ROWS, COLUMNS = 40, 180
PATIENCE = 30
"""Seconds until a test gives up, on a busy machine too."""
LOST = 3.0
"""Seconds after which a key that shows nothing counts as lost."""
ASK_AGAIN = 10
"""Seconds after which the menu is asked for again, whatever the screen shows. Asked twice, it comes twice."""
NO_MENU = ("No configured language server", "No code actions")
"""What Helix says of a server that is not up yet, for which it does not wait."""

SEQUENCE = re.compile(
    r"\x1b\[([0-9;:?<=>]*)[ -/]*([@-~])|\x1b[\]P][^\x1b\x07]*(?:\x07|\x1b\\)|\x1b.|[^\x1b]", re.DOTALL
)
UNFINISHED = re.compile(r"\x1b(\[[0-9;:?<=>]*[ -/]*|[\]P][^\x1b\x07]*)?$")
"""What may go on with the next read."""


class Screen:
    """The characters of a terminal; colours and most else that a program may say are left out."""

    def __init__(self) -> None:
        self.cells = [[" "] * COLUMNS for _ in range(ROWS)]
        self.row = self.column = 0

    def feed(self, text: str) -> None:
        """Takes what the program wrote."""
        for part in SEQUENCE.finditer(text):
            if part[2] is not None:
                self._control(part[1], part[2])
            elif not part[0].startswith("\x1b"):
                self._put(part[0])

    def _control(self, values: str, name: str) -> None:
        numbers = [int(value) if value.isdigit() else 1 for value in values.split(";")]
        if name == "H":
            self.row, self.column = numbers[0] - 1, numbers[-1] - 1
        elif name == "J":
            self.cells = [[" "] * COLUMNS for _ in range(ROWS)]

    def _put(self, character: str) -> None:
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
        elif character >= " " and self.row < ROWS and self.column < COLUMNS:
            self.cells[self.row][self.column] = character
            self.column += 1

    def lines(self) -> list[str]:
        """The rows as text."""
        return ["".join(row) for row in self.cells]


class Helix:
    """One Helix with one file open, until the end of the block."""

    def __init__(self, program: Path, file: Path, environment: Mapping[str, str]) -> None:
        self.screen = Screen()
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(file.parent)
            os.execve(program, ["hx", str(file)], dict(environment))
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._rest = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def __enter__(self) -> Self:
        self.wait("the editor", lambda: self.shows(" NOR "))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)

    def type(self, keys: str) -> None:
        """Presses keys."""
        os.write(self.terminal, keys.encode())

    def shows(self, text: str) -> bool:
        """Whether the screen shows a text in one row now."""
        return any(text in line for line in self.screen.lines())

    def wait(self, what: str, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Reads the screen until a condition holds; fails with the screen where it never does."""
        end = time.monotonic() + seconds
        while not condition():
            self._read()
            assert time.monotonic() < end, f"{what} did not come:\n" + "\n".join(
                line.rstrip() for line in self.screen.lines() if line.strip()
            )

    def command(self, command: str) -> None:
        """Runs a typed command once Helix shows it."""
        prompt = f":{command}"

        def is_shown() -> bool:
            return any(line.startswith(prompt) for line in self.screen.lines())

        self.type(prompt)
        try:
            self.wait(command, is_shown, LOST)
        except AssertionError:
            # Helix throws away what is typed while it opens a file. Escape alone: before a key it would be Alt.
            self.type("\x1b")
            time.sleep(0.5)
            self.type(prompt)
            self.wait(command, is_shown)
        self.type("\r")
        self.wait(f"the end of {command}", lambda: not is_shown())

    def append(self, line: str) -> None:
        """Types a line at the end of the file."""
        self.type(f"geo{line}\x1b")
        # An escape that is not read before the next key would make it Alt and that key.
        self.wait(line, lambda: self.shows(line) and self.shows(" NOR "))

    def act(self, title: str) -> None:
        """Runs the code action whose title begins so, at the cursor. Asks again until the server is up."""
        asked = 0.0

        def menu() -> bool:
            nonlocal asked
            passed = time.monotonic() - asked
            if not self.shows(f" {title}") and passed > (0.5 if any(map(self.shows, NO_MENU)) else ASK_AGAIN):
                self.type(" a")
                asked = time.monotonic()
            return self.shows(f" {title}")

        self.wait(title, menu)
        self.type("\x1b[B" * self._above(title) + "\r")
        self.wait("the end of the menu", lambda: not self.shows(f" {title}"))

    def kill_server(self) -> None:
        """Kills the language server."""
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                if int(entry.read_text("utf-8").rpartition(")")[2].split()[1]) == self.process:
                    os.kill(int(entry.parent.name), signal.SIGKILL)

    def _above(self, title: str) -> int:
        """How many entries of the framed menu stand above the one with a title."""
        lines = self.screen.lines()
        row = next(index for index, line in enumerate(lines) if f" {title}" in line)
        left = lines[row].index(title)
        edge = lines[row].rindex("│", 0, left)
        above = 0
        while lines[row - above - 1][edge] == "│":
            above += 1
        return above

    def _read(self) -> None:
        if not select.select([self.terminal], [], [], 0.1)[0]:
            return
        try:
            self._rest += self._decoder.decode(os.read(self.terminal, 65536))
        except OSError:
            return
        cut = UNFINISHED.search(self._rest)
        whole = self._rest[: cut.start()] if cut else self._rest
        self._rest = self._rest[len(whole) :]
        self.screen.feed(whole)
