"""Scratch folders: gone with the work, and those of a killed process gone a day later; nothing else ever is."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from context.scratch import FORGOTTEN_SECONDS, PREFIX, remove_forgotten, scratch_folder

KILLED = """
import asyncio, os, signal
from context.scratch import scratch_folder
async def main():
    async with scratch_folder() as folder:
        (folder / "before").mkdir()
        (folder / "before" / "shop.py").write_text("secret = 1")
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


def aged(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then), follow_symlinks=False)


async def test_it_is_gone_after_the_work_and_after_a_cancel():
    made: asyncio.Future[Path] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        async with scratch_folder() as folder:
            (folder / "a.py").write_text("x = 1")
            made.set_result(folder)
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    folder = await made
    assert folder.stat().st_mode & 0o077 == 0
    task.cancel()
    await asyncio.wait({task})
    assert not folder.exists()


def test_what_a_killed_process_left_is_removed_a_day_later(tmp_path: Path):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", KILLED], env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert (left / "before" / "shop.py").exists()
    remove_forgotten(tmp_path)
    assert left.exists()
    aged(left, FORGOTTEN_SECONDS + 60)
    remove_forgotten(tmp_path)
    assert not left.exists()


def test_nothing_of_another_name_or_behind_a_link_is_removed(tmp_path: Path):
    (place := tmp_path / "tmp").mkdir()
    work = tmp_path / "work"
    names = ("patchwright-main", f"{PREFIX}mine", f"{PREFIX}abcdefgh-notes", f"x{PREFIX}abcdefgh")
    for folder in (work, *(place / name for name in names)):
        folder.mkdir()
        (folder / "kept.py").write_text("x = 1")
    (link := place / f"{PREFIX}abcdefgh").symlink_to(work)
    (file := place / f"{PREFIX}bcdefghi").write_text("kept")
    for path in (work, link, file, *(place / name for name in names)):
        aged(path, 10 * FORGOTTEN_SECONDS)
    remove_forgotten(place)
    assert all((folder / "kept.py").exists() for folder in (work, *(place / name for name in names)))
    assert link.is_symlink()
    assert file.read_text() == "kept"
    remove_forgotten(tmp_path / "not there")
