"""What would be sent to the model for an ask? The very request that the pipeline makes, taken before it leaves."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from clients.hosted import body_of
from clients.lessons import Lessons
from clients.model import CHARACTERS_PER_TOKEN, Request
from clients.playback import Playback
from context.snapshot import Snapshot
from lsp_server.actions.ask import Ask
from lsp_server.actions.describe import one_line
from lsp_server.actions.pipeline import propose
from lsp_server.commands.terminal import print_json, remarks, results, visible
from lsp_server.commands.workspace import opened
from lsp_server.settings import Settings

EXIT_NOTHING = 3

_PLACEHOLDER = re.compile(r"PATCHWRIGHT_(SECRET_\d+|CHAR_[0-9A-F]{6})")


async def show_prompt(root: Path, ask: Ask, snapshot: Snapshot, settings: Settings, *, as_json: bool) -> int:
    """Prints what would be sent, and sends nothing; the exit code is 0, or 3 where nothing would be."""
    model = Playback([], "nobody")
    async with opened(root) as services:
        # Not through the audit log: nothing is sent, so there is nothing to note.
        answer = await propose(ask, snapshot, replace(services, model=model), lambda _: None)
    if not model.requests:
        if as_json:
            print_json({"url": None, "body": None, "tokens": 0, "replaced": [], "message": one_line(answer)})
        else:
            remarks().print(f"No model would be asked. {one_line(answer)}", markup=False)
        return EXIT_NOTHING
    request = model.requests[0]
    shown = _shown(request, settings)
    if as_json:
        print_json(shown)
    else:
        _print(request, shown)
    return 0


def _shown(request: Request, settings: Settings) -> dict[str, Any]:
    texts = request.texts()
    endpoint = settings.endpoint
    if endpoint and (known := Lessons(settings.state_folder).of(endpoint)):
        # What the host refused before would not be sent again.
        endpoint = replace(endpoint, api=known.api, quirks=endpoint.quirks | known.quirks)
    url, body = body_of(endpoint, request) if endpoint else (None, None)
    replaced = sorted({match[0] for text in texts for match in _PLACEHOLDER.finditer(text)})
    return {
        "url": url,
        "body": body or {"messages": [{"role": turn.role, "content": turn.text.text} for turn in request.messages]},
        "tokens": round(sum(map(len, texts)) / CHARACTERS_PER_TOKEN),
        "replaced": replaced,
        "message": "",
    }


def _print(request: Request, shown: dict[str, Any]) -> None:
    """The turns on standard output, as they are; about them on standard error."""
    console = results()
    for turn in request.messages:
        console.print(f"─── {turn.role} ───", style="bold", markup=False)
        for line in turn.text.text.split("\n"):
            console.print(visible(line), markup=False)
    where = f"that would go to {shown['url']}" if shown["url"] else "for a model: none is connected"
    remarks().print(f"About {shown['tokens']:,} tokens {where}. Nothing was sent.", markup=False)
    secrets = [name for name in shown["replaced"] if "_SECRET_" in name]
    hidden = [name for name in shown["replaced"] if "_CHAR_" in name]
    if secrets:
        remarks().print(f"Secrets in your files stand there as {', '.join(secrets)}.", style="yellow", markup=False)
    if hidden:
        remarks().print(f"Invisible characters stand there as {', '.join(hidden)}.", style="yellow", markup=False)
