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


OF_SURVEY = ("title", "invited", "responded")
"""What the rows of a survey say of the whole of it, once or again and again."""


@dataclass
class _Gathered:
    """The rows of one record: the number of the first, how many there are, each count by its place in it.

    `beside` is what rows say of more than their own count, with the number of the row that said it first.
    """

    first: int
    rows: int = 0
    counts: dict[Place, tuple[int, Any]] = field(default_factory=dict)
    beside: dict[Place, tuple[int, Any]] = field(default_factory=dict)

    def said(self, place: Place) -> dict[str, Any]:
        """What is said at a place, by its name; nothing where nothing is."""
        return {place[-1]: self.beside[place][1]} if place in self.beside else {}

    def against(self, placed: Mapping[Place, Any]) -> Fault | None:
        """The fault of a row that says otherwise of one thing than an earlier row."""
        for place, value in placed.items():
            number, said = self.beside.get(place, (0, value))
            if said != value:
                name = place[-1]
                return Fault(f"{name} is {value}; row {number} says {said}.", pointer=f"/{name}")
        return None


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
    """Rows of `date`, `question`, `answer` and `count` as surveys, with what any of them says of the whole."""

    def made(day: str, gathered: _Gathered) -> dict[str, Any]:
        questions: dict[str, dict[str, Any]] = {}
        for (question, answer), (_, count) in gathered.counts.items():
            text = gathered.said((question, "text"))
            asked = questions.setdefault(question, {"code": question} | text | {"answers": {}})
            asked["answers"][answer] = count
        whole = {name: value for part in OF_SURVEY for name, value in gathered.said(("", part)).items()}
        return {"date": day} | whole | {"questions": list(questions.values())}

    def faults(values: Mapping[str, Any]) -> list[Fault]:
        question = {"code": values["question"], "answers": {values["answer"]: values["count"]}}
        whole = {name: values[name] for name in OF_SURVEY if name in values}
        found = counted.faults_of_survey(whole | {"questions": [question]})
        return [
            replace(fault, pointer="/count") if "/answers" in (fault.pointer or "") else fault
            for fault in found
        ]

    def beside(values: Mapping[str, Any]) -> dict[Place, Any]:
        whole: dict[Place, Any] = {("", name): values.get(name) for name in OF_SURVEY}
        whole |= {(values["question"], "text"): values.get("text")}
        return {place: value for place, value in whole.items() if value is not None}

    return _folded(rows, "date", ("question", "answer"), faults, made, beside)


def _folded(
    rows: Iterable[PushedRow],
    keyed_by: str,
    placed_by: Place,
    faults_of: Callable[[Mapping[str, Any]], list[Fault]],
    made: Callable[[str, _Gathered], dict[str, Any]],
    beside: Callable[[Mapping[str, Any]], dict[Place, Any]] = lambda values: {},
) -> list[PushedRow]:
    found: dict[str, _Gathered] = {}
    rejected: list[PushedRow] = []
    for row in rows:
        if row.values is None or row.faults:
            rejected.append(row)
            continue
        faults = faults_of(row.values)
        if not faults:
            gathered = found.setdefault(row.values[keyed_by], _Gathered(row.number))
            place = tuple(row.values[name] for name in placed_by)
            fault = _taken(gathered, row.number, place, row.values["count"], beside(row.values))
            faults = [] if fault is None else [fault]
        if faults:
            rejected.append(PushedRow(row.number, None, faults))
    whole = [
        PushedRow(gathered.first, made(key, gathered), stands_for=gathered.rows)
        for key, gathered in found.items()
        if gathered.rows
    ]
    return rejected + whole


def _taken(
    gathered: _Gathered, number: int, place: Place, count: Any, placed: Mapping[Place, Any]
) -> Fault | None:
    """Take a row's count and what it says beside it; the fault where an earlier row says otherwise."""
    earlier, said = gathered.counts.get(place, (number, count))
    if said != count:
        return Fault(f"count is {count}; row {earlier} says {said} of the same.", pointer="/count")
    against = gathered.against(placed)
    if against is not None:
        return against
    gathered.rows += 1
    gathered.counts.setdefault(place, (number, count))
    for each, value in placed.items():
        gathered.beside.setdefault(each, (number, value))
    return None
