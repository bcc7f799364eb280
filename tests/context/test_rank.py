"""What kind of file is it by its path?"""

import pytest

from context.workspace.rank import DOCUMENT, SOURCE, TEST, Rank, rank_of


@pytest.mark.parametrize(
    ("rank", "paths"),
    [
        (
            TEST,
            "src/FooTest.java src/FooIT.java src/Test.java a_test.go test_a.py conftest.py a.test.ts a/b_test.cc "
            "b_unittest.cc spec/a.rb app/a_spec.rb a_spec.lua Foo.Tests/A.cs My.UnitTests/A.cs FooTests.cs "
            "AppTests/A.swift UITests/A.swift FooTests.swift FooSpec.scala FooSuite.scala FooTest.kt "
            "src/androidTest/A.kt a.bats tests/a.phpt FooTest.php test_a.c test_a.sh",
        ),
        (
            SOURCE,
            "src/Commit.java src/Latest.java src/Audit.php contest.kt Contest/a.kt latests/a.kt manifest/a.c "
            "greatest.c attest/a.c lib/latest.rb Inspec.cs Rakefile .bashrc a.rake a.gemspec build.sbt "
            "build.gradle.kts a.h",
        ),
        (
            DOCUMENT,
            "Form.designer.cs third-party/a.c a.pb.cc a_pb2.py Pods/A.swift docs/a.rb a.md a.min.js LICENSE "
            "build/lib/a.py venv/lib/python3/site-packages/a.py",
        ),
    ],
)
def test_tests_vendored_and_generated_files_are_known_by_their_paths(rank: Rank, paths: str):
    assert {path: rank_of(path) for path in paths.split()} == dict.fromkeys(paths.split(), rank)
