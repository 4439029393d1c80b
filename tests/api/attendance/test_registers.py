"""`/v1/schools/{urn}/registers/{date}/{session}`."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.make import Client, make_key, make_school

MORNING = "/v1/schools/900001/registers/2026-11-20/AM"


@pytest.fixture
def school(client: Client) -> str:
    return make_school(client)


def counts(receipt: dict[str, Any]) -> dict[str, int]:
    """What a receipt counts, without what is nought."""
    names = (
        "created",
        "updated",
        "unchanged",
        "stale",
        "deleted",
        "rejected",
        "removed",
        "unlisted",
        "off_roll",
    )
    return {name: receipt[name] for name in names if receipt[name]}


def test_a_register_comes_back_as_it_was_pushed(client: Client, school: str) -> None:
    answer = client.put(
        MORNING, {"marks": {"P001": "/", "P002": "I", "P003": "L"}, "minutes_late": {"P003": 12}}
    )

    assert answer.status_code == 200
    assert counts(answer.json) == {"created": 3, "unlisted": 3}
    held = client.get(MORNING).json
    assert held["marks"] == {"P001": "/", "P002": "I", "P003": "L"}
    assert held["minutes_late"] == {"P003": 12}
    assert held["revision"] == 1


def test_a_repeat_push_leaves_every_row_unchanged(client: Client, school: str, clock: Clock) -> None:
    body = {
        "marks": {"P001": "/", "P002": "L"},
        "minutes_late": {"P002": 3},
        "source_updated_at": "2026-11-20T08:55:00Z",
    }
    client.put(MORNING, body)
    before = client.get(MORNING).json
    clock.advance(minutes=5)

    assert counts(client.put(MORNING, body).json) == {"unchanged": 2}
    assert client.get(MORNING).json == before


def test_a_register_never_pushed_is_not_found(client: Client, school: str) -> None:
    assert client.get(MORNING).status_code == 404


def test_a_whole_register_removes_what_it_does_not_name(client: Client, school: str) -> None:
    client.put(MORNING, {"marks": {f"P{n:03}": "/" for n in range(10)}})

    answer = client.put(MORNING, {"marks": {f"P{n:03}": "/" for n in range(8)}})

    assert counts(answer.json) == {"unchanged": 8, "deleted": 2, "removed": 2}
    assert len(client.get(MORNING).json["marks"]) == 8


def test_a_register_that_would_lose_more_than_a_fifth_is_refused_unless_forced(
    client: Client, school: str
) -> None:
    client.put(MORNING, {"marks": {f"P{n:03}": "/" for n in range(10)}})

    refused = client.put(MORNING, {"marks": {f"P{n:03}": "/" for n in range(7)}})

    assert refused.status_code == 409
    assert len(client.get(MORNING).json["marks"]) == 10
    assert client.put(MORNING + "?force=true", {"marks": {"P001": "/"}}).status_code == 200
    assert client.get(MORNING).json["marks"] == {"P001": "/"}


def test_a_part_of_a_register_leaves_the_rest(client: Client, school: str) -> None:
    client.put(MORNING, {"marks": {"P001": "/", "P002": "N", "P003": "/"}})

    answer = client.patch(MORNING, {"marks": {"P002": "I", "P003": None}})

    assert counts(answer.json) == {"updated": 1, "deleted": 1}
    assert client.get(MORNING).json["marks"] == {"P001": "/", "P002": "I"}


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        pytest.param("QQ", "isn't a code", id="unknown"),
        pytest.param("\\", "afternoon", id="in the wrong session"),
        pytest.param("H", "2024-08-18", id="outside its dates"),
    ],
)
def test_a_code_that_cannot_be_is_rejected_alone(
    client: Client, school: str, code: str, sentence: str
) -> None:
    answer = client.put(MORNING, {"marks": {"P001": "/", "P/2": code}})

    assert answer.status_code == 207
    assert counts(answer.json) == {"created": 1, "rejected": 1, "unlisted": 1}
    [fault] = answer.json["errors"]
    assert (fault["pointer"], fault["pupil"], fault["code"]) == ("/marks/P~12", "P/2", code)
    assert sentence in fault["detail"]


def test_a_register_rejected_whole_is_a_problem_that_carries_its_receipt(client: Client, school: str) -> None:
    answer = client.put(MORNING, {"marks": {"P001": "QQ"}})

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["rejected"] == answer.json["received"] == 1
    assert client.get(f"/v1/imports/{answer.json['import_id']}").json["rejected"] == 1
    assert client.get(MORNING).status_code == 404


def test_an_older_mark_is_stale(client: Client, school: str) -> None:
    client.put(MORNING, {"marks": {"P001": "I"}, "source_updated_at": "2026-11-20T08:55:00Z"})

    older = client.put(MORNING, {"marks": {"P001": "/"}, "source_updated_at": "2026-11-20T08:50:00Z"})
    timeless = client.put(MORNING, {"marks": {"P001": "L"}})

    assert counts(older.json) == {"stale": 1}
    assert counts(timeless.json) == {"updated": 1}


def test_a_mark_that_an_empty_register_removed_is_not_brought_back_by_an_older_push(
    client: Client, school: str
) -> None:
    client.put(MORNING, {"marks": {"P001": "I"}})
    client.put(MORNING + "?force=true", {"marks": {}, "source_updated_at": "2026-11-20T08:55:00Z"})

    older = client.patch(MORNING, {"marks": {"P001": "I"}, "source_updated_at": "2026-11-20T08:50:00Z"})

    assert counts(older.json) == {"stale": 1}
    assert client.get(MORNING).json["marks"] == {}


def test_the_register_as_it_was_held(client: Client, school: str, clock: Clock) -> None:
    client.put(MORNING, {"marks": {"P001": "N", "P002": "L"}, "minutes_late": {"P002": 4}})
    first = clock.advance(minutes=10)
    clock.advance(minutes=10)
    client.patch(MORNING, {"marks": {"P001": "I", "P002": "/", "P003": "/"}})
    clock.advance(minutes=10)

    then = client.get(MORNING, query_string={"as_of": first.isoformat()}).json
    assert then["marks"] == {"P001": "N", "P002": "L"}
    assert then["minutes_late"] == {"P002": 4}
    assert then["revision"] == 1
    assert client.get(MORNING, query_string={"as_of": "2026-11-20T08:59:00Z"}).status_code == 404
    assert client.get(MORNING).json["marks"] == {"P001": "I", "P002": "/", "P003": "/"}


def test_every_change_of_a_mark_stays_readable_and_a_first_mark_is_none(client: Client, school: str) -> None:
    client.put(MORNING, {"marks": {"P001": "N", "P002": "/"}})
    client.patch(MORNING, {"marks": {"P001": "I", "P003": "/"}})
    last = client.patch(MORNING, {"marks": {"P001": None}})

    page = client.get("/v1/schools/900001/marks/changes?from=2026-11-16&to=2026-11-20").json

    assert [(c["pupil"], c["old"], c["new"]) for c in page["items"]] == [
        ("P001", "N", "I"),
        ("P001", "I", None),
    ]
    assert page["items"][-1]["import_id"] == last.json["import_id"]
    first = client.get("/v1/schools/900001/marks/changes?from=2026-11-16&to=2026-11-20&limit=1").json
    rest = client.get(
        f"/v1/schools/900001/marks/changes?from=2026-11-16&to=2026-11-20&cursor={first['next']}"
    ).json
    assert first["items"] + rest["items"] == page["items"]


def test_a_mark_set_anew_after_it_was_taken_away_is_a_change_of_a_mark_too(
    client: Client, school: str
) -> None:
    for mark in ("/", None, "O"):
        client.patch(MORNING, {"marks": {"P001": mark, "P002": "/"}})
    client.patch(MORNING, {"marks": {"P003": "I"}})
    client.patch(MORNING.replace("AM", "PM"), {"marks": {"P001": "I"}})
    window = "/v1/schools/900001/marks/changes?from=2026-11-16&to=2026-11-20"

    items = client.get(window).json["items"]

    assert [(c["pupil"], c["old"], c["new"]) for c in items] == [("P001", "/", None), ("P001", None, "O")]
    first = client.get(window + "&limit=1").json
    assert client.get(f"{window}&cursor={first['next']}").json == {"items": items[1:], "next": None}


def test_a_dry_run_answers_the_same_and_keeps_nothing(client: Client, school: str) -> None:
    answer = client.put(MORNING + "?dry_run=true", {"marks": {"P001": "/"}})

    assert counts(answer.json) == {"created": 1, "unlisted": 1}
    assert client.get(MORNING).status_code == 404
    assert client.get(f"/v1/imports/{answer.json['import_id']}").status_code == 404


def test_all_or_nothing_refuses_the_good_rows_too(client: Client, school: str) -> None:
    answer = client.put(MORNING + "?atomic=true", {"marks": {"P001": "/", "P002": "QQ"}})

    assert answer.status_code == 422
    assert counts(answer.json) == {"rejected": 2}
    assert client.get(MORNING).status_code == 404
    assert client.get(f"/v1/imports/{answer.json['import_id']}").status_code == 200


def test_a_sunday_is_taken_with_a_warning(client: Client, school: str) -> None:
    answer = client.put("/v1/schools/900001/registers/2026-11-15/AM", {"marks": {"P001": "/"}})

    assert answer.status_code == 200
    assert "Sunday" in answer.json["warnings"][0]


def test_tomorrow_is_the_last_day_that_can_be_marked(client: Client, school: str, clock: Clock) -> None:
    clock.set("2026-06-30T23:30:00+00:00")  # already 1 July by the clock of a school in summer

    assert (
        client.put("/v1/schools/900001/registers/2026-07-02/AM", {"marks": {"P001": "/"}}).status_code == 200
    )
    assert (
        client.put("/v1/schools/900001/registers/2026-07-03/AM", {"marks": {"P001": "/"}}).status_code == 422
    )


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"marks": {"P001": 5}}, 422, "/marks/P001"),
        ({"marks": {"P001": "/"}, "minutes_late": {"P001": -4}}, 422, "/minutes_late/P001"),
        ({"marks": {"P001": "/"}, "minutes_late": {"P002": 4}}, 422, "/minutes_late/P002"),
        ({"marks": {"P001": "/"}, "source_updated_at": "2026-11-20T08:55:00"}, 422, "/source_updated_at"),
        ({"marks": {"P001": "/"}, "name": "x"}, 422, "/name"),
        ({}, 422, "/marks"),
    ],
)
def test_a_body_that_is_no_register_is_refused_where_it_is_wrong(
    client: Client, school: str, body: dict[str, Any], status: int, pointer: str
) -> None:
    answer = client.put(MORNING, body)

    assert answer.status_code == status
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]
    assert client.get(MORNING).status_code == 404


def test_what_is_refused_comes_in_the_order_of_the_contract(app: Flask, client: Client, school: str) -> None:
    stranger, reader = Client(app, None), make_key(app, ["pupils:read"])
    narrow = make_key(app, ["attendance:write"], ["900009"])
    broken = {"data": b"{", "content_type": "application/json"}

    assert stranger.put(MORNING, **broken).status_code == 401
    assert stranger.put(MORNING, **broken).headers["WWW-Authenticate"] == "Bearer"
    assert reader.put("/v1/schools/nowhere/registers/2026-11-20/AM", **broken).status_code == 403
    assert narrow.put(MORNING, **broken).status_code == 404
    assert client.put(MORNING, data=b"{", content_type="image/png").status_code == 415
    assert client.put(MORNING, **broken).status_code == 400


def test_thirty_february_is_no_date(client: Client, school: str) -> None:
    answer = client.put("/v1/schools/900001/registers/2026-02-30/AM", {"marks": {"P001": "/"}})

    assert answer.status_code == 422
    assert "2026-02-30" in answer.json["detail"]


def test_a_upn_is_never_answered(client: Client, school: str) -> None:
    answer = client.put(MORNING, {"marks": {"A123456789012": "/", "a123456789012X": "QQ"}})
    held = client.get(MORNING).json

    [name] = held["marks"]
    assert name.startswith("u_")
    assert "A123456789012" not in answer.text.upper().replace("A123456789012X", "")
    assert client.patch(MORNING, {"marks": {"a123456789012": "I"}}).json["updated"] == 1
    assert client.patch(MORNING, {"marks": {name: "/"}}).json["updated"] == 1
