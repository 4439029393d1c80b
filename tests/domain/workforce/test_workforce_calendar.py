"""The year's cycle: census days as rows, resignation dates, and adverts that close."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.workforce.calendar import (
    ADVERT_CLOSES,
    CENSUS_DAY,
    COLLECTION_DAYS,
    RESIGNATION_DATE,
    CalendarEntry,
    workforce_calendar,
)
from domain.workforce.resignation import BURGUNDY_BOOK, ResignationDate, resignations_in
from tests.domain.workforce.built import advert, make_vacancy

YEAR = date(2026, 9, 1), date(2027, 8, 31)


def of_kind(kind: str, entries: list[CalendarEntry]) -> list[CalendarEntry]:
    return [entry for entry in entries if entry.kind == kind]


def test_a_year_has_its_census_days_and_resignation_dates_in_order() -> None:
    found = workforce_calendar(*YEAR).entries
    assert [(entry.on.isoformat(), entry.kind) for entry in found] == [
        ("2026-09-30", RESIGNATION_DATE),
        ("2026-10-31", RESIGNATION_DATE),
        ("2026-11-05", CENSUS_DAY),
        ("2027-01-21", CENSUS_DAY),
        ("2027-01-31", RESIGNATION_DATE),
        ("2027-02-28", RESIGNATION_DATE),
        ("2027-04-30", RESIGNATION_DATE),
        ("2027-05-31", RESIGNATION_DATE),
    ]
    assert found[1].title == "Teachers who leave at the end of the autumn term resign by today"
    assert found[1].detail == "To leave on 2026-12-31."
    assert BURGUNDY_BOOK in (found[1].source or "")


def test_a_census_day_that_nobody_has_announced_says_so() -> None:
    expected, announced = (
        of_kind(CENSUS_DAY, workforce_calendar(date(year, 9, 1), date(year, 12, 31)).entries)[0]
        for year in (2026, 2025)
    )
    assert expected.inferred
    assert expected.detail == "Nobody has announced this day yet; it is the one to expect."
    assert (announced.on, announced.inferred, announced.detail) == (date(2025, 11, 6), False, None)


def test_a_year_without_a_row_has_no_census_day_and_says_so() -> None:
    found = workforce_calendar(date(2027, 9, 1), date(2028, 8, 31))
    assert of_kind(CENSUS_DAY, found.entries) == []
    assert found.notes == ["The day of the workforce census of 2027/28 isn't in the table."]
    assert workforce_calendar(*YEAR).notes == []


def test_each_day_of_the_table_is_in_the_year_that_it_is_listed_for() -> None:
    for day in COLLECTION_DAYS:
        first, last = date(int(day.academic_year[:4]), 9, 1), date(int(day.academic_year[:4]) + 1, 8, 31)
        assert first <= day.on <= last
        assert day.on.strftime("%A") == "Thursday"
        assert day.status in ("announced", "inferred")


def test_a_schools_own_dates_take_the_place_of_the_bundled_ones() -> None:
    own = [ResignationDate("teacher", "summer", "08-31", "05-15")]
    found = of_kind(RESIGNATION_DATE, workforce_calendar(*YEAR, resignation_dates=own).entries)
    assert [(entry.on, entry.source) for entry in found] == [(date(2027, 5, 15), "the school's own dates")]
    assert of_kind(RESIGNATION_DATE, workforce_calendar(*YEAR, resignation_dates=[]).entries) == []


def test_adverts_that_close_are_told_with_the_day_from_which_somebody_could_start() -> None:
    vacancy = make_vacancy(
        "2026-09-20",
        id="v7",
        subject="Physics",
        adverts=(advert("2026-09-21", closes_on="2026-10-09"), advert("2026-11-02", closes_on="2026-11-20")),
    )
    found = of_kind(ADVERT_CLOSES, workforce_calendar(*YEAR, vacancies=[vacancy]).entries)
    assert [(entry.id, entry.on.isoformat(), entry.title) for entry in found] == [
        ("advert-v7-1", "2026-10-09", "Advert closes: Teacher, Physics"),
        ("advert-v7-2", "2026-11-20", "Advert closes: Teacher, Physics"),
    ]
    assert [entry.detail for entry in found] == [
        "A teacher in post elsewhere who resigns by 2026-10-31, the next date, is free after 2026-12-31.",
        "A teacher in post elsewhere who resigns by 2027-02-28, the next date, is free after 2027-04-30.",
    ]


def test_an_advert_that_closes_after_the_last_date_of_a_year_waits_for_the_next() -> None:
    vacancy = make_vacancy("2027-05-01", adverts=(advert("2027-05-20", closes_on="2027-06-04"),))
    (entry,) = of_kind(ADVERT_CLOSES, workforce_calendar(*YEAR, vacancies=[vacancy]).entries)
    assert entry.detail == (
        "A teacher in post elsewhere who resigns by 2027-10-31, the next date, is free after 2027-12-31."
    )


def test_what_ended_before_its_advert_closes_is_not_waited_for() -> None:
    adverts = (advert("2026-09-21", closes_on="2026-10-09"),)
    ended = make_vacancy("2026-09-20", "withdrawn", adverts=adverts, withdrawn_on="2026-10-01")
    filled = make_vacancy("2026-09-20", "filled", adverts=adverts, accepted_on="2026-10-20")
    without_end = make_vacancy("2026-09-20", adverts=(advert("2026-09-21"),))
    found = workforce_calendar(*YEAR, vacancies=[ended, without_end, filled]).entries
    assert len(of_kind(ADVERT_CLOSES, found)) == 1


def test_teachers_dates_are_not_told_to_others() -> None:
    mentor = make_vacancy(
        "2026-09-20", staff_group="other", adverts=(advert("2026-09-21", closes_on="2026-10-09"),)
    )
    (entry,) = of_kind(ADVERT_CLOSES, workforce_calendar(*YEAR, vacancies=[mentor]).entries)
    assert entry.detail is None
    teacher = make_vacancy("2026-09-20", adverts=mentor.adverts)
    (entry,) = workforce_calendar(
        date(2026, 10, 9), date(2026, 10, 9), vacancies=[teacher], resignation_dates=()
    ).entries
    assert entry.detail is None


DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(0, 900))
def test_every_day_of_every_row_is_told_once_and_none_beside_them(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    row = ResignationDate("teacher", "spring", "04-30", "02-last")
    found = workforce_calendar(first, last, resignation_dates=[row]).entries
    ends = [resignations_in(row, f"{year}/{(year + 1) % 100:02}")[0] for year in range(2017, 2034)]
    expected = [*ends, *(day.on for day in COLLECTION_DAYS)]
    assert [entry.on for entry in found] == sorted(day for day in expected if first <= day <= last)
    assert len({entry.id for entry in found}) == len(found)
