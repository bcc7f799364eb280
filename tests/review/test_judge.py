"""Is the verdict one value that says everything, and can it be made elsewhere?"""

import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from context.parsing.names import code_words
from context.parsing.parse import syntax_faults
from context.snapshot import Snapshot
from lsp_server.edits.change import ChangeSet, Create, Hunk
from lsp_server.review.judge import judge, refusals
from lsp_server.review.verdict import Judgement, Verdict
from tests.review.checks import edit, verdict_of


def test_a_harmless_change_is_allowed_and_every_check_passed(tmp_path: Path):
    verdict = verdict_of(tmp_path, edit("a.py", "x = 1\n", "x = 2\n"))
    assert verdict.level == "allow"
    assert verdict.checks == dict.fromkeys(("paths", "syntax", "characters", "addresses"), "pass")
    assert refusals(verdict) == ()


def test_the_strictest_finding_decides(tmp_path: Path):
    verdict = verdict_of(tmp_path, Create(".git/a.py", "def f(:\u200b\n"))
    assert verdict.level == "deny"
    assert [problem.code for problem in refusals(verdict)] == ["SYNTAX_WORSE", "DENIED", "DENIED"]


def test_each_reason_is_told_once_and_names_its_file(tmp_path: Path):
    verdict = verdict_of(tmp_path, Create(".git/a", ""), Create(".git/b", ""))
    assert [problem.path for problem in refusals(verdict)] == [".git/a", ".git/b"]
    assert len(verdict.reasons) == 2


def test_what_is_said_of_several_lines_is_told_once_with_the_lines():
    judgements = tuple(
        Judgement(path, line, "approve", (f"{path}, line {line}: touches access (by its path).",))
        for path, line in (("a.py", 1), ("b.py", 2), ("a.py", 7), ("a.py", 9))
    )
    other = Judgement("a.py", 7, "approve", ("a.py, line 7: touches money (price).", "a.py offers x no more."))
    assert Verdict((*judgements, other)).reasons == (
        "a.py, lines 1, 7 and 9: touches access (by its path).",
        "b.py, line 2: touches access (by its path).",
        "a.py, line 7: touches money (price).",
        "a.py offers x no more.",
    )


def test_it_can_be_made_in_a_worker_process(tmp_path: Path):
    change = ChangeSet((edit("a.py", "x = 1\n", "x = = 2\n"),))
    arguments = (change, Snapshot(tmp_path), ("*.pem",), syntax_faults, code_words)
    assert pickle.loads(pickle.dumps(arguments[:3]))[0] == change
    with ProcessPoolExecutor(1, get_context("spawn")) as worker:
        assert worker.submit(judge, *arguments).result().level == "deny"


def test_a_place_that_is_only_likely_must_be_confirmed(tmp_path: Path):
    likely = replace(edit("a.py", "x = 1\n", "x = 2\n"), hunks=(Hunk(0, 1, ("x = 2",), "similar", certain=False),))
    verdict = verdict_of(tmp_path, likely)
    assert verdict.level == "confirm"
    assert [problem.code for problem in refusals(verdict)] == ["UNCERTAIN"]
