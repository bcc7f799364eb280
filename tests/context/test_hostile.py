"""Whatever a file holds, in whatever language: parsing and asking for its symbols end, in time and without a crash."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from context.parsing.languages import LANGUAGES, Language, language_of
from context.parsing.parse import syntax_faults
from context.parsing.symbols import outline

RUBBISH = random.Random(1).randbytes(150_000).decode("latin-1")
SIGNS = "".join(random.Random(1).choices("abc(){}[]<>'\"`#/*;:=.,+- \n$@\\", k=150_000))
ALL = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)


def path_in(language: Language) -> str:
    path = f"a{language.suffixes[0]}"
    assert language_of(path) is language
    return path


@ALL
@pytest.mark.parametrize(
    "text",
    [RUBBISH, SIGNS, "(" * 100_000 + ")" * 100_000, "{" * 100_000, "a " * 250_000, "`" * 100_000],
    ids=["bytes", "signs", "parentheses", "braces", "words", "backticks"],
)
def test_hostile_text_ends_in_time(language: Language, text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("context.parsing.symbols.PARSE_SECONDS", 0.2)
    started = time.process_time()
    opening = "<?php " if language.name == "php" else ""
    assert isinstance(outline(path_in(language), opening + text), tuple)
    # What was parsed within the limit has still to be asked for its symbols: this says only that it ends.
    assert time.process_time() - started < 20


SINGLE = "(){}[]<>\"'`#:;.=*&@\\\n é\0"
LONGER = [
    *("class A {", "def f", "fun f()", "func f()", "function f", "template <", "operator", "case x", "~A", "end"),
    *("import a", "require 'b'", "#{", "${", "<<E\n", "E\n", "/*", "*/", "--[[", "]]", "//", "::", "=>", "<?php "),
    *("=begin\n", "=end\n"),
]


@ALL
@settings(max_examples=30)
@given(st.lists(st.sampled_from([*SINGLE, *LONGER]), max_size=40))
def test_pieces_of_code_in_any_order_have_an_outline_within_the_text(language: Language, parts: list[str]):
    text = "".join(parts)
    last = text.count("\n") + 1
    for each in outline(path_in(language), text):
        assert 1 <= each.start_line <= each.name_line <= last
        assert each.start_line <= each.end_line <= last
    assert all(1 <= fault.line <= last for fault in syntax_faults(path_in(language), text))
