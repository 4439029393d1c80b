"""Indicators: a figure of a challenge from its baseline over the latest to its target."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.errors import invalid
from domain.tracker.trajectory import days_to_draw, expected_on, on_trajectory
from services.attendance.figures import Figure, FigureRequest
from services.figures import (
    MEASURES,
    OF_WORKFORCE,
    check_filter,
    figures_to_date,
    full_name,
    known_measure,
    own_direction,
)
from services.tracker import records
from services.tracker.checks import check_cohort, check_order, merged
from services.tracker.held import Held
from services.tracker.kinds import INDICATOR, Content
from services.unit_of_work import UnitOfWork

CUSTOM = "custom"

MOST_POINTS = 1_000

Points = list[dict[str, Any]]


def create_indicator(work: UnitOfWork, challenge: Any, values: dict[str, Any]) -> Content:
    """A new indicator of a challenge, with its baseline."""
    named = values["measure"]
    if named != CUSTOM:
        named = full_name(work, challenge.school_id, named)
    usual: dict[str, Any] = {"points": [], "direction": own_direction(work, challenge.school_id, named)}
    given = usual | values | {"measure": named}
    whole = _checked(work, challenge, None, given)
    whose = {"school_id": challenge.school_id, "challenge": challenge.id}
    return _answer(work, records.create(work, INDICATOR, given | whole | whose))


def change_indicator(work: UnitOfWork, indicator: Any, values: dict[str, Any]) -> Content:
    """Change what is given; the baseline is taken anew where what it was taken from changes."""
    records.change(work, INDICATOR, indicator, values | _checked(work, indicator, indicator, values))
    return _answer(work, indicator)


def add_points(work: UnitOfWork, indicator: Any, points: Points, pointer: str) -> Content:
    """Keep further points of a custom indicator; one of a day that has one takes its place.

    `pointer` says where in the body a point stands, by its `{place}`.

    Raises `Invalid` for an indicator of a measure, a day that has not come yet or comes twice, and for too many.
    """
    if indicator.measure != CUSTOM:
        raise invalid(
            "/points", f"the points of {indicator.measure} come from {_source(indicator.measure)}; push those"
        )
    kept = {str(point["on"]): point for point in indicator.points}
    given: set[date] = set()
    for place, point in enumerate(points):
        if point["on"] > work.today:
            where = pointer.format(place=place)
            raise invalid(f"{where}/on", "a point can't be of a day that has not come yet")
        if point["on"] in given:
            where = pointer.format(place=place)
            raise invalid(f"{where}/on", "another point here is of this day; a day has one value")
        given.add(point["on"])
        kept[point["on"].isoformat()] = point
    if len(kept) > MOST_POINTS:
        raise invalid("/points", f"an indicator keeps {MOST_POINTS:,} points; these would make {len(kept):,}")
    return change_indicator(work, indicator, {"points": list(kept.values())})


def answers(held: Held, contents: list[Content]) -> list[Content]:
    """Indicators as they are read: with the latest figure, and where the straight line is today."""
    figures = _figures(held, [content for content in contents if content["measure"] != CUSTOM])
    return [content | _computed(held, content, figures.get(content["id"])) for content in contents]


def answers_with_history(held: Held, contents: list[Content]) -> list[Content]:
    """The same with the figures through time, each beside the straight line: for the read of one, as each reads its
    school for itself.
    """
    return [_with_history(held, content) for content in contents]


def _with_history(held: Held, content: Content) -> Content:
    if content["measure"] == CUSTOM:
        drawn = [
            _drawn(content, date.fromisoformat(point["on"]), Decimal(point["value"]))
            for point in content["points"]
        ]
        return content | _computed(held, content, None) | {"history": drawn}
    days = days_to_draw(_day(content["baseline_on"]), held.today)
    asked = [FigureRequest(content["measure"], content["filter"], day) for day in days]
    number = held.school_ids([content["school"]])[content["school"]]
    figures = figures_to_date(held.work, number, asked, held.as_of)
    drawn = [_drawn(content, figure.last, figure.value, figure.null_because) for figure in figures]
    return content | _computed(held, content, figures[-1]) | {"history": drawn}


def _drawn(content: Content, on: date, value: Decimal | None, why: str | None = None) -> Content:
    return {
        "on": on.isoformat(),
        "value": value,
        "expected": _expected(content, on),
        "null_because": why,
    }


def _figures(held: Held, contents: list[Content]) -> dict[str, Figure]:
    """The figure of each indicator of a measure, by id; each school is read once for all of its own."""
    by_school: dict[str, list[Content]] = {}
    for content in contents:
        by_school.setdefault(content["school"], []).append(content)
    numbers = held.school_ids(by_school)
    found: dict[str, Figure] = {}
    for urn, several in by_school.items():
        asked = [FigureRequest(each["measure"], each["filter"], held.today) for each in several]
        told = figures_to_date(held.work, numbers[urn], asked, held.as_of)
        found |= {content["id"]: figure for content, figure in zip(several, told, strict=True)}
    return found


def _computed(held: Held, content: Content, figure: Figure | None) -> Content:
    if figure is None:
        latest, latest_on = point_at(content["points"], held.today)
        why = None if content["points"] else "no point yet"
    else:
        latest, latest_on, why = figure.value, figure.last, figure.null_because
    expected = _expected(content, held.today)
    return {
        "latest": latest,
        "latest_on": None if latest is None or latest_on is None else latest_on.isoformat(),
        "null_because": None if latest is not None else why or "no point until then",
        "expected_today": expected,
        "on_trajectory": on_trajectory(latest, expected, content["direction"] or "up"),
    }


def _expected(content: Content, day: date) -> Decimal | None:
    return expected_on(
        day,
        baseline=_decimal(content["baseline"]),
        baseline_on=_day(content["baseline_on"]),
        target=_decimal(content["target"]),
        target_on=_day(content["target_on"]),
    )


def point_at(points: Points, day: date) -> tuple[Decimal | None, date | None]:
    """The latest point on a day or before it, with its own day."""
    until = [point for point in points if date.fromisoformat(str(point["on"])) <= day]
    if not until:
        return None, None
    last = max(until, key=lambda point: str(point["on"]))
    return Decimal(last["value"]), date.fromisoformat(str(last["on"]))


def _checked(work: UnitOfWork, challenge: Any, indicator: Any, values: dict[str, Any]) -> dict[str, Any]:
    """What follows from the values given: title, unit, points in order, and the baseline.

    `challenge` stands for whatever has the `school_id`.
    """
    will_be = merged(indicator, values, *INDICATOR.fields)
    _check(work, will_be)
    if indicator is not None and will_be["measure"] != indicator.measure:
        raise invalid("/measure", "another measure is another indicator; add one beside this")
    if will_be["measure"] == CUSTOM:
        follows = _custom(work, indicator, values, will_be)
    else:
        follows = _measured(work, challenge, indicator, values, will_be)
    words = "the target is to be reached after the baseline"
    check_order(will_be | follows, "baseline_on", "target_on", words)
    return follows


def _check(work: UnitOfWork, will_be: Mapping[str, Any]) -> None:
    if will_be["target"] is not None and will_be["direction"] is None:
        raise invalid("/direction", "a target needs a direction: is it reached going up, or down?")
    if will_be["baseline_on"] is not None and will_be["baseline_on"] > work.today:
        raise invalid("/baseline_on", "a baseline can't be taken on a day that has not come yet")
    if will_be["target_on"] is not None and will_be["target"] is None:
        raise invalid("/target", "a day to reach a target by needs the target")


def _measured(
    work: UnitOfWork, challenge: Any, indicator: Any, values: dict[str, Any], will_be: dict[str, Any]
) -> dict[str, Any]:
    measure = known_measure(work, challenge.school_id, will_be["measure"])
    if measure is None:
        known_here = ", ".join([*MEASURES, "own:… for one of the school's own", CUSTOM])
        raise invalid("/measure", f"there is no such measure; there are: {known_here}")
    source = _source(measure.id)
    if values.get("baseline") is not None:
        raise invalid("/baseline", f"the baseline of a measure is taken from {source}; leave it out")
    if values.get("points"):
        raise invalid("/points", f"the points of a measure come from {source}; leave them out")
    if will_be["filter"] is not None:
        check_filter(measure.id, will_be["filter"], "/filter")
    day = will_be["baseline_on"] or work.today
    known = {"title": will_be["title"] or measure.title, "unit": measure.unit, "baseline_on": day}
    same = indicator is not None and (indicator.baseline_on, indicator.filter) == (day, will_be["filter"])
    if same:
        return known | {"baseline": indicator.baseline}
    asked = FigureRequest(measure.id, will_be["filter"], day)
    figure = figures_to_date(work, challenge.school_id, [asked])[0]
    return known | {"baseline": figure.value}


def _source(measure: str) -> str:
    if measure in MEASURES:
        return "the records of the workforce" if measure in OF_WORKFORCE else "the registers"
    return "the points of the school's own measure"


def _custom(
    work: UnitOfWork, indicator: Any, values: dict[str, Any], will_be: dict[str, Any]
) -> dict[str, Any]:
    if not will_be["title"]:
        raise invalid("/title", "a custom indicator needs a title that says what it counts")
    if will_be["filter"] is not None:
        check_cohort(will_be["filter"], "/filter")
    points = _in_order(will_be["points"] or [])
    day = will_be["baseline_on"] or _first_day(points) or work.today
    taken = {"points": points, "baseline_on": day}
    if "baseline" in values and values["baseline"] is not None:
        return taken
    if indicator is not None and "baseline" not in values and not _was_taken_from_points(indicator):
        return taken
    return taken | {"baseline": point_at(points, day)[0]}


def _was_taken_from_points(indicator: Any) -> bool:
    """Whether the baseline held is what the points said, and not one that was given."""
    if indicator.baseline is None or indicator.baseline_on is None:
        return True
    return bool(point_at(indicator.points, indicator.baseline_on)[0] == indicator.baseline)


def _in_order(points: Points) -> Points:
    ordered = sorted(points, key=lambda point: str(point["on"]))
    days = [str(point["on"]) for point in ordered]
    if len(set(days)) < len(days):
        raise invalid("/points", "two points are of one day; a day has one value")
    return [{"on": day, "value": point["value"]} for day, point in zip(days, ordered, strict=True)]


def _first_day(points: Points) -> date | None:
    return date.fromisoformat(points[0]["on"]) if points else None


def _decimal(number: Any) -> Decimal | None:
    return None if number is None else Decimal(number)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _answer(work: UnitOfWork, indicator: Any) -> Content:
    held = Held(work)
    return answers(held, [held.one(INDICATOR, indicator)])[0]
