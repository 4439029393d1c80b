"""Answers of staff as counts: why they left, why they stay, what they said in a survey. Nobody's answer is kept."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from typing import Any

from domain.errors import Fault
from domain.privacy import NEVER_KEPT, tells_of_health, what_of_a_person
from domain.workforce.records import Count
from domain.workforce.suppression import LEAST, tells

MOST = 100_000

Counts = Mapping[str, Count]

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")

SUGGESTED_REASONS = (
    "workload", "pay", "leadership", "behaviour", "flexible_working", "career_progression", "commute", "relocation",
    "colleagues", "pupils", "retirement", "redundancy", "end_of_contract", "other", "not_said",
)  # fmt: skip
"""Codes that schools can share; any other word in small letters is taken too."""


def faults_of_reasons(reasons: Counts, at: str = "/reasons") -> list[Fault]:
    """Every fault of counts by coded reason: a code of health or of a person is refused by its name."""
    if not reasons:
        return [Fault("Name at least one reason with its count.", pointer=at)]
    return [fault for code, count in reasons.items() for fault in _of_reason(code, count, f"{at}/{code}")]


def faults_of_survey(survey: Mapping[str, Any]) -> list[Fault]:
    """Every fault of a survey: each of its `questions` is `{"code", "text", "answers": {answer: count}}`."""
    faults = [
        fault
        for name in ("invited", "responded")
        if survey.get(name) is not None
        for fault in _of_count(survey[name], f"/{name}")
    ]
    if not faults:
        faults += _of_response(survey)
    return faults + list(_of_questions(survey))


def withheld_counts(counts: Counts, least: int = LEAST) -> Mapping[str, Count | None]:
    """The counts, all without their figures where one is few or all but one are: they add up to the whole."""
    whole = sum(counts.values())
    if any(tells(count, whole, least) for count in counts.values()) or 0 < whole < least:
        return dict.fromkeys(counts)
    return counts


def few_are_missing(counts: Iterable[Count | None], least: int = LEAST) -> bool:
    """Whether few are counted, or few are lost from one known count to another, such as from asked to answered."""
    known = [int(count) for count in counts if count is not None]
    return any(0 < count < least for count in known) or any(
        0 < abs(one - other) < least for one, other in combinations(known, 2)
    )


def _of_reason(code: str, count: Count, at: str) -> Iterator[Fault]:
    if not _CODE.fullmatch(code):
        yield Fault(f"“{code[:64]}” is no code: small letters, figures and _, such as workload.", pointer=at)
    elif NEVER_KEPT.match(code) or tells_of_health(code.replace("_", " ")):
        yield Fault(
            f"{code} is never kept here: it would tell of somebody's health or who it was.", pointer=at
        )
    yield from _of_count(count, at)


def _of_response(survey: Mapping[str, Any]) -> Iterator[Fault]:
    invited, responded = survey.get("invited"), survey.get("responded")
    if invited is not None and responded is not None and responded > invited:
        yield Fault(
            f"responded is {responded}; it can't be more than invited ({invited}).", pointer="/responded"
        )


def _of_questions(survey: Mapping[str, Any]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, question in enumerate(survey["questions"]):
        at = f"/questions/{place}"
        if question["code"] in seen:
            yield Fault(f"{question['code']} is asked twice; a question has one row.", pointer=f"{at}/code")
        seen.add(question["code"])
        for answer, count in question["answers"].items():
            what = what_of_a_person(answer)
            if what is not None:
                yield Fault(
                    f"This seems to hold {what}; only answers to choose from are kept.",
                    pointer=f"{at}/answers",
                )
            yield from _of_count(count, f"{at}/answers/{answer.replace('~', '~0').replace('/', '~1')}")
        yield from _too_many(question["answers"], survey.get("responded"), f"{at}/answers")


def _too_many(answers: Counts, responded: Count | None, at: str) -> Iterator[Fault]:
    counts = list(answers.values())
    if responded is None or any(list(_of_count(count, at)) for count in counts):
        return
    if sum(counts) > responded:
        yield Fault(f"The answers come to {sum(counts)}; {responded} responded.", pointer=at)


def _of_count(count: Count, at: str) -> Iterator[Fault]:
    told = f"{at.rpartition('/')[2]} is {count}"
    if isinstance(count, Decimal):
        yield Fault(
            f"{told}; it must be a whole number, a count and not a percentage or a share.", pointer=at
        )
    elif count < 0:
        yield Fault(f"{told}; it can't be negative.", pointer=at)
    elif count > MOST:
        yield Fault(f"{told}; it can't be over {MOST:,}.", pointer=at)
