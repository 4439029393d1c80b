"""`/v1/schools/{urn}/reconciliations`: totals of a school's own system, held against the marks that we hold."""

import json
from typing import Any

import pytest
from flask import Flask

from tests.api.attendance.drawn import push_drawn, push_roll
from tests.api.attendance.test_layouts import CORRECTIONS, LONG, SHAPES, make_rolled_school, push
from tests.make import URN, Client, make_key, make_school

WEEK = "from=2026-09-07&to=2026-09-11"
TERMLY = (SHAPES / "termly_counts.csv").read_bytes()
DAILY = json.loads((SHAPES / "daily_code_counts.json").read_text())
SIX_LAYOUTS = [
    pytest.param("long_marks.csv", "text/csv", id="long"),
    pytest.param("wide_marks.csv", "text/csv", id="wide"),
    pytest.param("marks_string.csv", "text/csv", id="marks_string"),
    pytest.param("wonde_like_session_attendance.json", "application/json", id="wonde"),
    pytest.param("sims_session_attendances.xml", "application/xml", id="sims_xml"),
    pytest.param("ctf_attendance_fragment.xml", "application/xml", id="ctf_xml"),
]


def compare(client: Client, body: Any, query: str = WEEK, status: int = 200) -> dict[str, Any]:
    """What the comparison says; no row of it is lost."""
    path = f"/v1/schools/{URN}/reconciliations?{query}"
    if isinstance(body, str | bytes):
        answer = client.post(path, data=body, content_type="text/csv")
    else:
        answer = client.post(path, body)
    assert answer.status_code == status, answer.text
    said: dict[str, Any] = answer.json
    assert said["received"] == said["compared"] + said["rejected"], said
    assert said["differing"] >= len(said["differences"])
    return said


def differences(client: Client, body: Any, query: str = WEEK) -> list[tuple[Any, ...]]:
    return [tuple(one.values()) for one in compare(client, body, query)["differences"]]


def own_number(client: Client, upn: str) -> str:
    """The reference that answers use for a pupil of the sample."""
    found = client.post(f"/v1/schools/{URN}/pupils/lookup", {"references": [upn]}).json["pupils"]
    return str(found[0]["pupil"])


@pytest.fixture
def school(client: Client) -> str:
    return make_school(client)


# By pupil


@pytest.mark.parametrize(("file", "media_type"), SIX_LAYOUTS)
def test_the_samples_counts_agree_with_the_marks_of_each_layout_until_they_are_corrected(
    client: Client, file: str, media_type: str
) -> None:
    make_rolled_school(client, URN)
    path = f"/v1/schools/{URN}/marks"
    client.post(path, data=(SHAPES / file).read_bytes(), content_type=media_type)

    agreeing = compare(client, TERMLY)

    assert (agreeing["agree"], agreeing["layout"]) == (True, "termly_counts")
    assert (agreeing["received"], agreeing["differences"]) == (6, [])
    assert (agreeing["not_known"], agreeing["not_stated"], agreeing["errors"]) == ([], [], [])

    assert push(client, URN, CORRECTIONS).status_code == 200
    assert differences(client, TERMLY) == [
        (own_number(client, "R000000026004"), "\\", 3, 4),
        (own_number(client, "R000000026004"), "I", 0, 1),
        (own_number(client, "R000000026004"), "N", 1, 0),
        (own_number(client, "F000000026005"), "G", 2, 0),
    ]
    corrected = TERMLY.replace(
        b"R000000026004,8,3,0,0,0,0,0,2,0,1,0,0,0,3", b"R000000026004,8,3,0,0,0,0,1,2,0,0,0,0,0,4"
    )
    corrected = corrected.replace(
        b"F000000026005,8,2,0,4,0,2,0,0,0,0,0,0,0,2", b"F000000026005,8,2,0,4,0,0,0,0,0,0,0,0,0,2"
    )
    assert corrected != TERMLY
    assert compare(client, corrected)["agree"] is True


def test_with_one_mark_changed_that_pupil_and_those_codes_differ(client: Client) -> None:
    make_rolled_school(client, URN)
    push(client, URN, LONG)
    upn = "V000000026006"
    row = {"pupil": upn, "date": "2026-09-09", "session": "AM", "code": "L"}
    client.post(f"/v1/schools/{URN}/marks", [row])

    said = compare(client, TERMLY)

    pupil = own_number(client, upn)
    assert said["differences"] == [
        {"pupil": pupil, "code": "L", "stated": 0, "held": 1},
        {"pupil": pupil, "code": "U", "stated": 1, "held": 0},
    ]
    assert (said["agree"], said["differing"], said["compared"]) == (False, 2, 6)


def test_nothing_is_changed_by_it_and_nothing_kept(client: Client, school: str) -> None:
    push_drawn(client, "P1 /\\")
    before = client.get("/v1/audit").json, client.get("/v1/imports").json

    compare(client, "pupil,/,\\\nP1,1,1\nP7,3,4\n")

    assert (client.get("/v1/audit").json, client.get("/v1/imports").json) == before
    found = client.post(f"/v1/schools/{URN}/pupils/lookup", {"references": ["P7"]}).json["pupils"]
    assert found == [{"reference": "P7", "pupil": None}]


def test_it_waits_for_nobody_who_writes(
    app: Flask, client: Client, school: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_drawn(client, "P1 /\\")
    monkeypatch.delattr(type(app.extensions["headway"].tools.database), "writing")

    assert compare(client, "pupil,/,\\\nP1,1,1\n")["agree"]
    assert own_number(client, "P1") == "P1"


def test_rows_of_json_say_the_same(client: Client, school: str) -> None:
    push_drawn(client, "P1 /\\ I\\\nP2 /\\ /\\")
    rows = [
        {"pupil": "P1", "counts": {"/": 1, "\\": 2}},
        {"pupil": "P2", "counts": {"/": 2, "\\": 2, "-": 3}},
    ]

    assert differences(client, rows) == [("P1", "I", 0, 1)]
    assert differences(client, {"data": rows}) == [("P1", "I", 0, 1)]
    assert differences(client, "\n".join(map(json.dumps, rows))) == [("P1", "I", 0, 1)]


def test_pupils_of_whom_only_one_side_knows_are_named(client: Client, school: str) -> None:
    push_drawn(client, "P1 /\\\nP2 I\\")

    said = compare(client, "pupil,/,\\\nP1,1,1\nP9,1,0\n")

    assert (said["not_known"], said["not_stated"]) == (["P9"], ["P2"])
    assert [tuple(one.values()) for one in said["differences"]] == [
        ("P9", "/", 1, 0),
        ("P2", "\\", 0, 1),
        ("P2", "I", 0, 1),
    ]


def test_a_pupil_is_found_by_any_reference_and_answered_by_the_rolls(client: Client, school: str) -> None:
    push_drawn(client, "P1 I\\")
    push_roll(client, P1={"aliases": ["mis-1", "A123456789012"]})

    assert differences(client, "UPN,/\nA123456789012,1\n") == [
        ("P1", "/", 1, 0),
        ("P1", "\\", 0, 1),
        ("P1", "I", 0, 1),
    ]
    said = compare(client, "UPN,MISID,I,\\\nB123456789012,mis-1,1,1\n")
    assert said["agree"] is True


def test_own_codes_count_as_what_they_stand_for(client: Client, school: str) -> None:
    client.put(f"/v1/schools/{URN}/code-map", {"map": {"XA": "C", "XB": "C"}})
    push_drawn(client, "P1 (XA)(XB) C\\")

    assert compare(client, "pupil,XA,XB,C,\\\nP1,1,1,1,1\n")["agree"] is True
    assert differences(client, "pupil,XA,XB,\\\nP1,1,1,1\n") == [("P1", "C", 2, 3)]
    assert differences(client, [{"pupil": "P1", "counts": {"XA": 3, "\\": 1}}]) == []


def test_a_column_that_is_no_code_is_told_of_and_not_compared(client: Client, school: str) -> None:
    push_drawn(client, "P1 /\\")

    said = compare(client, "Forename,Reg,XA,Possible,pupil,/,\\\nAda,7B,2,2,P1,1,1\n")

    assert said["agree"] is True
    assert said["dropped_columns"] == ["Forename", "Reg", "XA", "Possible"]
    assert [warning.split(" is no")[0] for warning in said["warnings"]] == [
        "The column XA",
        "The column Possible",
    ]
    assert "Ada" not in json.dumps(said)


def test_marks_outside_the_window_are_left_out_and_those_of_who_is_off_roll_are_not(
    client: Client, school: str
) -> None:
    push_roll(client, P1={"to": "2026-09-07"})
    push_drawn(client, "P1 /\\ I\\ I\\")

    assert differences(client, "pupil,/,\\,I\nP1,1,2,1\n", "from=2026-09-07&to=2026-09-08") == []
    assert differences(client, "pupil,/,\\,I\nP1,1,2,1\n", "") == [("P1", "\\", 2, 3), ("P1", "I", 1, 2)]


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        pytest.param("P2,1,x\n", {2: "no whole number"}, id="no number"),
        pytest.param("P2,1,-1\n", {2: "no whole number"}, id="less than none"),
        pytest.param("P2,1,1000000\n", {2: "no whole number"}, id="past all schools"),
        pytest.param(",1,1\n", {2: "The reference is blank"}, id="no pupil"),
        pytest.param("Total,2,2\n", {2: "totals of several pupils"}, id="totals"),
        pytest.param("Grand Totals:,2,2\n", {2: "totals of several pupils"}, id="grand totals"),
        pytest.param("Total pupils: 6\n", {2: "1 cells where the header has 3"}, id="totals of one cell"),
        pytest.param("P2,1,1,1\n", {2: "4 cells where the header has 3"}, id="too many cells"),
        pytest.param("P2,1,1\nP2,1,2\n", {2: "another row", 3: "another row"}, id="a pupil twice"),
    ],
)
def test_a_row_that_cannot_be_compared_is_named_and_the_others_are_compared(
    client: Client, school: str, rows: str, faults: dict[int, str]
) -> None:
    push_drawn(client, "P1 /I\nP2 /\\")

    said = compare(client, "pupil,/,\\\nP1,1,0\n" + rows, status=207)

    assert [fault["row"] for fault in said["errors"]] == list(faults)
    for fault, words in zip(said["errors"], faults.values(), strict=True):
        assert words in fault["detail"]
    own = [one for one in said["differences"] if one["pupil"] == "P1"]
    assert own == [{"pupil": "P1", "code": "I", "stated": 0, "held": 1}]
    assert said["agree"] is False


def test_of_a_pupil_twice_alike_it_is_compared_once(client: Client, school: str) -> None:
    push_drawn(client, "P1 /\\")

    assert compare(client, "pupil,/,\\\nP1,1,1\nP1,1,1\n")["agree"] is True


def test_references_that_mean_two_pupils_are_no_row_of_one(client: Client, school: str) -> None:
    push_drawn(client, "P1 /\\\nP2 /\\")

    said = compare(client, "pupil,MISID,/,\\\nP1,P2,1,1\n", status=422)

    assert said["errors"][0]["detail"] == "the references mean different pupils: P1 and P2"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xef\xbb\xbfupn,/,c1,d,L,\\\r\nA1,1,,-,0,1\r\n", id="mark, small letters, CRLF"),
        pytest.param(b"\\;Name;UPN;/\n1;Zo\xeb;A1;1\n", id="Windows-1252, semicolons, another order"),
        pytest.param(b"sep=\t\nUPN\t/\t\\\nA1\t1\t1\n\n\t\t\n", id="tabs, blank lines"),
        pytest.param(b'"UPN","NC Year Actual","/","\\"\n"A1","7","1","1"\n', id="quoted"),
        pytest.param("UPN,/,\\\r\nA1,1,1\r\n".encode("utf-16"), id="UTF-16"),
    ],
)
def test_totals_read_the_same_however_they_were_exported(client: Client, school: str, body: bytes) -> None:
    push_drawn(client, "A1 /\\")

    assert compare(client, body)["agree"] is True


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b" \r\n \r\n", id="blanks"),
        pytest.param(b"UPN,NCyearActual\nA1,7\n", id="no code"),
        pytest.param(b"NCyearActual,/\n7,1\n", id="no pupil"),
        pytest.param(b"UPN,/,/\nA1,1,1\n", id="a code twice"),
        pytest.param(b'UPN,/\nA1,"1\n', id="a quote never closed"),
        pytest.param("UPN,/\nA1,1\n".encode("utf-16-le"), id="UTF-16 without its mark"),
        pytest.param(b"UPN,07/09/2026\nA1,/\n", id="marks"),
        pytest.param(b'[{"pupil": "A1"', id="broken JSON"),
        pytest.param(b"[]", id="no rows"),
        pytest.param(b"[" * 5000, id="nested too deeply"),
        pytest.param(b'[{"pupil": "A\xff", "counts": {"/": 1}}]', id="no UTF-8"),
    ],
)
def test_a_body_that_holds_no_totals_is_refused(client: Client, school: str, body: bytes) -> None:
    path = f"/v1/schools/{URN}/reconciliations"
    answer = client.post(path, data=body, content_type="text/plain")

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json"), answer.text


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("P1", id="no object"),
        pytest.param({"counts": {"/": 1}}, id="no pupil"),
        pytest.param({"pupil": "P1"}, id="no counts"),
        pytest.param({"pupil": "P1", "counts": {"/": 1.5}}, id="half a mark"),
        pytest.param({"pupil": "P1", "counts": {"/": True}}, id="no number"),
        pytest.param({"pupil": "P1", "counts": {"QQ": 1}}, id="no code"),
        pytest.param({"pupil": "P1", "name": "Ada", "counts": {"/": 1}}, id="an unknown field"),
    ],
)
def test_a_row_of_json_that_says_no_totals_is_rejected(client: Client, school: str, row: Any) -> None:
    said = compare(client, [row, {"pupil": "P2", "counts": {}}], status=207)

    assert [fault["row"] for fault in said["errors"]] == [1]
    assert compare(client, [row], status=422)["rejected"] == 1


def test_no_upn_comes_back(client: Client, school: str) -> None:
    upn = "A123456789012"

    said = compare(client, f"UPN,/,{upn}\n{upn},1,{upn}\n{upn},x,1\n{upn} {upn},y,1\n", status=207)

    assert upn not in json.dumps(said)
    assert said["not_known"][0].startswith("u_")


def test_the_layout_may_be_named(client: Client, school: str) -> None:
    body = [{"pupil": "P1", "counts": {"/": 1}}]
    path = f"/v1/schools/{URN}/reconciliations?layout="

    assert client.post(path + "termly_counts", body).status_code == 200
    assert client.post(path + "daily_code_counts", body).status_code == 422
    assert client.post(path + "long", body).status_code == 422


def test_who_may_ask(app: Flask, client: Client, school: str) -> None:
    path, body = f"/v1/schools/{URN}/reconciliations", [{"pupil": "P1", "counts": {"/": 1}}]

    assert make_key(app, ["attendance:write"], [URN]).post(path, body).status_code == 200
    assert make_key(app, ["attendance:read", "tracker:write"]).post(path, body).status_code == 403
    assert make_key(app, ["attendance:write"], ["900002"]).post(path, body).status_code == 404


# By session and year group


def daily(client: Client, rows: Any = None, query: str = "", status: int = 200) -> dict[str, Any]:
    rows = DAILY if rows is None else rows
    return compare(client, [row | {"urn": URN} for row in rows], query, status)


@pytest.fixture
def sample(client: Client) -> str:
    """The sample week, with year groups on the roll."""
    make_school(client)
    week = [line.split(",") for line in (SHAPES / LONG).read_text().splitlines()[1:]]
    pupils = {upn: year for upn, _, year, *_ in week}
    push_roll(client, on="2026-09-01", **{upn: {"year_group": year} for upn, year in pupils.items()})
    push(client, URN, LONG)
    return URN


def test_daily_counts_of_the_sample_agree_with_its_marks(client: Client, sample: str) -> None:
    said = daily(client)

    assert (said["agree"], said["layout"], said["received"]) == (True, "daily_code_counts", 20)
    assert (said["from"], said["to"]) == ("2026-09-07", "2026-09-11")


def test_rows_that_call_the_school_what_its_system_does_are_compared_with_a_warning(
    client: Client, sample: str
) -> None:
    said = compare(client, DAILY, "")

    assert said["agree"] is True
    assert said["warnings"][0].startswith("the rows name 100000, not known here")


def test_a_changed_mark_is_named_by_session_and_year_group(client: Client, sample: str) -> None:
    row = {"pupil": "V000000026006", "date": "2026-09-09", "session": "AM", "code": "L"}
    client.post(f"/v1/schools/{URN}/marks", [row])

    named = {"date": "2026-09-09", "session": "AM", "year_group": "8"}
    assert daily(client)["differences"] == [
        named | {"code": "L", "stated": 0, "held": 1},
        named | {"code": "U", "stated": 1, "held": 0},
    ]


def test_a_session_that_is_not_stated_differs_within_the_window(client: Client, sample: str) -> None:
    monday = [row for row in DAILY if row["date"] == "2026-09-07"]

    assert daily(client, monday)["agree"] is True
    said = daily(client, monday, "from=2026-09-07&to=2026-09-08")
    assert {(one["date"], one["stated"]) for one in said["differences"]} == {("2026-09-08", 0)}
    assert sum(one["held"] for one in said["differences"]) == 12


def test_where_one_side_is_not_divided_the_whole_school_is_compared(client: Client, school: str) -> None:
    push_drawn(client, "P1 /\\\nP2 I\\")
    by_year = [
        {"date": "2026-09-07", "session": "AM", "year_group": 7, "codes": {"/": 1}},
        {"date": "2026-09-07", "session": "AM", "year_group": "8", "codes": {"I": 1, "-": 4}},
        {"date": "2026-09-07", "session": "PM", "codes": {"\\": 3}},
    ]

    assert daily(client, by_year)["differences"] == [
        {"date": "2026-09-07", "session": "PM", "year_group": None, "code": "\\", "stated": 3, "held": 2}
    ]


def test_session_counts_are_compared_where_no_register_is_held(client: Client, school: str) -> None:
    client.put(f"/v1/schools/{URN}/session-counts/2026-09-07/AM", {"counts": {"/": 80, "I": 2}})
    client.put(f"/v1/schools/{URN}/session-counts/2026-09-07/PM?year_group=7", {"counts": {"\\": 40}})
    rows = [
        {"date": "2026-09-07", "session": "AM", "codes": {"/": 80, "I": 1}},
        {"date": "2026-09-07", "session": "PM", "year_group": 7, "codes": {"\\": 40}},
    ]

    assert [tuple(one.values()) for one in daily(client, rows)["differences"]] == [
        ("2026-09-07", "AM", None, "I", 1, 2)
    ]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"urn": "900002"}, id="another school"),
        pytest.param({"date": "2026-13-07"}, id="no day"),
        pytest.param({"date": "2027-09-07"}, id="outside the window"),
        pytest.param({"session": "Lunch"}, id="no session"),
        pytest.param({"year_group": 99}, id="no year group"),
        pytest.param({"codes": {"QQ": 1}}, id="no code"),
        pytest.param({"codes": {"/": -1}}, id="less than none"),
        pytest.param({"codes": {"/": 9}}, id="another row says otherwise"),
        pytest.param({"year_group": None}, id="the whole school beside a year group"),
    ],
)
def test_a_daily_row_that_cannot_be_compared_is_rejected_alone(
    client: Client, sample: str, row: dict[str, Any]
) -> None:
    rows = [one | {"urn": URN} for one in DAILY]

    said = compare(client, [*rows, rows[0] | row], WEEK, 207)

    assert [fault["row"] for fault in said["errors"]] == [21]
    assert said["differences"] == []


@pytest.mark.parametrize("named", ["900001", "8304001", "830/4001", "mis-9"])
def test_a_school_may_be_named_by_urn_laestab_or_alias(client: Client, named: str) -> None:
    make_school(client, laestab="830/4001", aliases=["mis-9"])
    push_drawn(client, "P1 /\\")
    rows = [
        {"urn": named, "date": "2026-09-07", "session": "AM", "codes": {"/": 1}},
        {"urn": "900001", "date": "2026-09-07", "session": "PM", "codes": {"\\": 1}},
    ]

    assert compare(client, rows)["agree"] is True
