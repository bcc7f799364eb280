"""Makes the pictures of VS Code in docs/ from a real one, driven as its user would: two still ones and a recording."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT))

from tests.model_server import model_server  # noqa: E402 - found only now

TOOLS = PROJECT / ".tools" / "vscode"
DOCS = PROJECT / "docs"
SIZE = {"width": 1060, "height": 640}
FILES = {
    "cart.py": "# dataclass Item with name: str, price: float\n\n\ndef total(prices):\n    return sum(prices)\n",
    "shop.py": "from cart import total\n\n\ndef report(prices):\n    print('Total:', total(prices))\n",
    "test_cart.py": "from cart import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n",
}
USER = {
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "editor.minimap.enabled": False,
    "breadcrumbs.enabled": False,
    "remote.autoForwardPorts": False,
    "diffEditor.renderSideBySide": False,
    "window.zoomLevel": 0.4,
}
READY: dict[str, Any] = {"wait": {"status": "describe a change"}}
SETTLED: dict[str, Any] = {"pause": 900}
ACROSS = "Patchwright: Describe a Change Across Files"
IMPLEMENT = "Patchwright: Implement the Comment or Function Here"
APPLY = "Patchwright: Apply What Is Ticked"
QUIET = {"palette": "Notifications: Clear All Notifications"}

TOUR: tuple[dict[str, Any], ...] = (
    {"click": 1},
    SETTLED,
    {"shot": "01"},
    {"find": IMPLEMENT},
    SETTLED,
    {"shot": "02"},
    {"choose": IMPLEMENT},
    {"wait": {"text": "cart.py (proposed)"}},
    SETTLED,
    {"shot": "03"},
    {"palette": APPLY},
    {"wait": {"gone": "(proposed)"}},
    SETTLED,
    {"shot": "04"},
    QUIET,
    {"palette": ACROSS},
    {"write": "rename total to total_of"},
    {"shot": "05"},
    {"press": "Enter"},
    {"wait": {"text": "cart.py (proposed)"}},
    QUIET,
    SETTLED,
    {"shot": "06"},
    {"entry": "assert total_of([1, 2])"},
    SETTLED,
    {"shot": "07"},
    {"palette": APPLY},
    {"wait": {"gone": "(proposed)"}},
    SETTLED,
    {"shot": "08"},
    QUIET,
    {"palette": "Patchwright: Undo the Last Change"},
    {"wait": {"text": "Undone"}},
    SETTLED,
    {"shot": "09"},
)
FRAMES = (
    ("01", 150),
    ("02", 150),
    ("03", 250),
    ("04", 200),
    ("05", 200),
    ("06", 250),
    ("07", 200),
    ("08", 200),
    ("09", 250),
)
"""Each picture, and for how many hundredths of a second it is shown."""

GUARDED = """\
test_cart.py
```python
<<<<<<< SEARCH
    assert total([1, 2]) == 3
=======
    total([1, 2])
>>>>>>> REPLACE
```
cart.py
```python
<<<<<<< SEARCH
    return sum(prices)
=======
    return sum(prices) or 0.0
>>>>>>> REPLACE
```
"""
APPROVAL: tuple[dict[str, Any], ...] = (
    {"click": 4},
    {"palette": ACROSS},
    {"type": "return 0.0 for no prices"},
    {"wait": {"text": "needs your approval"}},
    {"pause": 4000},
    {"shot": "approval"},
)


def main() -> int:
    """Makes them; the exit code is that of the first run that failed."""
    convert = shutil.which("magick") or shutil.which("convert-im6.q16") or shutil.which("convert")
    if convert is None:
        print("There is no ImageMagick.", file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory() as scratch, model_server([GUARDED]) as server:
        shots = Path(scratch)
        play(shots, TOUR, {"patchwright.review.preview": True}, {})
        model = {"PATCHWRIGHT_ENDPOINT": server.base_url, "PATCHWRIGHT_MODEL": "coder"}
        play(shots, APPROVAL, {}, model)
        still = ("-strip", "+dither", "-colors", "128", "-define", "png:compression-level=9")
        for name, picture in (("vscode-review", "07"), ("vscode-approval", "approval")):
            subprocess.run([convert, shots / f"{picture}.png", *still, DOCS / f"{name}.png"], check=True)
        frames = [part for name, pause in FRAMES for part in ("-delay", str(pause), str(shots / f"{name}.png"))]
        made = ("-loop", "0", "+dither", "-colors", "96", "-layers", "optimize")
        subprocess.run([convert, *frames, *made, DOCS / "vscode.gif"], check=True)
    for picture in sorted(DOCS.glob("vscode*")):
        print(f"{picture.relative_to(PROJECT)}  {picture.stat().st_size:,} bytes")
    return 0


def play(shots: Path, steps: tuple[dict[str, Any], ...], settings: dict[str, Any], environment: dict[str, str]) -> None:
    """Plays steps in a small project of their own; raises where one fails."""
    with tempfile.TemporaryDirectory() as scratch:
        root, script, report = (Path(scratch) / name for name in ("shop", "steps.json", "report.json"))
        (root / ".git").mkdir(parents=True)
        for name, text in FILES.items():
            (root / name).write_text(text, encoding="utf-8")
        own = {f"PATCHWRIGHT_{name}": str(Path(scratch) / name) for name in ("CONFIG", "CACHE", "STATE")}
        program = {"patchwright.server.path": str(Path(sys.executable).parent / "patchwright")}
        given = {"folder": str(root), "file": "cart.py", "user": USER | program | settings, "shots": str(shots)}
        given |= {"environment": own | environment, "viewport": SIZE, "steps": [READY, *steps]}
        script.write_text(json.dumps(given), encoding="utf-8")
        drive = PROJECT / "tests" / "editors" / "code_server.js"
        command = [TOOLS / "bin" / "node24", drive, TOOLS, PROJECT / "dist" / "patchwright.vsix", script, report]
        subprocess.run(command, check=True, env=os.environ)
        if problem := json.loads(report.read_text("utf-8")).get("error"):
            raise RuntimeError(problem)


if __name__ == "__main__":
    sys.exit(main())
