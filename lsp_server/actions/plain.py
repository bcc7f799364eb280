"""What of a model's words may a person be shown? Text that does nothing, whoever shows it."""

import re

from clients.invisible import INVISIBLE

_ESCAPES = re.compile(r"\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)?|\[[0-?]*[ -/]*[@-~]|.)", re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ADDRESS = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]*):(?=//)")


def plain(text: str) -> str:
    """A model's words as text that does nothing: no control or invisible characters, and no address to follow.

    A reply can carry what it was shown to whoever owns an address, once an editor makes a link or an image of it.
    """
    shown = _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n")))
    lines = _ADDRESS.sub(r"\1: ", INVISIBLE.sub("", shown)).split("\n")
    body = "\n".join(line.rstrip() for line in lines).strip()
    return f"{body}\n" if body else ""
