"""Indicators: a figure of a challenge from its baseline over the latest to its target."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.errors import invalid
from domain.tracker.trajectory import expected_on, on_trajectory
from services.tracker import records
from services.tracker.checks import check_cohort, check_order, merged
from services.tracker.held import Held
from services.tracker.kinds import INDICATOR, Content
from services.unit_of_work import UnitOfWork

CUSTOM = "custom"

Points = list[dict[str, Any]]


def create_indicator(work: UnitOfWork, challenge: Any, values: dict[str, Any]) -> Content:
    """A new indicator of a challenge, with its baseline."""
    given = {"points": []} | values
    whole = _checked(work, None, given)
    whose = {"school_id": challenge.school_id, "challenge": challenge.id}
    return _answer(work, records.create(work, INDICATOR, given | whole | whose))


def change_indicator(work: UnitOfWork, indicator: Any, values: dict[str, Any]) -> Content:
    """Change what is given; the baseline is taken anew where what it was taken from changes."""
    records.change(work, INDICATOR, indicator, values | _checked(work, indicator, values))
    return _answer(work, indicator)


def answers(held: Held, contents: list[Content]) -> list[Content]:
    """Indicators as they are read: with the latest figure, and where the straight line is today."""
    return [content | _computed(held, content) for content in contents]


def _computed(held: Held, content: Content) -> Content:
    latest, latest_on = point_at(content["points"], held.today)
    expected = expected_on(
        held.today,
        baseline=_decimal(content["baseline"]),
        baseline_on=_day(content["baseline_on"]),
        target=_decimal(content["target"]),
        target_on=_day(content["target_on"]),
    )
    return {
        "latest": latest,
        "latest_on": None if latest_on is None else latest_on.isoformat(),
        "expected_today": expected,
        "on_trajectory": on_trajectory(latest, expected, content["direction"] or "up"),
    }


def point_at(points: Points, day: date) -> tuple[Decimal | None, date | None]:
    """The latest point on a day or before it, with its own day."""
    until = [point for point in points if date.fromisoformat(str(point["on"])) <= day]
    if not until:
        return None, None
    last = max(until, key=lambda point: str(point["on"]))
    return Decimal(last["value"]), date.fromisoformat(str(last["on"]))


def _checked(work: UnitOfWork, indicator: Any, values: dict[str, Any]) -> dict[str, Any]:
    """What follows from the values given: title, unit, points in order, and the baseline."""
    will_be = merged(indicator, values, *INDICATOR.fields)
    _check(work, will_be)
    if will_be["measure"] != CUSTOM:
        raise invalid("/measure", f"there is no such measure; offered is {CUSTOM}")
    return _custom(work, indicator, values, will_be)


def _check(work: UnitOfWork, will_be: Mapping[str, Any]) -> None:
    if will_be["target"] is not None and will_be["direction"] is None:
        raise invalid("/direction", "a target needs a direction: is it reached going up, or down?")
    if will_be["baseline_on"] is not None and will_be["baseline_on"] > work.today:
        raise invalid("/baseline_on", "a baseline can't be taken on a day that has not come yet")
    if will_be["target_on"] is not None and will_be["target"] is None:
        raise invalid("/target", "a day to reach a target by needs the target")
    check_order(will_be, "baseline_on", "target_on", "the target is to be reached after the baseline")
    if will_be["filter"] is not None:
        check_cohort(will_be["filter"], "/filter")


def _custom(
    work: UnitOfWork, indicator: Any, values: dict[str, Any], will_be: dict[str, Any]
) -> dict[str, Any]:
    if not will_be["title"]:
        raise invalid("/title", "a custom indicator needs a title that says what it counts")
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
