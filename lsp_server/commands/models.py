"""Lists the hosts that can be asked: how each is spoken to, whether its key is here, whether it answers, its prices.

The connected model and servers on this machine are asked for their list of models; other hosts only with --check, and
only where a key for them is set. Nothing of your work is sent.
"""

import argparse
import asyncio
import os
from dataclasses import asdict, replace
from typing import Any, Literal

from clients.detect import PORTS, LocalServer, local_servers
from clients.probe import probe
from clients.profiles import ModelRow, Price, Profile
from lsp_server.commands.terminal import print_json, remarks, results, table
from lsp_server.model_choice import ModelChoice, all_profiles
from lsp_server.settings import Settings, load_settings

Reach = Literal["yes", "no", "not asked"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json` prints `{"connected", "local", "profiles", "problems"}`."""
    parser.add_argument("--check", action="store_true", help="ask each host whose key is set for its models")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Lists them; the exit code is 0."""
    settings, warnings = load_settings()
    for warning in warnings:
        remarks().print(warning, style="yellow", markup=False)
    asyncio.run(_list(arguments, settings))
    return 0


async def _list(arguments: argparse.Namespace, settings: Settings) -> None:
    servers = await local_servers()
    connected = await _connected(settings.model)
    profiles = [profile for profile in all_profiles(settings.config_file.parent, []) if profile.hosts]
    rows = [await _profile(profile, arguments.check) for profile in profiles]
    if arguments.json:
        print_json({"connected": connected, "local": [asdict(server) for server in servers], "profiles": rows})
        return
    console = results()
    if connected:
        price = f", {connected['price']}" if connected["price"] else ""
        reach = "answers" if connected["reachable"] == "yes" else connected["problem"] or "was not asked"
        console.print(f"Connected: {connected['title']} ({connected['api']}{price}): {reach}", markup=False)
    else:
        console.print("No model is connected: `patchwright connect` connects one.", markup=False)
    if servers:
        console.print(table("\nOn this machine", ("server", "address", "models"), [_local(row) for row in servers]))
    else:
        ports = ", ".join(map(str, PORTS))
        console.print(f"\nOn this machine no model server answers (ports {ports}).", markup=False)
    shown = [(row["name"], row["title"], row["key"], row["reachable"]) for row in rows]
    console.print(table("\nHosts, for `connect --profile`", ("profile", "host", "key", "answers"), shown))
    for row in rows:
        if row["problem"]:
            console.print(f"{row['name']}: {row['problem']}", style="yellow", markup=False)
    columns = ("host", "model", "context", "in", "cached", "out", "above")
    prices = [_priced(profile.name, row) for profile in profiles for row in profile.models if row.price]
    title = "\nPrices that are known, in US dollars for 1M tokens (in brackets: where more is read)"
    console.print(table(title, columns, prices))
    console.print("\nAny other price: see “Hosts of your own, and prices” in docs/models.md.", markup=False)
    if not arguments.check:
        console.print("`patchwright models --check` asks the hosts whose key is set.", markup=False)


def _local(server: LocalServer) -> tuple[str, str, str]:
    return server.name, server.base_url, ", ".join(server.models[:6])


async def _connected(choice: ModelChoice | None) -> dict[str, Any] | None:
    if choice is None:
        return None
    endpoint = choice.endpoint
    answered = await probe(endpoint) if endpoint else None
    reachable: Reach = "not asked" if answered is None else "no" if answered.problem else "yes"
    return {
        "title": choice.title,
        "api": endpoint.api if endpoint else "the editor" if choice.editor else "llama.cpp",
        "profile": choice.profile.name if choice.profile else None,
        "reachable": reachable,
        "problem": answered.problem if answered else None,
        "context": choice.row.context,
        "price": price_text(choice.price),
    }


async def _profile(profile: Profile, check: bool) -> dict[str, Any]:  # noqa: FBT001
    key = os.environ.get(profile.key_env) if profile.key_env else None
    reachable: Reach = "not asked"
    problem = None
    if check and key:
        answered = await probe(replace(profile.endpoint("any"), api_key=key))
        # Every host lists other models than "any": that it lists some is an answer.
        problem = None if answered.models else answered.problem
        reachable = "no" if problem else "yes"
    return {
        "name": profile.name,
        "title": profile.title,
        "base_url": profile.base_url,
        "api": profile.api,
        "key": f"{profile.key_env} {'is set' if key else 'is not set'}",
        "reachable": reachable,
        "problem": problem,
        "models": [name for row in profile.models if row.price and "[" not in (name := _name(row))],
        "prices": ", ".join(_price(row) for row in profile.models if row.price) or "not known",
    }


def _priced(host: str, row: ModelRow) -> tuple[str, ...]:
    """A row of prices, with the one for long prompts beside the first where there are two."""
    price = row.price
    if price is None:
        return host, _name(row), _thousands(row.context), "", "", "", ""
    numbers = [f"{price.input:g}", f"{price.cached:g}", f"{price.output:g}"]
    if long := price.long:
        for at, more in enumerate((long.input, long.cached, long.output)):
            numbers[at] += f" ({more:g})"
    above = _thousands(price.above) if price.long else ""
    return host, _name(row), _thousands(row.context), *numbers, above


def _thousands(tokens: int | None) -> str:
    return f"{tokens // 1000}k" if tokens else "?"


def _name(row: ModelRow) -> str:
    """The glob of a row as a name for people."""
    return row.match.strip("*").replace("[.-]", ".")


def _price(row: ModelRow) -> str:
    return f"{_name(row)}: {price_text(row.price)}"


def price_text(price: Price | None) -> str:
    """A price for people; "" where it is not known."""
    if price is None:
        return ""
    if price.input == price.output == 0:
        return "free"
    return f"${price.input:g} in, ${price.cached:g} cached, ${price.output:g} out"
