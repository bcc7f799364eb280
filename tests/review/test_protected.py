"""Is code about secrets, access, money and lost data told from other code, in every language, on both sides?"""

# ruff: noqa: E501 - samples of code, each a line

from pathlib import Path

import pytest

from tests.review.scenes import concerns


def said(root: Path, path: str, before: str, after: str) -> set[tuple[str, str]]:
    found = concerns(root, {path: before}, {path: after})
    return {(each.rule, each.level) for each in found if each.rule.startswith("prot.")}


CODE = {
    "token.py": ("import hmac\n\n\ndef sign(value, key):\n    return hmac.new(key, value, 'sha256')\n", "sha256", "md5"),
    "login.js": ("const crypto = require('crypto')\nfunction hashPassword(p) {\n  return crypto.pbkdf2Sync(p, 's', 9)\n}\n", "9", "1"),
    "a.ts": ("import { createCipheriv } from 'node:crypto'\nexport function encryptText(t: string) {\n  return run(t, 1)\n}\n", "1", "2"),
    "a.go": ('package a\n\nimport "crypto/hmac"\n\nfunc VerifySignature(a []byte) bool {\n\treturn check(a, 1)\n}\n', "1", "2"),
    "a.rs": ("use ring::hmac;\n\nfn verify_signature(a: u8) -> bool {\n    check(a, 1)\n}\n", "1", "2"),
    "A.java": ("import javax.crypto.Cipher;\n\nclass A {\n  byte[] encrypt(byte[] a) {\n    return run(a, 1);\n  }\n}\n", "1", "2"),
    "a.rb": ("require 'openssl'\n\ndef decrypt_value(a)\n  run(a, 1)\nend\n", "1", "2"),
    "a.cs": ("using System.Security.Cryptography;\nclass A {\n  byte[] Encrypt(byte[] a) {\n    return Run(a, 1);\n  }\n}\n", "1", "2"),
    "a.kt": ("import java.security.MessageDigest\n\nfun verifySignature(a: Int): Int {\n    return run(a, 1)\n}\n", "1", "2"),
    "a.php": ("<?php\nuse Sodium\\Crypto;\n\nfunction encryptText($a) {\n  return run($a, 1);\n}\n", "1", "2"),
    "a.swift": ("import CryptoKit\n\nfunc verifySignature(a: Int) -> Int {\n    return run(a, 1)\n}\n", "1", "2"),
    "a.scala": ("import javax.crypto.Cipher\n\nobject A {\n  def encryptText(a: Int): Int = {\n    run(a, 1)\n  }\n}\n", "1", "2"),
}  # fmt: skip


@pytest.mark.parametrize("path", CODE)
def test_cryptography_is_seen_by_its_imports_and_names(tmp_path: Path, path: str):
    text, old, new = CODE[path]
    before, _, after = text.rpartition(old)
    assert ("prot.crypto", "approve") in said(tmp_path, path, text, before + new + after)


def test_the_same_lines_without_such_names_are_ordinary(tmp_path: Path):
    for path, (text, _, _) in CODE.items():
        if path.endswith(("py", "rs", "go", "rb", "kt")):
            plain = "def total(items):\n    return 1\n" if path.endswith((".py", ".rb")) else text[:0]
            assert said(tmp_path, path, plain, plain.replace("1", "2")) == set()


VIEW = "from django.contrib.auth.decorators import login_required\n\n\n@login_required\ndef show(request):\n    return page(1)\n"


@pytest.mark.parametrize(
    ("path", "before", "guard"),
    [
        ("views.py", VIEW, "@login_required\n"),
        ("api.py", "def read(user=Depends(current_user)):\n    return 1\n", "user=Depends(current_user)"),
        ("v.py", "def f(u):\n    if u.is_authenticated:\n        return 1\n", "    if u.is_authenticated:\n"),
        ("v.py", "class A(LoginRequiredMixin, View):\n    pass\n", "LoginRequiredMixin, "),
        ("A.java", 'class A {\n  @PreAuthorize("admin")\n  int f() {\n    return 1;\n  }\n}\n', '  @PreAuthorize("admin")\n'),
        ("a.rb", "class A\n  before_action :authenticate_user!\n  def f\n    1\n  end\nend\n", "  before_action :authenticate_user!\n"),
        ("r.ts", "function f() {\n  app.get('/x', requireAuth, show)\n}\n", "requireAuth, "),
    ],
)  # fmt: skip
def test_a_guard_that_goes_is_always_approved(tmp_path: Path, path: str, before: str, guard: str):
    assert guard in before
    found = said(tmp_path, path, before, before.replace(guard, ""))
    assert ("prot.access.guard", "approve") in found


def test_a_guard_that_is_deleted_with_its_file_or_weakened_counts(tmp_path: Path):
    found = concerns(tmp_path, {"views.py": VIEW}, {"views.py": None})
    assert "prot.access.guard" in {each.rule for each in found}
    before = "import requests\n\n\ndef get(url):\n    return requests.get(url, verify=True)\n"
    assert ("prot.crypto.guard", "approve") in said(tmp_path, "a.py", before, before.replace(", verify=True", ""))


def test_a_guard_that_is_added_or_stays_is_no_guard_that_goes(tmp_path: Path):
    found = said(tmp_path, "views.py", VIEW.replace("@login_required\n", ""), VIEW)
    assert not any(rule.endswith(".guard") for rule, _ in found)


@pytest.mark.parametrize(
    ("path", "before", "after", "rule"),
    [
        ("shop/billing/run.py", "def f():\n    return 1\n", "def f():\n    return 2\n", "prot.money"),
        ("app/migrations/0002_x.py", "x = 1\ndef f(): pass\n", "x = 2\ndef f(): pass\n", "prot.data-loss"),
        ("a.py", "def f(path):\n    pass\n", "def f(path):\n    shutil.rmtree(path)\n", "prot.data-loss"),
        ("a.sql", "SELECT 1;\n", "DROP TABLE users;\n", "prot.data-loss"),
        ("a.go", "package a\n\nfunc f() {\n}\n", 'package a\n\nfunc f() {\n\tos.RemoveAll("/")\n}\n', "prot.data-loss"),
        ("app/auth/rules.py", "def f():\n    return 1\n", "def f():\n    return 2\n", "prot.access"),
    ],
)
def test_paths_and_what_destroys_are_enough_by_themselves(
    tmp_path: Path, path: str, before: str, after: str, rule: str
):
    assert (rule, "approve") in said(tmp_path, path, before, after)


@pytest.mark.parametrize(
    "text",
    [
        "def total(items):\n    return sum(items)\n",
        "import json\n\n\ndef parse(token):\n    return json.loads(token)\n",
        "def author(name):\n    return name\n",
        "class Lexer:\n    def tokens(self):\n        return []\n",
        "def keys(table):\n    return table.keys()\n",
        "def window(design):\n    return design.resign()\n",
        "def remove(items, item):\n    items.remove(item)\n",
    ],
)
def test_ordinary_code_is_left_alone(tmp_path: Path, text: str):
    assert said(tmp_path, "pkg/module.py", text, text + "    # more\n") == set()
    assert said(tmp_path, "pkg/module.py", text, text.replace("return", "print(1)\n    return")) == set()


def test_tests_documents_and_comments_are_not_protected(tmp_path: Path):
    text, old, new = CODE["token.py"]
    assert said(tmp_path, "tests/test_token.py", text, text.replace(old, new)) == set()
    assert said(tmp_path, "notes.md", "sign with hmac\n", "sign with sha256\n") == set()
    assert said(tmp_path, "a.py", text, text.replace("    return", "    # sign it\n    return")) == set()


PRICES = (
    "import logging\n\n\ndef read(path):\n    return open(path, 1)\n\n\ndef total(items):\n    return sum(items, 1)\n"
)


@pytest.mark.parametrize("path", ["prices.py", "shop/pricing/page.py", "tax.py", "vouchers.py"])
def test_a_path_that_tells_less_is_money_where_a_word_says_so_too(tmp_path: Path, path: str):
    assert said(tmp_path, path, PRICES, PRICES.replace("(path, 1)", "(path, 2)")) == set()
    assert said(tmp_path, path, PRICES, PRICES.replace("(items, 1)", "(items, 2)")) == {("prot.money", "approve")}
    after = PRICES.replace("open(path, 1)", "open(path, rounded)")
    assert said(tmp_path, path, PRICES, after) == {("prot.money", "approve")}


@pytest.mark.parametrize("path", ["billing.py", "shop/payments/page.py"])
def test_a_telling_path_is_enough_by_itself(tmp_path: Path, path: str):
    assert said(tmp_path, path, PRICES, PRICES.replace("(path, 1)", "(path, 2)")) == {("prot.money", "approve")}
