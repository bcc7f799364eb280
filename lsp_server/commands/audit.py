"""Shows what was sent where, what the review said, and what was changed, from your own log. Nothing is sent.

    patchwright audit show --since 2026-01-31     the newest events of all workspaces
    patchwright audit verify                      is every event there, as it was written?
    patchwright audit export --to events.jsonl    a copy that `verify --file` can check

Exit codes: 0; of `verify` 1 where something is wrong, and each line of it is named.
"""

import argparse
import os
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import cast

from lsp_server.commands.terminal import print_json, remarks, results, table
from lsp_server.review.audit import Audit
from lsp_server.review.audit_check import Checked, Fault, Line, check_folder, checked, files_since, lines
from lsp_server.settings import load_settings

EXIT_WRONG = 1
SHOWN = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json`: show `{"events"}`, verify `{"ok", "events", "last", "faults"}`, export `{"events", "last"}`."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    show = verbs.add_parser("show", help="the newest events")
    show.add_argument("--event", help="only these: send, reply, check, withhold, approve, apply, mismatch, undo")
    show.add_argument("--root", type=Path, metavar="DIR", help="only those of this workspace")
    show.add_argument("--last", type=int, default=SHOWN, metavar="N", help=f"how many ({SHOWN})")
    verify = verbs.add_parser("verify", help="is every event there, as it was written?")
    verify.add_argument("--file", type=Path, metavar="F", help="an export, instead of your log")
    export = verbs.add_parser("export", help="the events as they are, a line each")
    export.add_argument("--to", type=Path, metavar="F", help="a new file, instead of standard output")
    for verb in (show, verify, export):
        verb.add_argument("--since", type=_day, metavar="DAY", help="from this day on, as 2026-01-31 (UTC)")
        verb.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Carries one of the three out; see the module's exit codes."""
    folder = Audit(load_settings()[0].state_folder).folder
    if arguments.verb == "verify":
        given: Path | None = arguments.file
        result = check_folder(folder, arguments.since or "") if given is None else checked([given], None, whole=False)
        return _verified(result, folder if given is None else given, as_json=arguments.json)
    found = list(lines(files_since(folder, arguments.since or "")))
    if arguments.verb == "export":
        return _export(found, arguments.to, as_json=arguments.json)
    return _show(_wanted(found, arguments), as_json=arguments.json)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no day: write it as 2026-01-31") from None


def _verified(result: Checked, place: Path, *, as_json: bool) -> int:
    if as_json:
        faults = [asdict(fault) for fault in result.faults]
        print_json({"ok": not faults, "events": result.events, "last": result.last, "faults": faults})
    elif result.faults:
        for fault in result.faults:
            remarks().print(f"{_where(fault)}: {fault.message}", style="red", markup=False)
    elif not result.events:
        results().print(f"There are no events in {place}.", markup=False)
    else:
        results().print(f"{result.events} events, each as it was written. The last is {result.last}.", markup=False)
    return EXIT_WRONG if result.faults else 0


def _where(fault: Fault) -> str:
    return f"{fault.file}, line {fault.line}" if fault.line else fault.file


def _wanted(found: list[Line], arguments: argparse.Namespace) -> list[dict[str, object]]:
    root = str(arguments.root.expanduser().resolve()) if arguments.root else None
    events = [
        line.values
        for line in found
        if line.values is not None
        and arguments.event in (None, line.values.get("event"))
        and root in (None, line.values.get("workspace"))
    ]
    return events[-max(1, arguments.last) :]


def _show(events: list[dict[str, object]], *, as_json: bool) -> int:
    if as_json:
        print_json({"events": events})
    elif not events:
        results().print("No events.", markup=False)
    else:
        rows = [
            (_when(event), str(event.get("event")), Path(str(event.get("workspace"))).name, _told(event))
            for event in events
        ]
        results().print(table("", ("when", "event", "workspace", "what"), rows))
    return 0


def _when(event: dict[str, object]) -> str:
    time = event.get("time")
    if not isinstance(time, int | float) or not 0 <= time < 1e11:
        return "?"
    return datetime.fromtimestamp(time).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _told(event: dict[str, object]) -> str:
    """What an event says, in a few words."""
    match event.get("event"):
        case "send":
            return f"{event.get('characters')} characters to {_model(event)}: {_paths(event)}"
        case "reply":
            usd = event.get("usd")
            cost = f", ${usd:.4f}" if isinstance(usd, int | float) else ""
            return f"from {_model(event)}: {event.get('ended')}, {event.get('milliseconds')} ms{cost}"
        case "check":
            return f"{event.get('level')}, {len(_list(event.get('findings')))} findings"
        case _:
            known = ("outcome", "level", "channel", "user", "where", "paths", "files", "why")
            return ", ".join(_value(event[name]) for name in known if event.get(name))


def _model(event: dict[str, object]) -> str:
    return f"{event.get('model')} at {event.get('host')}"


def _paths(event: dict[str, object]) -> str:
    files = (cast("dict[str, object]", each) for each in _list(event.get("files")) if isinstance(each, dict))
    return ", ".join(dict.fromkeys(str(each.get("path")) for each in files)) or "no file"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {state}" for name, state in cast("dict[str, object]", value).items())
    return " ".join(map(str, _list(value))) or str(value)


def _list(value: object) -> list[object]:
    """A list; empty for anything else."""
    return cast("list[object]", value) if isinstance(value, list) else []


def _export(found: list[Line], to: Path | None, *, as_json: bool) -> int:
    """The lines byte for byte. A file is made, never written over."""
    last = str(found[-1].values.get("sha", "")) if found and found[-1].values else ""
    if to is not None:
        with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - made with its mode
            file.writelines(line.raw + b"\n" for line in found)
        if as_json:
            print_json({"events": len(found), "last": last, "file": str(to)})
        else:
            remarks().print(f"{len(found)} events are in {to}. The last is {last}.", markup=False)
    elif as_json:
        print_json({"events": [line.values for line in found], "last": last})
    else:
        for line in found:
            sys.stdout.buffer.write(line.raw + b"\n")
    return 0
