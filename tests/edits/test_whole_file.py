"""What do whole files in a reply do, and when are they refused?"""

import pytest

from tests.edits.checks import check_edit

STEP = "def step_NAME(data):\n    check(data)\n    return NAME(data)\n\n\n"
STEPS = "".join(STEP.replace("NAME", name) for name in "abcd")


def test_files_are_compared_with_those_that_are_there():
    check_edit(
        {"a.py": "A = 1\n", "b.py": "from a import A\nprint(A)\n"},
        "Both:\n\na.py\n```python\nVALUE = 1\n```\n\n**b.py**\n```\nfrom a import VALUE\nprint(VALUE)\n```\n",
        {"a.py": "VALUE = 1\n", "b.py": "from a import VALUE\nprint(VALUE)\n"},
    )


def test_a_new_file_is_made_with_its_folders():
    check_edit({}, "pkg/sub/__init__.py\n```python\n```\n", {"pkg/sub/__init__.py": ""})


def test_line_ends_mark_and_final_newline_stay_the_files():
    check_edit({"a.cs": "\ufeffa\r\nb"}, "a.cs\n```cs\na\nc\n```\n", {"a.cs": "\ufeffa\r\nc"})


@pytest.mark.parametrize("fence", ["````", "~~~", "```markdown"])
def test_a_file_that_holds_fences_itself(fence: str):
    closing = fence.removesuffix("markdown")
    reply = f"README.md\n{fence}\n# Use\n\n```python\nrun(2)\n```\n\nEnd\n{closing}\n"
    check_edit(
        {"README.md": "# Use\n\n```python\nrun(1)\n```\n\nEnd\n"},
        reply,
        {"README.md": "# Use\n\n```python\nrun(2)\n```\n\nEnd\n"},
    )


def test_a_file_whose_own_bare_fences_end_it_early_is_refused():
    reply = "README.md\n```markdown\n# Use\n```\nrun(2)\n```\nEnd\n```\n"
    check_edit({"README.md": "# Use\n```\nrun(1)\n```\nEnd\n"}, reply, refused="PATH")


def test_the_only_fence_is_the_default_file():
    check_edit({"a.py": "A = 1\n"}, "Here:\n\n```python\nA = 2\n```\n", {"a.py": "A = 2\n"}, default_path="a.py")


def test_a_fence_that_names_no_file_is_no_file_if_it_may_be_a_part_of_one():
    files = {"a.py": "import os\n\n# read the configuration\n"}
    reply = "```python\ndef read_configuration(path):\n    with open(path) as file:\n        return file.read()\n```\n"
    check_edit(files, reply, refused="PATH", saying="as a whole", default_path="a.py")
    check_edit(files, "a.py\n" + reply, {"a.py": reply[10:-4]})


def test_fences_without_a_path_are_refused():
    check_edit({"a.py": "A = 1\n"}, "```python\nA = 2\n```\n", refused="PATH")
    check_edit({"a.py": "A = 1\n"}, "```\nA = 2\n```\n```\nB = 2\n```\n", refused="PATH", default_path="a.py")
    check_edit({"a.py": "A = 1\n"}, "a.py\n```\nA = 2\n```\nand\n```python\nB = 2\n```\n", refused="PATH")


def test_commands_for_the_reader_are_no_file():
    check_edit({"a.py": "A = 1\n"}, "a.py\n```\nA = 2\n```\nThen:\n```bash\npython a.py\n```\n", {"a.py": "A = 2\n"})


def test_a_path_in_a_comment_is_no_line_of_the_file_unless_it_was_one():
    reply = "```python\n# app/a.py\nA = 2\n```\n"
    check_edit({"app/a.py": "A = 1\n"}, reply, {"app/a.py": "A = 2\n"})
    check_edit({"app/a.py": "# app/a.py\nA = 1\n"}, reply, {"app/a.py": "# app/a.py\nA = 2\n"})


def test_a_file_that_is_cut_off_is_refused():
    check_edit({"a.py": "a\nb\n"}, "a.py\n```python\na\nb\nc =", refused="TRUNCATED")
    check_edit({"a.py": "a\nb\n"}, "a.py\n```python\na\n```\nb.py\n```python\nx", refused="TRUNCATED")


def test_a_file_that_loses_much_is_refused():
    check_edit(
        {"a.py": STEPS},
        f"a.py\n```python\n{STEPS[:55]}```\n",
        refused="SHRINKS",
        saying="of its 20 lines. A file that comes whole",
    )


def test_a_file_that_loses_many_definitions_is_refused():
    longer = STEPS[: len(STEPS) // 4] + "# more\n" * 20
    check_edit({"a.py": STEPS}, f"a.py\n```python\n{longer}```\n", refused="SHRINKS", saying="step_b, step_c, step_d")


def test_definitions_may_get_other_names():
    renamed = STEPS.replace("step_", "phase_")
    check_edit({"a.py": STEPS}, f"a.py\n```python\n{renamed}```\n", {"a.py": renamed})


def test_a_placeholder_is_refused():
    check_edit({"a.py": STEPS}, f"a.py\n```python\n{STEPS[:55]}\n# ... rest of the code ...\n```\n", refused="LAZY")


def test_a_file_that_is_already_so_is_refused():
    check_edit({"a.py": "A = 1\n"}, "a.py\n```\nA = 1\n```\n", refused="NO_CHANGE")


def test_one_file_comes_once():
    check_edit({"a.py": "A = 1\n"}, "a.py\n```\nA = 2\n```\na.py\n```\nA = 3\n```\n", refused="OVERLAP")
    block = "<<<<<<< SEARCH\nA = 1\n=======\nA = 3\n>>>>>>> REPLACE\n"
    check_edit({"a.py": "A = 1\n"}, f"a.py\n```\nA = 2\n```\na.py\n{block}", refused="OVERLAP")
