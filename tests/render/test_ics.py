"""Days as iCalendar, read back by the rules of the format and nothing else."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.workforce.calendar import workforce_calendar
from render.ics import IcsDay, ics_of_days
from render.workforce_calendar import render_workforce_calendar

STAMP = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def read(written: bytes) -> list[tuple[str, str]]:
    """Each line's name and value: unfolded, then unescaped."""
    assert written.endswith(b"\r\n")
    lines = written.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode()  # no line cuts a character
    unfolded = written.removesuffix(b"\r\n").replace(b"\r\n ", b"").decode()
    pairs = [line.split(":", 1) for line in unfolded.split("\r\n")]
    return [
        (name, re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text))
        for name, text in pairs
    ]


def events(written: bytes) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for name, text in read(written):
        if (name, text) == ("BEGIN", "VEVENT"):
            found.append({})
        elif found:
            found[-1][name] = text
    return found


def test_an_entry_is_a_whole_day_that_blocks_no_time() -> None:
    day = IcsDay("a@1", date(2026, 12, 31), "Leave, all; now", "One\\two\nthree", "Census")
    written = ics_of_days("Bridge Lane", [day], stamp=STAMP)
    assert read(written)[:6] == [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Headway//Headway//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", "Bridge Lane"),
    ]
    (event,) = events(written)
    assert {name: event[name] for name in list(event)[:8]} == {
        "UID": "a@1",
        "DTSTAMP": "20261124T093000Z",
        "DTSTART;VALUE=DATE": "20261231",
        "DTEND;VALUE=DATE": "20270101",
        "SUMMARY": "Leave, all; now",
        "DESCRIPTION": "One\\two\nthree",
        "CATEGORIES": "Census",
        "TRANSP": "TRANSPARENT",
    }
    assert b"SUMMARY:Leave\\, all\\; now\r\n" in written


def test_the_stamp_is_told_in_utc() -> None:
    summer = STAMP.astimezone(timezone(timedelta(hours=1)))
    assert ics_of_days("x", [], stamp=summer) == ics_of_days("x", [], stamp=STAMP)
    (event,) = events(ics_of_days("x", [IcsDay("u", STAMP.date(), "t")], stamp=summer))
    assert event["DTSTAMP"] == "20261124T093000Z"
    assert "DESCRIPTION" not in event


def test_a_calendar_without_days_is_one_all_the_same() -> None:
    assert read(ics_of_days("x", [], stamp=STAMP))[-1] == ("END", "VCALENDAR")


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_no_text_ends_its_line(ends: str) -> None:
    day = IcsDay("u", STAMP.date(), f"one{ends}END:VEVENT{ends}two")
    (event,) = events(ics_of_days("x", [day], stamp=STAMP))
    assert event["SUMMARY"] == "one\nEND:VEVENT\ntwo"


def test_the_last_day_of_all_has_no_day_after_it() -> None:
    (event,) = events(ics_of_days("x", [IcsDay("u", date.max, "t")], stamp=STAMP))
    assert event["DTSTART;VALUE=DATE"] == "99991231"
    assert "DTEND;VALUE=DATE" not in event


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


@given(TEXT, TEXT.filter(bool))
def test_every_text_comes_back_whatever_is_in_it(title: str, detail: str) -> None:
    (event,) = events(ics_of_days(title, [IcsDay("u", STAMP.date(), title, detail)], stamp=STAMP))
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (title, detail)


@given(st.text(max_size=50))
def test_no_text_breaks_the_format(title: Any) -> None:
    (event,) = events(ics_of_days("x", [IcsDay("u", STAMP.date(), title)], stamp=STAMP))
    assert event["TRANSP"] == "TRANSPARENT"


def test_the_cycle_of_recruitment_is_a_calendar_of_its_school() -> None:
    cycle = workforce_calendar(date(2026, 9, 1), date(2027, 8, 31))
    written = render_workforce_calendar(cycle, urn="100001", school_name="Bridge Lane", stamp=STAMP)
    assert ("X-WR-CALNAME", "Bridge Lane: recruitment") in read(written)
    found = events(written)
    assert [event["DTSTART;VALUE=DATE"] for event in found] == [
        f"{entry.on:%Y%m%d}" for entry in cycle.entries
    ]
    census = found[2]
    assert census["UID"] == "census-school-workforce-census-2026-27@100001.headway"
    assert census["SUMMARY"] == "School workforce census day (expected)"
    assert census["CATEGORIES"] == "Census"
    assert "Source: " in census["DESCRIPTION"]
    assert len({event["UID"] for event in found}) == len(found)
