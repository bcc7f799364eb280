"""Fails on what no review should have to say: modules over 400 lines, functions over 60, leftovers."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MODULE_LINES = 400
FUNCTION_LINES = 60
LEFTOVER = re.compile(r"#.*\b(TODO|FIXME|XXX)\b|^\s*raise NotImplementedError")


def problems(file: Path) -> Iterator[str]:
    """What is wrong in one file, with its place."""
    text = file.read_text(encoding="utf-8")
    lines = text.split("\n")
    if len(lines) > MODULE_LINES:
        yield f"{file}: {len(lines)} lines, more than {MODULE_LINES}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{file}:{node.lineno}: {node.name} has {length} lines, more than {FUNCTION_LINES}"
    for number, line in enumerate(lines, 1):
        if LEFTOVER.search(line):
            yield f"{file}:{number}: {line.strip()}"


def main() -> int:
    """Checks the packages; tests and scripts may be longer."""
    listed = subprocess.run(
        ["git", "ls-files", "lsp_server/*.py", "context/*.py", "clients/*.py"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = [problem for name in listed.stdout.split() if Path(name).exists() for problem in problems(Path(name))]
    print("\n".join(found) or "no tail")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
