"""What a file imports, in each language: the paths as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from context.parsing.imports import import_paths
from context.parsing.languages import language_of
from context.parsing.parse import parse
from context.parsing.symbols import documented


def check_imports(path: str, text: str, imports: str) -> None:
    language = language_of(path)
    assert language is not None
    source = text.encode()
    assert documented(language, parse(language, source), source).imports == tuple(imports.split())


@pytest.mark.parametrize(
    ("path", "text", "imports"),
    [
        ("a.py", "import a.b as c, d\nimport d\nfrom a.b import e, f as g\n", "a.b d a.b.e a.b.f"),
        ("a.py", "def f():\n    from . import a\n    from .b import c\n    from ..d import *\n", ".a .b.c ..d"),
        ("a.js", "import './a'; import b, { c } from 'd'; export * from 'e'; import('./f')", "./a d e ./f"),
        ("a.js", "const a = require('./a'), b = other('./b')", "./a"),
        ("a.ts", "import type { A } from './a'; import fs = require('fs')", "./a fs"),
        ("a.tsx", "import './a.css'", "./a.css"),
        ("a.go", 'package a\nimport "fmt"\nimport (\n\tx "a/b"\n\t_ `c`\n)\n', "fmt a/b c"),
        ("a.rs", "use a::{b as c, d::{self, e},\n f::*};\nuse g::h as i;\nmod j;\n", "a::b a::d a::d::e a::f g::h j"),
        ("a.c", '#include "a/b.h"\n#  include <c.h>\n', "a/b.h c.h"),
        ("a.hpp", '#ifndef A\n#include "b.hpp"\n#endif\n', "b.hpp"),
        ("A.cs", "using System;\nusing static A.B;\nusing C = D.E;\nglobal using F;\n", "System A.B D.E F"),
        ("a.rb", "require 'a/b'\nrequire_relative \"c\"\nputs 'd'\nx.require 'e'\n", "a/b c"),
        ("a.php", "<?php use A\\B; use C\\{D, E as F}; use function G\\h;", "A\\B C\\D C\\E G\\h"),
        ("a.php", "<?php require_once 'a.php'; include __DIR__ . '/b.php';", "a.php /b.php"),
        ("a.kt", "import a.b.C\nimport d.*\nimport e.f as g\n", "a.b.C d e.f"),
        ("a.swift", "import A\n@testable import B\nimport struct C.D\n", "A B C.D"),
        ("a.scala", "import a.b, c.{d => e, f}, g._\nimport h.*\n", "a.b c.d c.f g h"),
        ("a.lua", "local a = require 'a.b'\nlocal c = require(\"c\").d\ndofile('e.lua')\nf('g')\n", "a.b c e.lua"),
        ("a.sh", 'source ./a.sh\n. "$HERE/b.sh"\necho c\n', "./a.sh $HERE/b.sh"),
        ("A.java", "import a.b.C;\nimport static a.b.D.*;\n", "a.b.C a.b.D"),
    ],
)
def test_what_a_file_imports_is_told_once_each_in_order(path: str, text: str, imports: str):
    check_imports(path, text, imports)


@given(st.text(alphabet="a:{},*. \n/", max_size=300))
def test_whatever_an_import_holds_it_ends_in_paths(written: str):
    assert all(import_paths(written))
