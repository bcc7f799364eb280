"""One fixture per language, as in `test_symbols`: the languages that came later."""

import pytest

from context.parsing.symbols import outline
from tests.context.test_symbols import check_symbols


def test_c():
    check_symbols(
        "a.c",
        """\
        #include "store.h"
        #define LIMIT 3
        #define SQUARE(x) ((x) * (x))
        typedef struct store { struct user *user; } store_t, *store_p;
        typedef struct { int x; } point_t;
        typedef int (*handler)(request_t *);
        enum colour { RED, GREEN };
        static const char *names[] = { "x" };
        int load(struct store *s);
        static inline store_t **make(int a)
        {
            return s->fetch(SQUARE(a));
        }
        #ifdef LATER
        void later(void) { /* not yet */ }
        #endif
        """,
        """
        macro LIMIT 2-2
        macro SQUARE 3-3
        class store 4-4
        type store_t 4-4
        type store_p 4-4
        class point_t 5-5
        type handler 6-6
        enum colour 7-7
        constant colour.RED 7-7
        constant colour.GREEN 7-7
        constant names 8-8
        function load 9-9
        function make 10-13
        function later 15-15 stub
        """,
        "user request_t store fetch SQUARE",
    )


def test_cpp():
    check_symbols(
        "a.cpp",
        """\
        #include <vector>
        namespace app {
        template <typename T>
        class Store : public Base<T>, private io::Named {
         public:
          explicit Store(int x) : x_(x) {}
          ~Store();
          const User& load(Id id) const;
          template <class U> void put(U u) {}
          Store& operator=(const Store& other) = delete;
          enum class Colour { Red };
          using Row = std::vector<Bar>;
         private:
          int x_ = 3;
        };
        constexpr int kLimit = 3;
        }
        template <typename T>
        const User& app::Store<T>::load(Id id) const { return fetch(id); }
        bool Outer::Inner::later() { throw std::logic_error("not implemented"); }
        class EXPORT Exported : public Base { void run(); };
        """,
        """
        module app 2-17
        class app.Store 3-15
        method app.Store.Store 6-6
        method app.Store.~Store 7-7
        method app.Store.load 8-8
        method app.Store.put 9-9 stub
        method app.Store.operator= 10-10
        enum app.Store.Colour 11-11
        constant app.Store.Colour.Red 11-11
        type app.Store.Row 12-12
        constant app.kLimit 16-16
        method app.Store.load 18-19
        method Outer.Inner.later 20-20 stub
        class Exported 21-21
        method Exported.run 21-21
        """,
        "Base Named User Id Bar vector fetch logic_error",
    )


def test_csharp():
    check_symbols(
        "A.cs",
        """\
        using System;
        namespace App.Models {
            [Service]
            public abstract class Store<T> : Base<T>, INamed {
                private readonly Cache _x = new Cache(), _y;
                public int Size { get; set; }
                public Store(int a) : base(a) { }
                public override Task<T> Load(Id id) { return client.Fetch<int>(id); }
                void Later() => throw new NotImplementedException();
                enum Colour { Red }
                interface INamed { string Name(); }
            }
            record Point(int X);
        }
        """,
        """
        module App.Models 2-14
        class App.Models.Store 3-12
        field App.Models.Store._x 5-5
        field App.Models.Store._y 5-5
        field App.Models.Store.Size 6-6
        method App.Models.Store.Store 7-7
        method App.Models.Store.Load 8-8
        method App.Models.Store.Later 9-9 stub
        enum App.Models.Store.Colour 10-10
        constant App.Models.Store.Colour.Red 10-10
        interface App.Models.Store.INamed 11-11
        method App.Models.Store.INamed.Name 11-11
        class App.Models.Point 13-13
        """,
        "Service Base INamed Cache Task Id Fetch NotImplementedException",
    )


def test_ruby():
    check_symbols(
        "a.rb",
        """\
        require "base"
        module App::Models
          LIMIT = 3
          class Store < Db::Base
            include Comparable
            def initialize(user); @user = User.new(user); end
            def self.load(id) = fetch(id)
            def later
              # not yet
              raise NotImplementedError, "later"
            end
            def empty; end
            def name=(value); @name = value; end
            alias find load
          end
        end
        def top; LIMIT; end
        """,
        """
        module App.Models 2-16
        constant App.Models.LIMIT 3-3
        class App.Models.Store 4-15
        method App.Models.Store.initialize 6-6
        method App.Models.Store.load 7-7
        method App.Models.Store.later 8-11 stub
        method App.Models.Store.empty 12-12 stub
        method App.Models.Store.name= 13-13
        method App.Models.Store.find 14-14
        function top 17-17
        """,
        "Base Comparable User fetch NotImplementedError",
    )


@pytest.mark.parametrize("page", ["", "<html>\n"])
def test_php_alone_and_within_a_page(page: str):
    text = """\
        <?php namespace App\\Models;
        use Db\\Base;
        const LIMIT = 3;
        abstract class Store extends Base implements Named {
            use Comparable;
            private ?int $size = 1;
            public function __construct(private User $user) {}
            public static function make(Id $id): Store { return new Store(fetch($id)); }
            function later() { throw new \\Exception('not implemented'); }
            abstract function name();
        }
        enum Colour: string { case Red = 'r'; }
        trait Sized { function size() {} }
        function top() { return Store::make(1)->save(); }
        ?><p>
        """
    defined = """
        constant LIMIT 3-3
        class Store 4-11
        field Store.size 6-6
        method Store.__construct 7-7
        method Store.make 8-8
        method Store.later 9-9 stub
        method Store.name 10-10
        enum Colour 12-12
        constant Colour.Red 12-12
        class Sized 13-13
        method Sized.size 13-13 stub
        function top 14-14
        """
    if page:
        text = text.replace("        <?php", "        <html><?php")
    check_symbols("a.php", text, defined, "Base Named Comparable User Id Store fetch make save Exception")


def test_kotlin():
    check_symbols(
        "a.kt",
        """\
        package app
        import db.Base
        const val LIMIT = 3
        @Service
        class Store(val user: User, size: Int) : Base(size), Named {
            private val cache = Cache()
            override fun load(id: Id): Row { return fetch(id).parse() }
            fun later(): Int = TODO("later")
            fun empty() {}
            companion object {
                fun make() = Store(1)
            }
        }
        object Single : Base() {}
        interface Named { fun name(): String }
        fun String.shout(): String = this.uppercase()
        typealias Handler = (Int) -> Unit
        """,
        """
        constant LIMIT 3-3
        class Store 4-13
        field Store.user 5-5
        field Store.cache 6-6
        method Store.load 7-7
        method Store.later 8-8 stub
        method Store.empty 9-9 stub
        method Store.make 11-11
        class Single 14-14
        interface Named 15-15
        method Named.name 15-15
        method String.shout 16-16
        type Handler 17-17
        """,
        "Base User Named Cache Id Row fetch parse uppercase Service",
    )


def test_swift():
    check_symbols(
        "a.swift",
        """\
        import Foundation
        let limit = 3
        @objc public class Store: Base, Named {
            static let shared = Cache()
            init(size: Int) { super.init() }
            func load(_ id: Id) -> User { return client.fetch(id) }
            func later() { fatalError("not implemented") }
        }
        struct Point { let x: Row; func empty() {} }
        enum Colour: String { case red = "r", green }
        protocol Named { func name() -> String }
        extension App.Store: Sized { func size() -> Int { 1 } }
        func == (a: Point, b: Point) -> Bool { true }
        typealias Handler = Int
        """,
        """
        constant limit 2-2
        class Store 3-8
        field Store.shared 4-4
        method Store.init 5-5
        method Store.load 6-6
        method Store.later 7-7 stub
        class Point 9-9
        field Point.x 9-9
        method Point.empty 9-9 stub
        enum Colour 10-10
        constant Colour.red 10-10
        constant Colour.green 10-10
        interface Named 11-11
        method Named.name 11-11
        implementation App.Store 12-12
        method App.Store.size 12-12
        function == 13-13
        type Handler 14-14
        """,
        "Base Named Cache Id User Row Sized fetch",
    )


def test_scala_2_and_3():
    check_symbols(
        "a.scala",
        """\
        import db.{Base, Row => R}
        class Store[T](val user: User) extends Base(user) with Named {
          private var size = 1
          def later: Int = ???
          def load(id: Id): Row = { fetch(id).parse[Int]() }
        }
        object Store extends App { val limit = 3 }
        trait Named { def name: String }
        enum Colour:
          case Red, Green
        object Indented:
          def run(x: Int) =
            call(x)
        extension (s: Text)
          def shout: Text = s.upper()
        """,
        """
        class Store 2-6
        field Store.size 3-3
        method Store.later 4-4 stub
        method Store.load 5-5
        class Store 7-7
        field Store.limit 7-7
        interface Named 8-8
        method Named.name 8-8
        enum Colour 9-10
        constant Colour.Red 10-10
        constant Colour.Green 10-10
        class Indented 11-13
        method Indented.run 12-13
        method Text.shout 15-15
        """,
        "Base User Named Id Row Text fetch parse call upper",
    )


def test_lua():
    check_symbols(
        "a.lua",
        """\
        local base = require("base")
        local M = {}
        local LIMIT <const> = 3
        function M.load(id) return base.fetch(id) end
        function M:save() self:write(1) end
        M.find = function(id) return M.load(id) end
        local function later() error("not implemented") end
        local empty = function() end
        M.handlers = { open = function() return 1 end }
        return M
        """,
        """
        constant M 2-2
        constant LIMIT 3-3
        method M.load 4-4
        method M.save 5-5
        method M.find 6-6
        function later 7-7 stub
        function empty 8-8 stub
        constant M.handlers 9-9
        method M.handlers.open 9-9
        """,
        "require fetch write load error",
    )


def test_bash():
    check_symbols(
        "a.sh",
        """\
        #!/bin/bash
        source ./base.sh
        readonly LIMIT=3
        load() {
          local id=$1
          fetch "$id" | parse
        }
        function later { :; }
        load 1
        """,
        """
        constant LIMIT 3-3
        function load 4-7
        function later 8-8 stub
        """,
        "fetch parse load",
    )


@pytest.mark.parametrize(
    ("path", "text", "docstring"),
    [
        ("a.c", "/* Loads\n * it. */\nint load(void) { return 1; }\n", "Loads\nit."),
        ("a.cpp", "// Loads it.\ntemplate <class T>\nT load() { return 1; }\n", "Loads it."),
        ("A.cs", "class A {\n  /// <summary>Loads it.</summary>\n  [Fast]\n  int Load() => 1;\n}\n", "Loads it."),
        ("a.rb", "# Loads\n# it.\ndef load = 1\n", "Loads\nit."),
        ("a.php", "<?php\n# Loads it.\n#[Fast]\nfunction load() { return 1; }\n", "Loads it."),
        ("a.kt", "/** Loads it. */\n@Fast\nfun load() = 1\n", "Loads it."),
        ("a.swift", "/// Loads it.\n@discardableResult\nfunc load() -> Int { 1 }\n", "Loads it."),
        ("a.scala", "/** Loads it. */\ndef load = 1\n", "Loads it."),
        ("a.lua", "--- Loads it.\nlocal function load() return 1 end\n", "Loads it."),
        ("a.sh", "#!/bin/sh\n# Loads it.\nload() { fetch; }\n", "Loads it."),
    ],
)
def test_the_docstring_is_the_comment_above(path: str, text: str, docstring: str):
    assert outline(path, text)[-1].docstring == docstring
