"""Is a person asked where a change reaches further than its lines, and left alone where it does not?"""

from pathlib import Path

import pytest

from lsp_server.edits.change import ChangeSet, Rename
from tests.review.scenes import check_remark, check_said, concerns, concerns_at

PRICES = """\
def total(items, tax=0):
    return sum(items)


class Cart:
    def add(self, item):
        pass
"""
WEB = """\
from shop.prices import Cart, total


def show(items):
    cart = Cart()
    cart.add(1)
    return total(items, 3)
"""
REPORT = "import shop.prices as p\n\nprint(p.total([], tax=1))\n"
SHOP = {
    "shop/__init__.py": "",
    "shop/prices.py": PRICES,
    "shop/web.py": WEB,
    "shop/report.py": REPORT,
    "pyproject.toml": '[project]\ndependencies = ["requests>=2", "PyYAML"]\n',
}


def test_an_ordinary_change_says_nothing(tmp_path: Path):
    check_said(tmp_path, SHOP, {"shop/prices.py": PRICES.replace("sum(items)", "sum(items) + tax")})


def test_a_new_function_is_a_remark(tmp_path: Path):
    found = concerns(tmp_path, SHOP, {"shop/prices.py": PRICES + "\n\ndef discount(price):\n    return price\n"})
    found = tuple(each for each in found if not each.rule.startswith("prot."))
    assert [(each.rule, each.level) for each in found] == [("cp.arch", "allow")]
    assert "discount" in found[0].message


@pytest.mark.parametrize(
    "signature",
    [
        "items, tax=0, rounded=False",
        "items, tax=0, *, rounded=False",
        "items=(), tax=0",
        "items, tax=0, **more",
        "items: list[int], tax: int = 0",
    ],
)
def test_parameters_that_take_every_old_call_have_not_changed(tmp_path: Path, signature: str):
    check_said(tmp_path, SHOP, {"shop/prices.py": PRICES.replace("items, tax=0", signature)})


@pytest.mark.parametrize("signature", ["items", "items, tax, country", "tax, items", "items, *, rate=0", "tax=0"])
def test_a_signature_that_callers_do_not_fit_must_be_approved(tmp_path: Path, signature: str):
    after = {"shop/prices.py": PRICES.replace("items, tax=0", signature)}
    check_said(tmp_path, SHOP, after, ("cp.iface", "approve", "updated here (not shop/"))


def test_a_signature_with_all_callers_updated_is_confirmed(tmp_path: Path):
    after = {
        "shop/prices.py": PRICES.replace("items, tax=0", "items, country"),
        "shop/web.py": WEB.replace("total(items, 3)", "total(items, 'de')"),
        "shop/report.py": REPORT.replace("tax=1", "country='de'"),
    }
    check_remark(tmp_path, SHOP, after, "cp.iface", "2 callers, 2 updated here.")
    check_said(tmp_path, SHOP, after)


def test_swapped_parameters_count_callers_that_still_fit_but_mean_something_else(tmp_path: Path):
    after = {
        "shop/prices.py": PRICES.replace("items, tax=0", "tax, items"),
        "shop/report.py": REPORT.replace("p.total([], tax=1)", "p.total(1, [])"),
    }
    check_said(tmp_path, SHOP, after, ("cp.iface", "approve", "2 callers, 1 updated here (not shop/web.py)"))


def test_a_function_that_is_gone_while_it_is_used(tmp_path: Path):
    after = {"shop/prices.py": PRICES.replace("def total", "def whole")}
    check_said(
        tmp_path, SHOP, after,
        ("cp.iface", "approve", "total is gone: 2 callers, 0 updated here (not shop/web.py, shop/report.py)"),
        ("cp.arch", "confirm", "offers total no more"),
    )  # fmt: skip


def test_a_rename_with_all_its_callers_needs_no_approval(tmp_path: Path):
    after = {path: SHOP[path].replace("total", "whole") for path in ("shop/prices.py", "shop/web.py", "shop/report.py")}
    check_remark(tmp_path, SHOP, after, "cp.iface", "total is gone: 2 callers, 2 updated here.")
    check_said(tmp_path, SHOP, after, ("cp.arch", "confirm", "offers total no more"))


def test_a_function_that_moves_and_is_still_imported_where_it_was_has_not_gone(tmp_path: Path):
    function = "def total(items, tax=0):\n    return sum(items)\n"
    after = {
        "shop/prices.py": PRICES.replace(function, "from shop.sums import total\n"),
        "shop/sums.py": function,
    }
    found = [each for each in concerns(tmp_path, SHOP, after) if each.rule == "cp.iface"]
    assert found == []


def test_methods_are_followed_where_the_receiver_is_known(tmp_path: Path):
    after = {"shop/prices.py": PRICES.replace("self, item", "self, item, count")}
    check_said(tmp_path, SHOP, after, ("cp.iface", "approve", "Cart.add is called otherwise: 1 caller, 0 updated"))
    other = {**SHOP, "shop/other.py": "def f(x):\n    x.add(1)\n"}
    del other["shop/web.py"]
    check_said(tmp_path / "2", other, {"shop/prices.py": PRICES.replace("self, item", "self, item, count")})


def test_a_function_that_becomes_async_and_a_base_that_changes(tmp_path: Path):
    after = {
        "shop/prices.py": PRICES.replace("def total", "async def total").replace("class Cart:", "class Cart(dict):")
    }
    check_said(tmp_path, SHOP, after, ("cp.iface", "approve", "total is called otherwise: 2 callers, 0 updated"))
    check_remark(tmp_path, SHOP, after, "cp.iface", "Cart: its bases change: 1 caller")


def test_a_module_that_moves_without_its_importers(tmp_path: Path):
    concerns(tmp_path, SHOP, {})
    found = concerns_at(tmp_path, SHOP, ChangeSet((Rename("shop/prices.py", "shop/sums.py", ""),)))
    assert {(each.rule, each.level) for each in found} == {("file", "allow"), ("cp.iface", "approve")}
    assert any("2 importers, 0 updated here" in each.message for each in found)


@pytest.mark.parametrize(
    ("line", "saying"),
    [
        ("import reqests", "Is requests meant?"),
        ("from fastjson_ultra import loads", "fastjson_ultra is neither"),
        ("import numpy as np", "numpy is neither"),
    ],
)
def test_a_package_that_nobody_knows_may_be_invented(tmp_path: Path, line: str, saying: str):
    check_said(tmp_path, SHOP, {"shop/web.py": f"{line}\n{WEB}"}, ("cp.dep", "approve", saying))


@pytest.mark.parametrize(
    "line",
    ["import json", "import requests", "import yaml", "from . import prices", "import shop", "from shop import web"],
)
def test_what_is_standard_declared_or_the_projects_own_is_known(tmp_path: Path, line: str):
    found = concerns(tmp_path, SHOP, {"shop/report.py": f"{line}\n{REPORT}"})
    assert [each for each in found if each.rule == "cp.dep"] == []


def test_what_is_installed_beside_the_project_is_known(tmp_path: Path):
    packages = tmp_path / ".venv/lib/python3.11/site-packages/numpy"
    packages.mkdir(parents=True)
    check_said(tmp_path, SHOP, {"shop/report.py": f"import numpy\n{REPORT}"})


@pytest.mark.parametrize(
    ("path", "manifest", "text", "known", "unknown"),
    [
        ("a.ts", "package.json", '{"dependencies": {"react": "1"}}', 'import "react/jsx"', 'import "raect"'),
        ("a.js", "package.json", '{"devDependencies": {"@a/b": "1"}}', 'import "@a/b/c"', 'import "@a/c"'),
        ("a.js", "package.json", "{}", 'import "node:fs"', 'import "left-pad"'),
        ("a.go", "go.mod", "module ex.org/m\nrequire g.com/a/b v1", 'import "g.com/a/b/c"', 'import "g.com/a/x"'),
        ("a.rs", "Cargo.toml", '[dependencies]\nserde = "1"\n', "use serde::Deserialize;", "use sered::Deserialize;"),
    ],
)
def test_other_languages_have_manifests_too(
    tmp_path: Path, path: str, manifest: str, text: str, known: str, unknown: str
):
    head = "package m\n" if path.endswith(".go") else ""
    before = {path: f"{head}\n", manifest: text}
    assert concerns(tmp_path, before, {path: f"{head}{known}\n"}) == ()
    check_said(tmp_path, before, {path: f"{head}{unknown}\n"}, ("cp.dep", "approve", "neither declared"))


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (".github/workflows/ci.yml", "runs"),
        ("sub/Dockerfile", "runs"),
        ("conftest.py", "runs"),
        ("Makefile", "runs"),
        (".cargo/config.toml", "runs"),
        ("gradle/wrapper/gradle-wrapper.properties", "runs"),
        ("mise.toml", "runs"),
        ("app/.pnpmfile.cjs", "runs"),
        (".pre-commit-config.yaml", "runs"),
        ("requirements-dev.txt", "cp.dep"),
        ("uv.lock", "cp.dep"),
        ("go.mod", "cp.dep"),
        ("web/package-lock.json", "cp.dep"),
    ],
)
def test_what_runs_and_what_is_installed_is_approved(tmp_path: Path, path: str, rule: str):
    check_said(tmp_path, {path: "a: 1\n"}, {path: "a: 2\n"}, (rule, "approve", path))


def test_of_a_manifest_only_what_it_installs_and_runs_counts(tmp_path: Path):
    text = '[project]\nversion = "1"\ndependencies = ["a"]\n'
    check_said(tmp_path, {"pyproject.toml": text}, {"pyproject.toml": text.replace('"1"', '"2"')})
    after = {"pyproject.toml": text.replace('"a"', '"a", "b"')}
    check_said(tmp_path, {"pyproject.toml": text}, after, ("cp.dep", "approve", "installed"))
    package = '{"version": "1", "scripts": {}}'
    after = {"package.json": package.replace("{}", '{"postinstall": "curl x"}')}
    check_said(tmp_path, {"package.json": package}, after, ("runs", "approve", "scripts"))
    after = {"package.json": package.replace("{}", '{}, "packageManager": "pnpm@9.0.0"')}
    check_said(tmp_path, {"package.json": package}, after, ("cp.dep", "approve", "installed"))


def test_a_file_that_goes_is_approved(tmp_path: Path):
    check_said(tmp_path, {"a.txt": "a\n"}, {"a.txt": None}, ("file", "approve", "a.txt is deleted"))


@pytest.mark.parametrize(
    ("path", "head"),
    [
        ("api.py", "# Code generated by protoc-gen. DO NOT EDIT.\n"),
        ("api.go", "// Code generated by mockery v2.20. DO NOT EDIT.\n\npackage api\n"),
        ("Form.cs", "//------\n// <auto-generated>\n"),
        ("schema.ts", "/**\n * @generated SignedSource<<x>>\n */\n"),
        ("parser.c", "/* A parser.\r\n\r\n   Automatically generated by Bison 3.8 */\r\n"),
        ("api/user_pb2.py", ""),
        ("web/app.min.js", ""),
    ],
)
def test_a_file_that_a_program_makes_is_asked_about(tmp_path: Path, path: str, head: str):
    check_said(tmp_path, {path: f"{head}x = 1\n"}, {path: f"{head}x = 2\n"}, ("generated", "confirm", path))


@pytest.mark.parametrize(
    ("path", "head"),
    [
        ("a.py", "# The report is generated by cron.\n"),
        ("generate.py", "MARK = 1\n" * 20 + "HEAD = 'DO NOT EDIT'\n"),
        ("generated.py", "# by hand\n"),
    ],
)
def test_a_file_that_only_speaks_of_it_is_not(tmp_path: Path, path: str, head: str):
    check_said(tmp_path, {path: f"{head}x = 1\n"}, {path: f"{head}x = 2\n"})


def test_a_generated_file_that_comes_is_no_matter(tmp_path: Path):
    assert "generated" not in {each.rule for each in concerns(tmp_path, {}, {"a.txt": "DO NOT EDIT\n"})}


LAYERS = {
    "app/__init__.py": "",
    "app/db/__init__.py": "",
    "app/db/rows.py": "def rows():\n    return []\n",
    "app/web/__init__.py": "",
    "app/web/page.py": "from app.db.rows import rows\n\n\ndef page():\n    return rows()\n",
}


def test_an_import_between_packages_that_had_none_is_confirmed_and_so_is_a_circle(tmp_path: Path):
    after = {"app/db/rows.py": "from app.web.page import page\n" + LAYERS["app/db/rows.py"]}
    check_said(
        tmp_path, LAYERS, after,
        ("cp.arch", "confirm", "app/db imports app/web for the first time"),
        ("cp.arch", "confirm", "app/db/rows.py and app/web/page.py import each other now"),
    )  # fmt: skip


def test_one_more_import_the_usual_way_says_nothing(tmp_path: Path):
    before = {**LAYERS, "app/web/form.py": "X = 1\n"}
    check_said(tmp_path, before, {"app/web/form.py": "from app.db.rows import rows\n\nX = rows()\n"})


def test_a_new_module_is_a_remark_and_a_new_test_is_none(tmp_path: Path):
    function = "def test_f():\n    assert True\n"
    found = concerns(tmp_path, LAYERS, {"app/new.py": function})
    assert [(each.rule, each.level, each.message) for each in found] == [
        ("cp.arch", "allow", "app/new.py is a new module.")
    ]
    assert concerns(tmp_path / "2", LAYERS, {"tests/test_new.py": function}) == ()


TEST = "def test_a():\n    assert 1\n    assert 2\n\n\ndef test_b():\n    assert 3\n"


@pytest.mark.parametrize(
    ("after", "saying"),
    [
        (TEST.replace("    assert 2\n", ""), "test_a asserts less"),
        (TEST.replace("test_b", "check_b"), "tests are gone: test_b"),
        (TEST.replace("def test_b", "@pytest.mark.skip\ndef test_b"), "passes a test over"),
        (TEST.replace("assert 3", "assert 3  # noqa: S101"), "look away"),
    ],
)
def test_weaker_tests_are_approved(tmp_path: Path, after: str, saying: str):
    check_said(tmp_path, {"tests/test_x.py": TEST}, {"tests/test_x.py": after}, ("tests", "approve", saying))


TWICE = "def test_a():\n    x = f(1)\n    assert {}\n    assert x == 4\n"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("x == 3", "x"),
        ("f(1, 2) == 3", "f(1, 2)"),
        ("x == 3", "True"),
        ("x == 3", "x is not None"),
        ("x == 3, 'said'", "x, 'said'"),
        ("x == 3", "isinstance(x, int)"),
        ("x == 3", "x == 3 or True"),
        ("x.total == 3", "not x.missing()"),
        ("x == 3", "1  # assert x == 3"),
    ],
)
def test_an_assertion_that_nearly_anything_passes_asserts_less(tmp_path: Path, was: str, now: str):
    before, after = TWICE.format(was), TWICE.format(now)
    check_said(tmp_path, {"tests/test_x.py": before}, {"tests/test_x.py": after}, ("tests", "approve", "asserts less"))
    check_said(tmp_path, {"tests/test_x.py": after}, {"tests/test_x.py": before})


@pytest.mark.parametrize(
    ("path", "was", "now"),
    [
        ("tests/test_x.py", "self.assertEqual(f(1), 3)", "self.assertTrue(f(1))"),
        ("tests/test_x.py", "self.assertEqual(x, 3)", "self.assertIsNotNone(x)"),
        ("tests/test_x.py", "m.assert_called_once_with(1)", "m.assert_called()"),
        ("tests/test_x.py", "with pytest.raises(KeyError): f()", "with pytest.raises(Exception): f()"),
        ("src/x.test.ts", "expect(f(1)).toBe(3)", "expect(f(1)).toBeTruthy()"),
        ("src/x.test.ts", "expect(x).toEqual([1])", "expect(x).toBeDefined()"),
        ("src/x.test.ts", "expect(x).toEqual([1])", "// expect(x).toEqual([1])"),
        ("src/x_test.go", "require.Equal(t, 3, x)", "require.NotNil(t, x)"),
        ("tests/x.rs", "assert_eq!(x, 3);", "assert!(x.is_some());"),
    ],
)
def test_so_it_does_in_other_words_and_languages(tmp_path: Path, path: str, was: str, now: str):
    form = {
        ".py": "def test_a():\n    {}\n",
        ".ts": "it('adds', () => {{\n  {};\n}});\n",
        ".go": "package x\n\nfunc TestA(t *testing.T) {{\n\t{}\n}}\n",
        ".rs": "#[test]\nfn test_a() {{\n    {}\n}}\n",
    }[Path(path).suffix]
    check_said(tmp_path, {path: form.format(was)}, {path: form.format(now)}, ("tests", "approve", "asserts less"))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("x == 3", "x == 4"),
        ("x is True", "x"),
        ("type(x) is int", "isinstance(x, int)"),
        ("x == []", "not x"),
        ("len(x) > 0", "x"),
        ("f(x) == g(x)", "is_alike(f(x), g(x))"),
        ("x.name == 'a'", "x.name.startswith('a')"),
        ("x == 3", "x in (3, 4)"),
    ],
)
def test_an_assertion_in_other_words_is_fine(tmp_path: Path, was: str, now: str):
    check_said(tmp_path, {"tests/test_x.py": TWICE.format(was)}, {"tests/test_x.py": TWICE.format(now)})


@pytest.mark.parametrize("part", ["a.", "assert ", "assert a == "])
def test_a_long_line_of_a_test_takes_no_long_time(tmp_path: Path, part: str):
    long = f"def test_a():\n    s = 'assert {part * (300_000 // len(part))} %'\n"
    check_said(tmp_path, {"tests/test_x.py": "x = 1\n"}, {"tests/test_x.py": long})


CALLS = (
    "describe('f', () => {\n  it('adds', () => {\n    expect(f(1)).toBe(3);\n  });\n  test(\"takes\", () => {});\n});\n"
)


def test_a_test_that_is_a_call_may_not_go_either(tmp_path: Path):
    after = CALLS.replace('  test("takes", () => {});\n', "")
    check_said(tmp_path, {"a.test.ts": CALLS}, {"a.test.ts": after}, ("tests", "approve", "tests are gone: takes"))
    check_said(tmp_path, {"a.test.ts": after}, {"a.test.ts": CALLS})


def test_a_test_of_the_same_name_elsewhere_is_another_one(tmp_path: Path):
    before = {"tests/test_x.py": TEST, "tests/test_y.py": TEST}
    gone = TEST.split("\n\n\n", maxsplit=1)[0] + "\n"
    check_said(
        tmp_path,
        before,
        {"tests/test_x.py": TEST + "\n# x\n", "tests/test_y.py": gone},
        ("tests", "approve", "test_y.py"),
    )


def test_a_new_test_that_is_to_be_filled_in_is_looked_at(tmp_path: Path):
    skeleton = "@pytest.mark.skip\ndef test_c():\n    pass\n"
    check_said(
        tmp_path, {"tests/test_x.py": TEST}, {"tests/test_y.py": skeleton}, ("tests", "confirm", "passes a test over")
    )
    two = {"tests/test_y.py": f"{skeleton}\n\n{skeleton.replace('test_c', 'test_d')}"}
    said = "line 1: “@pytest.mark.skip” passes a test over. This new file has 1 more."
    check_said(tmp_path, {"tests/test_x.py": TEST}, two, ("tests", "confirm", said))
    grown = {"tests/test_x.py": f"{TEST}\n\n{skeleton}"}
    check_said(tmp_path, {"tests/test_x.py": TEST}, grown, ("tests", "approve", "passes a test over"))


def test_a_test_that_moves_and_is_passed_over_then_is_approved(tmp_path: Path):
    a, b = TEST.split("\n\n\n")
    after = {"tests/test_x.py": a + "\n", "tests/test_y.py": f"@pytest.mark.skip\n{b}"}
    check_said(tmp_path, {"tests/test_x.py": TEST}, after, ("tests", "approve", "passes a test over"))


def test_tests_that_only_move_or_grow_are_fine(tmp_path: Path):
    a, b = TEST.split("\n\n\n")
    check_said(tmp_path, {"tests/test_x.py": TEST}, {"tests/test_x.py": a + "\n", "tests/test_y.py": b})
    check_said(tmp_path, {"tests/test_x.py": TEST}, {"tests/test_x.py": TEST + "    assert 4\n"})


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "x = f()  # type: ignore"),
        ("a.py", "x = f()  # nosec"),
        ("a.py", "x = f()  # NoQA: F821"),
        ("a.py", "# flake8: noqa"),
        ("a.py", "# pyright: reportAny=false"),
        ("a.yml", "key: abc  # pragma: allowlist secret"),
        ("a.ini", "# pragma: whitelist nextline secret"),
        ("a.ts", '/* eslint no-eval: "off" */'),
        ("k8s.yaml", "# checkov:skip=CKV_K8S_8"),
        ("a.ts", "// @ts-ignore"),
        ("a.ts", "/* eslint-disable */"),
        ("a.go", "//nolint:errcheck"),
        ("a.rs", "#[allow(dead_code)]"),
    ],
)
def test_a_checker_that_is_told_to_look_away(tmp_path: Path, path: str, line: str):
    check_said(tmp_path, {path: "\n"}, {path: f"{line}\n"}, ("tests", "approve", "look away"))


def test_a_silencer_that_was_there_may_stay_or_move(tmp_path: Path):
    before = {"a.py": "x = 1  # noqa\ny = 2\n"}
    check_said(tmp_path, before, {"a.py": "y = 2\n\n\nx = 1  # noqa\n"})
    check_said(tmp_path, before, {"a.py": "x = 2  # noqa\ny = 2\n"})


def test_settings_of_checkers_are_approved(tmp_path: Path):
    text = "[tool.ruff]\nline-length = 88\n\n[tool.other]\nx = 1\n"
    after = {"pyproject.toml": text.replace("88", "99")}
    check_said(tmp_path, {"pyproject.toml": text}, after, ("tests", "approve", "settings of ruff"))
    check_said(tmp_path, {"pyproject.toml": text}, {"pyproject.toml": text.replace("x = 1", "x = 2")})
    check_said(tmp_path, {".flake8": "a\n"}, {".flake8": "b\n"}, ("tests", "approve", ".flake8"))
    package = '{"eslintConfig": {"rules": {"no-eval": 2}}, "files": []}'
    check_said(
        tmp_path, {"package.json": package}, {"package.json": package.replace("2", "0")}, ("tests", "approve", "eslint")
    )
    check_said(tmp_path, {"package.json": package}, {"package.json": package.replace("[]", '["a"]')})


@pytest.mark.parametrize("path", ["src/.ruff.toml", "pytest.ini", "web/.eslintrc.json", "mypy.ini", "Jest.config.mts"])
def test_new_settings_of_a_checker_are_approved_too(tmp_path: Path, path: str):
    check_said(tmp_path, {}, {path: "x = 1\n"}, ("tests", "approve", path))


@pytest.mark.parametrize(
    "text",
    ["def f(:\n", "(" * 500, "\0", "from . import *\nfrom .... import x\n", "import\n", "class A(A): pass\n" * 50],
)
def test_no_text_breaks_a_checkpoint(tmp_path: Path, text: str):
    for path in ("a.py", "tests/test_a.py", "pyproject.toml", "package.json", "a.ts", "a.rs", "go.mod", "setup.cfg"):
        concerns(tmp_path, {path: "x = 1\n"}, {path: text})
        concerns(tmp_path, {path: text}, {path: "x = 1\n"})
