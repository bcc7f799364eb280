"""Members of JavaScript and TypeScript classes, and parameters: what the file decides is certain, the rest is shown."""

import pytest

from lsp_server.recipes.registry import understand
from lsp_server.recipes.rename.sentence import Rename
from tests.recipes.renaming import check_refused, check_rename
from tests.recipes.workspace import carry_out, files_in, problems_of, sites_of

RENAME = "rename Cart.total in src/cart.ts to sum"
BACK = "rename Cart.sum in src/cart.ts to total"


@pytest.mark.parametrize(
    ("sentence", "plan"),
    [
        (RENAME, Rename("total", "sum", "src/cart.ts:Cart")),
        ("rename the method Cart.total to amount", Rename("total", "amount", "Cart", "member")),
        ("rename property total of Cart in src/cart.js to sum", Rename("total", "sum", "src/cart.js:Cart", "member")),
        ("rename property total of Cart to sum in src/cart.js", Rename("total", "sum", "src/cart.js:Cart", "member")),
        (
            "rename parameter qty of Cart.add to count in src/cart.tsx",
            Rename("qty", "count", "src/cart.tsx:Cart.add", "parameter"),
        ),
        ("rename parameter qty of add in a.mjs to count", Rename("qty", "count", "a.mjs:add", "parameter")),
        ("rename parameter qty of addItem to count", Rename("qty", "count", "addItem", "parameter")),
    ],
)
def test_a_sentence_becomes_its_plan(sentence, plan):
    understood = understand(sentence)
    assert isinstance(understood, tuple), understood
    assert [step.plan for step in understood] == [plan]


def check(workspace: str, sites: list[str] | None = None, description: str = RENAME, back: str = BACK):
    return check_rename(workspace, description, sites, back)


def test_what_the_class_does_with_its_member_follows():
    check("""
//- /src/cart.ts
export class Cart<T> {
  private «total|sum» = 0;
  get x() { return this.«total|sum» + (this).«total|sum»; }
  add = (n: number) => { [1].forEach(() => { this.«total|sum» += n; }); };
  make(other: Cart<T>, more: Cart) {
    const made = new Cart(), total = 1;
    const o = { total, total: 2 };
    return made.«total|sum» + new Cart().«total|sum» + other.«total|sum» + more?.«total|sum» + o.x + total;
  }
}
Cart.prototype.«total|sum»;
class Other { total = 1; get() { return this.total; } }
new Other().total;
""")


def test_getters_overloads_static_and_assigned_members_follow():
    check("""
//- /src/cart.ts
class Cart {
  static «total|sum»(n: number): number;
  static «total|sum»(n: string): number;
  static «total|sum»(n: any) { return Cart.«total|sum»(n) + this.«total|sum»(n); }
  f() { return new Cart().total; }
  static { this.«total|sum»(1); }
}
Cart.«total|sum»("1");
""")
    check(
        """
//- /src/cart.js
const Cart = class {
  constructor() { this.«total|sum» = 1; }
  get y() { return this.«total|sum»; }
};
class Accessor { get total() { return 1 } set total(x) {} }
""",
        description="rename Cart.total in src/cart.js to sum",
        back="rename Cart.sum in src/cart.js to total",
    )


def test_classes_of_the_file_that_extend_it_and_that_it_extends_follow():
    workspace = """
//- /src/cart.ts
class Above { a() { return this.total; } }
class Base extends Above { «total|sum»() { return 1; } }
class Cart extends Base { «total|sum»() { return super.«total|sum»(); } }
class Big extends Cart { b() { return this.«total|sum»() + super.«total|sum»(); } }
class Apart extends Above { total() { return 2; } }
"""
    check(workspace)
    check(
        workspace, description="rename Base.total in src/cart.ts to sum", back="rename Big.sum in src/cart.ts to total"
    )


def test_a_field_that_is_a_parameter_of_the_constructor_follows_with_its_uses():
    check("""
//- /src/cart.ts
class Cart {
  constructor(private readonly «total|sum»: number, other: number) {
    this.«total|sum» = «total|sum» + other;
  }
  f(total: number) { return total + this.«total|sum»; }
}
""")


def test_what_may_be_it_is_shown():
    check(
        """
//- /src/cart.ts
import { Base } from "./base";
interface Priced { total: number }
interface Apart { total: number }
export class Cart extends Base implements Priced {
  «total|sum» = 1;
  f(other, { total: t }) {
    const { total } = this;
    function g() { return this.total; }
    return other.total +
      this["total"];
  }
}
//- /src/use.ts
import { Cart } from "./cart";
class Mine { total = 1; x() { return this.total; } }
class Heir extends Cart { x() { return this.total; } }
export const f = (cart: Cart) => cart.total;
""",
        sites=[
            "src/cart.ts:10",
            "src/cart.ts:2",
            "src/cart.ts:4",
            "src/cart.ts:6",
            "src/cart.ts:7",
            "src/cart.ts:8",
            "src/cart.ts:9",
            "src/use.ts:3",
            "src/use.ts:4",
        ],
    )


def test_an_interface_of_another_file_is_shown():
    check(
        "//- /src/cart.ts\nclass Cart implements\n  Own, far.Priced<Cart> {\n  «total|sum» = 1;\n}\ninterface Own {}\n",
        sites=["src/cart.ts:2"],
    )


def test_without_a_file_the_only_class_is_meant():
    check(
        "//- /src/cart.js\nclass Cart { «total|amount»() { return this.«total|amount»(); } }\n",
        description="rename Cart.total to amount",
        back="rename Cart.amount to total",
    )
    two, _ = files_in("//- /a.js\nclass Cart { total() {} }\n//- /b.js\nclass Cart { total() {} }\n")
    message = problems_of(carry_out(two, "rename Cart.total to amount"))
    assert "Cart is in a.js, b.js: say which, for example `rename Cart.total in a.js to amount`" in message


@pytest.mark.parametrize(
    ("code", "description", "reason"),
    [
        ("class Cart { total() {} sum() {} }", RENAME, "Cart has a `sum` already (src/cart.ts:1)"),
        ("class Cart { total() {} f() { this.sum } }", RENAME, "Cart has a `sum` already"),
        (
            "class Cart { total() {} }\nclass B extends Cart { sum() {} }",
            RENAME,
            "B has a `sum` already (src/cart.ts:2)",
        ),
        ("class Cart { static total() {} total() {} }", RENAME, "both a static and another member"),
        ("class Cart { other() {} }", RENAME, "Cart in src/cart.ts has no `total`"),
        ("class Cart { total() {} f( }", RENAME, "syntax error"),
        ("class Cart { constructor() {} }", "rename Cart.constructor in src/cart.ts to sum", "a meaning of its own"),
        ("class Cart { total() {} }", "rename Cart.total in src/cart.ts to prototype", "a meaning of its own"),
        ("class Other { total() {} }", RENAME, "does not define total"),
    ],
)
def test_what_cannot_be_renamed_is_refused(code, description, reason):
    check_refused(f"//- /src/cart.ts\n{code}\n", reason, description=description)


PARAMETER = "rename parameter qty of add in src/cart.ts to count"


@pytest.mark.parametrize(
    "function",
    [
        "export function add(«qty|count»: number, x = «qty|count») { return [x, { qty: «qty|count» }]; }",
        "const add = («qty|count»: number) => () => «qty|count» * 2;",
        "const add = async «qty|count» => await «qty|count»;",
        "export const add = function ({ a, b: «qty|count» }) { return «qty|count» };",
        "function* add(...«qty|count») { for (const qty of [1]) yield qty; { let qty = 1; qty; } yield «qty|count»; }",
        "function add(«qty|count») { function inner(qty) { return qty; } return inner(«qty|count»); }",
    ],
)
def test_a_parameter_is_renamed_within_its_function(function):
    rest = "\nconst qty = 1;\nadd(qty);\nfunction other(qty) { return qty; }\n"
    back = "rename parameter count of add in src/cart.ts to qty"
    workspace = f"//- /src/cart.ts\n{function}{rest.replace('const qty = 1;', '')}"
    files, _ = files_in(workspace.replace("«qty|count»", "qty"))
    check_rename(workspace, PARAMETER, None, back)
    assert files


def test_a_shorthand_property_keeps_its_key():
    files, _ = files_in("//- /src/cart.ts\nfunction add({ qty }, more) { return { qty, more }; }\n")
    done = carry_out(files, PARAMETER)
    text = done.change.texts_after()["src/cart.ts"]
    assert text == "function add({ qty: count }, more) { return { qty: count, more }; }\n"


def test_methods_and_comments_of_the_function():
    check_rename(
        """
//- /src/cart.ts
class Cart {
  /** @param qty how many */
  add(«qty|count»: number) { return this.qty + «qty|count»; }
  sub = («qty|count»: number) => «qty|count»;
}
""".replace("sub = («qty|count»: number) => «qty|count»", "sub = (qty: number) => qty"),
        "rename parameter qty of Cart.add in src/cart.ts to count",
        ["src/cart.ts:2"],
        "rename parameter count of Cart.add in src/cart.ts to qty",
    )


@pytest.mark.parametrize(
    ("code", "description", "reason"),
    [
        ("function add(qty) { const count = 1; }", PARAMETER, "`count` is used already in src/cart.ts:1"),
        (
            "const count = 1;\nfunction add(qty) { return count; }",
            PARAMETER,
            "`count` is used already in src/cart.ts:2",
        ),
        ("function add(qty) { { let count = 1; return qty; } }", PARAMETER, "`count` is used already in src/cart.ts:1"),
        ("function add(qty) { return eval('qty'); }", PARAMETER, "`eval` in src/cart.ts:1"),
        ("function add(other) { return other; }", PARAMETER, "add in src/cart.ts has no parameter `qty`"),
        ("function add(qty) {}\n{ function add(qty) {} }", PARAMETER, "add is defined more than once"),
        ("function add(qty) { return ( }", PARAMETER, "syntax error"),
        ("function add(qty) {}", PARAMETER.replace("to count", "to class"), "reserved word"),
        (
            "class Cart { constructor(private qty: number) {} }",
            "rename parameter qty of Cart.constructor in src/cart.ts to count",
            "is a field of its class",
        ),
    ],
)
def test_a_parameter_that_cannot_be_renamed_is_refused(code, description, reason):
    check_refused(f"//- /src/cart.ts\n{code}\n", reason, description=description)


def test_python_keeps_its_own_rules():
    files, _ = files_in("//- /a.py\nclass Cart:\n    def total(self): ...\n")
    assert "builtin of Python" in problems_of(carry_out(files, "rename Cart.total to sum"))
    assert sites_of(carry_out(files, "rename Cart.total to amount")) == []
