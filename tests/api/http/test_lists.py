"""Lists: `limit`, signed cursors, the `Link` header, and pages that stand still while rows are added."""

import base64
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from tests.api.http.problems import problem_in
from tests.make import Client, make_school


@pytest.fixture
def schools(client: Client) -> list[str]:
    return [make_school(client, f"9000{n:02}") for n in range(7)]


def test_a_list_is_read_page_by_page(client: Client, schools: list[str]) -> None:
    seen, path = [], "/v1/schools?limit=3&phase=secondary"
    while path:
        answer = client.get(path)
        seen += [school["urn"] for school in answer.json["items"]]
        link = answer.headers.get("Link", "")
        path = link.partition("<")[2].partition(">")[0]
        assert bool(path) == (answer.json["next"] is not None) == link.endswith('rel="next"')

    assert seen == schools


def test_the_link_asks_for_the_same_again_but_the_next_page(client: Client, schools: list[str]) -> None:
    answer = client.get("/v1/schools?limit=3&phase=secondary")

    address = urlsplit(answer.headers["Link"].partition("<")[2].partition(">")[0])
    assert address.path == "/v1/schools"
    assert parse_qs(address.query) == {
        "limit": ["3"],
        "phase": ["secondary"],
        "cursor": [answer.json["next"]],
    }


def test_what_is_added_before_a_page_does_not_shift_it(client: Client, schools: list[str]) -> None:
    cursor = client.get("/v1/schools?limit=3").json["next"]
    make_school(client, "900000a")

    rest = client.get(f"/v1/schools?limit=200&cursor={cursor}").json["items"]

    assert [school["urn"] for school in rest] == schools[3:]


def test_fifty_unless_told(client: Client) -> None:
    for number in range(51):
        make_school(client, f"91{number:04}")

    page = client.get("/v1/schools").json

    assert len(page["items"]) == 50
    assert len(client.get(f"/v1/schools?cursor={page['next']}").json["items"]) == 1
    assert client.get("/v1/schools?limit=51").json["next"] is None


@pytest.mark.parametrize("limit", ["0", "201", "-1", "abc", "", "1.5", "9" * 5000])
def test_a_limit_that_is_none_is_not_valid(client: Client, limit: str) -> None:
    for path in ("/v1/schools", "/v1/imports"):
        [fault] = problem_in(client.get(f"{path}?limit={limit}"), 422)["errors"]
        assert fault["pointer"] == "/query/limit"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda c: "x" + c, id="longer"),
        pytest.param(lambda c: c[:-4], id="shorter"),
        pytest.param(lambda c: c[::-1], id="backwards"),
        pytest.param(lambda c: "", id="empty"),
        pytest.param(lambda c: "%C3%A9", id="not ASCII"),
        pytest.param(lambda c: "AAAA" + c[4:], id="another signature"),
        pytest.param(lambda c: _with_payload(c, b'["900001"]'), id="another key under its signature"),
        pytest.param(lambda c: _with_payload(c, b"[1,2,3,4]"), id="a key of another kind"),
        pytest.param(lambda c: base64.urlsafe_b64encode(b'["900001"]').decode(), id="unsigned"),
    ],
)
def test_a_cursor_that_was_tampered_with_is_refused(
    client: Client, schools: list[str], change: object
) -> None:
    cursor = client.get("/v1/schools?limit=3").json["next"]

    answer = client.get(f"/v1/schools?cursor={change(cursor)}")  # type: ignore[operator]

    [fault] = problem_in(answer, 422)["errors"]
    assert fault["pointer"] == "/query/cursor"


def test_a_cursor_belongs_to_its_list(client: Client, schools: list[str]) -> None:
    cursor = client.get("/v1/schools?limit=3").json["next"]

    problem_in(client.get(f"/v1/imports?cursor={cursor}"), 422)


@pytest.mark.parametrize("path", ["/v1/schools", "/v1/imports", "/v1/schools/900000/marks/changes"])
def test_an_unknown_query_parameter_is_refused_by_its_name(
    client: Client, schools: list[str], path: str
) -> None:
    said = problem_in(client.get(path + "?from=2026-11-16&to=2026-11-20&sorted=yes"), 422)

    assert {"pointer": "/query/sorted", "detail": "sorted isn't known here"} in said["errors"]


def test_a_link_can_be_followed_whatever_the_school_is_called(app: Flask, client: Client) -> None:
    make_school(client, aliases=["Szkoła 1/2"])
    path = "/v1/schools/Szko%C5%82a%201%2F2"
    if client.get(path).status_code == 404:  # a slash can't stand in a path's part
        make_school(client, aliases=["Szkoła 1"])
        path = "/v1/schools/Szko%C5%82a%201"
    for code in "/NI":
        client.post(path + "/marks", [_row("P001", code), _row("P002", code)])
    asked = path + "/marks/changes?from=2026-11-20&to=2026-11-20&limit=3"

    answer = client.get(asked)
    link = answer.headers["Link"].partition("<")[2].partition(">")[0]

    assert link.isascii()
    assert [change["pupil"] for change in answer.json["items"] + client.get(link).json["items"]] == [
        "P001",
        "P002",
    ] * 2


def _row(pupil: str, code: str) -> dict[str, str]:
    return {"pupil": pupil, "date": "2026-11-20", "session": "AM", "code": code}


def _with_payload(cursor: str, payload: bytes) -> str:
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return base64.urlsafe_b64encode(raw[:12] + payload).decode()
