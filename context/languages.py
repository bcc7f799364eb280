"""Which languages are understood? A table: adding one is a row here, a query file and a fixture."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """One language: the wheel that holds its grammar, the function in it, and its query files in `queries/`.

    `importers` are the functions that import what their first argument names.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    function: str = "language"
    queries: tuple[str, ...] = ()
    line_comment: str = "#"
    block_comment: tuple[str, str] | None = None
    importers: tuple[str, ...] = ()


C_STYLE = ("/*", "*/")

LANGUAGES = (
    Language("python", (".py", ".pyi"), "tree_sitter_python", queries=("python",)),
    Language(
        "javascript",
        (".js", ".jsx", ".mjs", ".cjs"),
        "tree_sitter_javascript",
        queries=("ecmascript", "javascript", "jsx"),
        line_comment="//",
        block_comment=C_STYLE,
        importers=("require",),
    ),
    Language(
        "typescript",
        (".ts", ".mts", ".cts"),
        "tree_sitter_typescript",
        "language_typescript",
        ("ecmascript", "typescript"),
        "//",
        C_STYLE,
        ("require",),
    ),
    Language(
        "tsx",
        (".tsx",),
        "tree_sitter_typescript",
        "language_tsx",
        ("ecmascript", "typescript", "jsx"),
        "//",
        C_STYLE,
        ("require",),
    ),
    Language("go", (".go",), "tree_sitter_go", queries=("go",), line_comment="//", block_comment=C_STYLE),
    Language("rust", (".rs",), "tree_sitter_rust", queries=("rust",), line_comment="//", block_comment=C_STYLE),
    Language("java", (".java",), "tree_sitter_java", queries=("java",), line_comment="//", block_comment=C_STYLE),
)

_BY_SUFFIX = {suffix: language for language in LANGUAGES for suffix in language.suffixes}


def language_of(path: str) -> Language | None:
    """The language of a file by its suffix, None for one that is only searchable as words."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return _BY_SUFFIX.get(name[dot:].lower()) if dot > 0 else None
