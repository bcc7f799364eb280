"""How does a model answer? One prompt, one reply, one precise chance to mend it.

A reply is a change only if the stream ended properly, every block fits exactly one place and the review does not deny
it. Anything else goes back to the model once, then to the user, as does what goes beyond the ask.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from clients.model import CodeModel, Usage
from clients.outgoing import Withheld
from context.retrieval.select import Context
from context.snapshot import Snapshot
from lsp_server.actions.ask import Answer, Ask, NoChange, Proposal
from lsp_server.actions.describe import shortened
from lsp_server.actions.judged import judged_and_checked
from lsp_server.actions.model_call import CUT, Call, Reply, add_usage, cleared, is_held_to_json, read
from lsp_server.actions.offer import Action, Report
from lsp_server.actions.plain import plain
from lsp_server.actions.prompt import build_prompt, mend_prompt
from lsp_server.actions.recipe_calls import carry_out_calls, with_edits
from lsp_server.actions.services import Services
from lsp_server.actions.unnamed import unnamed
from lsp_server.edits.again import Kept, read_cut_reply, read_reply
from lsp_server.edits.change import ChangeSet, Problem, Refused
from lsp_server.recipes.plan import Site
from lsp_server.review.judge import refusals, unwelcome
from lsp_server.review.verdict import Verdict

SAID_CHARACTERS = 300
ATTEMPTS = 2
"""The reply and one chance to mend it: a third try seldom helps and always costs."""

NOT_SHOWN = "is not among the files that you may see, so it is not changed. Leave it as it is."

CALLS_AGAIN = Problem("NO_CHANGE", "Your other tool calls were right, but nothing is applied in part: make them again.")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of a reply: a change with its verdict, or the problems against it and the blocks that are kept."""

    change: ChangeSet | None
    verdict: Verdict | None
    problems: tuple[Problem, ...]
    kept: Kept | None = None
    sites: tuple[Site, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether there is a change that a person may decide about, with or without findings."""
        return self.change is not None and self.verdict is not None


@dataclass(frozen=True, slots=True)
class Onto:
    """What a reply is really a change of: `settle` makes of a change of the texts that were shown one of `snapshot`.

    It runs in a worker process, and so does a value that is given for it. `compared` is the same change made to what
    tools can read, where they cannot read the files as they are; where they can, what was shown are whole files, and
    recipes can work on them. `mended` is the text of a reply as it is read.
    """

    snapshot: Snapshot
    settle: Callable[[ChangeSet], ChangeSet | Refused]
    compared: Callable[[ChangeSet], tuple[ChangeSet, Snapshot]] | None = None
    mended: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Sight:
    """What a model is shown: the context, from the texts of a snapshot, and what a change of them is really made to.

    `proof` says what of its change is not what was asked for.
    """

    context: Context
    snapshot: Snapshot
    onto: Onto | None = None
    proof: Callable[[ChangeSet], tuple[Problem, ...]] | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it sees."""
        return tuple(dict.fromkeys(piece.path for piece in self.context.pieces))


async def answer_with_model(
    ask: Ask, action: Action, sight: Sight, services: Services, model: CodeModel, report: Report
) -> Answer:
    """Asks the model, turns its reply into a reviewed change, and gives it one chance to mend a bad reply."""
    started = time.monotonic()
    context, snapshot = sight.context, sight.snapshot
    held_to_json = is_held_to_json(services)
    prompt = await asyncio.to_thread(build_prompt, ask, action, context, snapshot, held_to_json=held_to_json)
    # A recipe sees whole files, and changes any of them.
    has_recipes = ask.scope == "workspace" and (sight.onto is None or sight.onto.compared is None)
    spent = Usage(0, 0)
    reviewed = standing = Reviewed(None, None, ())
    for attempt in range(ATTEMPTS):
        messages = await asyncio.to_thread(cleared, prompt, services)
        if isinstance(messages, Withheld):
            return NoChange(ask, "refused", messages.message, context=context)
        report(_before_asking(model, attempt, standing))
        reply = await read(model, Call(ask, messages, spent, has_recipes=has_recipes), services, report)
        if isinstance(reply, NoChange):
            if standing.stands:
                break
            return reply
        spent = add_usage(spent, reply.usage)
        report("Checking the change")
        reviewed = await _reviewed(reply, ask, sight, services, reviewed.kept)
        if reviewed.stands:
            standing = _better(standing, reviewed)
        if reviewed.stands and not reviewed.problems:
            break
        if action.may_be_nothing and reviewed.problems and all(each.code == "NO_EDIT" for each in reviewed.problems):
            said = shortened(plain(reply.text), SAID_CHARACTERS)
            return NoChange(ask, "no-edit", f"Nothing was changed. The model says: {said}", (), context, spent)
        if reviewed.verdict is not None and reviewed.verdict.level == "deny" and not _mendable(reviewed.problems):
            break
        if reply.stopped in CUT and reviewed.kept is None and not standing.stands:
            message = f"Nothing was changed: {CUT[reply.stopped]}"
            return NoChange(ask, "failed", message, reviewed.problems, context, spent)
        told = await asyncio.to_thread(_tellable, reviewed.problems, ask, sight, services)
        prompt = await asyncio.to_thread(mend_prompt, prompt, reply.whole, told, snapshot, reviewed.kept)
    if standing.change is not None and standing.verdict is not None:
        return Proposal(
            ask,
            standing.change,
            standing.verdict,
            "model",
            shortened(ask.description),
            uncertain=standing.sites,
            context=context,
            usage=spent,
            seconds=time.monotonic() - started,
        )
    denied = reviewed.verdict is not None and reviewed.verdict.level == "deny"
    message = "Nothing was changed: " + " ".join(problem.message for problem in reviewed.problems)
    reason = "denied" if denied else "no-edit"
    return NoChange(ask, reason, message, reviewed.problems, context, spent, reviewed.verdict)


def _tellable(problems: tuple[Problem, ...], ask: Ask, sight: Sight, services: Services) -> tuple[Problem, ...]:
    """The problems as the model may read them: those that may quote a file which is not shown to it say no more."""
    shown = {*sight.paths, ask.place.path if ask.place else ""}
    return tuple(
        problem if problem.path in shown or _may_be_shown(problem.path, sight.snapshot, services) else _silent(problem)
        for problem in problems
    )


def _may_be_shown(path: str, snapshot: Snapshot, services: Services) -> bool:
    """Whether a model may be shown a file: it is not kept back, not ignored, and no link to somewhere else."""
    if not snapshot.exists(path):
        return True
    return services.may_leave(path) and not services.index.filter.ignores(path)


def _silent(problem: Problem) -> Problem:
    return Problem(problem.code, f"{problem.path} {NOT_SHOWN}", problem.path, problem.block)


def _before_asking(model: CodeModel, attempt: int, standing: Reviewed) -> str:
    if attempt == 0:
        return f"Asking {model.name} at {model.host}"
    return f"{'Tools found something new' if standing.stands else 'The reply did not fit'}: asking once more"


def _better(first: Reviewed, second: Reviewed) -> Reviewed:
    """Of two changes that stand the one with fewer findings, the later of equal ones."""
    return first if first.stands and len(first.problems) < len(second.problems) else second


async def _reviewed(reply: Reply, ask: Ask, sight: Sight, services: Services, kept: Kept | None) -> Reviewed:
    """What becomes of a reply, together with the blocks that were kept of the one before it."""
    snapshot, onto = sight.snapshot, sight.onto
    if onto is not None:
        reply = replace(reply, text=onto.mended(reply.text))
    if reply.stopped in CUT:
        problem = Problem("TRUNCATED", CUT[reply.stopped])
        if reply.stopped != "length" or kept is not None or reply.recipes:
            return Reviewed(None, None, (problem,))
        default_path = ask.place.path if ask.place else None
        begun = await services.index.run(read_cut_reply, reply.text, snapshot, default_path, sight.paths)
        return Reviewed(None, None, begun.problems if begun else (problem,), begun)
    read_change = await _read_change(reply, ask, sight, services, kept)
    if isinstance(read_change, Reviewed):
        return read_change
    change, sites = read_change
    if onto is not None:
        change = await services.index.run(onto.settle, change)
        if isinstance(change, Refused):
            return Reviewed(None, None, change.problems)
    if sight.proof is not None and (problems := await services.index.run(sight.proof, change)):
        return Reviewed(None, None, problems)
    beyond = unnamed(change, ask)
    real = onto.snapshot if onto else snapshot
    seen = await asyncio.to_thread(onto.compared, change) if onto and onto.compared else None
    verdict = await judged_and_checked(change, real, services, beyond, ask=ask.id, seen=seen)
    if verdict.level != "deny":
        # A reach beyond the ask is told like a tool's finding: mended, or a person's to decide.
        told = tuple(Problem("CHECK", each.message, each.path) for each in beyond if each.level == "approve")
        return Reviewed(change, verdict, (*told, *unwelcome(verdict)), sites=sites)
    problems = refusals(verdict)
    # Where the syntax is broken, the model is told that alone: it is what it can mend.
    broken = tuple(problem for problem in problems if problem.code == "SYNTAX_WORSE")
    return Reviewed(None, verdict, broken or problems)


async def _read_change(
    reply: Reply, ask: Ask, sight: Sight, services: Services, kept: Kept | None
) -> tuple[ChangeSet, tuple[Site, ...]] | Reviewed:
    """The change of a reply's edits and calls of recipes, and what those leave to a person; or what is wrong."""
    carried = await carry_out_calls(reply.recipes, ask, sight.snapshot, services) if reply.recipes else None
    if isinstance(carried, Refused):
        return Reviewed(None, None, carried.problems)
    if carried is not None and not reply.text.strip() and kept is None:
        return carried.change, carried.sites
    default_path = ask.place.path if ask.place else None
    reading = await services.index.run(read_reply, reply.text, sight.snapshot, default_path, kept, sight.paths)
    if carried is None:
        if isinstance(reading.change, Refused):
            return Reviewed(None, None, reading.change.problems, reading.kept)
        return reading.change, ()
    whole = reading.change
    if not isinstance(whole, Refused):
        whole = await with_edits(carried, whole, sight.snapshot, services)
    if isinstance(whole, Refused):
        return Reviewed(None, None, (*whole.problems, CALLS_AGAIN))
    return whole, carried.sites


def _mendable(problems: tuple[Problem, ...]) -> bool:
    """A reply that breaks the syntax may be mended; one that reaches for a denied path is not asked again."""
    return any(problem.code == "SYNTAX_WORSE" for problem in problems)
