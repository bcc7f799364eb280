"""An editor that is driven by a script of ours: steps go in as one JSON file, what it says comes out as another."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def driven(
    command: Sequence[str | Path],
    given: Mapping[str, Any],
    folder: Path,
    environment: Mapping[str, str],
    seconds: float = 120,
) -> tuple[dict[str, Any], str]:
    """What the script reports, and what the editor wrote to its standard error."""
    script, report = folder / "steps.json", folder / "report.json"
    script.write_text(json.dumps(given), encoding="utf-8")
    done = subprocess.run(
        command,
        env={**environment, "DRIVE": str(script), "DRIVE_REPORT": str(report)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert report.exists(), done.stderr
    said = json.loads(report.read_text(encoding="utf-8"))
    assert said.get("problem") is None, (said, done.stderr)
    return said, done.stderr
