"""What may SEARCH/REPLACE blocks look like, and what do they do?"""

import pytest

from tests.edits.checks import change_of, check_edit

SHOP = """
    //- /shop/cart.py
    class Cart:
        def add(self, item):
            self.items.append(item)

        def total(self):
            return sum(self.items)
    //- /shop/tax.py
    RATE = 19
    """

BLOCK = """\
<<<<<<< SEARCH
RATE = 19
=======
RATE = 7
>>>>>>> REPLACE
"""

LOWER_TAX = """
    //- /shop/tax.py
    RATE = 7
    """


def check_dressed(reply: str, default_path: str | None = None) -> None:
    """However it is dressed, the block lowers the tax."""
    check_edit(SHOP, reply.replace("BLOCK\n", BLOCK), LOWER_TAX, default_path=default_path)


def test_a_block_replaces_lines_and_leaves_all_others():
    check_edit(
        SHOP,
        """
        shop/cart.py
        ```python
        <<<<<<< SEARCH
                self.items.append(item)
        =======
                if item not in self.items:
                    self.items.append(item)
        >>>>>>> REPLACE
        ```
        """,
        """
        //- /shop/cart.py
        class Cart:
            def add(self, item):
                if item not in self.items:
                    self.items.append(item)

            def total(self):
                return sum(self.items)
        """,
    )


@pytest.mark.parametrize(
    "reply",
    [
        "shop/tax.py\n```python\nBLOCK\n```\n",
        "shop/tax.py\nBLOCK\n",
        "Sure, I can lower `RATE`.\n\nshop/tax.py\n```python\nBLOCK\n```\nIt uses `Cart.total` no more.\n",
        "**shop/tax.py**\n```\nBLOCK\n```",
        "`shop/tax.py`\n\n~~~\nBLOCK\n~~~",
        "### `shop/tax.py`:\n```\nBLOCK\n```",
        "1. **`shop/tax.py`**:\n```\nBLOCK\n```",
        "File: shop/tax.py\n```\nBLOCK\n```",
        "**File:** `shop/tax.py`\n```\nBLOCK\n```",
        "```python\n# shop/tax.py\nBLOCK\n```",
        "```python\n// shop/tax.py\nBLOCK\n```",
        "```python\nshop/tax.py\nBLOCK\n```",
        "```python shop/tax.py\nBLOCK\n```",
        '```python title="shop/tax.py"\nBLOCK\n```',
        "```python:shop/tax.py\nBLOCK\n```",
        "Change the rate in `shop/tax.py`:\n```\nBLOCK\n```",
        "./shop/tax.py\n```\nBLOCK\n```",
        "shop\\tax.py\n```\nBLOCK\n```",
        "a/shop/tax.py\n```\nBLOCK\n```",
        "shop/tax.py\n````python\nBLOCK\n````",
        "shop/tax.py\n```python\nBLOCK\n",
        "shop/tax.py\nBLOCK\n```\nDone.\n",
        "<think>\nshop/tax.py\n<<<<<<< SEARCH\nno\n=======\nyes\n>>>>>>> REPLACE\n</think>\nshop/tax.py\nBLOCK\n",
        "It may be wrong:\n<<<<<<< SEARCH\nno\n=======\nyes\n>>>>>>> REPLACE\n</think>\n\nshop/tax.py\nBLOCK\n",
        "shop/tax.py\r\n```\r\nBLOCK\n```\r\n",
    ],
)
def test_a_path_and_a_block_are_found_however_they_are_dressed(reply: str):
    check_dressed(reply)


@pytest.mark.parametrize(
    ("head", "divider", "tail"),
    [
        ("<<<<<", "=====", ">>>>>"),
        ("<<<<<<<<<", "=========", ">>>>>>>>>"),
        ("-------", "=======", "+++++++"),
        ("<<<<<<<", "======", ">>>>>>>>"),
    ],
)
def test_markers_may_have_five_to_nine_characters(head: str, divider: str, tail: str):
    check_dressed(f"shop/tax.py\n{head} SEARCH\nRATE = 19\n{divider}\nRATE = 7\n{tail} REPLACE **\n")


def test_a_block_without_a_path_is_for_the_file_of_the_block_before():
    check_edit(
        SHOP,
        """
        shop/cart.py
        ```
        <<<<<<< SEARCH
            def add(self, item):
        =======
            def put(self, item):
        >>>>>>> REPLACE
        ```

        and the other method:

        ```
        <<<<<<< SEARCH
            def total(self):
        =======
            def price(self):
        >>>>>>> REPLACE
        ```
        """,
        """
        //- /shop/cart.py
        class Cart:
            def put(self, item):
                self.items.append(item)

            def price(self):
                return sum(self.items)
        """,
    )


def test_a_block_without_a_path_is_for_the_default_file():
    check_dressed("```\nBLOCK\n```\n", default_path="shop/tax.py")
    check_dressed("Here you are, a lower rate.\n\nBLOCK\n", default_path="shop/tax.py")


def test_a_sentence_that_speaks_of_another_file_makes_the_place_doubtful():
    reply = BLOCK + "\nThe same goes for `shop/cart.py`, where it is used.\n\n" + BLOCK
    check_edit(SHOP, "shop/tax.py\n" + reply, refused="PATH", saying="path alone")
    check_edit(SHOP, "As in shop/cart.py it is\n" + BLOCK, refused="PATH", default_path="shop/tax.py")


def test_a_block_that_names_no_file_is_refused():
    check_edit(SHOP, BLOCK, refused="PATH", saying="path alone")


def test_blocks_may_come_in_any_order_and_for_several_files():
    check_edit(
        {"a.py": "one\ntwo\nthree\n", "b.py": "x\n"},
        """
        a.py
        <<<<<<< SEARCH
        three
        =======
        3
        >>>>>>> REPLACE
        b.py
        <<<<<<< SEARCH
        x
        =======
        y
        >>>>>>> REPLACE
        a.py
        <<<<<<< SEARCH
        one
        =======
        >>>>>>> REPLACE
        """,
        {"a.py": "two\n3\n", "b.py": "y\n"},
    )


def test_fences_inside_a_block_are_text():
    check_edit(
        {"README.md": "# Use\n\n```\nrun\n```\n\nEnd\n"},
        """
        README.md
        ```markdown
        <<<<<<< SEARCH
        ```
        run
        ```
        =======
        ```console
        $ run
        ```
        >>>>>>> REPLACE
        ```
        """,
        {"README.md": "# Use\n\n```console\n$ run\n```\n\nEnd\n"},
    )


def test_conflict_markers_inside_a_block_are_read_in_pairs():
    check_edit(
        {"a.py": "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> topic\nd\n"},
        """
        a.py
        <<<<<<< SEARCH
        <<<<<<< HEAD
        b
        =======
        c
        >>>>>>> topic
        =======
        c
        >>>>>>> REPLACE
        """,
        {"a.py": "a\nc\nd\n"},
    )


def test_a_heading_underlined_with_equal_signs_is_text_unless_it_may_be_the_divider():
    files = {"CHANGES.rst": "1.2.0\n=====\n\nMore.\n"}
    check_edit(
        files,
        """
        CHANGES.rst
        <<<<<<< SEARCH
        1.2.0
        =====
        =======
        1.3.0
        =====
        >>>>>>> REPLACE
        """,
        {"CHANGES.rst": "1.3.0\n=====\n\nMore.\n"},
    )
    check_edit(
        {"CHANGES.rst": "Changes\n=======\n"},
        "CHANGES.rst\n<<<<<<< SEARCH\nChanges\n=======\n=======\nHistory\n=======\n>>>>>>> REPLACE\n",
        refused="FORMAT",
        saying="nine characters",
    )


def test_an_empty_search_part_makes_a_new_file():
    check_edit(
        SHOP,
        """
        shop/gifts/__init__.py
        ```python
        <<<<<<< SEARCH
        =======
        FREE = True
        >>>>>>> REPLACE
        ```
        """,
        {"shop/gifts/__init__.py": "FREE = True\n"},
    )


def test_an_empty_search_part_fills_an_empty_file_and_no_other():
    reply = "a.py\n<<<<<<< SEARCH\n=======\nA = 1\n>>>>>>> REPLACE\n"
    check_edit({"a.py": ""}, reply, {"a.py": "A = 1\n"})
    check_edit({"a.py": "\n\n"}, reply, {"a.py": "A = 1\n"})
    check_edit({"a.py": "B = 1\n"}, reply, refused="EXISTS")


def test_a_new_file_may_come_whole_beside_blocks():
    check_edit(
        SHOP,
        f"shop/tax.py\n```\n{BLOCK}```\n\nshop/vat.py\n```python\nfrom shop.tax import RATE\n```\n",
        {"shop/tax.py": "RATE = 7\n", "shop/vat.py": "from shop.tax import RATE\n"},
    )


def test_a_fence_for_the_reader_beside_blocks_is_passed_over():
    check_dressed("shop/tax.py\n```\nBLOCK\n```\n\nThen run:\n\n```bash\npytest\n```\n")


@pytest.mark.parametrize(
    ("beside", "code"),
    [
        ("Create `shop/vat.py`:\n```python\nx = 1\n```\n", "PATH"),
        ("*** Begin Patch\n*** Add File: a.py\n+x\n*** End Patch\n", "FORMAT"),
        ("```diff\n--- a/shop/tax.py\n+++ b/shop/tax.py\n@@ -1 +1 @@\n-a\n+b\n```\n", "FORMAT"),
        ("```python\nx = 1\n>>>>>>> REPLACE\n```\n", "FORMAT"),
        ("shop/vat.py\n```python\nx = 1\n", "TRUNCATED"),
    ],
)
def test_nothing_that_may_be_an_edit_is_passed_over(beside: str, code: str):
    check_edit(SHOP, f"shop/tax.py\n```\n{BLOCK}```\n\n{beside}", refused=code)


def test_text_beside_a_block_in_its_fence_is_refused_because_it_may_be_an_example():
    check_edit(SHOP, f"docs/format.md\n````\nWrite it like this:\nshop/tax.py\n{BLOCK}````\n", refused="FORMAT")


@pytest.mark.parametrize(
    "reply",
    [
        "shop/tax.py\n<<<<<<< SEARCH\nRATE = 19\n",
        "shop/tax.py\n<<<<<<< SEARCH\nRATE = 19\n=======\nRATE = 7\n",
        "shop/tax.py\n<<<<<<< SEARCH\nRATE = 19\n=======\nRATE = 7\n>>>>>>> REPL",
        "shop/tax.py\n```\n" + BLOCK + "```\nshop/cart.py\n```\n<<<<<<< SEARCH\n    def total(self):\n====",
    ],
)
def test_a_reply_that_was_cut_off_changes_nothing(reply: str):
    check_edit(SHOP, reply, refused="TRUNCATED")


def test_a_block_without_all_three_markers_is_refused():
    check_edit(SHOP, "shop/tax.py\n<<<<<<< SEARCH\nRATE = 19\n>>>>>>> REPLACE\n", refused="FORMAT")
    check_edit(SHOP, "shop/tax.py\n<<<<<<< SEARCH\nRATE = 19\n" + BLOCK, refused="FORMAT")


def test_all_problems_are_told_at_once_with_their_blocks():
    reply = """
        shop/cart.py
        <<<<<<< SEARCH
            def sum(self):
        =======
            def total(self, rate):
        >>>>>>> REPLACE
        shop/tax.py
        <<<<<<< SEARCH
        RATE = 19
        =======
        RATE = 7
        >>>>>>> REPLACE
        shop/vat.py
        <<<<<<< SEARCH
        x
        =======
        y
        >>>>>>> REPLACE
        """
    check_edit(SHOP, reply, refused="NOT_FOUND MISSING")
    change = change_of(SHOP, reply)
    assert [(problem.block, problem.path) for problem in change.problems] == [(1, "shop/cart.py"), (3, "shop/vat.py")]
