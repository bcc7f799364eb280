"""Where may code of the project run? In a copy that nothing leaves: own files, own processes, no network.

Linux lays a folder of changes over the real one (overlayfs) for one command and what it starts: the command sees the
change at the project's own path, what it writes is gone afterwards, and there is no network but the loopback's. Where
the system does not allow that, nothing is run.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from lsp_server.review.checks.running import run, scrubbed

_ALONE = ("unshare", "--user", "--map-root-user", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")

_ENTER = """
set -e
root=$1 place=$2; shift 2
mount -t tmpfs -o size=50% patchwright "$place/over"
mkdir "$place/over/changes" "$place/over/work" "$place/over/all"
mount -t overlay -o "lowerdir=$root,upperdir=$place/over/changes,workdir=$place/over/work" overlay "$place/over/all"
cp -R "$place/texts/." "$place/over/all/"
while IFS= read -r path; do rm -f -- "$place/over/all/$path"; done < "$place/gone"
mount --bind "$place/over/all" "$root"
mount -o remount,bind,ro / 2>/dev/null || true
ip link set lo up 2>/dev/null || true
cd "$root"
exec "$@" 2>&1
"""
"""What is beside the project's folder becomes read-only where the system lets that be done within a namespace."""

_UNFIT = frozenset(',:\\"\n')
"""Signs of a path that options of `mount` take for their own."""

_possible: dict[str, bool] = {}


def in_copy(root: Path, place: Path, command: Sequence[str]) -> list[str]:
    """The command line that runs a command in a copy of `root`, with what `lay_out` put at `place`."""
    return [*_ALONE, "sh", "-c", _ENTER, "sh", str(root), str(place), *command]


def lay_out(place: Path, texts: Mapping[str, str | None]) -> None:
    """Writes down how a copy differs from the original. Raises OSError."""
    for name in ("texts", "over"):
        (place / name).mkdir(parents=True)
    gone: list[str] = []
    for path, text in texts.items():
        if text is None:
            gone.append(path)
            continue
        file = place / "texts" / PurePosixPath(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
    (place / "gone").write_text("".join(f"{path}\n" for path in gone if "\n" not in path), "utf-8")


async def is_possible(root: Path, place: Path) -> bool:
    """Whether this system can run something in a copy of a folder; tried once for each folder."""
    if sys.platform != "linux" or _UNFIT & set(str(root)) or _UNFIT & set(str(place)):
        return False
    known = _possible.get(str(root))
    if known is None:
        await asyncio.to_thread(lay_out, place, {})
        ended = await run(in_copy(root, place, ["true"]), place, scrubbed(place), 10.0)
        known = _possible[str(root)] = ended.how == "done" and ended.code == 0
    return known
