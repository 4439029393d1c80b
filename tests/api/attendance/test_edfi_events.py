"""The layout `edfi`: events of absence and lateness; whoever has no event in a session of the calendar was there."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.api.attendance.drawn import push_roll
from tests.api.http.problems import problem_in
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

SAMPLE = (Path(__file__).parents[2] / "data" / "edfi_events.jsonl").read_bytes()
EVENTS = [json.loads(line) for line in SAMPLE.splitlines()]
YEAR = {"replace": "2021-09-01..2022-05-31"}
WEEK = {"replace": "2026-11-16..2026-11-20"}
NAMESPACE = "uri://ed-fi.org/AttendanceEventCategoryDescriptor#"

Event = dict[str, Any]


def event(pupil: str, day: int, category: str, duration: float | None = None, **more: Any) -> Event:
    """An event of a day of the week in question, Monday 16 to Friday 20 November 2026."""
    told: Event = {
        "studentReference": {"studentUniqueId": pupil},
        "schoolReference": {"schoolId": 255901001},
        "eventDate": f"2026-11-{day}",
        "attendanceEventCategoryDescriptor": NAMESPACE + category,
    }
    return told | ({} if duration is None else {"eventDuration": duration}) | more


def push(client: Client, events: list[Any] | bytes, urn: str = "900001", **query: Any) -> Any:
    body = events if isinstance(events, bytes) else "\n".join(map(json.dumps, events)).encode()
    path = f"/v1/schools/{urn}/marks"
    return client.post(path, data=body, content_type="application/x-ndjson", query_string=query)


def counts(answer: Any) -> dict[str, int]:
    """What became of the rows, without what is nought; the equation holds."""
    said = answer.json
    outcomes = ("created", "updated", "unchanged", "stale", "deleted", "rejected")
    assert said["received"] == sum(said[name] for name in outcomes) - said["removed"], said
    return {name: said[name] for name in outcomes if said[name]}


def drawn(client: Client, *pupils: str) -> list[str]:
    """The week's marks of each pupil as held, a line each: morning and afternoon from Monday to Friday."""
    sessions = [f"2026-11-{day}/{session}" for day in range(16, 21) for session in ("AM", "PM")]
    registers = [client.get(f"/v1/schools/900001/registers/{session}").json for session in sessions]
    held = [register.get("marks", {}) for register in registers]
    return ["".join(marks.get(pupil, "-") for marks in held) for pupil in pupils]


def set_calendar(client: Client, urn: str, year: str, *terms: tuple[str, str], closed: str = "") -> None:
    body = {
        "terms": [
            {"name": f"Term {number}", "half_term": number, "from": first, "to": last}
            for number, (first, last) in enumerate(terms, 1)
        ],
        "closures": [{"date": closed, "reason": "training"}] if closed else [],
    }
    answer = client.put(f"/v1/schools/{urn}/calendar/{year}", body)
    assert answer.status_code in (200, 201), answer.text


@pytest.fixture
def school(client: Client) -> str:
    """A school with a calendar and two pupils on roll."""
    make_school(client, aliases=["255901001"])
    set_calendar(client, "900001", "2026-27", ("2026-09-02", "2026-12-18"))
    push_roll(client, P1={}, P2={})
    return "900001"


@pytest.fixture
def sampled(client: Client) -> str:
    """The school of most of the sample, with its pupils on roll throughout its year."""
    make_school(client, aliases=["255901001"])
    set_calendar(
        client, "900001", "2021-22", ("2021-09-02", "2021-12-17"), ("2022-01-04", "2022-05-27"),
        closed="2021-10-25",
    )  # fmt: skip
    pupils = {entry["studentReference"]["studentUniqueId"] for entry in EVENTS if is_own(entry)}
    push_roll(client, on="2021-09-01", **{pupil: {"from": "2021-09-01"} for pupil in sorted(pupils)})
    return "900001"


def is_own(entry: Event) -> bool:
    return bool(entry["schoolReference"]["schoolId"] == 255901001)


def plainly_expected() -> Counter[str]:
    """The codes that the sample's year comes to at the school, worked out session by session."""
    days = [date(2021, 9, 2) + timedelta(days=number) for number in range(300)]
    open_days = {
        day.isoformat()
        for day in days
        if day.weekday() < 5
        and (day <= date(2021, 12, 17) or date(2022, 1, 4) <= day <= date(2022, 5, 27))
        and day != date(2021, 10, 25)
    }
    own = [entry for entry in EVENTS if is_own(entry)]
    pupils = {entry["studentReference"]["studentUniqueId"] for entry in own}
    marks = {
        (pupil, day, session): "/" if session == "AM" else "\\"
        for pupil in pupils
        for day in open_days
        for session in ("AM", "PM")
    }
    letters = {"Excused Absence": "C", "Unexcused Absence": "O", "Tardy": "L"}
    for entry in own:
        category = entry["attendanceEventCategoryDescriptor"].split("#")[1]
        if category in letters and "2021-09-01" <= entry["eventDate"] <= "2022-05-31":
            for session in ("AM", "PM") if entry.get("eventDuration") == 1 else ("AM",):
                key = entry["studentReference"]["studentUniqueId"], entry["eventDate"], session
                marks[key] = letters[category]
    return Counter(marks.values())


@pytest.mark.parametrize("layout", [{}, {"layout": "edfi"}], ids=["recognised", "named"])
def test_the_sample_gives_its_events_and_fills_in_the_calendar(
    client: Client, sampled: str, layout: dict[str, str]
) -> None:
    answer = push(client, SAMPLE, **YEAR, **layout)

    assert answer.status_code == 207, answer.text
    found = client.get(f"/v1/schools/{sampled}/attendance?from=2021-09-01&to=2022-05-31").json["groups"][0]
    assert found["codes"] == dict(plainly_expected())
    assert found["pupils"] == 6
    assert counts(answer)["created"] == sum(plainly_expected().values())
    assert answer.json["dropped_columns"] == ["attendanceEventReason"]


def test_what_of_the_sample_is_not_taken_is_told_by_row(client: Client, sampled: str) -> None:
    answer = push(client, SAMPLE, **YEAR)

    told = {fault["row"]: fault["detail"] for fault in answer.json["errors"]}
    other_school = [number for number, entry in enumerate(EVENTS, 1) if not is_own(entry)]
    before = [number for number, entry in enumerate(EVENTS, 1) if entry["eventDate"] < "2021-09-01"]
    partial = [number for number, entry in enumerate(EVENTS, 1) if "Partial" in str(entry)]
    assert set(told) == {*other_school, *before, *partial}
    assert "Partial isn't a code" in told[partial[0]]
    assert "isn't within replace" in told[before[0]]
    assert "isn't known as this school" in told[other_school[0]]


def test_pushing_the_same_events_again_creates_nothing(client: Client, sampled: str) -> None:
    first = counts(push(client, SAMPLE, **YEAR))

    assert counts(push(client, SAMPLE, **YEAR)) == {
        "unchanged": first["created"] + first.get("unchanged", 0),
        "rejected": first["rejected"],
    }


@pytest.mark.parametrize("layout", [{}, {"layout": "edfi"}], ids=["recognised", "named"])
def test_without_a_window_the_answer_says_what_would_be_right(
    client: Client, school: str, layout: dict[str, str]
) -> None:
    problem = problem_in(push(client, [event("P1", 16, "Tardy")], **layout), 422)

    assert problem["errors"][0]["pointer"] == "/query/replace"
    assert "?replace=2026-09-07..2026-09-11" in problem["detail"]
    assert drawn(client, "P1") == ["-" * 10]


def test_without_a_calendar_there_is_nothing_to_fill_in(client: Client) -> None:
    make_school(client)

    problem = problem_in(push(client, [event("P1", 16, "Tardy")], **WEEK), 422)

    assert problem["errors"][0]["pointer"] == "/query/replace"
    assert "calendar" in problem["detail"]


def test_an_event_is_its_code_and_no_event_means_present(client: Client, school: str) -> None:
    events = [
        event("P1", 16, "Excused Absence", 1.0),
        event("P1", 17, "Tardy"),
        event("P1", 18, "Unexcused Absence", 0.5),
        event("P2", 20, "Unexcused Absence", 0.75),
        event("P2", 19, "In Attendance", 1),
    ]

    answer = push(client, events, **WEEK)

    assert counts(answer) == {"created": 20}
    assert drawn(client, "P1", "P2") == [r"CCL\O\/\/\ "[:10], r"/\/\/\/\OO"]
    assert answer.json["warnings"] == ["12 sessions without an event were filled in as present"]


def test_no_events_at_all_mean_that_everybody_was_there(client: Client, school: str) -> None:
    answer = push(client, b"[]", layout="edfi", **WEEK)

    assert counts(answer) == {"created": 20}
    assert drawn(client, "P1", "P2") == ["/\\" * 5] * 2


@pytest.mark.parametrize(
    "form", [json.dumps, lambda events: json.dumps({"data": events}), lambda events: json.dumps(events[0])]
)
def test_events_may_come_in_an_array_or_one_a_line(client: Client, school: str, form: Any) -> None:
    push(client, form([event("P1", 16, "Excused Absence", 1)]).encode(), **WEEK)

    assert drawn(client, "P1") == ["CC" + "/\\" * 4]


@pytest.mark.parametrize("key", ["Excused Absence", "excused absence", NAMESPACE + "Excused Absence"])
def test_the_schools_code_map_goes_before_what_is_usual(client: Client, school: str, key: str) -> None:
    answer = client.put(f"/v1/schools/{school}/code-map", {"map": {key: "I", "Partial": "M", "Early": "/"}})
    assert answer.status_code == 201, answer.text

    events = [event("P1", 16, "Excused Absence", 1), event("P1", 17, "Partial"), event("P1", 18, "Early", 1)]
    push(client, events, **WEEK)

    assert drawn(client, "P1") == [r"IIM\/\/\/" + "\\"]


def test_filled_in_are_sessions_of_the_calendar_up_to_today(
    client: Client, school: str, clock: Clock
) -> None:
    set_calendar(client, school, "2026-27", ("2026-09-02", "2026-12-18"), closed="2026-11-17")
    clock.set("2026-11-19T16:00:00Z")

    push(client, [event("P1", 16, "Tardy")], replace="2026-11-16..2026-12-18")

    assert drawn(client, "P1") == [r"L\--/\/\--"]


def test_filled_in_are_pupils_on_the_days_they_are_on_roll(client: Client, school: str) -> None:
    push_roll(client, P3={"from": "2026-11-17", "to": "2026-11-18"})

    push(client, [event("P1", 16, "Tardy")], **WEEK)

    assert drawn(client, "P2", "P3") == ["/\\" * 5, r"--/\/\----"]


def test_an_event_of_a_pupil_off_roll_is_kept_and_counted_so(client: Client, school: str) -> None:
    push_roll(client, P3={"from": "2026-11-17"})

    answer = push(client, [event("P3", 16, "Tardy")], **WEEK)

    assert answer.json["off_roll"] == 1
    assert drawn(client, "P3") == ["L-" + "/\\" * 4]


def test_a_pupil_whom_nobody_listed_has_only_the_events(client: Client, school: str) -> None:
    events = [event("P9", 17, "Tardy")]

    answer = push(client, events, **WEEK)

    assert answer.json["unlisted"] == 1
    assert "pupils with an event who aren't on the roll were given no other marks" in answer.json["warnings"]
    assert drawn(client, "P9") == ["--L-------"]
    assert counts(push(client, events, **WEEK)) == {"unchanged": 21}
    strict = push(client, [event("P8", 17, "Tardy")], strict_roll="true", **WEEK)
    assert counts(strict)["rejected"] == 1


def test_any_reference_to_a_pupil_says_which_sessions_are_spoken_of(client: Client, school: str) -> None:
    push_roll(client, P1={"aliases": ["604822"]})

    push(client, [event("604822", 16, "Excused Absence", 1)], **WEEK)

    assert drawn(client, "P1") == ["CC" + "/\\" * 4]


def test_an_event_that_is_rejected_leaves_its_session_as_it_is(client: Client, school: str) -> None:
    client.put(f"/v1/schools/{school}/registers/2026-11-17/AM", {"marks": {"P1": "I"}})

    answer = push(client, [event("P1", 16, "Partial", 1), event("P1", 17, "Partial")], **WEEK)

    assert counts(answer) == {"created": 17, "rejected": 3}
    assert [fault["row"] for fault in answer.json["errors"]] == [1, 1, 2]
    assert answer.json["errors"][1]["detail"].startswith("2026-11-16 PM: ")
    assert drawn(client, "P1") == [r"--I\/\/\/" + "\\"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"eventDate": "16/11/2026"}, "YYYY-MM-DD", id="a date in another form"),
        pytest.param({"eventDate": None}, "eventDate", id="no date"),
        pytest.param({"eventDuration": 3}, "eventDuration", id="three days"),
        pytest.param({"eventDuration": 0}, "eventDuration", id="no time at all"),
        pytest.param({"eventDuration": "1"}, "eventDuration", id="a duration that is a text"),
        pytest.param({"eventDuration": True}, "eventDuration", id="a duration that is none"),
        pytest.param({"attendanceEventCategoryDescriptor": NAMESPACE}, "Descriptor", id="no category"),
        pytest.param({"attendanceEventCategoryDescriptor": 7}, "Descriptor", id="a category of another kind"),
    ],
)
def test_a_pupil_with_an_event_that_cannot_be_read_is_left_as_is(
    client: Client, school: str, given: dict[str, Any], says: str
) -> None:
    client.put(f"/v1/schools/{school}/registers/2026-11-17/AM", {"marks": {"P1": "I"}})

    answer = push(client, [event("P1", 16, "Tardy", **given)], **WEEK)

    assert (answer.status_code, answer.json["rejected"]) == (207, answer.json["received"] - 10)
    assert says in answer.json["errors"][0]["detail"]
    assert drawn(client, "P1", "P2") == ["--I-------", "/\\" * 5]


@pytest.mark.parametrize("student", [None, {}, {"studentUniqueId": None}, {"studentUniqueId": 7}, "P1"])
def test_an_event_of_nobody_is_rejected(client: Client, school: str, student: Any) -> None:
    answer = push(client, [event("P1", 16, "Tardy") | {"studentReference": student}], **WEEK)

    assert counts(answer) == {"created": 20, "rejected": 1}
    assert "studentUniqueId is missing" in answer.json["errors"][0]["detail"]


def test_two_events_of_a_session_that_disagree_are_rejected_both(client: Client, school: str) -> None:
    events = [event("P1", 16, "Excused Absence", 1), event("P1", 16, "Tardy"), event("P2", 16, "Tardy")]

    answer = push(client, [*events, events[2]], **WEEK)

    assert counts(answer) == {"created": 19, "unchanged": 1, "rejected": 2}
    assert [fault["row"] for fault in answer.json["errors"]] == [1, 2]
    assert drawn(client, "P1", "P2") == ["-C" + "/\\" * 4, "L\\" + "/\\" * 4]


def test_an_event_on_a_day_without_a_session_is_kept_and_told_of(client: Client, school: str) -> None:
    set_calendar(client, school, "2026-27", ("2026-09-02", "2026-12-18"), closed="2026-11-17")

    answer = push(client, [event("P1", 17, "Excused Absence", 1)], **WEEK)

    assert drawn(client, "P1", "P2") == [r"/\CC/\/\/" + "\\", r"/\--/\/\/" + "\\"]
    assert (
        "the calendar has no such session on 2026-11-17: nobody else was given a mark there"
        in (answer.json["warnings"])
    )


def test_an_event_that_is_gone_becomes_present(client: Client, school: str) -> None:
    push(client, [event("P1", 16, "Excused Absence", 1)], **WEEK)

    answer = push(client, [event("P2", 16, "Tardy")], **WEEK)

    assert counts(answer) == {"updated": 3, "unchanged": 17}
    assert drawn(client, "P1", "P2") == ["/\\" * 5, "L\\" + "/\\" * 4]


def test_a_dry_run_and_a_push_of_all_or_nothing_keep_nothing(client: Client, school: str) -> None:
    events = [event("P1", 16, "Tardy"), event("P1", 17, "Partial")]

    tried = push(client, events, dry_run="true", **WEEK)
    refused = push(client, events, atomic="true", **WEEK)

    assert counts(tried) == {"created": 19, "rejected": 1}
    assert problem_in(refused, 422)["rejected"] == refused.json["received"] == 20
    assert drawn(client, "P1", "P2") == ["-" * 10] * 2


def test_of_several_schools_that_nobody_knows_only_pupils_on_roll_are_taken(client: Client) -> None:
    make_school(client)
    set_calendar(client, "900001", "2026-27", ("2026-09-02", "2026-12-18"))
    push_roll(client, P1={})
    elsewhere = {"schoolReference": {"schoolId": 255901107}}

    answer = push(client, [event("P1", 16, "Tardy"), event("P7", 16, "Tardy") | elsewhere], **WEEK)

    assert counts(answer) == {"created": 10, "rejected": 1}
    assert answer.json["unlisted"] == 0
    assert "name 255901001 and 255901107, not known here" in answer.json["warnings"][0]


def test_a_window_of_a_number_of_marks_past_the_limit_is_refused(client: Client, school: str) -> None:
    tools = client.app.extensions["headway"].tools
    most = tools.max_rows
    object.__setattr__(tools, "max_rows", 19)
    try:
        problem = problem_in(push(client, [event("P1", 16, "Tardy")], **WEEK), 422)
    finally:
        object.__setattr__(tools, "max_rows", most)
    assert "fewer days at a time" in problem["detail"]


def test_a_key_needs_the_scope(app: Flask, client: Client, school: str) -> None:
    assert push(make_key(app, ["attendance:read"]), SAMPLE, **YEAR).status_code == 403
