"""The same answer the slow way: one mark after another, dictionaries and sets, no numpy and no table of the product.

Codes, dates and the order of keys are written out here a second time on purpose: two ways, one answer.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

ATTENDING = {"/", "\\", "L"}
ACTIVITY = {"B", "K", "P", "V", "W", "J"}
AUTHORISED = {"C", "C1", "C2", "E", "F", "H", "I", "I01", "I02", "J1", "M", "R", "S", "T"}
UNAUTHORISED = {"G", "N", "O", "U"}
POSSIBLE = ATTENDING | ACTIVITY | AUTHORISED | UNAUTHORISED

SINCE_2024 = {"K", "C1", "J1", "C2", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7"}
UNTIL_2024 = {"H", "J", "Y"}
CORONAVIRUS = {"I01", "I02", "X01"}

ORDER = [*"/\\LKVPWBD", "C1", "M", "J1", "S", "X", "C2", *"CTRIEQ", *(f"Y{number}" for number in range(1, 8))]
ORDER += [*"GNOUZ#HJYF", "I01", "I02", "X01"]
YEAR_GROUPS = ["E1", "E2", "N1", "N2", "R", *(str(year) for year in range(1, 15)), "X"]
VALUES = {"year_group": YEAR_GROUPS, "sen_provision": ["N", "K", "E"], "sex": ["F", "M", "Unknown"]}
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@dataclass
class Pupil:
    """`spells` are (first, last or None); `history` is, by characteristic, (since or None, value) in order."""

    spells: list[tuple[date, date | None]]
    history: dict[str, list[tuple[date | None, str | None]]] = field(default_factory=dict)


@dataclass
class PlainSchool:
    """A school as plain values. `registers` says which sessions were registered; `marks` what stands in them."""

    urn: str
    pupils: dict[str, Pupil]
    registers: set[tuple[date, str]]
    marks: dict[tuple[str, date, str], str]
    counts: dict[tuple[date, str, str | None], dict[str, int]] = field(default_factory=dict)
    half_terms: list[tuple[str, int, date, date]] = field(default_factory=list)


def valid(code: str, day: date) -> bool:
    if code in SINCE_2024:
        return day >= date(2024, 8, 19)
    if code in UNTIL_2024:
        return day <= date(2024, 8, 18)
    if code == "F":
        return day <= date(2013, 8, 31)
    if code in CORONAVIRUS:
        return date(2020, 9, 1) <= day <= date(2022, 3, 31)
    return True


def on_roll(pupil: Pupil, day: date) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last in pupil.spells)


def says(pupil: Pupil, name: str, day: date) -> str | None:
    said = None
    for since, value in pupil.history.get(name, []):
        if since is None or since <= day:
            said = value
    return said


def deciding_day(pupil: Pupil, question: Any, day: date) -> date:
    if question.membership == "session":
        return day
    last = question.last
    while not on_roll(pupil, last):
        last -= timedelta(days=1)
    return last


def half_term(school: PlainSchool, day: date) -> tuple[str, int] | None:
    for year, number, first, last in school.half_terms:
        if first <= day <= last:
            return year, number
    return None


def in_dfe_scope(school: PlainSchool, year_group: str | None, day: date) -> bool:
    if year_group not in [str(year) for year in range(1, 12)]:
        return False
    found = half_term(school, day)
    return not (year_group == "11" and found and found[1] == 6)


def key_of(
    school: PlainSchool, question: Any, day: date, session: str, code: str, says_of: Any
) -> tuple[Any, ...]:
    """(where it sorts, what it is called) for each name in `by`."""
    found = half_term(school, day)
    iso = day.isocalendar()
    parts: list[Any] = []
    for name in question.by:
        if name == "day":
            parts.append((day, str(day)))
        elif name == "week":
            parts.append(((iso[0], iso[1]), f"{iso[0]}-W{iso[1]:02}"))
        elif name == "month":
            parts.append(((day.year, day.month), f"{day:%Y-%m}"))
        elif name == "half_term":
            parts.append((found, f"{found[0]}-{found[1]}") if found else (("9999", 9), None))
        elif name == "term":
            term = found and (found[0], (found[1] + 1) // 2)
            label = term and f"{term[0]}-{('autumn', 'spring', 'summer')[term[1] - 1]}"
            parts.append((term or ("9999", 9), label))
        elif name == "weekday":
            parts.append((day.weekday(), WEEKDAYS[day.weekday()]))
        elif name == "session":
            parts.append((session, session))
        elif name == "code":
            parts.append((ORDER.index(code), code))
        elif name == "school":
            parts.append((school.urn, school.urn))
        else:
            value = says_of(name)
            parts.append((99 if value is None else VALUES[name].index(value), value))
    return tuple(parts)


def counted_marks(school: PlainSchool, question: Any) -> Any:
    """(pupil or None, day, session, code, how often, what the roll says by name) for all that counts."""
    for (reference, day, session), code in school.marks.items():
        pupil = school.pupils[reference]
        if not question.first <= day <= question.last or not on_roll(pupil, day) or not valid(code, day):
            continue
        decides = deciding_day(pupil, question, day)
        if any(says(pupil, name, decides) not in allowed for name, allowed in question.cohort):
            continue
        if question.scope == "dfe" and not in_dfe_scope(school, says(pupil, "year_group", decides), day):
            continue
        yield reference, day, session, code, 1, lambda name, p=pupil, d=decides: says(p, name, d)
    for (day, session, year_group), codes in school.counts.items():
        finer = any((d, s) == (day, session) and y is not None for d, s, y in school.counts)
        if not question.first <= day <= question.last or (day, session) in school.registers:
            continue
        if year_group is None and finer:
            continue
        said = {"year_group": year_group}
        if any(said.get(name) not in allowed for name, allowed in question.cohort):
            continue
        if question.scope == "dfe" and not in_dfe_scope(school, year_group, day):
            continue
        for code, often in codes.items():
            if often and valid(code, day):
                yield None, day, session, code, often, said.get


def answer(schools: list[PlainSchool], question: Any) -> tuple[date | None, list[dict[str, Any]]]:
    """Data through, and each group as a dictionary of what `Group` holds."""
    through: date | None = None
    cells: dict[Any, dict[tuple[str, str | None], Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    by_code = "code" in question.by
    code_place = question.by.index("code") if by_code else None
    for school in schools:
        for pupil, day, session, code, often, says_of in counted_marks(school, question):
            key = key_of(school, question, day, session, code, says_of)
            cell = tuple(part for place, part in enumerate(key) if place != code_place)
            cells[cell][school.urn, pupil][code] += often
            through = max(through or day, day)
    groups: list[tuple[Any, dict[str, Any]]] = []
    for cell, by_pupil in cells.items():
        whole = group_of(by_pupil)
        if not by_code:
            groups.append((cell, {"key": labels(question.by, cell), **whole}))
            continue
        for code, sessions in whole["codes"].items():
            place = question.by.index("code")
            key = (*cell[:place], (ORDER.index(code), code), *cell[place:])
            having = sum(code in codes for codes in by_pupil.values())
            groups.append(
                (
                    key,
                    {
                        **whole,
                        "key": labels(question.by, key),
                        "codes": {code: sessions},
                        "sessions": sessions,
                        "pupils": None if whole["pupils"] is None else having,
                        "persistent": None,
                        "severe": None,
                        "pupils_of_all_codes": whole["pupils"],
                    },
                )
            )
    if not question.by and not groups:
        groups.append(((), {"key": {}, **group_of({})}))
    groups.sort(key=lambda entry: [part[0] for part in entry[0]])
    return through, [group for _, group in groups]


def labels(by: tuple[str, ...], key: tuple[Any, ...]) -> dict[str, Any]:
    return {name: part[1] for name, part in zip(by, key, strict=True)}


def group_of(by_pupil: dict[tuple[str, str | None], Counter[str]]) -> dict[str, Any]:
    codes: Counter[str] = Counter()
    pupils = persistent = severe = 0
    for marks in by_pupil.values():
        codes += marks
        possible, missed = total(marks, POSSIBLE), total(marks, AUTHORISED | UNAUTHORISED)
        pupils += possible > 0
        persistent += possible > 0 and 10 * missed >= possible
        severe += possible > 0 and 2 * missed >= possible
    known = all(pupil is not None for _, pupil in by_pupil)
    return {
        "possible": total(codes, POSSIBLE),
        "attendance": total(codes, ATTENDING | ACTIVITY),
        "present": total(codes, ATTENDING),
        "approved_educational_activity": total(codes, ACTIVITY),
        "authorised_absence": total(codes, AUTHORISED),
        "unauthorised_absence": total(codes, UNAUTHORISED),
        "late_before_close": codes["L"],
        "late_after_close": codes["U"],
        "codes": {code: codes[code] for code in sorted(codes, key=ORDER.index)},
        "pupils": pupils if known else None,
        "persistent": persistent if known else None,
        "severe": severe if known else None,
        "sessions": None,
        "pupils_of_all_codes": None,
    }


def total(codes: Counter[str], wanted: set[str]) -> int:
    return sum(often for code, often in codes.items() if code in wanted)
