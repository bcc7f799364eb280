"""Are characters that nobody can see brought before a person?"""

from pathlib import Path

import pytest

from lsp_server.edits.change import Create, Rename
from lsp_server.review.judge import refusals
from tests.review.checks import check_verdict, edit, verdict_of


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\u202e", "RIGHT-TO-LEFT OVERRIDE"),
        ("\u2066", "LEFT-TO-RIGHT ISOLATE"),
        ("\u200b", "ZERO WIDTH SPACE"),
        ("\ufeff", "ZERO WIDTH NO-BREAK SPACE"),
        ("\U000e0041", "TAG LATIN CAPITAL LETTER A"),
        ("\U000e0100", "VARIATION SELECTOR-17"),
        ("\u3164", "HANGUL FILLER"),
        ("\u2028", "LINE SEPARATOR"),
        ("\x1b", "U+001B"),
        ("\x08", "U+0008"),
    ],
)
def test_a_new_invisible_character_needs_approval(tmp_path: Path, character: str, name: str):
    verdict = verdict_of(tmp_path, edit("a.txt", "one\ntwo\n", f"one\ntwo{character}\n"))
    assert (verdict.level, verdict.checks["characters"]) == ("approve", "new-findings")
    assert [(finding.line, name in finding.message) for finding in verdict.findings] == [(2, True)]
    assert refusals(verdict)[0].code == "DENIED"


def test_one_that_was_there_may_stay_and_move_but_not_multiply(tmp_path: Path):
    check_verdict(tmp_path, "allow", "", edit("a.txt", "a\u200bb\n", "new\na\u200bb\n"))
    check_verdict(tmp_path, "approve", "line 2", edit("a.txt", "a\u200bb\n", "a\u200bb\nc\u200bd\n"))


def test_a_new_file_counts_as_new(tmp_path: Path):
    check_verdict(tmp_path, "approve", "U+200B", Create("a.txt", "a\u200b\n"))


@pytest.mark.parametrize("text", ["café 日本語 עברית", "tab\tform\x0c", "❤\ufe0f 😀", "no\xa0break"])
def test_ordinary_text_of_any_language_is_no_finding(tmp_path: Path, text: str):
    check_verdict(tmp_path, "allow", "", edit("a.txt", "one\n", f"{text}\n"))


def test_a_file_that_moves_brings_none_in_either(tmp_path: Path):
    change = edit("a.txt", "one\ntwo\n", "one\ntwo\u200b\n")
    check_verdict(tmp_path, "approve", "ZERO WIDTH SPACE", Rename("a.txt", "b.txt", change.base_sha, change))


def test_what_no_file_can_hold_is_denied(tmp_path: Path):
    check_verdict(tmp_path, "deny", "U+D800", Create("a.txt", "one\ntwo\ud800\n"))
    check_verdict(tmp_path, "deny", "U+DC41", edit("a.txt", "one\n", "one \udc41\n"))
