"""What do words that silence checkers, skip tests and assert look like, and which files set checkers? Tables."""

import re

SILENCERS = re.compile(
    r"(?i:#\s*(?:(?:ruff|flake8|ty|pyrefly|zuban):\s*)?(?:noqa|ignore)\b|#\s*type:\s*ignore|#\s*nosec\b"
    r"|#\s*pragma:\s*no\s*(?:cover|branch)|#\s*pylint:\s*(?:disable|skip)|\bpragma:\s*(?:allow|white)list\b"
    r"|\bnosemgrep\b|\bgitleaks:\s*allow\b|\btrufflehog:\s*ignore\b|\b(?:checkov:skip|tfsec:ignore|trivy:ignore)\b)"
    r"|#\s*(?:based)?pyright:\s*(?:ignore|basic|off|report\w+\s*=\s*\W?(?:false|none))|#\s*mypy:|#\s*pytype:\s*(?:disable|skip)"
    r"|\bNOSONAR\b|#\s*(?:isort:\s*skip|noinspection)\b|\b(?:ruff|yamllint|hadolint|sqlfluff)[: ]+(?:disable|ignore)\b"
    r"|\beslint-disable|/\*\s*eslint\s+[\w@/-]+\s*:|@ts-(?:ignore|expect-error|nocheck)\b|\b(?:istanbul|c8|v8) ignore\b"
    r"|\b(?:biome|deno-lint|svelte|markdownlint)-(?:ignore|disable)|\b(?:tslint|oxlint|stylelint)(?::|-)disable"
    r"|//\s*nolint\b|//\s*#nosec|//\s*lint:(?:file-)?ignore"
    r"|#!?\[(?:allow|expect)\(|@(?:file:)?Suppress(?:Warnings|Lint)?\b|\[SuppressMessage\b|#pragma\s+warning\s+disable"
    r"|//\s*noinspection\b|@phpstan-ignore|@psalm-suppress|\bphpcs:(?:ignore|disable)|@codeCoverageIgnore"
    r"|#\s*rubocop:\s*disable|#\s*shellcheck\s+disable|//\s*swiftlint:disable|\bNOLINT|--\s*luacheck:"
)
"""Words in code and in settings that tell a checker to look away, in any language."""

SILENCED_SUFFIXES = frozenset(
    [
        *(".py", ".pyi", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".go", ".rs", ".sh"),
        *(".vue", ".svelte", ".css", ".scss", ".less", ".sql", ".tf", ".hcl", ".proto", ".gradle"),
        *(".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf", ".env", ".properties"),
    ]
)
"""Files in which such words speak to a checker. A document may speak of them."""

SKIPS = re.compile(
    r"(?:@pytest\.|\bpytest\.|\b)mark\.(?:skip|xfail)|\bunittest\.(?:skip|expectedFailure)|\bpytest\.(?:skip|xfail|exit)\("
    r"|@(?:skip(?:If|Unless)?|expectedFailure|xfail)\b|\bself\.skipTest\(|\braise\s+(?:\w+\.)?SkipTest\b"
    r"|\b__test__\s*=\s*(?:False|0)\b"
    r"|\bpytest_(?:collection_modifyitems|ignore_collect|itemcollected|runtest_\w+|pyfunc_call|pycollect_makeitem)\("
    r"|\bcollect_ignore(?:_glob)?\b|^(?:\w+\s*=\s*)?pytest\.importorskip\("
    r"|\b(?:it|test|describe|suite|context)\.(?:skip|only|todo|skipIf|runIf|fails|failing)\b"
    r"|(?<![.\w])f(?:it|describe)\(\s*[\"'`]|\bx(?:it|describe|test)\(|@(?:Disabled|Ignore)\b|\bt\.Skip(?:f|Now)?\("
    r"|#\[ignore|\bmarkTestSkipped\(|\[Ignore"
)

SETTINGS: tuple[str, ...] = (
    *("ruff.toml", ".ruff.toml", "ty.toml", "mypy.ini", ".mypy.ini", ".flake8", ".pylintrc", "pylintrc"),
    *(".bandit", ".coveragerc", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyrightconfig.json"),
    *("pyrefly.toml", ".pyre_configuration", ".eslintrc", ".eslintrc.*", ".eslintignore", "eslint.config.*"),
    *(
        "biome.json",
        "biome.jsonc",
        ".oxlintrc.json",
        "tslint.json",
        "tsconfig.json",
        "jest.config.*",
        "vitest.config.*",
    ),
    *(".mocharc*", ".nycrc*", ".c8rc*", ".stylelintrc*", "karma.conf.*", "playwright.config.*", "cypress.config.*"),
    *(".golangci.*", "clippy.toml", ".clippy.toml", "nextest.toml", ".rubocop.yml", ".rspec", "phpstan.neon*"),
    *("psalm.xml", "phpunit.xml*", ".shellcheckrc", ".clang-tidy", "detekt.y*ml", "checkstyle.xml"),
    *("sonar-project.properties", "codecov.yml", ".codecov.yml", "sgconfig.yml", ".semgrep.yml", ".semgrepignore"),
    *(".importlinter", ".secrets.baseline", ".gitleaks.toml", ".gitleaksignore", ".trivyignore*", ".swiftlint.yml"),
    *(".scalafix.conf", ".luacheckrc", ".yamllint*", ".hadolint.y*ml", ".sqlfluff"),
)
"""Settings of checkers by their file's name, in lower case; `*` for anything."""

SECTIONS = frozenset(
    [
        *("ruff", "mypy", "pyright", "basedpyright", "ty", "pytest", "coverage", "bandit", "pylint", "flake8"),
        *("importlinter", "pylsp", "isort", "vulture"),
    ]
)
"""Sections `tool.NAME` of pyproject.toml, and of setup.cfg and tox.ini without `tool`."""

PACKAGE_SECTIONS = frozenset(["eslintConfig", "eslintIgnore", "jest", "mocha", "ava", "nyc", "c8", "xo", "stylelint"])
"""The same of package.json."""
