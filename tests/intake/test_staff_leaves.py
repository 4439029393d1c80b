"""Absences of staff are counted by year and kind of reason; who it was and what was written are forgotten."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Malformed, TooLarge
from domain.workforce.records import StaffAbsence
from intake.staff_leaves import KINDS, LeavesOfYear, StaffLeaves, read_staff_leaves

SAMPLE = Path(__file__).parents[1] / "data" / "edfi_staffLeaves.jsonl"


def event(
    who: Any = "s1", began: Any = "2025-10-06", reason: Any = "Sick leave", **more: Any
) -> dict[str, Any]:
    return {"staffReference": {"staffUniqueId": who}, "beginDate": began, "reason": reason} | more


def read(*rows: Any) -> StaffLeaves:
    return read_staff_leaves([json.dumps(list(rows)).encode()])


def of_year(*rows: Any) -> LeavesOfYear:
    (year,) = read(*rows).years
    return year


def test_the_sample_is_counted_by_year_and_reason() -> None:
    found = read_staff_leaves([SAMPLE.read_bytes()])
    assert (found.received, found.counted, found.repeated, found.rejected, found.unrecognised) == (
        37,
        37,
        0,
        0,
        0,
    )
    assert [(year.academic_year, year.events, year.staff_with_sickness) for year in found.years] == [
        ("2020/21", {"personal": 2}, 0),
        ("2021/22", {"sickness": 10, "personal": 25}, 10),
    ]


def test_days_are_not_known_and_only_sickness_enters_the_measures() -> None:
    year = of_year(event("a"), event("b", reason="Personal"), event("c", reason="Jury duty"))
    assert year.as_absence() == StaffAbsence("2025/26", 1, None, None)
    assert year.as_absence(40) == StaffAbsence("2025/26", 1, None, 40)
    assert year.days_unknown == "its rows say when an absence began and not when it ended"


def test_an_array_a_page_and_lines_give_the_same() -> None:
    lines = SAMPLE.read_bytes()
    rows = [json.loads(line) for line in lines.splitlines()]
    expected = read_staff_leaves([lines])
    assert read(*rows) == expected
    assert read_staff_leaves([json.dumps({"data": rows}).encode()]) == expected
    assert read_staff_leaves([b"\xef\xbb\xbf" + lines]) == expected
    assert read_staff_leaves([lines[at : at + 7] for at in range(0, len(lines), 7)]) == expected


def test_one_who_is_sick_twice_is_one_of_those_absent() -> None:
    year = of_year(event(), event(began="2026-03-02"), event("s2"), event(" s2 ", began="2025-11-03"))
    assert (year.events, year.staff_with_sickness) == ({"sickness": 4}, 2)


def test_a_number_and_a_text_are_the_same_reference() -> None:
    assert of_year(event(207219), event("207219", "2025-12-01")).staff_with_sickness == 1


def test_an_event_told_twice_is_counted_once() -> None:
    found = read(event(), event(), event(began="2025-10-07"))
    assert (found.received, found.counted, found.repeated) == (3, 2, 1)


@pytest.mark.parametrize(
    ("reason", "category", "kind"),
    [
        ("Sick leave", "Jury duty", "sickness"),
        ("Personal", "Sick leave", "personal"),
        (" SICK   Leave ", None, "sickness"),
        ("", "Sick leave", "sickness"),
        (None, "Jury duty", "jury_duty"),
        (None, "Bereavement", "bereavement"),
        (None, "Maternity", "family"),
        (None, None, "other"),
        ("Other", None, "other"),
        (7, {"a": 1}, "other"),
    ],
)
def test_the_reason_counts_and_without_one_the_category(reason: Any, category: Any, kind: str) -> None:
    descriptor = (
        f"uri://ed-fi.org/StaffLeaveEventCategoryDescriptor#{category}"
        if isinstance(category, str)
        else category
    )
    assert of_year(event(reason=reason, staffLeaveEventCategoryDescriptor=descriptor)).events == {kind: 1}


def test_a_reason_in_somebodys_own_words_is_other_and_its_words_are_gone() -> None:
    found = read(event("jo.smith", reason="Chemotherapy, back in May"), event("s2", reason=None))
    assert found.years[0].events == {"other": 2}
    assert found.unrecognised == 2
    assert "hemotherapy" not in repr(found)
    assert "smith" not in repr(found)


@pytest.mark.parametrize(
    ("row", "pointer"),
    [
        pytest.param(7, None, id="no object"),
        pytest.param(event(who=None), "/staffReference/staffUniqueId", id="nobody"),
        pytest.param(event(who=" "), "/staffReference/staffUniqueId", id="blank"),
        pytest.param(event(who="x" * 65), "/staffReference/staffUniqueId", id="too long"),
        pytest.param(event(who=1.5), "/staffReference/staffUniqueId", id="no reference"),
        pytest.param(
            event() | {"staffReference": "Smith"}, "/staffReference/staffUniqueId", id="no object in it"
        ),
        pytest.param({"beginDate": "2025-10-06"}, "/staffReference/staffUniqueId", id="no reference at all"),
        pytest.param(event(began="06/10/2025"), "/beginDate", id="another form"),
        pytest.param(event(began="2025-02-30"), "/beginDate", id="no such day"),
        pytest.param(event(began=20251006), "/beginDate", id="a number"),
        pytest.param(event(began="20251006"), "/beginDate", id="without dashes"),
        pytest.param(event(began=None), "/beginDate", id="no day"),
    ],
)
def test_a_row_that_can_not_be_read_is_named_and_the_others_are_counted(
    row: Any, pointer: str | None
) -> None:
    found = read(event(), row, event("s2"))
    assert (found.received, found.counted, found.rejected) == (3, 2, 1)
    (fault,) = found.faults
    assert (fault.row, fault.pointer) == (2, pointer)


def test_no_fault_shows_who_it_was_or_why() -> None:
    found = read(event("Jane Smith" * 9), event("Jane Smith", "soon", "Cancer"), "Jane Smith")
    assert found.rejected == 3
    told = repr(found)
    assert not any(word in told for word in ("Jane", "Smith", "Cancer", "soon"))


@pytest.mark.parametrize("body", [b"", b"  ", b"a,b\n1,2", b"<x/>", b"[", b'[{"a":1},', b'{"beginDate":'])
def test_a_body_that_is_empty_or_broken_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_staff_leaves([body])


def test_no_error_of_a_broken_body_shows_what_is_in_it() -> None:
    with pytest.raises(Malformed) as refused:
        read_staff_leaves([b'{"staffReference":{"staffUniqueId":"Jane Smith"},"reason":"Cancer"'])
    assert not any(word in refused.value.detail for word in ("Jane", "Smith", "Cancer"))


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(TooLarge):
        read_staff_leaves([json.dumps([event(), event("s2")]).encode()], max_rows=1)


EVENTS = st.builds(
    event,
    st.sampled_from(["s1", "s2", "s3", 4, ""]),
    st.sampled_from(["2024-09-01", "2025-08-31", "2025-09-01", "2026-08-31", "never"]),
    st.sampled_from(["Sick leave", "Personal", "Jury duty", "Unheard of", None]),
)


@given(st.lists(EVENTS, max_size=25))
def test_every_row_is_accounted_for_and_counted_as_a_plain_loop_counts(rows: list[dict[str, Any]]) -> None:
    found = read(*rows)
    assert found.received == len(rows) == found.counted + found.repeated + found.rejected
    assert found.counted == sum(sum(year.events.values()) for year in found.years)
    sick: dict[str, set[str]] = {}
    for row in plain(rows):
        year = "2024/25" if row["beginDate"] < "2025-09-01" else "2025/26"
        sick.setdefault(year, set())
        if row["reason"] == "Sick leave":
            sick[year].add(str(row["staffReference"]["staffUniqueId"]))
    assert {year.academic_year: year.staff_with_sickness for year in found.years} == {
        year: len(who) for year, who in sick.items()
    }
    assert all(kind in KINDS for year in found.years for kind in year.events)


def plain(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (
        row for row in rows if row["staffReference"]["staffUniqueId"] != "" and row["beginDate"] != "never"
    )
