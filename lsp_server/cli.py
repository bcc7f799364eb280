"""The `patchwright` command: which subcommands are there, and how is one started?

It always runs isolated (`python -I`): a folder called `context/` in a user's workspace, or PYTHONPATH, must never be
imported in place of our own packages. So this module imports nothing but the standard library until it is.
"""

import argparse
import os
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand; its module in `commands/` has `add_arguments(parser)` and `run(arguments) -> int`."""

    name: str
    help: str

    def module(self) -> ModuleType:
        """The module that carries it out, imported only when it is needed."""
        return import_module(f"lsp_server.commands.{self.name}")


COMMANDS = (
    Command("serve", "run the language server for an editor"),
    Command("ask", "turn a description into a diff, or apply it"),
    Command("context", "show the code that is found for a description, and why"),
    Command("index", "bring the index of a workspace up to date"),
    Command("edits", "apply a model's reply to a tree"),
    Command("check", "judge a diff, as for a pull request or before a commit"),
    Command("approve", "show what waits for a person, and approve it"),
    Command("undo", "take back a change, keeping everything that came later"),
    Command("connect", "choose a model, try it, and store the choice"),
    Command("models", "list the hosts that can be asked, and what they cost"),
    Command("usage", "show what was used and what it cost"),
    Command("audit", "show, verify or export the log of what was sent and changed"),
    Command("doctor", "say what works here, and what to do about what does not"),
    Command("demo", "show the main job in a temporary sample project"),
)


def run() -> None:
    """The console script: starts over isolated, unless it already is."""
    arguments = [sys.executable, "-I", "-m", "lsp_server", *sys.argv[1:]]
    if sys.flags.isolated:
        sys.exit(main(sys.argv[1:]))
    if os.name == "posix":
        os.execv(sys.executable, arguments)  # noqa: S606 - this very program, no shell
    sys.exit(subprocess.call(arguments))


def main(arguments: list[str]) -> int:
    """Runs one subcommand and returns its exit code; each command's `--help` lists its own."""
    try:
        parser = _parser(arguments[0] if arguments else "")
        parsed = parser.parse_args(arguments)
        if not arguments:
            parser.print_help()
            return EXIT_USAGE
        return int(parsed.run(parsed))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing is wrong, and nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        problem = _in_words(error)
        if problem is None:
            raise
        sys.stderr.write(f"{problem}. `patchwright doctor` says what works here, and what to do.\n")
        return EXIT_FAILED


def _in_words(error: Exception) -> str | None:
    """What the world did: the disk, the system, a worker process, the store. None for what is a fault of our own."""
    from context.errors import ContextError

    match error:
        case OSError(strerror=str() as reason, filename=None):
            return reason
        case OSError(strerror=str() as reason, filename=name):
            return f"{name}: {reason}"
        case ContextError() | OSError():
            text = str(error) or "the system did not let the work be done"
            return f"{text[0].upper()}{text[1:]}"
        case _:
            return None


def _parser(chosen: str) -> argparse.ArgumentParser:
    """The parser; only the chosen command's module is imported."""
    from lsp_server import __version__

    parser = argparse.ArgumentParser("patchwright", description="Describe a change; review the patch.")
    parser.add_argument("--version", action="version", version=f"patchwright {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND")
    for command in COMMANDS:
        subparser = subparsers.add_parser(command.name, help=command.help)
        if command.name == chosen:
            module = command.module()
            subparser.description = wrapped(module.__doc__ or "", shutil.get_terminal_size().columns - 2)
            subparser.formatter_class = argparse.RawDescriptionHelpFormatter
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
    return parser


def wrapped(text: str, columns: int) -> str:
    """A docstring's paragraphs within some columns; indented lines are examples and stay as they are."""
    paragraphs = text.strip("\n").split("\n\n")
    width = min(max(columns, 20), 100)
    return "\n\n".join(
        paragraph if paragraph.startswith(" ") else textwrap.fill(paragraph, width) for paragraph in paragraphs
    )
