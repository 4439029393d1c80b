"""Contents that are kept, as the records that the rules of the workforce judge and count."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from domain.workforce.records import (
    Advert,
    Leaver,
    Post,
    Snapshot,
    StaffAbsence,
    Vacancy,
)
from services.workforce.records import Content


def snapshot_of(key: str, content: Content) -> Snapshot:
    """The snapshot of a date."""
    return Snapshot(
        on=date.fromisoformat(key),
        teachers_fte=content["teachers_fte"],
        qualified_teachers_fte=content.get("qualified_teachers_fte"),
        teachers_headcount=content.get("teachers_headcount"),
        teaching_assistants_fte=content.get("teaching_assistants_fte"),
        other_staff_fte=content.get("other_staff_fte"),
        pupils_fte=content.get("pupils_fte"),
        vacancies=_posts(content.get("vacancies")),
        temporarily_filled=_posts(content.get("temporarily_filled")),
    )


def vacancy_of(key: str, content: Content) -> Vacancy:
    """The vacancy of an id."""
    adverts = [
        Advert(date.fromisoformat(advert["on"]), _day(advert, "closes_on"), advert.get("applications"))
        for advert in content.get("adverts", ())
    ]
    return Vacancy(
        id=key,
        role=content["role"],
        fte=content["fte"],
        opened_on=date.fromisoformat(content["opened_on"]),
        outcome=content["outcome"],
        staff_group=content["staff_group"],
        subject=content.get("subject"),
        adverts=tuple(adverts),
        shortlisted=content.get("shortlisted"),
        interviewed=content.get("interviewed"),
        offered_on=_day(content, "offered_on"),
        declined=content.get("declined"),
        accepted_on=_day(content, "accepted_on"),
        withdrawn_on=_day(content, "withdrawn_on"),
        start_on=_day(content, "start_on"),
        cost=content.get("cost"),
    )


def leaver_of(content: Content) -> Leaver:
    """A leaver."""
    return Leaver(
        role=content["role"],
        fte=content["fte"],
        left_on=date.fromisoformat(content["left_on"]),
        destination=content["destination"],
        staff_group=content["staff_group"],
        subject=content.get("subject"),
        years_in_post=content.get("years_in_post"),
        reason=content.get("reason"),
    )


def absence_of(key: str, content: Content) -> StaffAbsence:
    """The staff absence of an academic year."""
    return StaffAbsence(
        academic_year=key,
        teachers_with_absence=content["teachers_with_absence"],
        days_lost=content.get("days_lost"),
        teachers=content.get("teachers"),
    )


def _posts(posts: Sequence[Content] | None) -> tuple[Post, ...] | None:
    if posts is None:
        return None
    return tuple(
        Post(post["role"], post.get("subject"), post["count"], post["staff_group"]) for post in posts
    )


def _day(content: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(content[name]) if name in content else None
