"""Which files decide what runs, or what is installed? A person approves a change of them, whatever it is.

Tables of names: `*` for anything, in lower case; with a slash the end of the whole path is meant.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any, cast

from lsp_server.review.checkpoints.scene import Pair, Scene
from lsp_server.review.verdict import Concern


@dataclass(frozen=True, slots=True)
class Named:
    """Names of files, and why a person must see a change of them."""

    rule: str
    names: tuple[str, ...]
    why: str


APPROVED = (
    Named(
        "runs",
        (
            *("*.github/workflows/*", "*.github/actions/*", ".gitlab-ci.yml", "*.gitlab-ci.yml", "jenkinsfile*"),
            *("*.circleci/*", ".travis.yml", "azure-pipelines*.yml", "appveyor.yml", ".appveyor.yml", ".drone.yml"),
            *("*.buildkite/*", "bitbucket-pipelines.yml", "cloudbuild.y*ml", "*.ci/*", "*.woodpecker*", "codeowners"),
        ),
        "is run by the project's CI",
    ),
    Named(
        "runs",
        ("dockerfile*", "containerfile*", "*.dockerfile", "docker-compose*.y*ml", "compose*.y*ml", "vagrantfile"),
        "decides what runs in a container",
    ),
    Named(
        "runs",
        (
            *(".pre-commit-config.yaml", ".pre-commit-hooks.yaml", "*.husky/*", "lefthook.y*ml", ".envrc"),
            *(".gitattributes", ".gitmodules", ".npmrc", ".yarnrc*", "pip.conf", ".pypirc", "*.pth"),
            *("sitecustomize.py", "usercustomize.py", "*.cargo/config*", "*.mvn/*", "*gradle/wrapper/*", "*.yarn/*"),
            *(".pnpmfile.cjs", "bunfig.toml", ".bazelrc", "*.bundle/config", "uv.toml", "pip.ini", "poetry.toml"),
            *("mise.toml", ".mise.toml", ".tool-versions", "rust-toolchain*", "flake.nix", "shell.nix", "default.nix"),
        ),
        "decides what runs on the machine of whoever works here",
    ),
    Named(
        "runs",
        (
            *("setup.py", "conftest.py", "noxfile.py", "tox.ini", "build.rs", "build.xml"),
            *("makefile", "gnumakefile", "*.mk", "justfile", "taskfile.y*ml", "rakefile", "cmakelists.txt"),
            *("gulpfile.*", "gruntfile.*", "webpack.config.*", "vite.config.*", "rollup.config.*", "gradlew*", "mvnw*"),
            *("babel.config.*", ".babelrc*", "next.config.*", "nuxt.config.*", "svelte.config.*", "astro.config.*"),
            *("tox.toml", "dodo.py", "fabfile.py", "wscript", "sconstruct", "meson.build", "configure", "configure.ac"),
            *("build.bazel", "workspace.bazel", "module.bazel", "gradle.properties", "procfile"),
        ),
        "is run by whoever builds or tests the project",
    ),
    Named(
        "cp.dep",
        (
            *("requirements*.txt", "*requirements/*.txt", "constraints*.txt", "requirements*.in", "pipfile"),
            *("environment.y*ml", "*.lock", "pipfile.lock", "package-lock.json", "npm-shrinkwrap.json"),
            *("pnpm-lock.yaml", "bun.lockb", "go.mod", "go.sum", "go.work", "cargo.toml", "pom.xml", "build.gradle*"),
            *("settings.gradle*", "gemfile", "*.gemspec", "composer.json", "*.csproj", "packages.config"),
            *(
                "directory.packages.props",
                "package.swift",
                "package.resolved",
                "build.sbt",
                "*.rockspec",
                "libs.versions.toml",
            ),
        ),
        "says what is installed",
    ),
)


def approved_paths(scene: Scene) -> Iterator[Concern]:
    """A concern for each changed file that decides what runs or what is installed, and for files that go or move."""
    for pair in scene.pairs:
        for row in APPROVED:
            names = [path for path in (pair.path_before, pair.path_after) if path and _is_named(path, row.names)]
            if names:
                yield Concern(row.rule, "approve", pair.path, f"{names[0]} {row.why}.")
        yield from _parts_changed(pair)
        if pair.path_after is None:
            yield Concern("file", "approve", pair.path, f"{pair.path} is deleted.")
        elif pair.path_before not in (None, pair.path_after):
            yield Concern("file", "allow", pair.path, f"{pair.path_before} moves to {pair.path_after}.")


def _is_named(path: str, names: tuple[str, ...]) -> bool:
    lowered = path.lower()
    name = PurePosixPath(lowered).name
    return any(
        fnmatchcase(f"/{lowered}", f"*/{row.removeprefix('*')}") if "/" in row else fnmatchcase(name, row)
        for row in names
    )


_PYPROJECT = ("project.dependencies", "project.optional-dependencies", "dependency-groups", "build-system")
_PYPROJECT_TOOLS = ("poetry", "pdm", "uv", "hatch", "flit", "setuptools")
_PACKAGE = (
    *("dependencies", "devDependencies", "peerDependencies", "optionalDependencies", "overrides", "resolutions"),
    *("bundledDependencies", "bundleDependencies", "packageManager", "pnpm", "workspaces"),
)


def _parts_changed(pair: Pair) -> Iterator[Concern]:
    """Manifests that hold other things too: only what they install and run counts."""
    name = PurePosixPath(pair.path).name
    if name == "pyproject.toml":
        old, new = _toml(pair.before), _toml(pair.after)
        if _part(old, "tool.patchwright") != _part(new, "tool.patchwright"):
            message = f"{pair.path} changes [tool.patchwright], the policy that judges this change."
            yield Concern("paths", "deny", pair.path, message)
        parts = [*_PYPROJECT, *(f"tool.{tool}" for tool in _PYPROJECT_TOOLS)]
        if any(_part(old, part) != _part(new, part) for part in parts):
            yield Concern("cp.dep", "approve", pair.path, f"{pair.path} changes what is installed or how it is built.")
        if any(
            _part(old, part) != _part(new, part)
            for part in ("project.scripts", "project.gui-scripts", "project.entry-points")
        ):
            yield Concern("runs", "approve", pair.path, f"{pair.path} changes which programs are installed.")
    if name == "package.json":
        old, new = _json(pair.before), _json(pair.after)
        if any(old.get(part) != new.get(part) for part in _PACKAGE):
            yield Concern("cp.dep", "approve", pair.path, f"{pair.path} changes what is installed.")
        if any(old.get(part) != new.get(part) for part in ("scripts", "bin")):
            yield Concern("runs", "approve", pair.path, f"{pair.path} changes scripts, which run on install and in CI.")
    if name == "setup.cfg" and any("require" in line for _, line in (*pair.added(), *pair.removed())):
        yield Concern("cp.dep", "approve", pair.path, f"{pair.path} changes what is installed.")


def _part(document: Mapping[str, Any], name: str) -> Any:
    value: Any = document
    for key in name.split("."):
        value = cast("Mapping[str, Any]", value).get(key) if isinstance(value, dict) else None
    return value


def _toml(text: str | None) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return {"project": {"dependencies": text}}


def _json(text: str | None) -> Mapping[str, Any]:
    """A text that is no JSON differs from every other one."""
    try:
        document: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        document = None
    return cast("Mapping[str, Any]", document) if isinstance(document, dict) else {"dependencies": text}
