"""Which packages are renamed in, and what do their tests need?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Package:
    """A source distribution: where its code is, and what its tests need."""

    name: str
    version: str
    source: str
    needs: tuple[str, ...] = ()
    tests: tuple[str, ...] = ("tests",)


UNCLOSED = ("-W", "ignore::pytest.PytestUnraisableExceptionWarning")
"""An object that a test never closed fails whichever test runs when it is collected, on the unchanged package too."""

PACKAGES = (
    Package("tomlkit", "0.13.2", "tomlkit", ("pyyaml",), ("tests", "--ignore=tests/test_toml_spec_tests.py")),
    Package("flask", "3.1.0", "src/flask", ("flask==3.1.0", "werkzeug==3.1.3", "asgiref")),
    Package("click", "8.1.8", "src/click"),
    Package("jinja2", "3.1.6", "src/jinja2", ("markupsafe",)),
    Package(
        "starlette",
        "0.45.3",
        "starlette",
        ("anyio==4.8.0", "trio<0.29", "itsdangerous", "python-multipart"),
        ("tests", *UNCLOSED, "-k", "not invalid_dir_permissions"),
    ),
    Package(
        "httpx",
        "0.28.1",
        "httpx",
        ("httpx[brotli,cli,http2,socks,zstd]==0.28.1", "chardet==5.2.0", "cryptography", "trustme", "uvicorn"),
        (
            "tests",
            *UNCLOSED,
            "-k",
            "not proxy_close and not test_download",
        ),
    ),
    Package(
        "marshmallow", "3.26.1", "src/marshmallow", ("pytz", "simplejson"), ("tests", "-k", "not version_attributes")
    ),
    Package("sqlparse", "0.5.3", "sqlparse"),
    Package("cachetools", "5.5.0", "src/cachetools"),
    Package("itsdangerous", "2.2.0", "src/itsdangerous", ("freezegun",)),
)
"""None that pytest, or what the tests need, uses itself: that would no longer run with a renamed symbol."""
