"""How does rope rename, move and add a parameter? In a process of its own, on the files."""

import subprocess
from pathlib import Path

SECONDS = 240
ROPE = """
import json, sys
from rope.base.project import Project
from rope.refactor.rename import Rename
from rope.refactor.change_signature import ChangeSignature, ArgumentAdder
root, task, path, offset, name = sys.argv[1:6]
project = Project(root, ropefolder=None)
resource = project.get_resource(path)
try:
    if task == "rename":
        changes = Rename(project, resource, int(offset)).get_changes(name, docs=False, in_hierarchy=True)
    elif task == "module":
        changes = Rename(project, resource).get_changes(name)
    elif task == "move":
        from rope.refactor.move import create_move
        changes = create_move(project, resource, int(offset)).get_changes(project.get_resource(name))
    else:
        signature = ChangeSignature(project, resource, int(offset))
        place = len(signature.get_args())
        changes = signature.get_changes([ArgumentAdder(place, name, "0")])
    project.do(changes)
    print("done")
except Exception as error:
    print("refused", type(error).__name__, error)
"""


def rope(python: Path, root: Path, task: str, place: tuple[str, int], name: str) -> tuple[str, int, str]:
    """What rope does on disk with the symbol at a path and offset: an outcome, no places to check, and what it said."""
    command = [python, "-c", ROPE, str(root), task, place[0], str(place[1]), name]
    try:
        told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS).stdout
    except subprocess.TimeoutExpired:
        return "too slow", 0, ""
    return ("done", 0, "") if told.startswith("done") else ("refused", 0, told.strip()[:200])
