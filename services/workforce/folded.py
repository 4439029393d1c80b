"""Rows that tell a part each, put together to the records that they are of: reasons of a year, answers of a survey,
adverts of a vacancy.

A row that can't be is rejected alone, and so is one that tells a count otherwise than an earlier row; the others of
its record are taken.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from domain.errors import Fault
from domain.workforce import counted
from services.workforce.imports import PushedRow
from services.workforce.kinds import SHORT_ADVERT

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


def adverts_by_vacancy(rows: Iterable[PushedRow]) -> list[PushedRow]:
    """Rows with one reference that differ in their advert alone, as one vacancy that was advertised so often.

    What differs otherwise, or tells one day's advert in two ways, is left as it came: two rows that disagree.
    """
    found: dict[str, list[PushedRow]] = {}
    kept: list[PushedRow] = []
    for row in rows:
        reference = None if row.values is None or row.faults else row.values.get("reference")
        if reference is None or row.values is None or row.values.get("advertised_on") is None:
            kept.append(row)
            continue
        group = found.setdefault(reference, [row])
        first = group[0].values or {}
        if group[0] is not row:
            if _but_for_adverts(first) == _but_for_adverts(row.values) and _one_advert_a_day([*group, row]):
                group.append(row)
            else:
                kept.append(row)
    return sorted([*kept, *map(_readvertised, found.values())], key=lambda row: row.number)


def _but_for_adverts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in SHORT_ADVERT}


def _one_advert_a_day(rows: Iterable[PushedRow]) -> bool:
    adverts = [_advert(row) for row in rows]
    return all(one == other or one["on"] != other["on"] for one, other in combinations(adverts, 2))


def _advert(row: PushedRow) -> dict[str, Any]:
    values = row.values or {}
    return {name: values[field] for field, name in SHORT_ADVERT.items() if values.get(field) is not None}


def _readvertised(rows: list[PushedRow]) -> PushedRow:
    if len(rows) == 1:
        return rows[0]
    adverts = {advert["on"]: advert for advert in map(_advert, rows)}
    values = _but_for_adverts(rows[0].values or {}) | {"adverts": list(adverts.values())}
    return PushedRow(rows[0].number, values, stands_for=len(rows))


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
