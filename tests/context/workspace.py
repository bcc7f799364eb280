"""A workspace from one string, and an index over it that always ends."""

import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from context.index import Index

NEVER_SEND = (".env*", "*.pem", "**/secrets/**")

REFRESH = """
import asyncio, sys
from pathlib import Path
from context.index import Index

async def main():
    index = Index(Path(sys.argv[1]), Path(sys.argv[2]), ())
    print("started", flush=True)
    await index.refresh()
    await index.close()

asyncio.run(main())
"""
"""A program that indexes a folder into a cache, to be killed: it says "started" once it is about to."""


def write(root: Path, text: str) -> Path:
    """`//- path` starts a file; what follows is its text."""
    root.mkdir(parents=True, exist_ok=True)
    for part in textwrap.dedent(text).split("//- ")[1:]:
        path, _, content = part.partition("\n")
        target = root / path.strip()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")
    return root


@asynccontextmanager
async def indexed(root: Path, cache: Path) -> AsyncIterator[Index]:
    index = Index(root, cache, NEVER_SEND)
    try:
        await index.refresh()
        yield index
    finally:
        await index.close()
