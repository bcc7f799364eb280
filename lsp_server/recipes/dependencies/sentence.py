"""Is a sentence about the version of a dependency? `upgrade httpx to 0.28`."""

import re
from dataclasses import dataclass

from lsp_server.recipes.phrasing import matched, unquoted
from lsp_server.recipes.plan import Example

PACKAGE = r"@?[A-Za-z0-9][\w.-]*(?:/[\w.-]+)*"
_STAGE = r"(?:[-+.]?(?:alpha|beta|rc|post|dev|pre|incompatible|a|b)(?:[.-]?\d+)*)"
VERSION = rf"v?\d+(?:\.\d+)*{_STAGE}*(?![\w.])"
CLAUSE = rf"(?:[<>=!~^]{{1,3}}\s*)?{VERSION}"
VERB = "{verb:upgrade|bump|pin|downgrade}"
WHAT = "[the] [(dependency|package|library|module|version of)]"
TEMPLATES = (
    f"{VERB} {WHAT} {{package}} to [version] {{version}} in {{where}}",
    f"{VERB} {WHAT} {{package}} from [version] {{before}} to [version] {{version}}",
    f"{VERB} {WHAT} {{package}} to [version] {{version}}",
    "update [the] (dependency|package) {package} to [version] {version}",
)
AT_ONCE = re.compile(r"^([^<>=~^!]*\w)\s*(?<!\sto)\s*(?<!\sto\s)((?:[<>=~!]=|[<>~^])\s*\d.*)$")
"""A package with its clauses as a requirement has them: `pin requests==2.32.3`."""

PHRASINGS = (
    "upgrade httpx to 0.28",
    "bump @types/node to 22.1.0 in package.json",
    "pin requests to 2.32.3 in requirements.txt",
    "upgrade httpx to >=0.28,<0.29",
    "update the dependency golang.org/x/net to v0.30.0",
)
EXAMPLE = Example(
    "upgrade httpx to 0.28.1",
    """
    //- /pyproject.toml
    [project]
    name = "shop"
    dependencies = [
        "httpx[http2]>=0.27.0",  # the client
        "httpx-sse>=0.4",
    ]
    //- /requirements-dev.txt
    httpx==0.27.2
    pytest==8.3
    //- /uv.lock
    version = 1
    """,
)


@dataclass(frozen=True, slots=True)
class UpgradeDependency:
    """A dependency and its new version, or whole clauses as `>=0.28,<0.29`; `upwards` refuses an older one."""

    package: str
    version: str
    where: str = ""
    upwards: bool = True

    def sentence(self) -> str:
        """What will be done, for the user."""
        return f"Set the version of {self.package} to {self.version}{f' in {self.where}' if self.where else ''}"

    def names(self) -> tuple[str, ...]:
        """None: manifests are found by their paths."""
        return ()

    @property
    def clauses(self) -> bool:
        """Whether operators are given too, which then take the place of those that stand there."""
        return not re.fullmatch(VERSION, self.version)


def understand(sentence: str) -> UpgradeDependency | None:
    """The dependency and the version that a sentence names; a whole number alone is no version."""
    found = matched(TEMPLATES, AT_ONCE.sub(r"\1 to \2", sentence))
    if found is None or not re.fullmatch(VERSION, unquoted(found.get("before", "0"))):
        return None
    package, version = unquoted(found["package"]), re.sub(r"\s*([<>=~^!,]+)\s*", r"\1", unquoted(found["version"]))
    where = unquoted(found.get("where", "")).removeprefix("./")
    is_version = re.fullmatch(rf"{CLAUSE}(?:,{CLAUSE})*", version) and re.search(r"[.<>=~^]", version)
    if (
        not is_version
        or not re.fullmatch(PACKAGE, package)
        or package.lower() == "version"
        or (where and not re.fullmatch(r"[\w./-]+\.\w+", where))
    ):
        return None
    verb = found.get("verb", "update").lower()
    return UpgradeDependency(package, version, where, upwards=verb not in {"pin", "downgrade"})
