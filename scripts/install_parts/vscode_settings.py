"""Writes the settings of the server into the extension's package.json, or says that they differ (--check).

    python scripts/install_parts/vscode_settings.py [--check]

What a repository may tighten has the scope of a window; all else is the machine's alone.
"""

import json
import sys
from pathlib import Path

from lsp_server.setting_keys import Key
from lsp_server.settings import KEYS

MANIFEST = Path(__file__).resolve().parents[2] / "editors" / "vscode" / "package.json"
OWN = ("patchwright.server.", "patchwright.trace.")
TYPES = {"number": "number", "flag": "boolean", "text": "string"}

TEXTS = {
    "model.temperature": "The temperature of the model, which *Connect a Model* chooses. Not set: the host's own.",
    "model.cache": "Keep replies at temperature 0 on this machine, and answer the same ask with them.",
    "model.edit_tools": "Let the model edit with the tools of its host.",
    "model.edit_schema": "Hold the model's reply to JSON, where the host can.",
    "model.deadline_seconds": "How long one ask may take in all, in seconds.",
    "model.max_output_tokens": "How long one reply may be, in tokens.",
    "budget.tokens_per_ask": "The most tokens that one ask may use. Not set: no limit.",
    "budget.usd_per_ask": "The most that one ask may cost, in dollars. Not set: no limit.",
    "budget.tokens_per_day": "The most tokens that a day may use. Not set: no limit.",
    "budget.usd_per_day": "The most that a day may cost, in dollars. Not set: no limit.",
    "budget.tokens_per_workspace": "The most tokens that a workspace may use. Not set: no limit.",
    "budget.usd_per_workspace": "The most that a workspace may cost, in dollars. Not set: no limit.",
    "context.budget_tokens": "How much of the workspace a model is shown, in tokens.",
    "context.never_send": "Files that never leave this machine, as patterns like those of .gitignore.",
    "index.most_files": "The most files of one workspace that are indexed.",
    "index.cache_megabytes": "The most that the indexes of all workspaces may take on the disk, in megabytes.",
    "completion.inline": "Suggest code while you type: by itself only from a model on this machine.",
    "completion.delay_milliseconds": "How long you pause typing before code is suggested, in milliseconds.",
    "checks.run": "Let the project's tools look at every change before it is applied.",
    "checks.trusted_folders": "Folders whose tests may run, in a copy without a network.",
    "review.preview": "Keep each change until you have looked at it.",
    "audit.strict": "Send nothing when it cannot be written to the log of what was sent.",
    "audit.log_prompts": "Keep the texts of prompts in that log.",
}
"""What is said of each setting. Where code is sent and with which key, `connect` stores; those are not set here."""


def property_of(name: str, key: Key) -> dict[str, object]:
    """A setting as VS Code describes it; null is what nobody set, of which the server takes no notice."""
    scope = "machine" if key.repository == "never" else "window"
    said = {"scope": scope, "description": f"{TEXTS[name]}{_default(key)}"}
    if key.kind == "texts":
        many: dict[str, object] = {"type": ["array", "null"], "items": {"type": "string"}, "default": None}
        return many | said
    bounds = {"minimum": key.least, "maximum": key.most} if key.kind == "number" else {}
    kind: dict[str, object] = {"type": [TYPES[key.kind], "null"], "default": None}
    # A list to choose from: VS Code draws no box for a flag that may be unset, but sends its user to a file.
    listed = {"enum": [None, True, False], "enumItemLabels": ["not set", "on", "off"]} if key.kind == "flag" else {}
    return kind | listed | bounds | said


def _default(key: Key) -> str:
    """What holds where nobody sets it, as the end of the description."""
    if key.default is None:
        return ""
    return f" Not set: {key.default:,g}." if key.kind == "number" else f" Not set: {'on' if key.default else 'off'}."


def main() -> int:
    """The exit code: 1 where the manifest differs and was only to be checked."""
    manifest = json.loads(MANIFEST.read_text("utf-8"))
    properties = manifest["contributes"]["configuration"]["properties"]
    kept = {name: value for name, value in properties.items() if name.startswith(OWN)}
    rows = {f"{section}.{name}": key for section, keys in KEYS.items() for name, key in keys.items()}
    made = {f"patchwright.{name}": property_of(name, key) for name, key in rows.items() if name in TEXTS}
    if properties == kept | made:
        return 0
    if "--check" in sys.argv:
        print("The settings of the extension differ from the server's: python scripts/install_parts/vscode_settings.py")
        return 1
    manifest["contributes"]["configuration"]["properties"] = kept | made
    MANIFEST.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 0


sys.exit(main())
