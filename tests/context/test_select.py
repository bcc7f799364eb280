"""Which pieces a description gets: the right ones first, within the budget, and never what must not be sent."""

import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from context.parsing.chunks import JOINED_LINES, MOST_LINES, chunks
from context.parsing.heads import import_lines
from context.parsing.symbols import Definition
from context.parsing.words import terms_of
from context.retrieval.select import Context, Piece, Query, Wanted, cost, pack
from context.retrieval.test_pieces import asks_for_tests
from context.snapshot import Place, Snapshot, from_buffer
from tests.context.workspace import indexed, write

WORKSPACE = """
    //- shop/models.py
    class Customer:
        def load_customer(self, key):
            return fetch(key)
    //- shop/retry.py
    def retry_with_backoff(call):
        # waits longer after every failure
        return call()
    //- shop/views.py
    from shop.models import Customer
    def show_customer(customer):
        return customer.load_customer(1)
    //- tests/test_retry.py
    def test_retry_with_backoff(): assert retry_with_backoff(lambda: 1) == 1
    //- docs/retry.md
    retry_with_backoff retries with backoff. Retry, retry, retry with backoff.
    //- secrets/retry.py
    def retry_with_backoff(): return "hunter2"
    """


async def check_select(
    folder: Path, description: str, *expected: str, place: Place | None = None, buffers: dict[str, str] | None = None
) -> Context:
    """The first pieces are of these files, in this order; a second ask gives the same."""
    root = write(folder / "root", WORKSPACE)
    opened = {path: from_buffer(path, text, 1) for path, text in (buffers or {}).items()}
    async with indexed(root, folder / "cache") as index:
        query = Query(description, 2000, place)
        context = await index.select(query, Snapshot(root, opened))
        again = await index.select(query, Snapshot(root, opened))
    assert [piece.path for piece in context.pieces][: len(expected)] == list(expected)
    assert again.pieces == context.pieces
    assert context.completeness == 1.0
    assert context.tokens == sum(piece.tokens for piece in context.pieces) <= query.budget
    assert not any("hunter2" in piece.text or piece.path.startswith("secrets/") for piece in context.pieces)
    return context


async def test_source_comes_before_tests_and_tests_before_documents(tmp_path: Path):
    context = await check_select(
        tmp_path, "retry with backoff", "shop/retry.py", "tests/test_retry.py", "docs/retry.md"
    )
    assert "matches: " in context.pieces[0].why
    assert "retry" in context.pieces[0].why


async def test_a_named_symbol_and_a_named_file_say_so(tmp_path: Path):
    context = await check_select(tmp_path, "`load_customer` should cache", "shop/models.py")
    assert "defines load_customer, named in the description" in context.pieces[0].why
    context = await check_select(tmp_path, "say more in docs/retry.md", "docs/retry.md")
    assert "its file is named in the description" in context.pieces[0].why


async def test_other_forms_of_a_word_are_found(tmp_path: Path):
    await check_select(tmp_path, "retrying of failures", "shop/retry.py")
    await check_select(tmp_path, "showing customers", "shop/views.py")


async def test_the_place_comes_first_as_its_whole_symbol(tmp_path: Path):
    context = await check_select(
        tmp_path, "retry with backoff", "shop/models.py", "shop/retry.py", place=Place("shop/models.py", 3, 3)
    )
    here = context.pieces[0]
    assert (here.start_line, here.end_line, here.why) == (2, 3, "the code you are in")


async def test_pieces_have_the_text_of_unsaved_buffers(tmp_path: Path):
    text = "# a new line\n" * 5 + "def retry_with_backoff(call, times):\n    return call()\n"
    context = await check_select(tmp_path, "retry with backoff", "shop/retry.py", buffers={"shop/retry.py": text})
    assert "call, times" in context.pieces[0].text
    text = "def exponential_jitter(): ...\n"
    await check_select(tmp_path, "exponential jitter", "shop/new.py", buffers={"shop/new.py": text})
    await check_select(tmp_path, "hunter", buffers={".env": "KEY=hunter2", "secrets/retry.py": "hunter2 = 1"})


async def test_a_file_that_became_a_link_to_a_secret_is_not_sent(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    (root / ".env").write_text("retry_with_backoff=hunter2")
    async with indexed(root, tmp_path / "cache") as index:
        (root / "shop" / "retry.py").unlink()
        (root / "shop" / "retry.py").symlink_to(root / ".env")
        place = Place("shop/retry.py", 1, 1)
        context = await index.select(Query("retry with backoff", 2000, place), Snapshot(root))
        assert not any("hunter2" in piece.text for piece in context.pieces)


async def test_a_secret_is_not_sent_through_an_alias_or_an_open_buffer(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    (root / "open.py").symlink_to(root / "secrets" / "retry.py")
    (root / "folder").symlink_to(root / "secrets")
    text = "def retry_with_backoff(): return 'hunter2'\n"
    paths = ("open.py", "folder/retry.py", "SECRETS/retry.py", "shop/../secrets/retry.py", "../outside.py", ".env")
    buffers = {path: from_buffer(path, text, 1) for path in paths}
    async with indexed(root, tmp_path / "cache") as index:
        for path in paths:
            query = Query("retry with backoff", 4000, Place(path, 1, 1))
            context = await index.select(query, Snapshot(root, buffers))
            assert not any("hunter2" in piece.text for piece in (*context.pieces, *context.left_out))


async def test_what_does_not_fit_is_listed(tmp_path: Path):
    root = write(tmp_path / "root", WORKSPACE)
    async with indexed(root, tmp_path / "cache") as index:
        context = await index.select(Query("retry with backoff customer", 60), Snapshot(root))
    assert context.tokens <= 60
    assert context.left_out
    assert not {piece.path for piece in context.pieces} & {piece.path for piece in context.left_out}


TESTED = """
    //- shop/basket.py
    import json
    from shop.models import (
        Customer,
        Order,
    )

    RATE = 3


    # Adds up what is in the basket.
    # Rounds once.
    @traced
    def basket_total(basket):
        return sum(item.price for item in basket)
    //- shop/checkout.py
    def checkout(basket): return basket_total(basket)
    //- tests/unit/test_basket.py
    def test_nothing_in_it(): assert empty() == 0
    //- tests/test_other.py
    def test_basket_basket_total(): assert total(basket, basket)
    //- docs/basket.md
    The basket total is the total of the basket.
    """


async def packed(folder: Path, text: str, description: str, budget: int = 2000) -> Context:
    root = write(folder / "root", text)
    async with indexed(root, folder / "cache") as index:
        return await index.select(Query(description, budget), Snapshot(root))


LARGE = "".join(
    f"    //- shop/more{n}.py\n    def basket_{n}(total): return {'basket(total) + ' * 90}1\n" for n in range(9)
)
BESIDE = f"""
    //- shop/basket.py
    def basket_total(basket): return sum(basket)
    //- shop/basket.pyi
    def basket_total(basket: list[int]) -> int: ...
    //- tests/test_basket.py
    def test_nothing_in_it(): assert empty() == 0
    //- docs/basket.md
    The total of a basket is rounded.
    //- CHANGES.md
    The total of a basket is rounded.
{LARGE}"""


async def test_what_changes_with_the_code_has_its_share_of_the_budget(tmp_path: Path):
    root = write(tmp_path / "root", BESIDE)
    async with indexed(root, tmp_path / "cache") as index:
        alone, together = [
            await index.select(Query("`basket_total` rounds", 1000, beside=beside), Snapshot(root))
            for beside in (False, True)
        ]
    last = ["shop/basket.pyi", "tests/test_basket.py", "docs/basket.md"]
    assert [piece.path for piece in together.pieces][-3:] == last
    assert together.pieces[0].path == "shop/basket.py"
    assert together.tokens == sum(piece.tokens for piece in together.pieces) <= 1000
    assert "tests/test_basket.py" not in [piece.path for piece in alone.pieces]
    assert [piece.why.partition(";")[0] for piece in together.pieces[-3:]] == [
        "the stub of what was found",
        "tests what was found",
        "may document what was found",
    ]


async def test_what_a_file_exports_is_beside_its_code(tmp_path: Path):
    names = [f"kind_{n}" for n in range(60)]
    exports = "".join(f'    "{name}",\n' for name in names)
    defined = "".join(f"def {name}(x):\n    return x\n\n\n" for name in names)
    text = f"__all__ = [\n{exports}]\n\n\n{defined}def late_total(basket):\n    return 1\n"
    root = write(tmp_path / "root", LARGE)
    (root / "shop" / "basket.py").write_text(text)
    async with indexed(root, tmp_path / "cache") as index:
        alone, together = [
            await index.select(Query("`late_total` of a basket rounds", 2500, beside=beside), Snapshot(root))
            for beside in (False, True)
        ]
    assert not any("__all__" in piece.text for piece in alone.pieces)
    assert [piece.path for piece in together.pieces if "__all__" in piece.text] == ["shop/basket.py"]


async def test_a_small_workspace_is_shown_where_no_word_of_the_description_is_in_it(tmp_path: Path):
    context = await packed(tmp_path, WORKSPACE, "frobnicate")
    assert [piece.path for piece in context.pieces] == [
        "shop/models.py",
        "shop/retry.py",
        "shop/views.py",
        "tests/test_retry.py",
        "docs/retry.md",
    ]
    assert {piece.why for piece in context.pieces} == {"the workspace is small"}


async def test_of_a_large_workspace_nothing_is_shown_that_does_not_match(tmp_path: Path):
    files = "".join(f"    //- shop/f{n}.py\n    x{n} = 1\n" for n in range(21))
    assert (await packed(tmp_path, files, "frobnicate")).pieces == ()


async def test_of_copies_of_a_file_one_is_shown(tmp_path: Path):
    text = "def basket_total(basket):\n    return sum(basket)\n"
    files = f"""
        //- build/lib/shop/basket.py
{textwrap.indent(text, " " * 8)}
        //- shop/basket.py
{textwrap.indent(text, " " * 8)}
        //- sold/basket.py
{textwrap.indent(text, " " * 8)}
        //- shop/checkout.py
        def checkout(basket): return basket_total(basket)
        """
    context = await packed(tmp_path, files, "`basket_total` rounds")
    assert [piece.path for piece in context.pieces] == ["shop/basket.py", "shop/checkout.py"]


async def test_what_is_beside_the_code_takes_no_more_than_its_share(tmp_path: Path):
    long = "".join(f"    def test_{n}(): assert basket_total([{n}]) == {n}\n" for n in range(300))
    root = write(tmp_path / "root", BESIDE.replace("    def test_nothing_in_it(): assert empty() == 0\n", long))
    async with indexed(root, tmp_path / "cache") as index:
        context = await index.select(Query("`basket_total` rounds", 4000, beside=True), Snapshot(root))
    assert sum(piece.tokens for piece in context.pieces if piece.path.startswith("tests/")) <= 800
    assert context.tokens > 1000


@pytest.mark.parametrize(
    ("description", "asks"),
    [
        ("add tests for basket_total", True),
        ("round the basket total, with unit tests", True),
        ("basket total is wrong, see test_nothing_in_it", True),
        ("Write a regression test: the basket total is 0", True),
        ("Round the basket total. Add a test.", True),
        ("round the basket total", False),
        ("the latest basket total needs a proxy to test", False),
    ],
)
async def test_tests_of_the_source_come_after_it_when_they_are_asked_for(
    tmp_path: Path, description: str, *, asks: bool
):
    assert asks_for_tests(description) == asks
    context = await packed(tmp_path, TESTED, description)
    paths = list(dict.fromkeys(piece.path for piece in context.pieces))
    if asks:
        assert paths.index("shop/basket.py") < paths.index("tests/unit/test_basket.py") < paths.index("docs/basket.md")
        (piece,) = [piece for piece in context.pieces if piece.path == "tests/unit/test_basket.py"]
        assert "tests what was found" in piece.why


async def test_tests_are_not_drowned_by_much_source(tmp_path: Path):
    many = "".join(f"//- shop/basket_{n}.py\ndef basket_total_{n}(basket): return basket\n" for n in range(60))
    context = await packed(tmp_path, textwrap.dedent(TESTED) + many, "add tests for basket_total in basket.py", 800)
    assert "tests/unit/test_basket.py" in {piece.path for piece in context.pieces}


async def test_a_piece_comes_with_what_its_file_imports(tmp_path: Path):
    body = "".join(f"def other_{n}():\n    return {n}\n\n" for n in range(60))
    text = textwrap.dedent(TESTED).replace("RATE = 3\n", f"RATE = 3\n{body}")
    context = await packed(tmp_path, text, "round basket_total")
    first, head = context.pieces[:2]
    assert (head.path, head.start_line, head.end_line, head.why) == ("shop/basket.py", 1, 5, "what its file imports")
    assert "# Adds up what is in the basket.\n# Rounds once.\n@traced\n" in first.text
    assert first.start_line > head.end_line
    small = await packed(tmp_path, text, "round basket_total", first.tokens + 10)
    assert [piece.path for piece in small.pieces] == ["shop/basket.py"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("import a\nfrom b import (\n  c,\n)\n\nx = 1\nimport d\n", (1, 4)),
        ('"""Says what."""\n\nfrom __future__ import annotations\n\n# why\nimport b\nclass A: ...\n', (3, 6)),
        ('// licence\npackage main\n\nimport (\n\t"fmt"\n)\n\nfunc main() {}\n', (2, 6)),
        ("'use strict';\nconst a = require('a');\nimport {\n  b,\n} from 'b';\nrun();\n", (2, 5)),
        ("use std::io;\npub use crate::{\n  a,\n};\nfn main() {}\n", (1, 4)),
        ("package a.b;\n\nimport java.util.List;\n\nclass A {}\n", (1, 3)),
        ('#ifndef A_H\n#define A_H\n#include <a.h>\n#ifdef B\n#include "b.h"\n#endif\nint a;\n', (3, 5)),
        ("using System;\nusing A.B;\nnamespace C {\nusing (x) {}\n}\n", (1, 2)),
        ("# frozen\nrequire 'a'\nrequire_relative 'b'\n\nclass A\nend\n", (2, 3)),
        ("<?php\n\nnamespace A\\B;\n\nuse C\\D;\nuse E\\{F, G};\n\nclass H {}\n", (3, 6)),
        ("package a.b\n\nimport c.D\n\nfun e() {}\n", (1, 3)),
        ("@testable import A\nimport B\nlet c = 1\n", (1, 2)),
        ("-- says\nlocal a = require 'a'\nlocal b = require('b').c\nlocal d = 1\n", (2, 3)),
        ('#!/bin/sh\n. ./a.sh\nsource "$b"\nrun\n', (2, 3)),
        ("x = 1\nsource = 2\ninclude = 3\n", None),
        ('"""Keeps the\nimport time of this module down.\n"""\n\nimport a\nimport b.c as d, e  # why\n', (5, 6)),
        ("import type { A } from 'a';\nimport b, { c } from \"b\";\nimport d = require('d');\n", (1, 3)),
        ("import a.b.{c, d}\nimport static e.F.*;\nimport struct G.H\n", (1, 3)),
        ("", None),
        ("import a\n" * 500, (1, 88)),
        ("import (" + "a" * 2000 + "\n", None),
    ],
)
def test_the_imports_of_a_file_are_the_lines_at_its_head(text: str, lines: tuple[int, int] | None):
    assert import_lines(text.split("\n")) == lines


async def test_the_line_that_others_leave_of_a_piece_is_not_shown_by_itself(tmp_path: Path):
    body = "".join(f"def step_{n}():\n    return {n}\n\n" for n in range(60))
    text = f'//- shop.py\n"""The basket."""\nimport a\nimport b\n\n{body}def basket_total():\n    return b\n'
    context = await packed(tmp_path, text, "round basket_total of the basket")
    shown = [(piece.start_line, piece.end_line) for piece in context.pieces]
    assert (2, 3) in shown
    assert (1, 1) not in shown


async def test_pieces_begin_and_end_with_text_that_is_there(tmp_path: Path):
    text = "\n\n\ndef retry_once():\n    return 1\n\n\n\ndef retry_twice():\n    return 2\n\n\n"
    context = await packed(tmp_path, f"//- a.py\n{text}", "retry once")
    (piece,) = context.pieces
    assert (piece.start_line, piece.end_line) == (4, 10)
    root = tmp_path / "root"
    async with indexed(root, tmp_path / "cache") as index:
        place = Place("a.py", 12, 99)
        context = await index.select(Query("retry", 2000, place), Snapshot(root))
    assert all(1 <= each.start_line <= each.end_line <= 12 for each in context.pieces)


def test_a_comment_right_above_a_definition_goes_with_it():
    lines = [b"x"] * 73 + [b"# why", b"@cached", *[b"x"] * 55]
    definitions = [
        Definition("f", "function", 1, 60, 1, "", stub=False),
        Definition("g", "function", 76, 130, 76, "", stub=False),
    ]
    found = {each.symbols: (each.start_line, each.end_line) for each in chunks(lines, definitions)}
    assert found == {"f": (1, 60), "": (61, 73), "g": (74, 130)}


def test_words_are_parted_and_stemmed():
    assert terms_of("loadUserNames") == ("loadusernam", "load", "user", "nam")
    assert terms_of("HTTPServer")[1] == terms_of("http")[0]
    assert terms_of("retries") == terms_of("retry") == terms_of("retried")
    assert terms_of("the") == ()


spans = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 150)), max_size=12)


@given(spans, st.integers(1, 400))
def test_chunks_cover_every_line_once(starts: list[tuple[int, int]], line_count: int):
    definitions = [
        Definition(f"d{start}", "function", start, min(start + length, line_count), start, "", stub=False)
        for start, length in sorted(starts, key=lambda each: (each[0], -each[1]))
        if start <= line_count
    ]
    cut = chunks([b""] * line_count, definitions)
    assert [line for each in cut for line in range(each.start_line, each.end_line + 1)] == list(
        range(1, line_count + 1)
    )
    assert all(each.end_line - each.start_line < MOST_LINES + JOINED_LINES for each in cut)


lines = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=300)
wanted = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 12), st.integers(0, 8)), max_size=12)


@settings(max_examples=60)
@given(st.lists(lines, max_size=12), wanted, st.integers(0, 400))
def test_the_budget_is_never_exceeded_and_no_line_is_paid_twice(
    text: list[str], asked: list[tuple[str, int, int]], budget: int
):
    joined = "\n".join(text)
    snapshot = Snapshot(Path("nowhere"), {name: from_buffer(name, joined, 1) for name in "ab"})
    here = Piece("a", 1, 1, 1.0, "here", joined.split("\n")[0], cost(joined.split("\n")[0]))
    each = [Wanted(path, start, start + length, 1.0, lambda _: "why") for path, start, length in asked]
    context = pack(Query("", budget), snapshot, here, each)
    assert context.tokens == sum(cost(piece.text) for piece in context.pieces) <= budget
    shown = [(piece.path, line) for piece in context.pieces for line in range(piece.start_line, piece.end_line + 1)]
    assert len(shown) == len(set(shown))
    for piece in context.pieces:
        assert piece.text == "\n".join(joined.split("\n")[piece.start_line - 1 : piece.end_line])
