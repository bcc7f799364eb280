"""A small package that has every way to mention a function and a class, renamed as a whole."""

from tests.recipes.workspace import after, carry_out, files_in, sites_of

PROBE = """
//- /shop/core.py
from __future__ import annotations
from typing import overload


class User:
    name: str


@overload
def load_user(key: int) -> "User": ...
@overload
def load_user(key: str) -> "User": ...
def load_user(key):
    return User()


class Store:
    owner: "User"

    def fetch(self, key: "User", retries=3) -> "User":
        return self.fetch(key, retries=0)


class DiskStore(Store):
    def fetch(self, key: "User", retries=3) -> User:
        load_user(key)
        return super().fetch(key)


def helper(load_user):
    return load_user + 1
//- /shop/__init__.py
from .core import User, load_user

__all__ = ["User", "load_user"]
//- /shop/use.py
import shop as pkg
from shop import core
from shop.core import DiskStore, Store, load_user as lu

x = lu(0)
y = core.load_user(1)
z = pkg.load_user(2)
g = getattr(core, "load_user")
table = {"load_user": 1}
text = f"{core.load_user(x)!r:>{len('load_user')}} {lu}"
u = None  # type: "core.User"


def run(s: Store, t):
    s.fetch(x, retries=1)
    t.fetch(x, retries=2)
    return DiskStore().fetch(x)
//- /shop/star.py
from shop.core import *


def main() -> User:
    return load_user(5)
//- /tests/test_core.py
from unittest import mock


def test_it():
    with mock.patch("shop.core.load_user") as fake, mock.patch("shop.load_user"):
        fake()
//- /README.md
Call `load_user(1)` to get a user.
"""


def test_a_function_is_renamed_in_every_way_that_it_is_mentioned():
    files, _ = files_in(PROBE)
    done = carry_out(files, "rename load_user to fetch_user")
    result = after(files, done)
    assert result["shop/core.py"] == files["shop/core.py"].replace("def load_user(key", "def fetch_user(key").replace(
        "        load_user(key)", "        fetch_user(key)"
    )
    assert result["shop/__init__.py"] == files["shop/__init__.py"].replace("load_user", "fetch_user")
    assert result["shop/use.py"] == (
        files["shop/use.py"]
        .replace("load_user as lu", "fetch_user as lu")
        .replace("core.load_user", "core.fetch_user")
        .replace("pkg.load_user", "pkg.fetch_user")
    )
    assert result["shop/star.py"] == files["shop/star.py"].replace("load_user", "fetch_user")
    assert result["tests/test_core.py"] == files["tests/test_core.py"].replace("load_user", "fetch_user")
    assert sites_of(done) == ["README.md:1", "shop/use.py:8"]


def test_a_class_is_renamed_in_quotes_and_type_comments():
    files, _ = files_in(PROBE)
    done = carry_out(files, "rename class User to Account")
    result = after(files, done)
    assert result["shop/core.py"] == files["shop/core.py"].replace("User", "Account")
    assert result["shop/__init__.py"] == files["shop/__init__.py"].replace("User", "Account")
    assert result["shop/use.py"] == files["shop/use.py"].replace("core.User", "core.Account")
    assert result["shop/star.py"] == files["shop/star.py"].replace("User", "Account")
    assert result["README.md"] == files["README.md"]


def test_renaming_back_gives_the_first_bytes():
    files, _ = files_in(PROBE)
    for there, back in (
        ("rename load_user to fetch_user", "rename fetch_user to load_user"),
        ("rename User to Account", "rename Account to User"),
    ):
        changed = after(files, carry_out(files, there))
        assert changed != files
        assert after(changed, carry_out(changed, back)) == files
