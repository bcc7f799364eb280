"""What speaks for code: which words of a description count, what it points to, and what the workspace says of files."""

from pathlib import Path

import pytest

from context.parsing.signatures import signature_lines
from context.retrieval.description import read
from context.retrieval.search import recent
from context.retrieval.select import Context, Query
from context.retrieval.signals import SIGNALS
from context.retrieval.traces import Frame, frames
from context.snapshot import Snapshot, from_buffer
from context.workspace.paths import PathNames
from tests.context.workspace import indexed, write


async def check_order(folder: Path, text: str, description: str, *expected: str, opened: str = "") -> Context:
    """The first files of a selection are these, in this order; a second ask gives the same bytes."""
    root = write(folder / "root", text)
    async with indexed(root, folder / "cache") as index:
        buffers = {opened: from_buffer(opened, (root / opened).read_text(), 1)} if opened else {}
        context = await index.select(Query(description, 2000), Snapshot(root, buffers))
        again = await index.select(Query(description, 2000), Snapshot(root, buffers))
    assert list(dict.fromkeys(piece.path for piece in context.pieces))[: len(expected)] == list(expected)
    assert again.pieces == context.pieces
    assert again.left_out == context.left_out
    return context


def test_what_is_said_again_counts_more_and_what_any_report_says_less():
    terms = read("Tags are lost\n\nA tag of a topic is gone when the tag is edited. Expected: kept.", SIGNALS).terms
    assert terms["tag"] > terms["topic"] > terms["expect"] > 0


def test_the_title_and_what_is_written_as_code_count_more():
    terms = read("Slow basket\n\nThe `total` of many carts and user_names", SIGNALS).terms
    assert terms["basket"] > terms["cart"]
    assert terms["total"] > terms["cart"]
    assert terms["user_nam"] > terms["cart"]
    listed = read("- Slow basket\n- The queue", SIGNALS).terms
    assert listed["basket"] == listed["queu"]


@pytest.mark.parametrize(
    "line",
    [
        "numpy: 1.24.0",
        "lxml: None",
        '  "chardet": "5.0",',
        "- [x] I searched for chardet",
        "<!-- say chardet -->",
        "see https://example.org/chardet/1",
        "commit 6906eebfc7645d06ee807773f5df9215634addef",
    ],
)
def test_versions_boxes_links_and_hashes_say_nothing(line: str):
    assert read(f"The basket\n\nis wrong\n{line}\n", SIGNALS).terms.keys() <= {"basket", "wrong", "commit", "see"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('  File "/srv/shop/cart.py", line 12, in total', Frame("/srv/shop/cart.py", 12)),
        ("    at total (/srv/shop/cart.js:12:5)", Frame("/srv/shop/cart.js", 12)),
        ("    at src/cart.ts:12:5", Frame("src/cart.ts", 12)),
        ("\t/srv/shop/cart.go:12 +0x1b", Frame("/srv/shop/cart.go", 12)),
        ("  --> src/cart.rs:12:5", Frame("src/cart.rs", 12)),
        ("\tat com.acme.shop.Cart.total(Cart.java:12)", Frame("com/acme/shop/Cart.java", 12)),
        ("   at Shop.Cart.Total() in C:\\shop\\Cart.cs:line 12", Frame("/shop/Cart.cs", 12)),
        ("https://host/acme/shop/blob/main/shop/cart.py#L12-L20", Frame("/host/acme/shop/blob/main/shop/cart.py", 12)),
    ],
)
def test_stack_traces_and_links_point_to_lines(line: str, expected: Frame):
    (found,) = frames(f"It fails:\n{line}\n")
    assert found.line == expected.line
    assert found.path.endswith(expected.path)
    assert frames("at 10:30, version 1.2:3") == ()


def test_a_path_from_elsewhere_is_found_when_it_can_mean_one_file_only():
    names = PathNames()
    for path in ("shop/cart.py", "old/cart.py", "app.py", "json/decoder.py"):
        names.add(path)
    assert names.meant("/srv/releases/7/shop/cart.py") == "shop/cart.py"
    assert names.meant("/srv/app.py") == "app.py"
    assert names.meant("cart.py") is None
    assert names.meant("/usr/lib/python3/decoder.py") is None
    assert names.meant("") is None


def test_a_test_is_of_the_file_of_its_name_that_stands_nearest():
    names = PathNames()
    for path in ("app/cache/base.py", "app/db/base.py", "tests/db/test_base.py", "app/shop.py", "checks/shop_test.py"):
        names.add(path)
    assert names.tests_of("app/db/base.py") == ("tests/db/test_base.py",)
    assert names.tests_of("app/cache/base.py") == ()
    assert names.tests_of("app/shop.py") == ("checks/shop_test.py",)


LONG = "".join(f"def step_{number}(value):\n    return value + {number}\n\n" for number in range(60))


async def test_the_line_of_a_stack_trace_comes_first_and_says_so(tmp_path: Path):
    text = f"//- shop/steps.py\n{LONG}//- shop/other.py\ndef other(value): return value  # nothing\n"
    trace = 'It stops\n  File "/srv/shop/steps.py", line 122, in step_x\n'
    context = await check_order(tmp_path, text, trace, "shop/steps.py")
    first = context.pieces[0]
    assert first.start_line <= 122 <= first.end_line
    assert "the description points to its line 122" in first.why


async def test_a_line_that_is_pointed_to_is_found_when_nothing_else_speaks_for_any_file(tmp_path: Path):
    text = """
        //- a.py
        import b

        def go():
            return load_users()
        //- b.py
        def load_users(): ...
        """
    await check_order(tmp_path, text, "a.py:3", "a.py")


async def test_a_file_that_the_best_ones_use_comes_before_one_that_matches_as_well(tmp_path: Path):
    text = """
        //- a/rates.py
        class RateTable:
            # the basket
            pass
        //- b/unused.py
        class OtherTable:
            # the basket
            pass
        //- shop/basket.py
        from z.rates import RateTable
        def basket_total(basket):
            return RateTable().total(basket)
        """
    await check_order(tmp_path, text, "round the basket total", "shop/basket.py", "a/rates.py", "b/unused.py")
    swapped = text.replace("RateTable()", "OtherTable()").replace("import RateTable", "import OtherTable")
    await check_order(tmp_path / "2", swapped, "round the basket total", "shop/basket.py", "b/unused.py", "a/rates.py")


async def test_an_open_file_and_one_edited_lately_come_before_their_equals(tmp_path: Path):
    text = "".join(f"//- part{name}/x{name}.py\ndef basket_{name}(): return 1\n" for name in "abcd")
    await check_order(tmp_path / "1", text, "the basket", "parta/xa.py")
    await check_order(tmp_path / "2", text, "the basket", "partc/xc.py", opened="partc/xc.py")
    hour = 3_600_000_000_000
    assert recent({"a": hour, "b": hour, "c": 3 * hour}) == {"c"}
    assert recent({"a": hour, "b": hour + 1}) == recent({}) == recent({"a": 0, "b": 9 * hour}) == frozenset()


async def test_one_file_does_not_take_all_the_room(tmp_path: Path):
    parts = {name: "".join(f"def basket_{name}{n}():\n" + "    step()\n" * 40 for n in range(12)) for name in "ab"}
    text = "".join(f"//- {name}/part.py\n{part}" for name, part in parts.items())
    context = await check_order(tmp_path, text, "the basket", "a/part.py", "b/part.py")
    assert {piece.path for piece in context.pieces[:4]} == {"a/part.py", "b/part.py"}


async def test_of_what_does_not_fit_its_signature_is_shown(tmp_path: Path):
    body = "    basket = value\n" * 60
    text = f"//- shop.py\ndef basket_first(\n    value: int,\n) -> int:\n{body}\ndef basket_second(value):\n{body}"
    root = write(tmp_path / "root", text)
    async with indexed(root, tmp_path / "cache") as index:
        context = await index.select(Query("the basket", 600), Snapshot(root))
    signatures = [piece for piece in context.pieces if piece.why.startswith("only the signature fits")]
    assert signatures
    assert all(piece.text.startswith("def basket_") and piece.tokens < 40 for piece in signatures)
    left = {(piece.start_line, piece.end_line) for piece in context.left_out}
    assert any(start <= signatures[0].start_line <= end for start, end in left)
    assert context.tokens == sum(piece.tokens for piece in context.pieces) <= 600


def test_a_signature_ends_where_its_parameters_do():
    assert signature_lines(["def f(a, b):", "  pass"], 1, 2) == (1, 1)
    assert signature_lines(["x", "func f(", "  a int,", ") error {", "}"], 2, 5) == (2, 4)
    assert signature_lines(["f(" * 20] * 30, 3, 30) == (3, 10)
