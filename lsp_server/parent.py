"""Is the editor that started us still there? Asked of the system, since a pipe may be held open by another process."""

import asyncio
import os
import sys
from collections.abc import Callable

SECONDS_BETWEEN_LOOKS = 2.0


async def wait_for_end_of(process_id: int) -> None:
    """Returns when a process is gone."""
    is_alive = _windows_probe(process_id) if sys.platform == "win32" else _posix_probe(process_id)
    while is_alive():  # noqa: ASYNC110 - there is nothing to wait for: the system tells no one
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


def _posix_probe(process_id: int) -> Callable[[], bool]:
    is_parent = os.getppid() == process_id

    def is_alive() -> bool:
        if is_parent:
            # A parent that died unreaped still answers signals, but its children have another parent then.
            return os.getppid() == process_id
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True

    return is_alive


def _windows_probe(process_id: int) -> Callable[[], bool]:
    import ctypes

    synchronize, timed_out = 0x00100000, 0x102
    kernel = ctypes.WinDLL("kernel32")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType] - exists on Windows only
    # The handle is kept, so that the number cannot come to mean another process.
    handle = kernel.OpenProcess(synchronize, False, process_id)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]

    def is_alive() -> bool:
        return bool(handle) and kernel.WaitForSingleObject(handle, 0) == timed_out  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]

    return is_alive
