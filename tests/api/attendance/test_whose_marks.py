"""Whom a push of marks speaks of: pupils by several references, and none of them a UPN that is kept."""

import pytest
from flask import Flask

from tests.api.attendance.pushed import (
    AFTERNOON,
    MARKS,
    MORNING,
    SCHOOL,
    assert_no_upn_is_kept,
    both,
    counts,
    post_csv,
    row,
)
from tests.api.http.problems import problem_in
from tests.conftest import Clock
from tests.make import Client, make_school


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


# Who a pupil is


def test_references_in_one_row_are_one_pupil(client: Client) -> None:
    post_csv(client, both("Z000000026001", "9901"))

    answer = client.post(MARKS, [row("z000000026001", session="PM", code="\\"), row("9901", "I")])

    assert counts(answer) == {"created": 1, "updated": 1}
    assert client.get(MORNING).json["marks"] == {"9901": "I"}
    assert client.get(AFTERNOON).json["marks"] == {"9901": "\\"}


def test_two_known_pupils_whom_a_row_names_are_joined(client: Client) -> None:
    client.post(MARKS, [row("Z000000026001", "I"), row("9901", "\\", session="PM"), row("P002")])

    answer = post_csv(client, both("Z000000026001", "9901", "/", "19/11/2026"))

    assert counts(answer) == {"created": 1}
    [pupil] = client.get(AFTERNOON).json["marks"]
    assert client.get(MORNING).json["marks"] == {pupil: "I", "P002": "/"}


def test_references_joined_where_their_marks_disagree_are_refused_naming_both(client: Client) -> None:
    client.post(MARKS, [row("P001", "I"), row("9901", "/")])

    answer = client.post(
        MARKS,
        data=b"pupil,MISID,Date,Session,Mark\nP001,9901,2026-11-19,AM,/\nP003,,2026-11-19,AM,/\n",
        content_type="text/csv",
    )

    said = problem_in(answer, 409)
    assert "P001" in said["detail"]
    assert "9901" in said["detail"]
    assert "2026-11-20 AM" in said["detail"]
    assert client.get(SCHOOL + "/registers/2026-11-19/AM").status_code == 404
    assert client.get(MORNING).json["marks"] == {"P001": "I", "9901": "/"}


def test_a_pupil_of_the_roll_keeps_name_and_characteristics_when_marks_join_another(client: Client) -> None:
    client.post(MARKS, [row("early", "I")])
    pupils = [{"pupil": "R1", "from": "2026-09-01", "year_group": "7", "cohorts": {"pupil_premium": True}}]
    client.put(SCHOOL + "/roll?on=2026-09-01&force=true", {"pupils": pupils})

    answer = client.post(
        MARKS, data=b"pupil,MISID,Date,Session,Mark\nearly,R1,2026-11-19,AM,/\n", content_type="text/csv"
    )

    assert answer.status_code == 200
    assert client.get(MORNING).json["marks"] == {"R1": "I"}
    [shown] = client.get(SCHOOL + "/roll").json["pupils"]
    assert (shown["pupil"], shown["year_group"]) == ("R1", "7")
    assert shown["aliases"] == ["early"]


def test_a_chain_of_references_is_one_pupil_whatever_the_order_of_its_rows(client: Client) -> None:
    client.post(
        MARKS, [row("a", date="2026-11-16"), row("c", date="2026-11-17"), row("d", date="2026-11-18")]
    )
    body = (
        "pupil,MISID,UPN,Date,Session,Mark\n"
        "a,c,,2026-11-19,AM,/\n"
        "d,new,,2026-11-19,PM,\\\n"
        "c,d,,2026-11-20,AM,/\n"
        "new,,,2026-11-20,PM,\\\n"
    )

    assert counts(post_csv(client, body)) == {"created": 4}

    found = client.post(SCHOOL + "/pupils/lookup", {"references": ["a", "c", "d", "new"]}).json["pupils"]
    assert len({pupil["pupil"] for pupil in found}) == 1
    for day, session in (("16", "AM"), ("17", "AM"), ("18", "AM"), ("19", "PM"), ("20", "PM")):
        held = client.get(f"{SCHOOL}/registers/2026-11-{day}/{session}").json["marks"]
        assert list(held) == [found[0]["pupil"]]


def test_a_blank_takes_the_mark_away_whichever_of_its_references_is_known(client: Client) -> None:
    client.post(MARKS, [row("Z000000026001", "I")])

    answer = post_csv(client, both("Z000000026001", "9901", ""))

    assert counts(answer) == {"deleted": 1}
    assert client.get(MORNING).json["marks"] == {}


def test_two_references_of_one_pupil_in_a_register_are_two_rows_for_one_mark(client: Client) -> None:
    post_csv(client, both("Z000000026001", "9901", "/", "19/11/2026"))

    agree = client.put(MORNING, {"marks": {"Z000000026001": "/", "9901": "/"}})
    disagree = client.put(MORNING, {"marks": {"Z000000026001": "I", "9901": "N"}})

    assert counts(agree) == {"created": 1, "unchanged": 1}
    assert (disagree.status_code, counts(disagree)) == (422, {"rejected": 2})
    assert client.get(MORNING).json["marks"] == {"9901": "/"}


def test_what_was_joined_is_still_apart_in_what_was_held_before(client: Client, clock: Clock) -> None:
    client.post(MARKS, [row("a", "I"), row("b", "\\", session="PM")])
    before = clock.advance(minutes=1)
    clock.advance(minutes=1)
    client.post(MARKS, data=b"pupil,MISID,Date,Session,Mark\na,b,2026-11-19,AM,/\n", content_type="text/csv")

    then = client.get(AFTERNOON, query_string={"as_of": before.isoformat()}).json
    assert then["marks"] == {"b": "\\"}
    assert client.get(AFTERNOON).json["marks"] == {"a": "\\"}


# No UPN is ever kept


def test_no_table_keeps_a_upn_from_wherever_it_came(client: Client, app: Flask) -> None:
    upn, former, in_text = "Z000000026001", "Y12345678901B", "X00000002600A"
    post_csv(client, both(upn, "9901"))
    client.put(MORNING, {"marks": {former: "I", f"{in_text}/x": "QQ", "P001": f"{in_text}"}})
    client.post(MARKS, [row(f"\n{in_text}"), row("P001", in_text), row("P001", date=upn), {upn: upn}])
    client.post(MARKS, data=f"{upn},Date,Session,Mark,UPN\nx,{former},AM,/,{upn}\n", content_type="text/csv")
    client.put(SCHOOL, {"name": f"School of {upn}", "trust_name": former, "aliases": [upn, in_text.lower()]})
    client.put(SCHOOL + "/roll", {"pupils": [{"pupil": upn, "aliases": [former], "from": "2026-09-01"}]})
    client.post(MARKS, [row()], headers={"Idempotency-Key": f"push of {upn}", "X-Request-ID": former})
    client.post(f"/v1/schools/{upn}/marks", [row("P009")], headers={"Idempotency-Key": "1"})

    assert_no_upn_is_kept(app, [upn, former, in_text])
