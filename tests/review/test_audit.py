"""Does the audit log hold every event, and is whatever is done to it noticed and named?"""

import json
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from lsp_server.review.audit import Audit
from lsp_server.review.audit_check import Checked, check_folder

WRITE_MANY = """
import sys
from pathlib import Path
from lsp_server.review.audit import Audit
audit = Audit(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    assert audit.add("check", "/w", {"by": sys.argv[3], "at": number}) == ""
"""


def log(tmp_path: Path, events: int = 6) -> Path:
    """A folder with a log of some events in it; returns its one file."""
    audit = Audit(tmp_path)
    for number in range(events):
        assert audit.add("check", tmp_path / "w", {"level": "allow", "count": number}) == ""
    (file,) = audit.folder.glob("*.jsonl")
    return file


def faults(file: Path) -> list[tuple[int, str]]:
    return [(fault.line, fault.message) for fault in check_folder(file.parent).faults]


def test_events_are_whole_and_only_the_user_can_read_them(tmp_path: Path):
    file = log(tmp_path)
    checked = check_folder(file.parent)
    assert (checked.events, checked.faults) == (6, ())
    entries = [json.loads(line) for line in file.read_text().splitlines()]
    assert [entry["number"] for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert entries[-1]["sha"] == checked.last
    assert all(after["prev"] == before["sha"] for before, after in pairwise(entries))
    if os.name == "posix":
        assert [stat.S_IMODE(path.stat().st_mode) for path in sorted(file.parent.iterdir())] == [0o600] * 3
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def changed(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], lines[2].replace(b'"allow"', b'"deny"'), *lines[3:]]


def with_its_hash_made_anew(lines: list[bytes]) -> list[bytes]:
    from hashlib import sha256

    body = lines[2][:-74].replace(b'"allow"', b'"deny"') + b"}"
    return [*lines[:2], body[:-1] + b',"sha":"' + sha256(body).hexdigest().encode() + b'"}', *lines[3:]]


@pytest.mark.parametrize(
    ("how", "line", "saying"),
    [
        (changed, 3, "was changed after it was written"),
        (with_its_hash_made_anew, 4, "does not follow the one before it"),
        (lambda lines: [*lines[:2], *lines[3:]], 3, "event 3 is missing"),
        (lambda lines: [*lines[:3], lines[1], *lines[3:]], 4, "stands in the wrong place: 2 after 3"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2, "event 2 is missing"),
        (lambda lines: lines[1:], 1, "event 1 is missing"),
        (lambda lines: lines[:4], 4, "event 6 was written and is not here: the end is missing"),
        (lambda lines: [*lines[:3], lines[3][:40], *lines[4:]], 4, "the line is damaged"),
        (lambda lines: [*lines[:3], b"\xff\x00 not json", *lines[3:]], 4, "the line is damaged"),
        (lambda lines: [*lines[:3], b"", *lines[3:]], 4, "the line is damaged"),
        (lambda lines: [*lines[:3], b"[" * 200_000, *lines[3:]], 4, "the line is damaged"),
        (lambda lines: [*lines[:3], b'{"a":' * 100_000, *lines[3:]], 4, "the line is damaged"),
        (lambda lines: [*lines[:3], lines[3].replace(b",", b", ", 1), *lines[4:]], 4, "was changed after"),
        (lambda _: [], 0, "event 6 was written and is not here"),
    ],
)  # fmt: skip
def test_whatever_is_done_to_a_line_is_named(
    tmp_path: Path, how: Callable[[list[bytes]], list[bytes]], line: int, saying: str
):
    file = log(tmp_path)
    lines = how(file.read_bytes().splitlines())
    file.write_bytes(b"".join(each + b"\n" for each in lines))
    found = faults(file)
    assert found, lines
    assert found[0][0] == line, found
    assert saying in found[0][1]


def test_what_is_cut_off_stays_known_when_more_is_written(tmp_path: Path):
    file = log(tmp_path)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:3]))
    assert Audit(tmp_path).add("apply", "/w", {}) == ""
    assert faults(file) == [(4, "events 4 to 6 are missing before this one")]


def test_a_line_that_was_cut_in_the_middle_of_writing_is_named_and_the_next_follows_on(tmp_path: Path):
    file = log(tmp_path)
    file.write_bytes(file.read_bytes() + b'{"event":"apply","num')
    assert Audit(tmp_path).add("apply", "/w", {}) == ""
    assert faults(file) == [(7, "this is no event: the line is damaged")]


def test_a_log_that_was_made_anew_is_not_the_one_that_was_written(tmp_path: Path):
    file = log(tmp_path / "own")
    other = log(tmp_path / "other")
    file.write_bytes(other.read_bytes())
    assert [message for _, message in faults(file)] == [
        "event 6 is not the one that was written: the log was made anew"
    ]


def test_a_day_follows_on_the_day_before(tmp_path: Path):
    file = log(tmp_path)
    file.rename(file.with_name("2020-01-01.jsonl"))
    assert Audit(tmp_path).add("apply", "/w", {}) == ""
    assert len(list(file.parent.glob("*.jsonl"))) == 2
    assert check_folder(file.parent).faults == ()
    assert check_folder(file.parent, file.stem) == Checked(1, check_folder(file.parent).last, ())
    file.with_name("2020-01-01.jsonl").unlink()
    assert faults(file) == [(1, "events 1 to 6 are missing before this one")]


def test_a_clock_that_went_back_puts_no_event_before_another(tmp_path: Path):
    file = log(tmp_path)
    file.rename(file.with_name("2999-01-01.jsonl"))
    assert Audit(tmp_path).add("apply", "/w", {}) == ""
    assert [path.name for path in file.parent.glob("*.jsonl")] == ["2999-01-01.jsonl"]
    assert check_folder(file.parent).faults == ()


def test_processes_that_write_at_once_make_one_chain(tmp_path: Path):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE_MANY, str(tmp_path), "150", name]) for name in ("a", "b", "c")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    checked = check_folder(tmp_path / "audit")
    assert (checked.events, checked.faults) == (450, ())
    (file,) = (tmp_path / "audit").glob("*.jsonl")
    written = [(entry["by"], entry["at"]) for entry in map(json.loads, file.read_text().splitlines())]
    assert sorted(written) == [(name, at) for name in "abc" for at in range(150)]


def test_a_full_disk_leaves_no_half_line_and_is_told_once(tmp_path: Path):
    file = log(tmp_path)
    before = file.read_bytes()
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    audit = Audit(tmp_path)
    try:
        # The system takes forty bytes of the next line and no more, as a disk does that is nearly full.
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 40, most[1]))
        reasons = [audit.add("apply", "/w", {}) for _ in range(2)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert all(reasons), reasons
    assert file.read_bytes() == before
    assert "cannot be written" in audit.taken_warning()
    assert audit.taken_warning() == ""
    assert audit.add("apply", "/w", {}) == ""
    assert check_folder(file.parent).faults == ()


def test_a_folder_that_is_a_file_is_said(tmp_path: Path):
    (tmp_path / "audit").write_text("in the way")
    assert Audit(tmp_path).add("apply", "/w", {}) != ""
    assert (tmp_path / "audit").read_text() == "in the way"


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_a_link_is_not_followed(tmp_path: Path):
    file = log(tmp_path)
    target = tmp_path / "target"
    target.write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(target)
    before = target.read_bytes()
    assert Audit(tmp_path).add("apply", "/w", {}) != ""
    assert target.read_bytes() == before


def test_a_line_longer_than_the_first_look_back_is_followed(tmp_path: Path):
    log(tmp_path)
    assert Audit(tmp_path).add("send", "/w", {"files": ["x" * 300_000]}) == ""
    assert Audit(tmp_path).add("reply", "/w", {}) == ""
    assert check_folder(tmp_path / "audit").faults == ()
