"""Which languages are understood? A table: adding one is a row here, a query file and a fixture."""

from dataclasses import dataclass

C_MARKS = ("//!", "///", "//", "/**", "/*", "*/", "*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language: the files it is found in, and the wheel that holds its grammar.

    `names` are whole file names, in lower case. `function` is the one in the wheel's `module` that gives the grammar.
    `queries` are files of `queries/`; without any the language's own name is meant. `comment_marks` are what a line of
    a comment may begin with, longer ones first. `importers` are the functions that import what their first argument
    names. A long run of what is `costly` takes its grammar the square of the time, whatever the time limit.
    """

    name: str
    suffixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    module: str = ""
    function: str = "language"
    queries: tuple[str, ...] = ()
    line_comment: str = "//"
    block_comment: tuple[str, str] | None = ("/*", "*/")
    comment_marks: tuple[str, ...] = C_MARKS
    importers: tuple[str, ...] = ()
    costly: bytes = b""

    @property
    def query_files(self) -> tuple[str, ...]:
        """The names of its query files, which make one query together."""
        return self.queries or (self.name,)


LANGUAGES = (
    Language(
        name="python",
        suffixes=(".py", ".pyi"),
        module="tree_sitter_python",
        line_comment="#",
        block_comment=None,
        comment_marks=("#",),
    ),
    Language(
        name="javascript",
        suffixes=(".js", ".jsx", ".mjs", ".cjs"),
        module="tree_sitter_javascript",
        queries=("ecmascript", "javascript", "jsx"),
        importers=("require",),
    ),
    Language(
        name="typescript",
        suffixes=(".ts", ".mts", ".cts"),
        module="tree_sitter_typescript",
        function="language_typescript",
        queries=("ecmascript", "typescript"),
        importers=("require",),
    ),
    Language(
        name="tsx",
        suffixes=(".tsx",),
        module="tree_sitter_typescript",
        function="language_tsx",
        queries=("ecmascript", "typescript", "jsx"),
        importers=("require",),
    ),
    Language(name="go", suffixes=(".go",), module="tree_sitter_go"),
    Language(name="rust", suffixes=(".rs",), module="tree_sitter_rust"),
    Language(name="java", suffixes=(".java",), module="tree_sitter_java"),
    Language(name="c", suffixes=(".c",), module="tree_sitter_c", queries=("c_family",)),
    Language(
        name="cpp",
        suffixes=(".cc", ".cpp", ".cxx", ".c++", ".h", ".hh", ".hpp", ".hxx", ".h++", ".ipp", ".tpp", ".inl", ".ino"),
        module="tree_sitter_cpp",
        queries=("c_family", "cpp"),
    ),
    Language(name="csharp", suffixes=(".cs", ".csx"), module="tree_sitter_c_sharp"),
    Language(
        name="ruby",
        suffixes=(".rb", ".rake", ".gemspec", ".ru"),
        names=("rakefile", "gemfile", "guardfile", "podfile", "vagrantfile", "fastfile", "brewfile"),
        module="tree_sitter_ruby",
        line_comment="#",
        block_comment=("=begin", "=end"),
        comment_marks=("#",),
        importers=("require", "require_relative", "load"),
    ),
    Language(
        name="php",
        suffixes=(".php", ".phtml"),
        module="tree_sitter_php",
        function="language_php",
        comment_marks=(*C_MARKS, "#"),
    ),
    Language(name="kotlin", suffixes=(".kt", ".kts"), module="tree_sitter_kotlin"),
    Language(name="swift", suffixes=(".swift",), module="tree_sitter_swift"),
    Language(name="scala", suffixes=(".scala", ".sbt", ".sc"), module="tree_sitter_scala", costly=b"`"),
    Language(
        name="lua",
        suffixes=(".lua", ".rockspec"),
        module="tree_sitter_lua",
        line_comment="--",
        block_comment=("--[[", "]]"),
        comment_marks=("---", "--[[", "--"),
        importers=("require", "dofile", "loadfile"),
    ),
    Language(
        name="bash",
        suffixes=(".sh", ".bash"),
        names=(".bashrc", ".bash_profile", ".bash_aliases", ".profile", "pkgbuild"),
        module="tree_sitter_bash",
        line_comment="#",
        block_comment=None,
        comment_marks=("#",),
        importers=("source", "."),
    ),
)

_BY_SUFFIX = {suffix: language for language in LANGUAGES for suffix in language.suffixes}
_BY_NAME = {name: language for language in LANGUAGES for name in language.names}


def language_of(path: str) -> Language | None:
    """The language of a file by its name or suffix, None for one that is only searchable as words."""
    name = path[path.rfind("/") + 1 :].lower()
    dot = name.rfind(".")
    return (_BY_SUFFIX.get(name[dot:]) if dot > 0 else None) or _BY_NAME.get(name)
