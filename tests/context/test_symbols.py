"""One fixture per language: what it defines, what is a stub, and what it refers to."""

import json
import textwrap
import time

import pytest

from context.parsing.extract import extract_symbols
from context.parsing.parse import syntax_faults
from context.parsing.symbols import Symbols, outline, symbols_of


def check_symbols(path: str, text: str, defined: str, references: str) -> None:
    """`defined` has a line per definition: kind, qualified name, start-end, and "stub"; `references` are names."""
    text = textwrap.dedent(text)
    found = [
        f"{each.kind} {f'{each.container}.' if each.container else ''}{each.name} {each.start_line}-{each.end_line}"
        + (" stub" if each.stub else "")
        for each in outline(path, text)
    ]
    assert found == textwrap.dedent(defined).strip().split("\n")
    extract = extract_symbols(text.encode(), "sha", symbols_of(path, text.encode()) or Symbols())
    assert set(references.split()) <= set(json.loads(extract.references))


def test_python():
    check_symbols(
        "a.py",
        """\
        from models import User as Account
        LIMIT: int = 3

        class Store(Base):
            size = 1

            @property
            def name(self) -> str:
                def inner(): ...
                return load_user(self.x)

            async def later(self):
                \"\"\"Says when.\"\"\"
                # not yet
                raise NotImplementedError("later")

        def full():
            return client.fetch()
        """,
        """
        constant LIMIT 2-2
        class Store 4-15
        field Store.size 5-5
        method Store.name 7-10
        function Store.name.inner 9-9 stub
        method Store.later 12-15 stub
        function full 17-18
        """,
        "User models Base property str load_user NotImplementedError fetch",
    )


def test_javascript():
    check_symbols(
        "a.js",
        """\
        import { load as read } from './load';
        export const LIMIT = 3;
        const later = async (x) => { throw new Error("not implemented"); };
        export default class Store extends Base {
          constructor() { super(); this.x = new Cache(); }
          empty() { /* nothing yet */ }
        }
        module.exports.handler = function (request) { return <Page a={read(1)} />; };
        const api = { get() { return 1; }, set: () => {} };
        """,
        """
        constant LIMIT 2-2
        function later 3-3 stub
        class Store 4-7
        method Store.constructor 5-5
        method Store.empty 6-6 stub
        function handler 8-8
        constant api 9-9
        method api.get 9-9
        method api.set 9-9 stub
        """,
        "load Base Cache Page read",
    )


def test_typescript():
    check_symbols(
        "a.ts",
        """\
        import { Base } from './base';
        export interface Named { name: string; rename(to: string): void }
        export type Id = string | number;
        enum Colour { Red }
        export abstract class Store<T> extends Base implements Named {
          private load = (id: Id): User => this.fetch(id);
          abstract close(): void;
          open(): void {}
        }
        export function make(): Store<User> { return new Store<User>(); }
        """,
        """
        interface Named 2-2
        method Named.rename 2-2
        type Id 3-3
        enum Colour 4-4
        class Store 5-9
        method Store.load 6-6
        method Store.close 7-7
        method Store.open 8-8 stub
        function make 10-10
        """,
        "Base Named Id User fetch Store",
    )


def test_tsx():
    check_symbols(
        "a.tsx",
        """\
        export const Page = ({ user }: Props) => <Header name={user.name} />;
        function Empty() {}
        """,
        """
        function Page 1-1
        function Empty 2-2 stub
        """,
        "Props Header",
    )


def test_go():
    check_symbols(
        "a.go",
        """\
        package a

        const Limit = 3

        var (
            cache = map[string]int{}
        )

        type Store struct { user *User }
        type Named interface { Name() string }
        type Id string

        // Load reads a user.
        func (s *Store) Load(id Id) User { return fetch.Get(id) }
        func Later() { panic("not implemented") }
        """,
        """
        constant Limit 3-3
        constant cache 6-6
        class Store 9-9
        interface Named 10-10
        method Named.Name 10-10
        type Id 11-11
        method Store.Load 14-14
        function Later 15-15 stub
        """,
        "User Id Get",
    )


def test_rust():
    check_symbols(
        "a.rs",
        """\
        use std::collections::HashMap;
        const LIMIT: usize = 3;
        pub struct Store { user: User }
        enum Colour { Red }
        pub trait Named { fn name(&self) -> String; }
        impl Named for Store {
            fn name(&self) -> String { todo!() }
        }
        mod inner {
            pub fn load(id: Id) -> User { fetch(id).parse() }
        }
        macro_rules! hello { () => {} }
        """,
        """
        constant LIMIT 2-2
        class Store 3-3
        enum Colour 4-4
        interface Named 5-5
        method Named.name 5-5
        implementation Store 6-8
        method Store.name 7-7 stub
        module inner 9-11
        function inner.load 10-10
        macro hello 12-12
        """,
        "HashMap User Named Id fetch parse",
    )


def test_java():
    check_symbols(
        "A.java",
        """\
        import com.example.Base;

        @Service
        public class Store extends Base implements Named {
            private static final int LIMIT = 3;
            public Store(User user) { this.user = user; }
            /** Reads a user. */
            User load(Id id) { return fetch(id); }
            void later() { throw new UnsupportedOperationException(); }
            enum Colour { RED }
        }
        interface Named { String name(); }
        """,
        """
        class Store 3-11
        field Store.LIMIT 5-5
        method Store.Store 6-6
        method Store.load 8-8
        method Store.later 9-9 stub
        enum Store.Colour 10-10
        constant Store.Colour.RED 10-10
        interface Named 12-12
        method Named.name 12-12
        """,
        "Base Service Named User Id fetch UnsupportedOperationException",
    )


@pytest.mark.parametrize(
    ("path", "text", "docstring"),
    [
        ("a.py", 'def f():\n    """Says\n    hello."""\n', "Says\nhello."),
        ("a.go", "package a\n\n// Load reads\n// a user.\nfunc Load() {}\n", "Load reads\na user."),
        ("a.rs", "/// Loads it.\n#[inline]\nfn load() {}\n", "Loads it."),
        ("a.ts", "/**\n * Loads it.\n */\nfunction load() {}\n", "Loads it."),
        ("A.java", "class A {\n  /** Loads it. */\n  void load() {}\n}\n", "Loads it."),
    ],
)
def test_the_docstring_is_what_stands_in_or_above_a_function(path: str, text: str, docstring: str):
    assert outline(path, text)[-1].docstring == docstring


def test_a_very_long_line_and_deep_nesting_end_in_time():
    for text in ("x = " + "(" * 500_000 + ")" * 500_000, "x = " + "a + " * 250_000 + "a\n", "[" * 100_000):
        started = time.process_time()
        assert isinstance(outline("a.py", text), tuple)
        assert isinstance(syntax_faults("a.py", text), tuple)
        # Each of the two may take PARSE_SECONDS, so this says only that neither runs on for ever.
        assert time.process_time() - started < 30


def test_a_syntax_error_is_told_with_its_line_and_text():
    faults = syntax_faults("a.py", "x = 1\ny = (\n")
    assert [fault.line for fault in faults] == [2]


@pytest.mark.parametrize(
    "text", ["def f(:\n", "class A(:\n", "def f():\n", "class A:\n", "def f(", "async def f() ->:\n"]
)
def test_broken_code_has_an_outline_without_docstrings(text: str):
    assert all(definition.docstring == "" for definition in outline("a.py", text))
