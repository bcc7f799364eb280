"""ESLint, TypeScript, Go and Rust: their settings are programs or their builds run some, so they need trust."""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from lsp_server.review.checks.fresh import Reported
from lsp_server.review.checks.tool import Row, Tool, has_any, named, parsed, rows_in, shown_path

TYPESCRIPT = frozenset({".ts", ".tsx", ".mts", ".cts"})
ECMASCRIPT = TYPESCRIPT | {".js", ".jsx", ".mjs", ".cjs"}

_TSC = re.compile(
    r"^(?P<path>[^\s(][^(\n]*)\((?P<line>\d+),\d+\): error (?P<rule>TS\d+): (?P<message>.*)$", re.MULTILINE
)
_VET = re.compile(r"^(?:vet: )?(?P<path>[^\s:#][^:\n]*\.go):(?P<line>\d+)(?::\d+)?: (?P<message>.*)$", re.MULTILINE)


def read_eslint(output: str, folder: Path) -> list[Reported] | None:
    """ESLint's JSON; warnings count, since the project asked for them."""
    files = rows_in(parsed(output))
    if files is None:
        return None
    return [
        Reported(row.get("ruleId") or "fatal", shown_path(file["filePath"], folder), row.get("line", 1), row["message"])
        for file in files
        for row in rows_in(file["messages"]) or ()
    ]


def read_tsc(output: str, folder: Path) -> list[Reported] | None:
    """The plain lines of the TypeScript compiler."""
    return [
        Reported(found["rule"], shown_path(found["path"], folder), int(found["line"]), found["message"])
        for found in _TSC.finditer(output)
    ]


def read_vet(output: str, folder: Path) -> list[Reported] | None:
    """The plain lines of `go vet`."""
    return [
        Reported("vet", shown_path(found["path"], folder), int(found["line"]), found["message"])
        for found in _VET.finditer(output)
    ]


def read_cargo(output: str, folder: Path) -> list[Reported] | None:
    """The messages of the Rust compiler, one JSON object on each line."""
    found: list[Reported] = []
    for row in rows_in([parsed(line) for line in output.splitlines()]) or ():
        if row["reason"] != "compiler-message":
            continue
        message: Row = row["message"]
        spans = [span for span in rows_in(message["spans"]) or () if span["is_primary"]]
        rule = message["code"]["code"] if message["code"] else message["level"]
        found += [
            Reported(rule, shown_path(span["file_name"], folder), span["line_start"], message["message"])
            for span in spans[:1]
        ]
    return found


def _packages(files: Sequence[str]) -> list[str]:
    """The folders of some files, as Go names packages."""
    return sorted({f"./{PurePosixPath(file).parent}" for file in files})


TOOLS = (
    Tool(
        "eslint",
        ECMASCRIPT,
        "trusted",
        has_any(
            *(f"eslint.config.{suffix}" for suffix in ("js", "mjs", "cjs", "ts")),
            *(f".eslintrc{suffix}" for suffix in ("", ".json", ".js", ".cjs", ".yml", ".yaml")),
        ),
        named("eslint"),
        lambda program, _, files: [program, "--format=json", "--no-error-on-unmatched-pattern", "--", *files],
        read_eslint,
        seconds=60.0,
    ),
    Tool(
        "tsc",
        TYPESCRIPT,
        "trusted",
        has_any("tsconfig.json"),
        named("tsc"),
        lambda program, _, __: [program, "--noEmit", "--pretty", "false", "-p", "."],
        read_tsc,
        fine=frozenset({0, 1, 2}),
        seconds=60.0,
    ),
    Tool(
        "go vet",
        frozenset({".go"}),
        "trusted",
        has_any("go.mod"),
        named("go"),
        lambda program, _, files: [program, "vet", *_packages(files)],
        read_vet,
        seconds=60.0,
    ),
    Tool(
        "cargo check",
        frozenset({".rs"}),
        "trusted",
        has_any("Cargo.toml"),
        named("cargo"),
        lambda program, _, __: [program, "check", "--offline", "--quiet", "--message-format=json"],
        read_cargo,
        fine=frozenset({0, 101}),
        seconds=120.0,
    ),
)
