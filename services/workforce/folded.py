"""Rows that tell one count each, put together to the records that they are of: reasons of a year, answers of a survey.

A row that can't be is rejected alone, and so is one that tells a count otherwise than an earlier row; the others of
its record are taken.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.errors import Fault
from domain.workforce import counted
from services.workforce.imports import PushedRow

Place = tuple[str, ...]


@dataclass
class _Gathered:
    """The rows of one record: the number of the first, how many there are, each count by its place in it."""

    first: int
    rows: int = 0
    counts: dict[Place, tuple[int, Any]] = field(default_factory=dict)


def reasons_by_year(rows: Iterable[PushedRow]) -> list[PushedRow]:
    """Rows of `academic_year`, `reason` and `count` as years of reasons."""

    def made(year: str, gathered: _Gathered) -> dict[str, Any]:
        reasons = {place[0]: count for place, (_, count) in gathered.counts.items()}
        return {"academic_year": year, "reasons": reasons}

    def faults(values: Mapping[str, Any]) -> list[Fault]:
        found = counted.faults_of_reasons({values["reason"]: values["count"]}, "")
        return [replace(fault, pointer="/reason") for fault in found]

    return _folded(rows, "academic_year", ("reason",), faults, made)


def answers_by_survey(rows: Iterable[PushedRow]) -> list[PushedRow]:
    """Rows of `date`, `question`, `answer` and `count` as surveys."""

    def made(day: str, gathered: _Gathered) -> dict[str, Any]:
        questions: dict[str, dict[str, Any]] = {}
        for (question, answer), (_, count) in gathered.counts.items():
            questions.setdefault(question, {})[answer] = count
        listed = [{"code": code, "answers": answers} for code, answers in questions.items()]
        return {"date": day, "questions": listed}

    def faults(values: Mapping[str, Any]) -> list[Fault]:
        question = {"code": values["question"], "answers": {values["answer"]: values["count"]}}
        return [
            replace(fault, pointer="/count") for fault in counted.faults_of_survey({"questions": [question]})
        ]

    return _folded(rows, "date", ("question", "answer"), faults, made)


def _folded(
    rows: Iterable[PushedRow],
    keyed_by: str,
    placed_by: Place,
    faults_of: Callable[[Mapping[str, Any]], list[Fault]],
    made: Callable[[str, _Gathered], dict[str, Any]],
) -> list[PushedRow]:
    found: dict[str, _Gathered] = {}
    rejected: list[PushedRow] = []
    for row in rows:
        if row.values is None or row.faults:
            rejected.append(row)
            continue
        faults = faults_of(row.values)
        gathered = found.setdefault(row.values[keyed_by], _Gathered(row.number)) if not faults else None
        if gathered is not None:
            place = tuple(row.values[name] for name in placed_by)
            number, count = gathered.counts.setdefault(place, (row.number, row.values["count"]))
            if count == row.values["count"]:
                gathered.rows += 1
                continue
            faults = [
                Fault(
                    f"count is {row.values['count']}; row {number} says {count} of the same.",
                    pointer="/count",
                )
            ]
        rejected.append(PushedRow(row.number, None, faults))
    whole = [
        PushedRow(gathered.first, made(key, gathered), stands_for=gathered.rows)
        for key, gathered in found.items()
    ]
    return rejected + whole
