"""Does any text make a parser raise, hang or reach outside? Random damage to valid replies, for a given time.

    scripts/fuzz 30                    # seconds for all targets together
    scripts/fuzz 600 tool_call paths   # seconds for each of these

Each example has a limit of processor time. A failing one is printed with the number that makes it again.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from clients.outgoing import NEVER_SEND
from context.snapshot import Snapshot
from lsp_server.commands.disk import write_change
from lsp_server.edits.blocks import ParsedReply
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Refused, Rename
from lsp_server.edits.compare import changed_spans, changed_spans_otherwise
from lsp_server.edits.diff import TextEdit, text_edits
from lsp_server.edits.formats import begin_patch, search_replace, tool_call, unified_diff, whole_file
from lsp_server.edits.hunks import apply_hunks, hunks_between
from lsp_server.edits.lines import contents, split_lines
from lsp_server.edits.locate import locate
from lsp_server.edits.merge import Conflict, merge
from lsp_server.edits.paths import normalise
from lsp_server.edits.reply import parse, to_change
from lsp_server.edits.search import Located, lookup
from lsp_server.edits.stream import Stream, feed
from lsp_server.review.judge import judge
from tests.edits.checks import snapshot_of
from tests.edits.seeds import FILES, SEEDS, WORDS
from tests.edits.test_paths import PIECES, check_no_escape

LIMIT = 2.0
"""Seconds of processor time for one example; an ordinary one takes less than a thousandth of that."""

ALL_SEEDS = tuple(seed for seeds in SEEDS.values() for seed in seeds)
Target = Callable[[random.Random], None]


def damaged(chance: random.Random, seeds: Sequence[str]) -> str:
    """A valid reply with a few of the things done to it that models, networks and enemies do."""
    lines = split_lines(chance.choice(seeds))
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(lines) + 1)
        match chance.randrange(10):
            case 0:
                del lines[at : at + chance.randint(1, 3)]
            case 1:
                lines[at:at] = lines[at : at + chance.randint(1, 6)]
            case 2:
                lines.insert(at, chance.choice(WORDS) + "\n")
            case 3:
                other = split_lines(chance.choice(ALL_SEEDS))
                start = chance.randrange(len(other))
                lines[at:at] = other[start : start + chance.randint(1, 12)]
            case 4:
                lines[at : at + 1] = [
                    chance.choice((" ", "\t", "    ", "+", "-", "> ")) + line for line in lines[at:][:1]
                ]
            case 5:
                lines = split_lines("".join(lines)[: chance.randrange(len("".join(lines)) + 1)])
            case 6:
                end = chance.choice(("\r\n", "\r", "\u2028"))
                lines = [line.rstrip("\r\n") + end for line in lines]
            case 7 if lines:
                line = lines[at - 1]
                place = chance.randrange(len(line) + 1)
                cut = place + chance.choice((0, 0, 1, 4))
                lines[at - 1] = line[:place] + chance.choice(WORDS) + line[cut:]
            case 8:
                chance.shuffle(lines)
            case _:
                lines[at : at + 1] = lines[at : at + 1] * chance.choice((2, 5))
    return "".join(lines)


def _parser(name: str, read: Callable[[Sequence[str], str | None], ParsedReply], sees: Callable[..., bool]) -> Target:
    def target(chance: random.Random) -> None:
        lines = contents(damaged(chance, SEEDS[name] if chance.random() < 0.8 else ALL_SEEDS))
        # A parser is asked only for what it recognises.
        if sees(lines):
            check_parsed(read(lines, chance.choice((None, "twice.py", "../x"))))

    return target


def check_parsed(parsed: ParsedReply) -> None:
    assert isinstance(parsed, ParsedReply)
    assert all(block.number >= 1 for block in parsed.blocks)
    assert all(problem.message and problem.code for problem in parsed.problems)


def fuzz_detection(chance: random.Random) -> None:
    reply = damaged(chance, ALL_SEEDS)
    parsed = parse(reply)
    check_parsed(parsed)
    assert parsed.blocks or parsed.problems
    stream, handed, position = Stream(), 0, 0
    while position < len(reply):
        size = chance.choice((1, 7, 40, 400))
        stream, blocks = feed(stream, reply[position : position + size])
        handed += len(blocks)
        position += size
    assert stream.text == reply
    assert stream.handed == handed


def fuzz_change(chance: random.Random) -> None:
    change = to_change(damaged(chance, ALL_SEEDS), snapshot_of(FILES), chance.choice((None, "twice.py")))
    if isinstance(change, Refused):
        assert change.problems
        return
    check_change(change)


def check_change(change: ChangeSet) -> None:
    """Everything names the workspace, each path once, and each edit is the sum of its hunks."""
    assert change.operations
    assert len(set(change.paths())) == len(change.paths())
    for operation in change.operations:
        for path in ChangeSet((operation,)).paths():
            assert normalise(path) == path
        match operation:
            case Create(path, text):
                assert path not in FILES
                text.encode()
            case Edit():
                check_edit(operation)
            case Delete(path):
                assert path in FILES
            case Rename(path, new_path, base_sha, edit):
                assert path in FILES
                assert new_path not in FILES
                if edit is not None:
                    assert (edit.path, edit.base_sha) == (path, base_sha)
                    check_edit(edit)


def check_edit(edit: Edit) -> None:
    edit.after.encode()
    assert edit.before == FILES[edit.path]
    made = apply_hunks(edit.before, edit.hunks)
    assert not edit.before or made.rstrip("\r\n") == edit.after.rstrip("\r\n")


def fuzz_locate(chance: random.Random) -> None:
    text = chance.choice(list(FILES.values())) * chance.choice((1, 1, 2, 30))
    lines = contents(text)
    start = chance.randrange(len(lines) + 1)
    part = lines[start : start + chance.randint(1, 12)]
    old = contents(damaged(chance, ["\n".join(part) + "\n" if part else "x\n"]))
    new = contents(damaged(chance, ["\n".join(part) + "\n" if part else "y\n"]))
    if not any(line.strip() for line in old):
        return
    place = locate(lookup(lines), old, new)
    if isinstance(place, Located):
        assert 0 <= place.start < place.end <= len(lines)
        end = place.start
        for hunk in place.hunks:
            assert end <= hunk.start <= hunk.end <= place.end
            end = hunk.end
        assert place.rung != "exact" or lines[place.start : place.end] == old
        assert place.rung != "similar" or not any(hunk.certain for hunk in place.hunks)


def some_text(chance: random.Random, letters: str) -> str:
    ends = chance.choice((("\n",), ("\r\n",), ("\n", "\r\n", "\r")))
    lines = [chance.choice(letters) + chance.choice(ends) for _ in range(chance.choice((0, 3, 12, 60)))]
    return "".join(lines).rstrip("\r\n") if chance.random() < 0.2 else "".join(lines)


def changed(chance: random.Random, text: str, letters: str) -> str:
    lines = split_lines(text)
    for _ in range(chance.randint(0, 4)):
        at = chance.randint(0, len(lines))
        lines[at : at + chance.randint(0, 3)] = split_lines(some_text(chance, letters))[: chance.randint(0, 3)]
    return "".join(lines)


def fuzz_merge(chance: random.Random) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz \t"[: chance.choice((2, 4, 28))]
    base = some_text(chance, letters)
    ours, theirs = changed(chance, base, letters), changed(chance, base, letters)
    merged = merge(base, ours, theirs)
    back = merge(base, theirs, ours)
    assert isinstance(merged, Conflict) == isinstance(back, Conflict)
    if not isinstance(merged, Conflict) and not isinstance(back, Conflict):
        assert contents(merged) == contents(back)
        assert set(contents(merged)) <= {*contents(ours), *contents(theirs)}


def fuzz_diff(chance: random.Random) -> None:
    letters = chance.choice(("ab", "abcdefgh é𝒳\t"))
    before = some_text(chance, letters)
    after = changed(chance, before, letters)
    assert applied(before, text_edits(before, after)) == after
    assert contents(apply_hunks(before, hunks_between(before, after))) == contents(after)
    for compare in (changed_spans, changed_spans_otherwise):
        old, new = contents(before), contents(after)
        for span in reversed(compare(old, new)):
            old[span.start : span.end] = new[span.new_start : span.new_end]
        assert old == new


def applied(text: str, edits: Sequence[TextEdit]) -> str:
    """The text after edits, as an editor makes them."""
    starts = [0]
    for line in split_lines(text):
        starts.append(starts[-1] + len(line))
    for edit in reversed(edits):
        start, end = (
            starts[min(line, len(starts) - 1)] + column
            for line, column in ((edit.start_line, edit.start_column), (edit.end_line, edit.end_column))
        )
        text = text[:start] + edit.text + text[end:]
    return text


def fuzz_paths(chance: random.Random) -> None:
    check_no_escape("".join(chance.choices(PIECES, k=chance.randint(1, 8))))


def fuzz_disk(chance: random.Random) -> None:
    """A file is made at a fuzzed path while links appear between the check and the writing."""
    names = [
        chance.choice(("a", "b", "c", ".git", "..", ".", "~", "x.py", *PIECES)) for _ in range(chance.randint(1, 4))
    ]
    path = "/".join(names)
    with tempfile.TemporaryDirectory() as folder:
        outside, root = Path(folder, "outside"), Path(folder, "root")
        (outside / "a").mkdir(parents=True)
        (outside / "secret").write_text("secret")
        (root / "a").mkdir(parents=True)
        snapshot = Snapshot(root)
        new = "\n".join(("<<<<<<< SEARCH", "=======", "made", ">>>>>>> REPLACE"))
        change = to_change(new, snapshot, path)
        if isinstance(change, Refused):
            return
        if judge(change, snapshot, NEVER_SEND, lambda _path, _text: (), lambda _path, _text: None).level != "allow":
            return
        (made,) = change.operations
        assert isinstance(made, Create)
        parts = made.path.split("/")
        spot = root.joinpath(*parts[: chance.randint(1, len(parts))])
        if spot.parent.is_dir() and not spot.exists() and chance.random() < 0.8:
            spot.symlink_to(chance.choice((outside, outside / "secret", outside / "new", Path("../outside"))))
        write_change(root, change)
        assert sorted(entry.name for entry in outside.rglob("*")) == ["a", "secret"]
        assert (outside / "secret").read_text() == "secret"


TARGETS: dict[str, Target] = {
    "search_replace": _parser("search_replace", search_replace.parse, search_replace.recognises),
    "whole_file": _parser("whole_file", whole_file.parse, whole_file.recognises),
    "begin_patch": _parser("begin_patch", begin_patch.parse, begin_patch.recognises),
    "unified_diff": _parser("unified_diff", unified_diff.parse, unified_diff.recognises),
    "tool_call": _parser("tool_call", tool_call.parse, tool_call.recognises),
    "detection": fuzz_detection,
    "change": fuzz_change,
    "locate": fuzz_locate,
    "merge": fuzz_merge,
    "diff": fuzz_diff,
    "paths": fuzz_paths,
    "disk": fuzz_disk,
}


def run(name: str, seconds: float, first: int) -> int:
    """Runs one target for some seconds; the count of its examples. A failure ends the program."""
    ends = time.monotonic() + seconds
    number, slowest = first, 0.0
    while time.monotonic() < ends:
        started = time.process_time()
        try:
            TARGETS[name](random.Random(number))
        except BaseException:
            print(f"{name}: example {number} fails; again: scripts/fuzz 0 {name} {number}", flush=True)
            raise
        taken = time.process_time() - started
        slowest = max(slowest, taken)
        if taken > LIMIT:
            raise SystemExit(f"{name}: example {number} takes {taken:.1f} s; again: scripts/fuzz 0 {name} {number}")
        number += 1
    print(f"{name:16} {number - first:>9,} examples, the slowest {slowest * 1000:.0f} ms", flush=True)
    return number - first


def main(arguments: Sequence[str]) -> None:
    """Seconds, and the names of targets (default: all, which share the seconds); a number repeats one example."""
    seconds = float(arguments[0]) if arguments else 30.0
    names = [name for name in arguments[1:] if name in TARGETS]
    again = [int(word) for word in arguments[1:] if word.isdecimal()]
    for name in names or TARGETS:
        for number in again:
            TARGETS[name](random.Random(number))
        if not again:
            run(name, seconds if names else seconds / len(TARGETS), int.from_bytes(os.urandom(4)))


if __name__ == "__main__":
    main(sys.argv[1:])
