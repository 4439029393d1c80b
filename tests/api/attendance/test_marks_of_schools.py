"""`/v1/marks`: rows of several schools in one push, under one receipt."""

import gzip
import json
import threading
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.attendance.drawn import push_drawn, push_roll
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

ONE, OTHER = "900001", "900002"
OUTCOMES = ("created", "updated", "unchanged", "stale", "deleted", "rejected")


@pytest.fixture(autouse=True)
def schools(client: Client) -> None:
    make_school(client, ONE, laestab="830/4001", aliases=["mis-1"])
    make_school(client, OTHER, laestab="8304002")


def row(school: Any = ONE, pupil: str = "P1", code: str | None = "/", **more: Any) -> dict[str, Any]:
    """A mark of a Friday morning."""
    return {"school": school, "pupil": pupil, "date": "2026-11-20", "session": "AM", "code": code} | more


def post(client: Client, rows: Any, query: str = "", status: int = 200) -> dict[str, Any]:
    """The receipt of a push: its equation holds, and it is kept as it was answered."""
    answer = client.post(f"/v1/marks{query}", rows)
    assert answer.status_code == status, answer.text
    return receipt_of(client, answer, kept="dry_run" not in query)


def receipt_of(client: Client, answer: TestResponse, *, kept: bool = True) -> dict[str, Any]:
    said: dict[str, Any] = answer.json  # type: ignore[assignment]
    assert said["received"] == sum(said[name] for name in OUTCOMES) - said["removed"], said
    found = client.get(f"/v1/imports/{said['import_id']}")
    assert found.status_code == (200 if kept else 404), found.text
    if kept:
        told = {name: said[name] for name in found.json if name in said and name not in ("status",)}
        assert {name: found.json[name] for name in told} == told
        assert found.json["status"] == answer.status_code
    return said


def outcomes(receipt: dict[str, Any]) -> dict[str, int]:
    return {name: receipt[name] for name in (*OUTCOMES, "removed", "unlisted") if receipt[name]}


def register(client: Client, school: str, day: str = "2026-11-20", session: str = "AM") -> dict[str, str]:
    answer = client.get(f"/v1/schools/{school}/registers/{day}/{session}")
    return dict(answer.json["marks"]) if answer.status_code == 200 else {}


def test_each_row_goes_to_its_school_under_one_receipt(client: Client) -> None:
    said = post(client, [row(ONE), row(OTHER, "P1", "I"), row(ONE, "P2", "L"), row(OTHER, "P3")])

    assert outcomes(said) == {"created": 4, "unlisted": 4}
    assert register(client, ONE) == {"P1": "/", "P2": "L"}
    assert register(client, OTHER) == {"P1": "I", "P3": "/"}
    assert outcomes(post(client, [row(OTHER, "P1", "I"), row(ONE, "P2", "U")])) == {
        "updated": 1,
        "unchanged": 1,
    }


@pytest.mark.parametrize("name", ["900001", "830/4001", "8304001", "mis-1", " 900001 ", 900001, 8304001])
def test_a_school_is_named_by_urn_laestab_or_alias(client: Client, name: str | int) -> None:
    assert outcomes(post(client, [row(name)])) == {"created": 1, "unlisted": 1}
    assert register(client, ONE) == {"P1": "/"}
    assert outcomes(post(client, [row(ONE), row(OTHER)])) == {"created": 1, "unchanged": 1, "unlisted": 1}


def test_names_of_one_school_are_one_school(client: Client) -> None:
    said = post(client, [row("830/4001"), row("mis-1", code="I"), row(ONE, "P2")], status=207)

    assert (said["created"], said["rejected"]) == (1, 2)
    assert [fault["row"] for fault in said["errors"]] == [1, 2]
    assert register(client, ONE) == {"P2": "/"}


def test_a_laestab_that_two_schools_have_names_neither(client: Client) -> None:
    make_school(client, "900003", laestab="8304002")

    said = post(client, [row("830/4002"), row(ONE)], status=207)

    assert [(fault["row"], fault["detail"]) for fault in said["errors"]] == [
        (1, "There is no such school as 830/4002.")
    ]
    assert register(client, OTHER) == {}


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        pytest.param(json.dumps([row(ONE), row(OTHER)]), "application/json", id="array"),
        pytest.param(json.dumps({"data": [row(ONE), row(OTHER)]}), "application/json", id="data"),
        pytest.param(
            json.dumps(row(ONE)) + "\n" + json.dumps(row(OTHER)), "application/x-ndjson", id="ndjson"
        ),
        pytest.param(
            "Date,Session,Mark,UPN,School\n20/11/2026,AM,/,P1,mis-1\n20/11/2026,AM,/,P1,900002\n",
            "text/csv",
            id="csv",
        ),
        pytest.param(
            "\ufeffURN;LAESTAB;MISID;Date;Session;Mark\r\n;830/4001;P1;2026-11-20;AM;/\r\n900002;;P1;2026-11-20;am;/",
            "text/plain",
            id="csv with URN or LAESTAB",
        ),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_the_layouts_whose_rows_name_schools(
    client: Client, body: str, media_type: str, packed: bool
) -> None:
    raw = gzip.compress(body.encode()) if packed else body.encode()
    answer = client.post("/v1/marks", data=raw, content_type=media_type)

    assert answer.status_code == 200, answer.text
    assert outcomes(receipt_of(client, answer))["created"] == 2
    assert register(client, ONE) == register(client, OTHER) == {"P1": "/"}


@pytest.mark.parametrize(
    ("body", "query", "status"),
    [
        pytest.param("pupil,date,session,code\nP1,2026-11-20,AM,/\n", "", 400, id="no school's column"),
        pytest.param("<SessionAttendances/>", "", 400, id="xml"),
        pytest.param("", "", 400, id="nothing"),
        pytest.param('[{"school": "900001"', "", 400, id="broken JSON"),
        pytest.param("[]", "?layout=wide", 422, id="a layout of one school"),
    ],
)
def test_a_body_that_names_no_schools_is_refused(client: Client, body: str, query: str, status: int) -> None:
    answer = client.post(f"/v1/marks{query}", data=body.encode(), content_type="text/plain")

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text


def test_in_the_path_of_one_school_a_row_names_none(client: Client) -> None:
    answer = client.post(f"/v1/schools/{ONE}/marks", [row()])

    assert answer.status_code == 422
    assert answer.json["errors"][0]["detail"].startswith('"school" is no field of a row')


def test_rows_of_a_school_that_is_not_found_are_rejected_alone_and_name_it(client: Client) -> None:
    said = post(
        client, [row("999999"), row(ONE), row("999999", "P2", "XX"), row(OTHER, code="QQ")], status=207
    )

    assert outcomes(said) == {"created": 1, "rejected": 3, "unlisted": 1}
    assert said["errors"] == [
        {"row": 1, "pupil": "P1", "code": "/", "detail": "There is no such school as 999999."},
        {"row": 3, "pupil": "P2", "code": "XX", "detail": "There is no such school as 999999."},
        {"row": 4, "pupil": "P1", "code": "QQ", "detail": "QQ isn't a code of the register"},
    ]


@pytest.mark.parametrize("name", ["900002", "8304002", "830/4002"])
def test_a_school_out_of_sight_reads_like_none(app: Flask, client: Client, name: str) -> None:
    key = make_key(app, ["attendance:write"], [ONE])

    answer = key.post("/v1/marks", [row(name), row("900009"), row(ONE)])

    assert answer.status_code == 207
    hidden, none = answer.json["errors"]
    assert hidden["detail"].replace(name, "900009") == none["detail"]
    assert register(client, OTHER) == {}
    assert register(client, ONE) == {"P1": "/"}
    receipt_of(key, answer)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        pytest.param({"school": None}, "The school must be its URN", id="null"),
        pytest.param({"school": ""}, "The school is blank", id="blank"),
        pytest.param({"school": 900001.0}, "The school must be its URN", id="a fraction"),
        pytest.param({"school": True}, "The school must be its URN", id="a truth"),
        pytest.param({"school": 10**30}, "no such school as 1000", id="a number out of all range"),
        pytest.param(
            {"school": 900001, "code": 1}, "The code must be", id="a code that is none, of a number"
        ),
        pytest.param({"school": "x" * 65}, "The school has 65 characters", id="too long"),
        pytest.param({"date": "20/11/2026"}, "can't be read", id="no day"),
        pytest.param({"session": "Lunch"}, "The session must be", id="no session"),
        pytest.param({"name": "Ada"}, "never kept", id="a name"),
        pytest.param({"urn": "1"}, "those are school, pupil, date", id="an unknown field"),
        pytest.param({"date": "2026-12-25"}, "in the future", id="the future"),
    ],
)
def test_a_row_that_cannot_be_taken_is_rejected_alone(client: Client, bad: Any, words: str) -> None:
    said = post(client, [row() | bad, row(OTHER)], status=207)

    assert outcomes(said) == {"created": 1, "rejected": 1, "unlisted": 1}
    assert [fault["row"] for fault in said["errors"]] == [1]
    assert words in said["errors"][0]["detail"]


def test_a_row_without_a_school_says_that_it_is_missing(client: Client) -> None:
    bare = {name: value for name, value in row().items() if name != "school"}

    assert post(client, [bare, row()], status=207)["errors"] == [
        {"row": 1, "pupil": "P1", "code": "/", "detail": "The school is missing."}
    ]


def test_a_row_that_deletes_needs_no_code(client: Client) -> None:
    post(client, [row(), row(OTHER)])
    gone = {name: value for name, value in row(deleted=True).items() if name != "code"}

    assert outcomes(post(client, [gone, row(OTHER, code=None)])) == {"deleted": 2}


def test_where_every_row_is_rejected_the_receipt_is_kept(app: Flask, client: Client) -> None:
    for key in (client, make_key(app, ["attendance:write"], [ONE, OTHER])):
        said = post(key, [row("999999"), row("999998")], status=422)
        assert (said["received"], said["rejected"]) == (2, 2)
    said = post(client, [row("999999"), row(ONE, code="QQ"), row(OTHER, code="QQ")], status=422)
    assert (said["received"], said["rejected"], len(said["errors"])) == (3, 3, 3)


def test_nothing_pushed_is_nothing_taken(client: Client) -> None:
    assert outcomes(post(client, [])) == {}


# Whose receipts and audit entries they are


def test_it_is_one_entry_in_each_school_that_it_touched_each_of_its_own_part(client: Client) -> None:
    said = post(client, [row(ONE), row(OTHER), row(OTHER, "P2"), row("999999")], status=207)

    for school, received in ((ONE, 1), (OTHER, 2)):
        entries = client.get(f"/v1/audit?school={school}&kind=marks").json["items"]
        assert [entry["subject"] for entry in entries] == [said["import_id"]]
        assert entries[0]["content"]["received"] == received
        assert client.get(f"/v1/audit/verify?school={school}").json["holds"] is True


def test_a_receipt_is_listed_once_and_for_keys_that_see_all_its_schools(app: Flask, client: Client) -> None:
    both = post(client, [row(OTHER), row(ONE)])["import_id"]
    alone = post(client, [row(ONE, "P2")])["import_id"]

    def listed(*schools: str) -> list[str]:
        key = make_key(app, ["attendance:write"], list(schools))
        found = key.get("/v1/imports?limit=1").json
        ids = [found["items"][0]["import_id"]] if found["items"] else []
        while found["next"]:
            found = key.get(f"/v1/imports?limit=1&cursor={found['next']}").json
            ids += [one["import_id"] for one in found["items"]]
        status = key.get(f"/v1/imports/{both}").status_code
        assert key.get(f"/v1/imports/{both}/errors").status_code == status
        assert status == (200 if both in ids else 404)
        return ids

    assert listed("*") == [alone, both]
    assert listed(ONE, OTHER) == [alone, both]
    assert listed(ONE) == [alone]
    assert listed(OTHER) == []
    received = [one["received"] for one in client.get("/v1/imports").json["items"]]
    assert received == [1, 2]


def test_a_change_is_told_once_in_its_own_school(client: Client, clock: Clock) -> None:
    post(client, [row(ONE), row(OTHER)])
    said = post(client, [row(ONE, code="I"), row(OTHER, code="L")])

    for school, new in ((ONE, "I"), (OTHER, "L")):
        path = f"/v1/schools/{school}/marks/changes?from=2026-11-20&to=2026-11-20"
        (change,) = client.get(path).json["items"]
        assert (change["old"], change["new"], change["import_id"]) == ("/", new, said["import_id"])
        assert change["who"] == "test"


# How it may be taken


def test_atomic_takes_all_of_every_school_or_nothing(client: Client) -> None:
    said = post(client, [row(ONE), row(OTHER), row(OTHER, "P2", "QQ")], "?atomic=true", 422)
    assert outcomes(said) == {"rejected": 3}
    assert [fault["row"] for fault in said["errors"]] == [3]
    assert outcomes(post(client, [row(ONE), row("999999")], "?atomic=true", 422)) == {"rejected": 2}
    assert register(client, ONE) == register(client, OTHER) == {}

    assert outcomes(post(client, [row(ONE), row(OTHER)], "?atomic=true"))["created"] == 2
    assert register(client, OTHER) == {"P1": "/"}


@pytest.mark.parametrize("bad", [row(OTHER, code="QQ"), row("999999")])
def test_what_is_refused_whole_for_a_row_is_not_asked_to_be_forced(
    client: Client, bad: dict[str, Any]
) -> None:
    post(client, [row(ONE, f"P{n}") for n in range(5)])

    said = post(client, [row(ONE), bad], "?atomic=true&replace=2026-11-20..2026-11-20", 422)

    assert outcomes(said) == {"rejected": 2}
    assert len(register(client, ONE)) == 5


def test_dry_run_says_the_same_and_keeps_nothing(client: Client) -> None:
    rows = [row(ONE), row(OTHER), row("999999")]

    tried = post(client, rows, "?dry_run=true", 207)

    assert register(client, ONE) == {}
    assert outcomes(tried) == outcomes(post(client, rows, status=207))


def test_strict_roll_is_each_schools_own(client: Client) -> None:
    push_roll(client, ONE, P1={})

    said = post(client, [row(ONE), row(OTHER)], "?strict_roll=true", 207)

    assert outcomes(said) == {"created": 1, "rejected": 1}
    assert said["errors"][0]["row"] == 2
    assert register(client, OTHER) == {}


def test_replace_speaks_of_each_school_that_a_row_names(client: Client) -> None:
    make_school(client, "900003")
    for school in (ONE, OTHER, "900003"):
        push_drawn(client, "P1 /\\\nP2 /\\", school)
    rows = [row(ONE, date="2026-09-07"), row(OTHER, "P2", date="2026-09-07")]
    query = "?replace=2026-09-07..2026-09-07"

    refused = client.post(f"/v1/marks{query}", rows)
    assert refused.status_code == 409
    assert refused.json["detail"].startswith("900001: this would take away 3 of the 4 marks")
    assert register(client, ONE, "2026-09-07") == {"P1": "/", "P2": "/"}

    said = post(client, rows, f"{query}&force=true")
    assert outcomes(said) == {"unchanged": 2, "deleted": 6, "removed": 6}
    assert register(client, ONE, "2026-09-07") == {"P1": "/"}
    assert register(client, OTHER, "2026-09-07") == {"P2": "/"}
    assert register(client, "900003", "2026-09-07") == {"P1": "/", "P2": "/"}


def test_replace_removes_nothing_where_a_school_has_no_row_that_stands(client: Client) -> None:
    for school in (ONE, OTHER):
        push_drawn(client, "P1 /\\", school)
    rows = [row(ONE, code="QQ", date="2026-09-07"), row(OTHER, date="2026-09-07")]

    said = post(client, rows, "?replace=2026-09-07..2026-09-07&force=true", 207)

    assert outcomes(said) == {"unchanged": 1, "deleted": 1, "rejected": 1, "removed": 1}
    assert register(client, ONE, "2026-09-07") == {"P1": "/"}


def test_replace_spares_what_an_unreadable_row_may_speak_of(client: Client) -> None:
    for school in (ONE, OTHER):
        push_drawn(client, "P1 /\\\nP2 /\\", school)
    rows = [
        row(ONE, date="2026-09-07"),
        row(OTHER, date="2026-09-07"),
        row("", "P2", date="2026-09-07"),
    ]

    said = post(client, rows, "?replace=2026-09-07..2026-09-07&force=true", 207)

    assert outcomes(said) == {"unchanged": 2, "deleted": 2, "rejected": 1, "removed": 2}
    assert (
        register(client, ONE, "2026-09-07") == register(client, OTHER, "2026-09-07") == {"P1": "/", "P2": "/"}
    )


def test_an_idempotency_key_gives_the_first_answer_again(client: Client) -> None:
    headers = {"Idempotency-Key": "monday"}
    first = client.post("/v1/marks", [row(ONE), row(OTHER)], headers=headers)
    again = client.post("/v1/marks", [row(ONE), row(OTHER)], headers=headers)

    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert client.post("/v1/marks", [row(ONE)], headers=headers).status_code == 422


def test_own_codes_and_aliases_are_each_schools_own(client: Client) -> None:
    client.put(f"/v1/schools/{ONE}/code-map", {"map": {"XA": "C"}})
    push_roll(client, ONE, P1={"aliases": ["A"]})
    push_roll(client, OTHER, P2={"aliases": ["A"]})

    said = post(client, [row(ONE, "A", "XA"), row(OTHER, "A", "XA"), row(OTHER, "A", "C")], status=207)

    assert [fault["row"] for fault in said["errors"]] == [2]
    assert register(client, ONE) == {"P1": "C"}
    assert register(client, OTHER) == {"P2": "C"}


def test_no_upn_is_kept_or_answered(client: Client) -> None:
    upn = "A123456789012"

    said = post(client, [row(ONE, upn), row(upn, "P1"), row(OTHER, upn, upn)], status=207)

    assert upn not in json.dumps(said)
    assert next(iter(register(client, ONE))).startswith("u_")


def test_who_may_push(app: Flask) -> None:
    assert make_key(app, ["attendance:read", "pupils:read"]).post("/v1/marks", [row()]).status_code == 403
    assert Client(app, None).post("/v1/marks", [row()]).status_code == 401


def test_pushes_that_name_the_same_schools_in_other_orders_never_wait_for_each_other(
    app: Flask, client: Client
) -> None:
    statuses: list[int] = []

    def push(order: list[str], who: str) -> None:
        mine = Client(app, client.token)
        for number in range(8):
            code = "/IL"[number % 3]
            answer = mine.post("/v1/marks", [row(school, who, code) for school in order])
            statuses.append(answer.status_code)

    pushing = [
        threading.Thread(target=push, args=(order, who))
        for order, who in (([ONE, OTHER], "P1"), ([OTHER, ONE], "P2"), (["mis-1", "830/4002"], "P3"))
    ]
    for thread in pushing:
        thread.start()
    for thread in pushing:
        thread.join()

    assert statuses == [200] * 24
    assert register(client, ONE) == register(client, OTHER) == {"P1": "I", "P2": "I", "P3": "I"}
    for school in (ONE, OTHER):
        assert client.get(f"/v1/audit/verify?school={school}").json["holds"] is True
