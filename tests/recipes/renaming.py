"""What a renaming must change, spelled out in the workspace itself: `«old|new»`."""

import re

from tests.recipes.workspace import after, carry_out, files_in, problems_of, sites_of

CORE = """
//- /pkg/__init__.py
//- /pkg/core.py
def «load|fetch»(): ...
"""


MARK = re.compile(r"«(.*?)[|](.*?)»", re.S)


def check_rename(
    workspace: str,
    description: str = "rename pkg.core.load to fetch",
    sites: list[str] | None = None,
    back: str | None = None,
):
    """`«old|new»` marks what must change; everything else must stay, and renaming back must give the first bytes.

    `back` is the description that renames back; an empty one where that is refused.
    """
    marked, place = files_in(workspace)
    before = {path: MARK.sub(r"\1", text) for path, text in marked.items()}
    wanted = {path: MARK.sub(r"\2", text) for path, text in marked.items()}
    done = carry_out(before, description, place)
    assert after(before, done) == wanted
    assert sites_of(done) == sorted(sites or [])
    if back == "":
        return done
    renamed_back = carry_out(wanted, back or description.replace("load to fetch", "fetch to load"), place)
    assert after(wanted, renamed_back) == before
    return done


def check_refused(workspace: str, *reasons: str, description: str = "rename pkg.core.load to fetch"):
    """The renaming is refused, and the message holds each of the reasons."""
    files, place = files_in(workspace)
    message = problems_of(carry_out(files, description, place))
    for reason in reasons:
        assert reason in message
