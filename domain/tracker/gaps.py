"""What someone who asks "how are you addressing this?" would find missing, and the call that fills it.

`QUESTIONS` is the one table of what they would ask. Every challenge is asked all of them. A question
without a gap has an answer; a question may have several gaps, one for each action, indicator or cohort
that lacks something. A closed challenge is asked as on the day it was closed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.cohorts import label_of_filter, parse_cohort_filter
from domain.errors import Invalid
from domain.tracker.health import is_overdue
from domain.tracker.phrases import spoken_age, spoken_day
from domain.tracker.records import ActionRecord, ChallengeRecord, EvidenceRecord, IndicatorRecord
from domain.tracker.status import ENDED
from domain.workforce.catalogue import DEFINITIONS
from domain.workforce.measures import BY_POST as OF_VACANCIES
from domain.workforce.own_measures import PREFIX
from domain.workforce.suppression import EARLY as OF_LEAVERS
from domain.workforce.suppression import SICKNESS as OF_SICKNESS

EVIDENCE_FRESH_FOR_DAYS = 42
"""Six weeks: half a term."""


@dataclass(frozen=True)
class Gap:
    """Something missing: the question it leaves open, what is missing in a sentence, and the call that
    fills it.

    `fill` is {"method", "path", "body"}; a null in the body is for the caller to fill in.
    """

    question: str
    id: str
    sentence: str
    fill: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The gap as a report shows it."""
        return {"question": self.question, "id": self.id, "sentence": self.sentence, "fill": self.fill}


OF_STAFF = {"recruitment": "vacancy_rate", "retention": "retention_rate"}
"""The kinds of challenge that are about staff, each with the measure that speaks for it first."""

Missing = tuple[str, dict[str, Any]]
"""A sentence, and the call that fills what it says."""


@dataclass(frozen=True)
class Question:
    """What would be asked; `gap` is the id of what is missing where `find` finds something."""

    text: str
    gap: str
    find: Callable[[ChallengeRecord, date], Iterator[Missing]]


def gaps_of(challenge: ChallengeRecord, today: date) -> list[Gap]:
    """All that is missing in a challenge on `today`, in the order of the questions."""
    day = today if challenge.closed_on is None else min(today, challenge.closed_on)
    return [
        Gap(question.text, question.gap, sentence, fill)
        for question in QUESTIONS
        for sentence, fill in question.find(challenge, day)
    ]


def clarity_of(gaps: Iterable[Gap]) -> dict[str, int]:
    """{"answered", "of"}: how many of the questions have an answer in the one challenge that has these
    gaps."""
    unanswered = {gap.id for gap in gaps}
    return {"answered": len(QUESTIONS) - len(unanswered), "of": len(QUESTIONS)}


def sum_of_clarity(clarities: Iterable[dict[str, int]]) -> dict[str, int]:
    """{"answered", "of"} of several challenges together; none at all have 0 of 0."""
    known = list(clarities)
    return {key: sum(clarity[key] for clarity in known) for key in ("answered", "of")}


def _context(challenge: ChallengeRecord, day: date) -> Iterator[Missing]:
    if not (challenge.context or "").strip():
        yield "Nothing says why this matters in this school", _change(challenge, {"context": None})


def _lead(challenge: ChallengeRecord, day: date) -> Iterator[Missing]:
    if challenge.lead is None:
        yield "Nobody leads on this", _change(challenge, {"lead": None})
    elif not challenge.lead.active:
        yield (
            f"{challenge.lead.name}, who leads on this, is no longer here",
            _change(challenge, {"lead": None}),
        )


def _action(challenge: ChallengeRecord, day: date) -> Iterator[Missing]:
    if not challenge.actions:
        yield "No action has been recorded", _new_action(challenge)
    elif not _carried_on(challenge):
        yield "Every action was stopped, so nothing is being done", _new_action(challenge)


def _owner(challenge: ChallengeRecord, day: date) -> Iterator[Missing]:
    if not _carried_on(challenge):
        yield "Nobody owns an action, as there is none", _new_action(challenge)
    for action in challenge.actions:
        if action.status in ENDED:
            continue
        if action.owner is None:
            yield f"“{action.title}” has no owner", _change_action(action, {"owner": None})
        elif not action.owner.active:
            sentence = f"{action.owner.name}, who owns “{action.title}”, is no longer here"
            yield sentence, _change_action(action, {"owner": None})


def _overdue(challenge: ChallengeRecord, day: date) -> Iterator[Missing]:
    for action in challenge.actions:
        if is_overdue(action, day) and action.due_on is not None:
            sentence = (
                f"“{action.title}” was due on {spoken_day(action.due_on)} and is not finished: "
                "say that it is done, or agree a new date"
            )
            yield sentence, _change_action(action, {"due_on": None})


def _measure(challenge: ChallengeRecord, day: date) -> Iterator[Missing]:
    if not challenge.indicators:
        yield "No figure shows whether it is working", _new_indicator(challenge)
    elif challenge.kind in OF_STAFF and not any(_tells_of_staff(each) for each in challenge.indicators):
        sentence = (
            f"No figure of the workforce shows whether it is working, such as the {OF_STAFF[challenge.kind]}"
        )
        yield sentence, _new_indicator(challenge)
    for indicator in challenge.indicators:
        if indicator.latest is None and not (indicator.null_because or "").startswith("withheld"):
            yield from _without_figure(challenge, indicator)


def _baseline(challenge: ChallengeRecord, day: date) -> Iterator[Missing]:
    if not challenge.indicators:
        yield "There is no starting point to compare with, as nothing is measured", _new_indicator(challenge)
    for indicator in challenge.indicators:
        if indicator.baseline is None or indicator.baseline_on is None:
            sentence = f"“{indicator.title}” has no starting point to compare with"
            yield sentence, _change_indicator(indicator, {"baseline_on": None})


def _target(challenge: ChallengeRecord, day: date) -> Iterator[Missing]:
    if not challenge.indicators:
        yield "There is no target to reach, as nothing is measured", _new_indicator(challenge)
    for indicator in challenge.indicators:
        if indicator.target is None:
            sentence = f"“{indicator.title}” has no target"
            yield sentence, _change_indicator(indicator, {"target": None, "target_on": None})
        elif indicator.target_on is None:
            sentence = f"“{indicator.title}” has a target and no day by which to reach it"
            yield sentence, _change_indicator(indicator, {"target_on": None})


def _evidence(challenge: ChallengeRecord, day: date) -> Iterator[Missing]:
    if not challenge.evidence:
        yield "No evidence has been added", _new_evidence(challenge)
        return
    latest = max(_captured_on(evidence) for evidence in challenge.evidence)
    age = (day - latest).days
    if age >= EVIDENCE_FRESH_FOR_DAYS:
        sentence = f"The latest evidence is from {spoken_day(latest)}, {spoken_age(age)} ago"
        yield sentence, _new_evidence(challenge)


def _review(challenge: ChallengeRecord, day: date) -> Iterator[Missing]:
    held = [review for review in challenge.reviews if review.held_on <= day]
    if not held:
        yield "It has not been reviewed yet", _new_review(challenge)
        return
    planned = max(held, key=lambda review: review.held_on).next_review_on
    if planned is not None and planned < day:
        yield f"The review planned for {spoken_day(planned)} has not been recorded", _new_review(challenge)


def _cohorts(challenge: ChallengeRecord, day: date) -> Iterator[Missing]:
    spoken_of = _cohorts_spoken_of(challenge)
    for cohort in challenge.cohorts:
        if not _groups_in(cohort) <= spoken_of:
            group = _cohort_in_words(cohort)
            sentence = f"No action, figure or evidence speaks of “{group}”, which this challenge names"
            yield sentence, _new_action(challenge, cohorts=[cohort])


QUESTIONS: tuple[Question, ...] = (
    Question("Why does this matter here?", "no_context", _context),
    Question("Who leads on it?", "no_lead", _lead),
    Question("What is being done?", "no_action", _action),
    Question("Who does it?", "no_owner", _owner),
    Question("Is anything late?", "overdue", _overdue),
    Question("How will you know that it works?", "no_measure", _measure),
    Question("Where did you start from?", "no_baseline", _baseline),
    Question("What do you want to reach, and by when?", "no_target", _target),
    Question("What shows it?", "no_evidence", _evidence),
    Question("When did you last look at it together?", "no_review", _review),
    Question("Is any group that it names left out?", "cohort_left_out", _cohorts),
)


def _carried_on(challenge: ChallengeRecord) -> list[ActionRecord]:
    return [action for action in challenge.actions if action.status != "stopped"]


def _captured_on(evidence: EvidenceRecord) -> date:
    return evidence.captured_on or evidence.created_at.date()


def _cohorts_spoken_of(challenge: ChallengeRecord) -> frozenset[tuple[str, str]]:
    said = [cohort for action in _carried_on(challenge) for cohort in action.cohorts]
    said += [cohort for evidence in challenge.evidence for cohort in evidence.cohorts]
    said += [indicator.filter for indicator in challenge.indicators if indicator.filter]
    return frozenset().union(*(_groups_in(cohort) for cohort in said))


def _groups_in(cohort: str) -> frozenset[tuple[str, str]]:
    """Characteristics with their values; a cohort in a school's own words is a group by those words."""
    try:
        parsed = parse_cohort_filter(cohort)
    except Invalid:
        return frozenset({("", " ".join(cohort.casefold().split()))})
    return frozenset((name, value) for name, values in parsed for value in values)


def _cohort_in_words(cohort: str) -> str:
    try:
        return label_of_filter(parse_cohort_filter(cohort))
    except Invalid:
        return cohort


def _change(challenge: ChallengeRecord, body: dict[str, Any]) -> dict[str, Any]:
    return _call("PATCH", f"/v1/challenges/{challenge.id}", body)


def _change_action(action: ActionRecord, body: dict[str, Any]) -> dict[str, Any]:
    return _call("PATCH", f"/v1/actions/{action.id}", body)


def _change_indicator(indicator: IndicatorRecord, body: dict[str, Any]) -> dict[str, Any]:
    return _call("PATCH", f"/v1/indicators/{indicator.id}", body)


def _new_action(challenge: ChallengeRecord, **known: Any) -> dict[str, Any]:
    body = {"title": None, "owner": None, "start_on": None, "due_on": None}
    return _call("POST", f"/v1/challenges/{challenge.id}/actions", body | known)


def _new_indicator(challenge: ChallengeRecord) -> dict[str, Any]:
    measure = OF_STAFF.get(challenge.kind)
    direction = None if measure is None else DEFINITIONS[measure].better
    body = {
        "measure": measure,
        "direction": direction,
        "baseline_on": None,
        "target": None,
        "target_on": None,
    }
    return _call("POST", f"/v1/challenges/{challenge.id}/indicators", body)


def _without_figure(challenge: ChallengeRecord, indicator: IndicatorRecord) -> Iterator[Missing]:
    """What an indicator without a figure lacks: records of the workforce, or points of the school's own measure."""
    at = f"/v1/schools/{challenge.school}"
    if indicator.measure in DEFINITIONS:
        because = f": {indicator.null_because}" if indicator.null_because else ""
        sentence = f"“{indicator.title}” has no figure, as what it is worked out from isn't recorded{because}"
        yield sentence, _record(at, indicator.measure)
    elif indicator.measure.startswith(PREFIX):
        path = f"{at}/own-measures/{indicator.measure.removeprefix(PREFIX)}/points"
        sentence = f"“{indicator.title}” has no figure, as no point of it was pushed"
        yield sentence, _call("POST", path, {"data": [{"on": None, "value": None}]})


def _record(at: str, measure: str) -> dict[str, Any]:
    """The call that records what a workforce measure is worked out from first of all."""
    if measure in OF_SICKNESS:
        body = dict.fromkeys(("teachers_with_absence", "days_lost", "teachers"))
        return _call("PUT", f"{at}/staff-absence/{{academic_year}}", body)
    if measure in OF_VACANCIES:
        body = dict.fromkeys(("role", "subject", "fte", "opened_on", "adverts", "outcome"))
        return _call("POST", f"{at}/vacancies", body)
    if measure in OF_LEAVERS:
        body = dict.fromkeys(("role", "fte", "left_on", "destination", "years_in_post"))
        return _call("POST", f"{at}/leavers", body)
    body = dict.fromkeys(("teachers_fte", "qualified_teachers_fte", "pupils_fte"))
    body |= dict.fromkeys(("vacancies", "temporarily_filled"))
    return _call("PUT", f"{at}/workforce/{{date}}", body)


def _tells_of_staff(indicator: IndicatorRecord) -> bool:
    """Whether a figure is of the workforce, or one that the school counts in its own way."""
    return indicator.measure in DEFINITIONS or indicator.measure.startswith(("custom", PREFIX))


def _new_evidence(challenge: ChallengeRecord) -> dict[str, Any]:
    about = [{"type": "challenge", "id": challenge.id}]
    return _call("POST", "/v1/evidence", {"title": None, "kind": None, "captured_on": None, "about": about})


def _new_review(challenge: ChallengeRecord) -> dict[str, Any]:
    return _call("POST", f"/v1/challenges/{challenge.id}/reviews", {"held_on": None, "what_we_saw": None})


def _call(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"method": method, "path": path, "body": body}
