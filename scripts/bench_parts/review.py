"""How long is a change judged? Ten files of Django, against reading and parsing them in the same run.

The floor, which says first what is wrong; the checkpoints, with what the index knows; and all of it with the static
tools (ruff, its security rules, secrets), before and after. Nothing of the project runs.
"""

import asyncio
import json
import os
import re
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from index import django, percentile

from context.parsing.parse import syntax_faults
from context.snapshot import FileText, Snapshot, read_file
from lsp_server.actions.judged import checkpoints, judged, judged_and_checked, policy_of
from lsp_server.actions.services import open_services
from lsp_server.edits.change import ChangeSet, Edit
from lsp_server.edits.hunks import hunks_between
from lsp_server.settings import load_settings

RUNS = 20
FILES = 10


def changed(root: Path, number: int) -> ChangeSet:
    """Some files with a line that ruff finds, and a public name that goes."""
    paths = sorted(path.relative_to(root).as_posix() for path in (root / "django" / "db").rglob("*.py"))
    chosen = [path for path in paths if (root / path).stat().st_size > 2000]
    edits: list[Edit] = []
    for path in chosen[number % 40 : number % 40 + FILES]:
        file = read_file(root, path)
        if isinstance(file, FileText):
            # A public name goes as well, so that its callers are looked for.
            name = next(iter(re.findall(r"^(?:def|class) ([a-z]\w+|[A-Z]\w+)", file.text, re.MULTILINE)), "nothing")
            text = re.sub(rf"^(def|class) {name}\b", rf"\1 {name}_{number}", file.text, count=1, flags=re.MULTILINE)
            after = text + f"\n\ndef added_{number}():\n    return missing_{number}\n"
            edits.append(Edit(path, file.sha, file.text, after, hunks_between(file.text, after)))
    return ChangeSet(tuple(edits))


async def measure(root: Path, cache: Path) -> None:
    """Prints one line for each number."""
    settings, _ = load_settings({f"PATCHWRIGHT_{name}": str(cache) for name in ("CACHE", "CONFIG", "STATE")})
    services = open_services(root, replace(settings, checks=True))
    await services.index.refresh()
    whole: list[float] = []
    parsing: list[float] = []
    floor: list[float] = []
    points: list[float] = []
    for number in range(RUNS + 1):
        change = changed(root, number)
        started = time.perf_counter()
        for path, text in change.texts_after().items():
            syntax_faults(path, text or "")
        parsing.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        await judged(change, Snapshot(root), services)
        floor.append((time.perf_counter() - started) * 1000)
        policy, started = await policy_of(services), time.perf_counter()
        await checkpoints(change, Snapshot(root), services, policy)
        points.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        verdict = await judged_and_checked(change, Snapshot(root), services)
        whole.append((time.perf_counter() - started) * 1000)
        added = [finding for finding in verdict.findings if "missing_" in finding.message]
        assert len(added) == FILES, json.dumps([finding.message for finding in verdict.findings])
    await services.close()
    for values in (whole, parsing, floor, points):
        del values[0]
    print(f"judging {FILES} changed files of Django, {os.cpu_count()} cores, n={RUNS}")
    for name, values in (
        ("parsing them, ms", parsing),
        ("first findings: the floor, ms", floor),
        ("checkpoints, ms", points),
        ("all rules and static tools, ms", whole),
    ):
        print(
            f"  {name:34} median {statistics.median(values):8.1f}  p95 {percentile(values, 95):8.1f}"
            f"  min {min(values):8.1f}  max {max(values):8.1f}"
        )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(django(), Path(folder)))
