"""How is an answer told to a person? One line for a message, a Markdown page for the whole of it."""

import re
from datetime import datetime
from pathlib import Path

from lsp_server.actions.ask import Answer, Explanation, NoChange, Proposal
from lsp_server.settings import Settings

WAYS_TO_CONNECT = (
    (
        "A model on this machine",
        "start llama.cpp, Ollama, LM Studio or vLLM, and run `patchwright connect`, which finds it; or give it a model "
        "file: `patchwright connect --gguf FILE`.",
    ),
    (
        "A model in your network or in the cloud",
        "set PATCHWRIGHT_ENDPOINT (an OpenAI-compatible base URL), PATCHWRIGHT_MODEL and PATCHWRIGHT_API_KEY "
        "in the environment that starts your editor.",
    ),
    (
        "For good",
        "run `patchwright connect --endpoint URL --model NAME --key-env VARIABLE`: it tries the model with one word, "
        "and stores the choice in {config}.",
    ),
)
"""The three ways, in the order in which a newcomer can try them."""

PIECES_SHOWN = 12
SUMMARY_CHARACTERS = 100
SITES_IN_LINE = 3
FILES_IN_LINE = 4


def when(seconds: float) -> str:
    """The local time of what is kept in seconds since 1970."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")


def shortened(description: str, most: int = SUMMARY_CHARACTERS) -> str:
    """The first line of a description, cut to so many characters: a message is no page."""
    line = description.strip().partition("\n")[0].rstrip()
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def one_line(answer: Answer) -> str:
    """What came of an ask, in one sentence or two."""
    if isinstance(answer, NoChange):
        return answer.message
    if isinstance(answer, Explanation):
        return f"{answer.summary} (model{_tokens(answer)}, {answer.seconds:.1f} s). Nothing was changed."
    made = "recipe, exact, no network" if answer.made_by == "recipe" else f"model{_tokens(answer)}"
    line = f"{_files(answer)}{answer.summary} ({made}, {answer.seconds:.1f} s)."
    if answer.context is not None and answer.context.completeness < 1:
        line = f"{line} {_part_done(answer.context.completeness)}"
    return f"{line} To check by hand: {_sites(answer)}." if answer.uncertain else line


def _files(answer: Proposal) -> str:
    """Which files a model changes, where they are several: a recipe's summary says it, and a message may be cut."""
    paths = answer.change.paths() if answer.made_by == "model" else ()
    if len(paths) < 2:
        return ""
    names = [path.rpartition("/")[2] for path in paths]
    more = ", …" if len(names) > FILES_IN_LINE else ""
    return f"{len(names)} files ({', '.join(names[:FILES_IN_LINE])}{more}): "


def _part_done(completeness: float) -> str:
    return f"Only {completeness:.0%} of the workspace was indexed yet."


def ways_to_connect(settings: Settings) -> tuple[str, ...]:
    """The three ways to connect a model, a sentence each."""
    file = settings.config_file
    short = f"~/{file.relative_to(Path.home()).as_posix()}" if file.is_relative_to(Path.home()) else str(file)
    return tuple(f"{title}: {how.format(config=short)}" for title, how in WAYS_TO_CONNECT)


def answer_page(answer: NoChange, settings: Settings) -> str:
    """A page for an ask that came to no change: what was asked, why not, what a model would see, what to do now."""
    lines = [f"# {shortened(answer.ask.description)}", "", answer.message, ""]
    lines += [f"- {_where(problem.path)}{problem.message}" for problem in answer.problems if len(answer.problems) > 1]
    if answer.reason == "needs-model":
        lines += ["", "## Three ways to connect a model", ""]
        lines += [f"{number}. {way}" for number, way in enumerate(ways_to_connect(settings), 1)]
    if answer.context is not None:
        lines += ["", "## What a model would be shown", ""]
        lines += [f"{answer.context.tokens:,} tokens; nothing was sent." if answer.reason == "needs-model" else ""]
        if answer.context.completeness < 1:
            lines += ["", f"{_part_done(answer.context.completeness)} Ask again for the rest."]
        lines += ["", "| lines | why |", "|---|---|"]
        lines += [
            f"| `{piece.path}:{piece.start_line}-{piece.end_line}` | {plain(piece.why)} |"
            for piece in answer.context.pieces[:PIECES_SHOWN]
        ]
        more = len(answer.context.pieces) - PIECES_SHOWN
        lines += [f"| and {more} more | |"] if more > 0 else []
    return "\n".join(lines).rstrip() + "\n"


def _tokens(answer: Proposal | Explanation) -> str:
    """What the ask cost; "about" where the host did not say and it was counted from characters."""
    if answer.usage is None:
        return ""
    about = "about " if answer.usage.estimated else ""
    return f", {about}{answer.usage.input_tokens:,} tokens in, {answer.usage.output_tokens:,} out"


_MARKS = re.compile(r"[\\`*{}\[\]<>|#]|(?<![^\W_])_+|_+(?![^\W_])")


def plain(text: str) -> str:
    """Text from a workspace in a table's cell: it may neither end the cell nor be taken for Markdown.

    Most editors show the page as it is written, so an underscore within a name, which marks nothing, stays as it is.
    """
    return _MARKS.sub(lambda mark: "".join(f"\\{letter}" for letter in mark[0]), text)


def sites_page(answer: Proposal) -> str:
    """A page with every place that was not changed because it is not certain; empty where one line names them all."""
    if len(answer.uncertain) <= SITES_IN_LINE:
        return ""
    lines = [f"# {answer.summary}", "", "These places were not changed. Look at each: it may mean the same.", ""]
    lines += ["| place | why | line |", "|---|---|---|"]
    lines += [
        f"| `{site.path}:{site.line}` | {plain(site.why)} | {plain(site.text.strip())} |" for site in answer.uncertain
    ]
    return "\n".join(lines) + "\n"


def _sites(answer: Proposal) -> str:
    shown = ", ".join(f"{site.path}:{site.line} ({site.why})" for site in answer.uncertain[:SITES_IN_LINE])
    return f"{shown}, …" if len(answer.uncertain) > SITES_IN_LINE else shown


def _where(path: str) -> str:
    return f"`{path}`: " if path else ""
