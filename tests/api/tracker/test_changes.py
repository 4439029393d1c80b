"""`GET /v1/changes`: everything that changes in the tracker, nothing missed and nothing twice."""

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from api.tracker.changes import PATHS
from services.tracker import changes
from services.tracker.changes import KINDS
from services.unit_of_work import Actor, unit_of_work
from tests.api.tracker.test_statements import counted
from tests.conftest import Clock
from tests.make import URN, Client, make_action, make_challenge, make_key, make_link, make_person, make_school

AT_ONCE = {"If-Match": "*"}
OTHER = "900002"


@pytest.fixture(autouse=True)
def _school(client: Client) -> None:
    make_school(client)


def test_every_write_is_told_in_its_order_with_where_to_read_it(client: Client, clock: Clock) -> None:
    challenge = make_challenge(client)
    path = f"/v1/challenges/{challenge}"
    clock.advance(minutes=1)
    client.patch(path, {"title": "Fridays"}, headers=AT_ONCE)
    client.patch(path, {"title": "Fridays"}, headers=AT_ONCE)
    client.delete(path, headers=AT_ONCE)
    client.post(f"{path}/restore")

    answer = client.get("/v1/changes").json

    assert [(item["verb"], item["revision"]) for item in answer["items"]] == [
        ("created", 1), ("changed", 2), ("hidden", 3), ("restored", 4),
    ]  # fmt: skip
    assert answer["items"][1] == {
        "school": URN, "at": "2026-11-20T09:01:00Z", "who": "test", "verb": "changed", "type": "challenge",
        "id": challenge, "revision": 2, "href": path,
    }  # fmt: skip
    assert answer["more"] is False


def test_at_the_end_the_cursor_finds_what_comes_later(client: Client) -> None:
    end = client.get("/v1/changes").json
    assert (end["items"], end["next"], end["more"]) == ([], None, False)

    still = client.get(f"/v1/changes?since={end['since']}").json
    assert (still["items"], still["since"], still["next"]) == ([], end["since"], None)
    challenge = make_challenge(client)
    later = client.get(f"/v1/changes?since={still['since']}")
    as_cursor = client.get(f"/v1/changes?cursor={still['since']}")

    assert _ids(later) == _ids(as_cursor) == [challenge] and "Link" not in later.headers
    assert client.get(f"/v1/changes?since={later.json['since']}").json["items"] == []


def test_its_pages_end_as_those_of_every_list(client: Client) -> None:
    made = [make_challenge(client) for _ in range(3)]

    first = client.get("/v1/changes?limit=2")
    last = client.get(f"/v1/changes?limit=2&cursor={first.json['next']}")

    assert first.json["next"] in first.headers["Link"]
    assert _ids(first) + _ids(last) == made
    assert last.json["next"] is None and "Link" not in last.headers


def test_the_feed_begins_with_the_changes_of_a_time(client: Client, clock: Clock) -> None:
    make_challenge(client, title="Before")
    clock.advance(hours=1)
    challenge = make_challenge(client)

    assert _ids(client.get("/v1/changes?since=2026-11-20T10:00:00Z")) == [challenge]
    assert _ids(client.get("/v1/changes?since=2026-11-20T10:00:00.000001Z")) == []


def test_what_began_before_a_time_and_is_committed_after_it_is_told_from_the_cursor_on(
    client: Client, clock: Clock
) -> None:
    clock.advance(hours=1)
    cursor = client.get("/v1/changes?since=2026-11-20T10:00:00Z").json["since"]
    clock.advance(hours=-1)
    late = make_challenge(client)  # its time is before `since`, and it wasn't there yet

    assert _ids(client.get(f"/v1/changes?cursor={cursor}")) == [late]


def test_pages_put_together_are_the_whole(client: Client, clock: Clock) -> None:
    make_school(client, OTHER)
    for number in range(7):
        clock.advance(minutes=1)
        make_challenge(client, school=(URN, OTHER)[number % 2])
        make_person(client)
    whole = client.get("/v1/changes?limit=200").json["items"]

    pages = list(_pages(client, "/v1/changes?limit=3"))

    assert [item for page in pages for item in page["items"]] == whole
    assert [len(page["items"]) for page in pages] == [3, 3, 3, 3, 2]
    assert whole == sorted(whole, key=lambda item: item["at"])


def test_pushes_of_attendance_are_no_changes_of_the_tracker(client: Client) -> None:
    for day in ("2026-11-18", "2026-11-19"):
        client.put(f"/v1/schools/{URN}/registers/{day}/AM?force=true", {"marks": {"P001": "/"}})
    challenge = make_challenge(client)
    client.put(f"/v1/schools/{URN}/registers/2026-11-20/AM?force=true", {"marks": {"P001": "/"}})

    answer = client.get("/v1/changes?limit=1")

    assert _ids(answer) == [challenge]
    assert client.get(f"/v1/changes?since={answer.json['since']}").json["more"] is False


def test_changes_of_one_kind(client: Client) -> None:
    action = make_action(client, make_challenge(client))

    answer = client.get("/v1/changes?type=action")
    make_challenge(client)
    client.patch(f"/v1/actions/{action}", {"title": "Lunch club"}, headers=AT_ONCE)

    assert _ids(answer) == [action]
    assert _ids(client.get(f"/v1/changes?since={answer.json['since']}")) == [action]


def test_changes_of_one_school_and_what_it_shares(client: Client) -> None:
    make_school(client, OTHER)
    own, shared = make_person(client), make_person(client, schools=[URN, OTHER])
    make_person(client, schools=[OTHER])
    make_challenge(client, school=OTHER)
    challenge = make_challenge(client)

    answer = client.get(f"/v1/changes?school={URN}")

    assert {item["id"]: item["school"] for item in answer.json["items"]} == {
        own: None, shared: None, challenge: URN,
    }  # fmt: skip
    make_challenge(client, school=OTHER)
    assert _ids(client.get(f"/v1/changes?since={answer.json['since']}")) == []


def test_a_key_is_told_of_what_it_may_see(app: Flask, client: Client) -> None:
    make_school(client, OTHER)
    narrow = make_key(app, ["tracker:read"], [URN])
    cursor = narrow.get("/v1/changes").json["since"]
    make_challenge(client, school=OTHER)
    make_person(client, schools=[OTHER])
    make_person(client, schools=[URN, OTHER])
    seen = [make_person(client), make_challenge(client)]

    answer = narrow.get(f"/v1/changes?cursor={cursor}")

    assert sorted(_ids(answer)) == sorted(seen)
    assert narrow.get(f"/v1/changes?since={answer.json['since']}").json["items"] == []
    assert narrow.get(f"/v1/changes?school={OTHER}").status_code == 404
    assert make_key(app, ["attendance:read"]).get("/v1/changes").status_code == 403


def test_what_a_key_may_not_see_is_passed_over_bit_by_bit(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "ENTRIES_LOOKED_THROUGH", 2)
    make_school(client, OTHER)
    narrow = make_key(app, schools=[URN])
    for _ in range(3):
        make_person(client, schools=[OTHER])
    seen = make_person(client)

    pages = list(_pages(narrow, "/v1/changes"))

    assert [[item["id"] for item in page["items"]] for page in pages[:2]] == [[], [seen]]


def test_what_was_erased_from_the_log_is_still_told_to_those_who_see_it(app: Flask, client: Client) -> None:
    make_school(client, OTHER)
    person, foreign = make_person(client), make_person(client, schools=[OTHER])
    for entry in client.get("/v1/audit?kind=person").json["items"]:
        _erase(app, entry["sequence"])

    assert _ids(make_key(app, schools=[URN]).get("/v1/changes")) == [person]
    assert set(_ids(client.get("/v1/changes"))) == {person, foreign}


def test_a_school_that_comes_into_sight_is_told_from_its_beginning(client: Client) -> None:
    cursor = client.get("/v1/changes").json["since"]
    make_school(client, OTHER)
    challenge = make_challenge(client, school=OTHER)

    assert _ids(client.get(f"/v1/changes?cursor={cursor}")) == [challenge]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        pytest.param("since=yesterday", "/query/since", id="no time"),
        pytest.param("since={tampered}", "/query/since", id="neither a time nor a cursor"),
        pytest.param("since={foreign}", "/query/since", id="the cursor of another list"),
        pytest.param("since={good}&type=action", "/query/type", id="another kind than it began with at all"),
        pytest.param("type=register", "/query/type", id="no kind of the tracker"),
        pytest.param("cursor=abc", "/query/cursor", id="no cursor"),
        pytest.param("cursor={tampered}", "/query/cursor", id="a cursor with another place"),
        pytest.param("cursor={foreign}", "/query/cursor", id="a cursor of another list"),
        pytest.param("cursor={good}&type=action", "/query/type", id="another kind than it began with"),
        pytest.param(
            f"cursor={{good}}&school={URN}", "/query/school", id="another school than it began with"
        ),
        pytest.param("limit=201", "/query/limit", id="too many"),
    ],
)
def test_what_is_wrong_is_pointed_at(client: Client, query: str, pointer: str) -> None:
    for _ in range(2):
        make_challenge(client)
    good = client.get("/v1/changes").json["since"]
    raw = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4))
    tampered = base64.urlsafe_b64encode(raw[:-2] + b"0]").decode().rstrip("=")
    foreign = client.get("/v1/challenges?limit=1").json["next"]

    answer = client.get("/v1/changes?" + query.format(good=good, tampered=tampered, foreign=foreign))

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer), answer.text


def test_a_cursor_ahead_of_what_is_held_is_refused(
    client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_challenge(client)
    cursor = client.get("/v1/changes").json["since"]
    before = changes._ends  # as where the database was brought back to what it was yesterday
    monkeypatch.setattr(changes, "_ends", lambda *given: {id: end - 1 for id, end in before(*given).items()})

    answer = client.get(f"/v1/changes?cursor={cursor}")

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/query/cursor")


def test_a_key_that_sees_many_schools_names_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_SCHOOLS", 1)
    make_school(client, OTHER)
    challenge = make_challenge(client)

    answer = client.get("/v1/changes")

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/query/school")
    assert _ids(client.get(f"/v1/changes?school={URN}")) == [challenge]


def test_every_kind_has_a_place_where_it_is_read(client: Client) -> None:
    assert PATHS.keys() == KINDS.keys()
    challenge = make_challenge(client, lead=make_person(client))
    action = make_action(client, challenge)
    practice = {"title": "x", "weekday": "monday", "from": "08:00", "to": "08:30"}
    about = [{"type": "challenge", "id": challenge}]
    for method, path, body in [
        ("POST", f"/v1/actions/{action}/milestones", {"title": "x"}),
        ("POST", f"/v1/actions/{action}/updates", {"note": "x"}),
        ("POST", f"/v1/challenges/{challenge}/indicators", {"measure": "custom", "title": "x"}),
        ("POST", f"/v1/challenges/{challenge}/reviews", {"held_on": "2026-11-16"}),
        ("POST", f"/v1/challenges/{challenge}/comments", {"text": "x"}),
        ("POST", "/v1/evidence", {"title": "x", "kind": "note", "text": "x", "about": about}),
        ("PUT", f"/v1/schools/{URN}/areas/ofsted2025.inclusion", {"where_we_are": "x"}),
        ("POST", f"/v1/schools/{URN}/practice", practice),
        ("POST", "/v1/templates", {"school": URN, "based_on": "attendance"}),
        ("POST", f"/v1/schools/{URN}/requests", {"text": "A later bus"}),
        ("POST", "/v1/views", {"name": "x", "of": "actions", "query": {}}),
        ("PUT", f"/v1/schools/{URN}/health-limits", {"stalled_after_days": 20}),
    ]:
        client(method, path, json=body)
    make_link(client, challenge)

    items = client.get("/v1/changes?limit=200").json["items"]

    assert {item["type"] for item in items} == KINDS.keys()
    for item in items:
        read = client.get(item["href"])
        assert read.status_code == 200, item
        assert read.json.get("id", item["id"]) == item["id"]


def test_more_changes_take_no_more_statements(app: Flask, client: Client) -> None:
    narrow = make_key(app, schools=[URN])
    make_challenge(client, lead=make_person(client))
    with counted(app) as few:
        narrow.get("/v1/changes")
    for _ in range(4):
        make_challenge(client, lead=make_person(client))
    with counted(app) as many:
        assert len(narrow.get("/v1/changes").json["items"]) == 10

    assert len(many) == len(few)


def test_while_several_write_nothing_is_missed_and_nothing_comes_twice(app: Flask, client: Client) -> None:
    schools = [URN, OTHER, "900003"]
    for urn in schools[1:]:
        make_school(client, urn)
    paths = [f"/v1/challenges/{make_challenge(client, school=urn)}" for urn in schools]
    start = client.get("/v1/changes").json["since"]
    token = client.token

    def write(number: int) -> list[tuple[str, int]]:
        own = Client(app, token)
        path = paths[number % len(paths)]
        made = []
        for turn in range(4):
            answer = own.patch(path, {"title": f"{number} {turn}"}, headers=AT_ONCE)
            assert answer.status_code == 200, answer.text
            made.append((answer.json["id"], answer.json["revision"]))
            person = own.post("/v1/people", {"name": "Ada Example", "schools": [URN]})
            made.append((person.json["id"], 1))
        return made

    told: list[dict[str, Any]] = []
    with ThreadPoolExecutor(6) as threads:
        writers = [threads.submit(write, number) for number in range(6)]
        cursor = start
        while True:
            done = all(writer.done() for writer in writers)  # before the poll, so that the last one sees all
            answer = client.get(f"/v1/changes?limit=3&cursor={cursor}")
            assert answer.status_code == 200, answer.text
            page = answer.json
            told += page["items"]
            cursor = page["since"]
            if done and not page["more"]:
                break
        written = [change for writer in writers for change in writer.result()]

    assert sorted((item["id"], item["revision"]) for item in told) == sorted(written)
    for urn in schools:
        revisions = [item["revision"] for item in told if item["school"] == urn]
        assert revisions == sorted(revisions)


def _ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


def _pages(client: Client, path: str) -> Iterator[dict[str, Any]]:
    """Page after page until there is no more at once."""
    page = client.get(path).json
    yield page
    while page["more"]:
        join = "&" if "?" in path else "?"
        page = client.get(f"{path}{join}cursor={page['next']}").json
        yield page


def _erase(app: Flask, sequence: int) -> None:
    from services.access.audit_log import erase

    actor = Actor(None, "test", frozenset({"admin"}), frozenset({"*"}))
    with unit_of_work(app.extensions["headway"].tools, actor, writes=True) as work:
        erase(work, None, sequence, "asked for")
        work.commit()
