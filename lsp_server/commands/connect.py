"""Chooses a model, tries it with one tiny request, and stores the choice in your settings.

    patchwright connect                         # what is found here

    patchwright connect --profile anthropic --model NAME

    patchwright connect --endpoint https://host.example/v1 --model NAME

    patchwright connect --gguf coder.gguf       # a model file on this machine

A key is never stored: name the variable, the command or the keyring that holds it. Nothing of your work is sent.

Exit codes: 0 connected, 2 something is missing or not known, 3 the model did not answer (nothing is stored).
"""

import argparse
import asyncio
import os
import shlex
import sys
import time
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from clients.budget import AccountedModel, Caps
from clients.connection import client_of
from clients.detect import local_servers
from clients.endpoint import Endpoint
from clients.hosted import HostedModel
from clients.ledger import Ledger
from clients.model import CodeModel, Failure, Message, ReasoningDelta, Request, Stop, TextDelta, Usage
from clients.outgoing import Cleared, OutgoingGate
from clients.probe import probe
from lsp_server.commands.settings_file import lines_of, store_choice
from lsp_server.commands.terminal import print_json, remarks, results, table
from lsp_server.model_choice import ModelChoice, all_profiles, choose_model
from lsp_server.settings import Settings, load_settings

EXIT_USAGE = 2
EXIT_NO_ANSWER = 3
TEST_TOKENS = 32
TEST_SECONDS = 60.0
LOAD_SECONDS = 300.0
NO_USAGE = Usage(0, 0)
_OURS = ("PATCHWRIGHT_ENDPOINT", "PATCHWRIGHT_MODEL", "PATCHWRIGHT_API_KEY")


@dataclass(frozen=True, slots=True)
class Option:
    """A model that can be chosen: how it is shown, and the settings that choose it."""

    title: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unnamed:
    """No model can be asked yet: what is to be done, which ones the host has, and why it does not say so."""

    said: str
    models: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """How the tiny request went. `seconds` is the time to the first word."""

    problem: str | None
    seconds: float = 0.0
    usage: Usage = NO_USAGE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What may be named; all of it may also be chosen at a terminal."""
    parser.add_argument("--profile", metavar="NAME", help="a host that we know: `patchwright models` lists them")
    parser.add_argument("--endpoint", metavar="URL", help="the base URL, most often ending in /v1")
    parser.add_argument("--model", metavar="NAME", help="the model, as its host calls it")
    parser.add_argument("--api", metavar="API", help="the kind of API, where the profile does not say it")
    parser.add_argument("--gguf", metavar="FILE", type=Path, help="a model file, run here by llama.cpp")
    key = parser.add_mutually_exclusive_group()
    key.add_argument("--key-env", metavar="VAR", help="the environment variable that holds the key")
    key.add_argument("--key-command", metavar="CMD", help="a command that prints the key")
    key.add_argument("--keyring", action="store_true", help="the key is in the system's keyring")
    parser.add_argument("--no-test", action="store_true", help="store the choice without asking the model")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Connects a model; see the module's exit codes."""
    settings, _ = load_settings()
    return asyncio.run(_connect(arguments, settings, remarks()))


async def _connect(arguments: argparse.Namespace, settings: Settings, console: Console) -> int:
    values = _values(arguments)
    if not values:
        options = await _options(settings)
        values = _chosen(options, console)
        if values is None:
            return EXIT_USAGE
    choice = await _choice(values, settings, console)
    if not isinstance(choice, ModelChoice):
        return _unnamed(arguments, choice, console)
    if missing := _missing_key(choice):
        console.print(missing, style="yellow", markup=False)
    tried = Tried(None)
    if not arguments.no_test:
        console.print(f"Asking {choice.title} for one word.", markup=False)
        choice, tried = await _try(choice, settings)
        if tried.problem:
            console.print(f"{tried.problem} Nothing was stored.", style="red", markup=False)
            _report(arguments, choice, settings, tried, stored=False)
            return EXIT_NO_ANSWER
    if choice.endpoint:
        values |= {"name": choice.endpoint.model, "api": choice.endpoint.api}
    if problem := store_choice(settings.config_file, values):
        lines = "\n".join(["[model]", *lines_of(values)])
        console.print(f"{problem} Write these lines into it yourself:\n\n{lines}\n", style="red", markup=False)
        return EXIT_USAGE
    _report(arguments, choice, settings, tried, stored=True)
    if in_the_way := _in_the_way():
        console.print(
            f"{', '.join(in_the_way)} in the environment wins over this choice.", style="yellow", markup=False
        )
    return 0


def _in_the_way() -> list[str]:
    """The variables that win over what is stored."""
    return [name for name in _OURS if os.environ.get(name)]


def _values(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings that the arguments name."""
    given = {
        "profile": arguments.profile,
        "endpoint": arguments.endpoint,
        "name": arguments.model,
        "api": arguments.api,
        "gguf": str(arguments.gguf.expanduser().absolute()) if arguments.gguf else None,
        "api_key_env": arguments.key_env,
        "api_key_command": shlex.split(arguments.key_command) if arguments.key_command else None,
        "api_key_in_keyring": arguments.keyring,
    }
    return {name: value for name, value in given.items() if value}


async def _options(settings: Settings) -> list[Option]:
    """What can be chosen here: models of local servers, and hosts whose key is in the environment."""
    options = [
        Option(f"{model} on {server.name} at {server.base_url}", {
            "profile": server.profile, "endpoint": server.base_url, "name": model,
        })
        for server in await local_servers()
        for model in server.models[:9]
    ]  # fmt: skip
    for profile in all_profiles(settings.config_file.parent, []):
        if profile.key_env and profile.hosts and os.environ.get(profile.key_env):
            options.append(Option(f"{profile.title}, with {profile.key_env}", {"profile": profile.name}))
    return options


def _chosen(options: list[Option], console: Console) -> dict[str, Any] | None:
    if not options:
        console.print("No model server answers on this machine, and no key of a host that we know is set.")
        console.print("Name one: patchwright connect --endpoint URL --model NAME, or --gguf FILE.", markup=False)
        return None
    console.print(table("", ("", ""), [(str(number), option.title) for number, option in enumerate(options, 1)]))
    if not sys.stdin.isatty():
        console.print("Name one with --profile or --endpoint, and --model.", markup=False)
        return None
    try:
        answer = console.input("Which one? ", markup=False).strip()
    except EOFError:
        return None
    chosen = options[int(answer) - 1] if answer.isdecimal() and 1 <= int(answer) <= len(options) else None
    return dict(chosen.values) if chosen else None


async def _choice(values: dict[str, Any], settings: Settings, console: Console) -> ModelChoice | Unnamed | None:
    """What the settings would make of these values; where no model is named, the host is asked for its list.

    None where it is said already what is wrong with them.
    """
    asked = values if values.get("name") or values.get("gguf") else values | {"name": "?"}
    environment = {name: value for name, value in os.environ.items() if name not in _OURS}
    warnings: list[str] = []
    settled = {f"model.{name}": value for name, value in asked.items()}
    choice = choose_model(settled, environment, settings.config_file, warnings)
    for warning in warnings:
        console.print(warning, style="yellow", markup=False)
    if choice is None or choice.endpoint is None or asked is values:
        return choice
    answered = await probe(choice.endpoint)
    if len(answered.models) == 1:
        return await _choice(values | {"name": answered.models[0]}, settings, console)
    if answered.models:
        names = ", ".join(answered.models[:20])
        return Unnamed(f"Name a model with --model. {choice.endpoint.host} has: {names}", answered.models)
    return Unnamed(answered.problem or "Name a model with --model.", problem=answered.problem)


def _unnamed(arguments: argparse.Namespace, found: Unnamed | None, console: Console) -> int:
    """Says which models could be named; the exit code."""
    if found is not None:
        console.print(found.said, markup=False)
        if arguments.json:
            print_json({"stored": False, "problem": found.problem, "models": list(found.models)})
    return EXIT_USAGE


def _missing_key(choice: ModelChoice) -> str:
    """What to say where a host that wants a key gets none; "" elsewhere."""
    endpoint, profile = choice.endpoint, choice.profile
    if endpoint is None or profile is None or not (profile.hosts and profile.key_env):
        return ""
    if endpoint.api_key or endpoint.key_command or endpoint.in_keyring:
        return ""
    return (
        f"There is no key for {endpoint.host}: set {profile.key_env}, "
        "or say where it is with --key-env, --key-command or --keyring."
    )


async def _try(choice: ModelChoice, settings: Settings) -> tuple[ModelChoice, Tried]:
    """Asks for one word, counted like every call; the API that the host turns out to speak is kept."""
    target = choice.target
    if target is None:
        return choice, Tried("There is no model to ask.")
    client = client_of(target, settings.state_folder)
    model = AccountedModel(client, Caps(), choice.price, Ledger(settings.state_folder), "")
    try:
        tried = await _ask(model, LOAD_SECONDS if isinstance(target, Path) else TEST_SECONDS)
    finally:
        await model.close()
    if isinstance(client, HostedModel) and isinstance(target, Endpoint):
        choice = replace(choice, endpoint=replace(target, api=client.api))
    return choice, tried


async def _ask(model: CodeModel, seconds: float) -> Tried:
    cleared = OutgoingGate().clear(["Reply with the one word: ready"])
    if not isinstance(cleared, Cleared):
        return Tried(cleared.message)
    request = Request((Message("user", cleared.text),), TEST_TOKENS, temperature=0.0, deadline=seconds)
    started, first, usage, problem = time.monotonic(), 0.0, NO_USAGE, "The model did not answer."
    async with aclosing(model.stream(request)) as events:
        async for event in events:
            match event:
                case TextDelta() | ReasoningDelta():
                    first = first or time.monotonic() - started
                case Usage():
                    usage = event
                case Failure(message=message):
                    problem = message
                case Stop(reason):
                    problem = None if reason in ("end", "length") else f"The reply ended early ({reason})."
                case _:
                    pass
    return Tried(problem, first, usage)


def _report(
    arguments: argparse.Namespace, choice: ModelChoice, settings: Settings, tried: Tried, *, stored: bool
) -> None:
    endpoint = choice.endpoint
    if arguments.json:
        print_json(
            {
                "stored": stored,
                "model": endpoint.model if endpoint else choice.editor.id if choice.editor else str(choice.file),
                "host": endpoint.host if endpoint else choice.editor.host if choice.editor else "this machine",
                "api": endpoint.api if endpoint else "openai_chat",
                "problem": tried.problem,
                "seconds": round(tried.seconds, 3),
                "tokens": tried.usage.input_tokens + tried.usage.output_tokens,
                "config": str(settings.config_file),
                "overridden_by": _in_the_way(),
            }
        )
    elif stored:
        said = f", first word after {tried.seconds:.1f} s" if tried.seconds else ""
        results().print(f"Connected: {choice.title}{said}. Stored in {settings.config_file}.", markup=False)
        if choice.price is None:
            results().print("Its price is not known here: `patchwright usage` will count tokens alone.", markup=False)
