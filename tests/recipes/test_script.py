"""Names of JavaScript and TypeScript: the file and the importers that resolve are certain, the rest is shown."""

import pytest

from tests.recipes.renaming import check_refused, check_rename
from tests.recipes.workspace import after, carry_out, files_in

CORE = "//- /src/core.ts\nexport function «load|fetch»(id: string): string { return id }\n"
RENAME = "rename load in src/core.ts to fetch"
BACK = "rename fetch in src/core.ts to load"


def check(workspace: str, sites: list[str] | None = None, description: str = RENAME, back: str = BACK):
    return check_rename(workspace, description, sites, back)


def test_imports_of_every_form_follow_and_aliases_keep_their_names():
    done = check(
        CORE
        + """//- /src/use.tsx
import { «load|fetch», other } from "./core";
import { «load|fetch» as l } from "./core.js";
import type { «load|fetch» as T } from "../src/core";
import * as core from "./core";
«load|fetch»("a"); l("b"); core.«load|fetch»("c");
const element = <core.«load|fetch» />;
type F = typeof core.«load|fetch»;
export { «load|fetch» as get };
""",
    )
    assert done.summary == "Rename load → fetch: 9 places in 2 files"


def test_barrels_and_stars_are_followed():
    check(
        CORE
        + """//- /src/index.ts
export { «load|fetch» } from "./core";
//- /src/all.ts
export * from "./index";
//- /src/more.ts
export * from "./all";
export { «load|fetch» as get } from "./core";
//- /src/app/use.js
import { «load|fetch» } from "..";
import { «load|fetch» as more } from "../more";
import { get } from "../more";
«load|fetch»(); more();
//- /src/hides.ts
export * from "./core";
export const load = 1;
//- /src/another.ts
import { load } from "./hides";
load;
""",
        description=RENAME,
    )


def test_scopes_that_have_the_name_themselves_are_left_alone():
    check(
        CORE
        + """const a = () => «load|fetch»("x");
function inner(load: number) { return load }
const b = (load) => load, c = ({ load }) => load, d = ([x, load = 1]) => load, e = load => load;
{ const load = 1; load; }
for (const load of []) { load; }
for (let load = 0; load < 1; load++) load;
try { «load|fetch»("x") } catch (load) { load }
function hoisted() { load; { var load = 1 } }
class K { load() { return this.load + «load|fetch»("x") } }
const named = function load() { return load };
interface Shape { load: string; (load: number): void; [load: string]: unknown }
type Call = (load: string) => void;
function generic<load>(x: load): load { return x }
namespace N { const load = 1; load }
switch (1) { case 1: let load = 2; load }
const o = { load: 1, m: «load|fetch» }; o.load;
label: load: for (;;) break load;
""",
        back="",
    )


def test_a_shorthand_property_keeps_its_key():
    files, _ = files_in(
        "//- /a.js\nexport const load = 1;\nexport const api = { load };\nlet v; ({ load: v } = api);\n"
    )
    result = after(files, carry_out(files, "rename load in a.js to fetch"))["a.js"]
    assert result.startswith("export const fetch = 1;\nexport const api = { load: fetch };\n")
    files, _ = files_in("//- /a.js\nexport const { load } = api;\nload;\n")
    assert after(files, carry_out(files, "rename load in a.js to fetch"))["a.js"] == (
        "export const { load: fetch } = api;\nfetch;\n"
    )


def test_types_classes_and_enums_are_renamed_too():
    check(
        """
//- /src/core.ts
export interface «Load|Fetch» { id: string }
export class Box implements «Load|Fetch» {
    id = "";
    make(x: «Load|Fetch»[]): Promise<«Load|Fetch»> { return x as never }
}
//- /src/use.ts
import type { «Load|Fetch» } from "./core";
import * as core from "./core";
const x: «Load|Fetch» = {} as core.«Load|Fetch»;
""",
        description="rename Load in src/core.ts to Fetch",
        back="rename Fetch in src/core.ts to Load",
    )


def test_what_does_not_resolve_is_shown():
    done = check(
        CORE
        + """//- /src/required.js
const { load } = require("./core");
const c = require("./core");
c.load();
load();
//- /src/alias.ts
import { load } from "@/core";
load();
//- /src/free.js
load();
//- /src/noise.ts
import { load } from "./elsewhere";
load(); x.load(); "load";
//- /README.md
Call `load()`.
""",
        [
            "README.md:1",
            "src/alias.ts:1",
            "src/alias.ts:2",
            "src/free.js:1",
            "src/required.js:1",
            "src/required.js:3",
            "src/required.js:4",
        ],
    )
    assert {site.why for site in done.uncertain} >= {
        "`@/core` was not found in the workspace",
        "it is taken from a module by `require`",
        "nothing in this file binds the name",
    }


@pytest.mark.parametrize(
    ("more", "description", "reason"),
    [
        ("const fetch = 1;\n", RENAME, "`fetch` is used already in src/core.ts:2"),
        (
            "//- /src/use.ts\nimport { load } from './core';\nload(fetch);\n",
            RENAME,
            "`fetch` is used already in src/use.ts:2",
        ),
        ("", "rename load in src/core.ts to typeof", "reserved word of JavaScript"),
        ("//- /src/use.ts\nimport { load } from './core';\nload(\n", RENAME, "has a syntax error: correct it first"),
        (
            "//- /lib/a.js\nfunction load() {}\n",
            "rename load to fetch",
            "defined more than once: src/core.ts:1, lib/a.js:1",
        ),
        ("", "rename store in src/core.ts to fetch", "src/core.ts does not define store"),
    ],
)
def test_what_would_collide_or_cannot_be_read_is_refused(more, description, reason):
    check_refused(CORE.replace("«load|fetch»", "load") + more, reason, description=description)


def test_a_name_that_only_scripts_define_needs_no_file():
    check(
        "//- /a.mjs\nexport let «load|fetch» = 1;\n«load|fetch» += 1;\r\n",
        description="rename load to fetch",
        back="rename fetch to load",
    )
