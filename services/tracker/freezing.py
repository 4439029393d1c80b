"""Figures frozen into evidence: what a measure or an indicator said at a moment, small groups withheld.

They are taken by the server and never changed: a later figure is another piece of evidence.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from domain.errors import Fault, Invalid, invalid
from services.attendance.figures import Figure
from services.figures import MEASURES, OF_WORKFORCE, figure_to_date, full_name, known_measure
from services.tracker import indicators, records
from services.tracker.held import Held
from services.tracker.kinds import EVIDENCE, INDICATOR, Content
from services.unit_of_work import UnitOfWork

OF_REGISTERS = "the registers held here; {}"
OF_RECORDS = "the records of the workforce held here; {}"
OF_OWN_POINTS = "points of the school's own measure, {}"
OF_POINTS = "points pushed to the indicator"

FROZEN = (
    "direction", "baseline", "baseline_on", "target", "target_on", "latest", "latest_on", "expected_today",
    "on_trajectory",
)  # fmt: skip
"""What an indicator says of itself at a moment, beside its figure."""

Figures = dict[str, Any]


def freeze_measure(work: UnitOfWork, school_id: int, asked: dict[str, Any]) -> Figures:
    """A measure of the academic year to a day (`on`, today unless said), of a cohort or of everybody.

    Raises `Invalid` below `/figures` for a measure or cohort that there isn't, and for a day that has not come yet.
    """
    day: date = asked.get("on") or work.today
    if day > work.today:
        raise invalid("/figures/on", "a figure can't be taken of a day that has not come yet")
    cohort = asked.get("cohort")
    measure = full_name(work, school_id, asked["measure"])
    try:
        figure = figure_to_date(work, school_id, measure, cohort, day)
    except Invalid as error:
        faults = [Fault(each.detail, pointer=f"/figures{each.pointer}") for each in error.faults]
        raise Invalid(error.detail, faults=faults) from error
    return _plain(_of_measure(work, school_id, measure, cohort, figure))


def freeze_indicator(
    work: UnitOfWork, indicator: Any, title: str | None, about: list[dict[str, str]], schools: list[int]
) -> Content:
    """A new piece of evidence of what an indicator says now: from its baseline over the latest to its target."""
    held = Held(work)
    content = indicators.answers(held, [held.one(INDICATOR, indicator)])[0]
    figures = _of_indicator(work, indicator, content)
    row = records.create(
        work,
        EVIDENCE,
        {
            "title": title or f"{content['title'][:180]} on {work.today}",
            "kind": "measure",
            "figures": _plain(figures),
            "captured_on": work.today,
            "speaks_for": span_of(figures),
            "about": about,
            "cohorts": cohorts_of(figures),
            "school_ids": schools,
        },
    )
    return Held(work).one(EVIDENCE, row)


def span_of(figures: Figures) -> dict[str, Any] | None:
    """The time that figures speak for, as evidence says it."""
    span = _plain({"from": figures["from"], "to": figures["to"]})
    return span if span["from"] or span["to"] else None


def cohorts_of(figures: Figures) -> list[str]:
    """The cohorts that figures are of; those of one role or subject are of no pupils."""
    return [] if figures["measure"] in OF_WORKFORCE or not figures["cohort"] else [figures["cohort"]]


def _of_measure(
    work: UnitOfWork, school_id: int, measure: str, cohort: str | None, figure: Figure
) -> Figures:
    known = known_measure(work, school_id, measure)
    if known is None:
        raise invalid("/figures/measure", "the school has no such measure")
    return {
        "measure": measure,
        "title": known.title,
        "cohort": cohort,
        "from": figure.first,
        "to": figure.last,
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "unit": known.unit,
        "null_because": figure.null_because,
        "taken_at": work.now,
        "source": _source(measure).format(known.source),
    }


def _source(measure: str) -> str:
    if measure in MEASURES:
        return OF_RECORDS if measure in OF_WORKFORCE else OF_REGISTERS
    return OF_OWN_POINTS


def _of_indicator(work: UnitOfWork, indicator: Any, content: Content) -> Figures:
    if indicator.measure == indicators.CUSTOM:
        taken = _of_points(work, content)
    else:
        figure = figure_to_date(work, indicator.school_id, indicator.measure, indicator.filter, work.today)
        taken = _of_measure(work, indicator.school_id, indicator.measure, indicator.filter, figure)
    return taken | {
        "indicator": content["id"],
        "title": content["title"],
        **{name: content[name] for name in FROZEN},
    }


def _of_points(work: UnitOfWork, content: Content) -> Figures:
    return {
        "measure": indicators.CUSTOM,
        "title": content["title"],
        "cohort": content["filter"],
        "from": content["latest_on"],
        "to": content["latest_on"],
        "value": content["latest"],
        "numerator": None,
        "denominator": None,
        "unit": content["unit"],
        "null_because": content["null_because"],
        "taken_at": work.now,
        "source": OF_POINTS,
    }


def _plain(figures: Figures) -> Figures:
    """Figures as JSON values, decimals exact: what is kept is what the log tells and a read answers."""
    plain: Figures = msgspec.to_builtins(figures, builtin_types=(Decimal,))
    return plain
