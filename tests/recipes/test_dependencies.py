"""A dependency gets another version in every manifest that names it; nothing but the version's bytes changes."""

import pytest

from lsp_server.recipes.dependencies.sentence import UpgradeDependency
from lsp_server.recipes.plan import Done, NotUnderstood
from lsp_server.recipes.registry import understand
from tests.recipes.workspace import after, carry_out, problems_of, sites_of


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        ("upgrade httpx to 0.28", UpgradeDependency("httpx", "0.28")),
        ("Please bump the dependency `httpx` to version 0.28.1.", UpgradeDependency("httpx", "0.28.1")),
        (
            "pin requests to 2.32.3 in requirements.txt",
            UpgradeDependency("requests", "2.32.3", "requirements.txt", False),
        ),
        ("bump @types/node to 22.1.0", UpgradeDependency("@types/node", "22.1.0")),
        ("upgrade golang.org/x/net to v0.30.0", UpgradeDependency("golang.org/x/net", "v0.30.0")),
        ("upgrade httpx to >=0.28, <0.29", UpgradeDependency("httpx", ">=0.28,<0.29")),
        ("update the package zope.interface to 7.0", UpgradeDependency("zope.interface", "7.0")),
        ("upgrade django to 5.2rc1", UpgradeDependency("django", "5.2rc1")),
    ],
)
def test_a_sentence_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


@pytest.mark.parametrize(
    "sentence",
    [
        "upgrade the button to the new design",
        "bump the timeout to 30",
        "update price to 2.50",
        "upgrade all dependencies",
        "bump the version",
        "upgrade users to premium",
        "pin the header to the top",
        "upgrade to 2.0",
    ],
)
def test_other_sentences_are_left_alone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


PROJECT = """[project]
name = "httpx-user"
dependencies = ["httpx[http2] >= 0.27.0 ; python_version > '3.8'", "httpx-sse>=0.27.0"]  # httpx>=0.27.0
description = "httpx>=0.27.0"

[project.optional-dependencies]
all = [
  'HTTPX~=0.27',
]

[dependency-groups]
test = ["httpx==0.27.2", {include-group = "x"}]
"""
POETRY = """[tool.poetry.dependencies]
python = "^3.11"
httpx = "^0.27"
other = {version = "0.27", extras = ["httpx"]}

[tool.poetry.group.dev.dependencies]
httpx = {extras = ["http2"], version = "~0.27.0"}
[tool.other.dependencies]
httpx = "^0.27"
"""
NODE = """{
  "name": "x",
  "dependencies": { "react": "^18.2.0", "react-dom": "^18.2.0" },
  "devDependencies": {"react": "18.2.0"},
  "overrides": {"react": "18.2.0"}
}
"""
GO = """module example.com/x

require golang.org/x/net v0.29.0

require (
\tgolang.org/x/net v0.29.0 // indirect
\tgolang.org/x/netx v0.29.0
)
"""


@pytest.mark.parametrize(
    ("path", "before", "asked", "result"),
    [
        (
            "pyproject.toml",
            PROJECT,
            "httpx to 0.28",
            PROJECT.replace(">= 0.27.0 ;", ">= 0.28 ;").replace("~=0.27", "~=0.28").replace("==0.27.2", "==0.28"),
        ),
        (
            "pyproject.toml",
            POETRY,
            "httpx to 0.28",
            POETRY.replace('"^0.27"', '"^0.28"', 1).replace("~0.27.0", "~0.28"),
        ),
        (
            "package.json",
            NODE,
            "react to 18.3.1",
            NODE.replace('"react": "^18.2.0"', '"react": "^18.3.1"').replace(
                '{"react": "18.2.0"},', '{"react": "18.3.1"},'
            ),
        ),
        ("go.mod", GO, "golang.org/x/net to 0.30.0", GO.replace("net v0.29.0", "net v0.30.0")),
        (
            "setup.cfg",
            "[options]\ninstall_requires =\n    httpx>=0.27  # c\n    b\n",
            "httpx to 0.28",
            "[options]\ninstall_requires =\n    httpx>=0.28  # c\n    b\n",
        ),
        (
            "requirements.txt",
            "httpx==0.27\r\n# httpx==0.27\r\nHttpX ==0.27",
            "httpx to 0.28",
            "httpx==0.28\r\n# httpx==0.27\r\nHttpX ==0.28",
        ),
        ("requirements/dev.txt", "zope_interface>=6,<8\n", "zope.interface to 7.1", "zope_interface>=7.1,<8\n"),
        ("requirements.txt", "httpx>=0.27,!=0.28.0\n", "httpx to 0.28.1", "httpx>=0.28.1,!=0.28.0\n"),
        ("requirements.txt", "httpx>=0.27,<0.28\n", "httpx to >=0.28,<0.29", "httpx>=0.28,<0.29\n"),
    ],
)
def test_only_the_version_changes(path, before, asked, result):
    files = {path: before}
    once = after(files, carry_out(files, f"upgrade {asked}"))
    assert once == {path: result}
    assert "already" in problems_of(carry_out(once, f"upgrade {asked}"))


@pytest.mark.parametrize(
    ("path", "text", "asked", "reason"),
    [
        ("requirements.txt", "httpx>=0.27,<0.28\n", "upgrade httpx to 0.28", "`<0.28` excludes 0.28"),
        ("requirements.txt", "httpx\n", "upgrade httpx to 0.28", "names no version"),
        ("requirements.txt", "httpx @ https://x.y/z.whl\n", "upgrade httpx to 0.28", "address"),
        ("requirements.txt", "httpx==0.27 --hash=sha256:00\n", "upgrade httpx to 0.28", "hashes"),
        ("requirements.txt", "httpx==0.27 \\\n  --hash=sha256:00\n", "upgrade httpx to 0.28", "hashes"),
        ("requirements.txt", "# autogenerated by pip-compile\nhttpx==0.27\n", "upgrade httpx to 0.28", "generated"),
        ("requirements.txt", "httpx==0.29\n", "upgrade httpx to 0.28", "newer"),
        ("requirements.txt", "httpx<0.29\n", "upgrade httpx to 0.28", "no one version"),
        ("package.json", '{"dependencies": {"a": "workspace:*"}}', "upgrade a to 1.2", "another form"),
        ("package.json", '{"dependencies": {"a": "1.x || 2.x"}}', "upgrade a to 1.2", "another form"),
        ("package.json", '{"dependencies": ', "upgrade a to 1.2", "No manifest names a"),
        ("go.mod", "require a.b/c v1.2.3\n", "upgrade a.b/c to 2.0.0", "another module path"),
        ("go.mod", "require a.b/c v1.2.3\nreplace a.b/c => ../c\n", "upgrade a.b/c to 1.3.0", "replace"),
        ("node_modules/x/package.json", '{"dependencies": {"a": "1.0.0"}}', "upgrade a to 1.2", "No manifest"),
        ("pyproject.toml", PROJECT, "upgrade flask to 3.1", "No manifest names flask"),
    ],
)
def test_what_is_not_certain_is_said(path, text, asked, reason):
    assert reason in problems_of(carry_out({path: text}, asked))


def test_all_manifests_change_and_lock_files_are_named():
    files = {
        "pyproject.toml": '[project]\ndependencies = ["httpx>=0.27"]\n',
        "uv.lock": "version = 1\n",
        "api/requirements.txt": "httpx==0.27\n",
        "web/package.json": '{"dependencies": {"httpx": "0.27.0"}}',
        "web/yarn.lock": "",
        "old/requirements.txt": "httpx<0.27\n",
    }
    done = carry_out(files, "upgrade httpx to 0.28.0")
    assert isinstance(done, Done)
    assert sorted(done.change.paths()) == ["api/requirements.txt", "pyproject.toml", "web/package.json"]
    assert sites_of(done) == ["old/requirements.txt:1", "uv.lock:1", "web/yarn.lock:1"]
    one = carry_out(files, "pin httpx to 0.26.0 in api/requirements.txt")
    assert after(files, one) == files | {"api/requirements.txt": "httpx==0.26.0\n"}
