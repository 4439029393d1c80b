"""`/v1/audit` and `/v1/audit/verify`: every write is there, and a row that was rewritten is named."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app import create_app
from settings import Settings
from tests.api.tracker.test_statements import counted
from tests.conftest import SECRET, Clock
from tests.make import Client, make_challenge, make_key, make_person, make_school

AT_ONCE = {"If-Match": "*"}


@pytest.fixture
def written(client: Client, clock: Clock) -> Client:
    """Two schools, a push to each, and between them a challenge of the first that is changed; a minute for each."""
    row = {"pupil": "P001", "date": "2026-11-20", "session": "AM", "code": "/"}
    for write in (
        lambda: make_school(client),
        lambda: make_school(client, "900002"),
        lambda: client.post("/v1/schools/900002/marks", [row]),
        lambda: make_challenge(client),
        lambda: client.patch(_newest_challenge(client), {"title": "Absence on Fridays"}, headers=AT_ONCE),
        lambda: client.post("/v1/schools/900001/marks", [row]),
    ):
        clock.advance(minutes=1)
        write()
    return client


def _newest_challenge(client: Client) -> str:
    return "/v1/challenges/" + str(client.get("/v1/challenges").json["items"][-1]["id"])


@pytest.fixture
def restarted(written: Client, database_url: str, clock: Clock) -> Iterator[Client]:
    """The same key at a new application on the same database."""
    again = create_app(Settings(database_url=database_url, secret=SECRET, log_level="error"), now=clock)
    yield Client(again, written.token)
    again.extensions["headway"].tools.database.close()


def entries(client: Client, query: str = "") -> list[Any]:
    answer = client.get("/v1/audit" + query)
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def rewrite(app: Flask, statement: str, **values: Any) -> None:
    """Change rows in the database behind the API's back."""
    with app.extensions["headway"].tools.database.writing() as connection:
        assert connection.execute(text(statement), values).rowcount == 1
        connection.commit()


def of_school(urn: str) -> str:
    return f"school_id = (SELECT id FROM schools WHERE urn = '{urn}')"


def test_every_write_is_listed_the_newest_first(written: Client) -> None:
    found = entries(written)

    assert [(one["school"], one["sequence"], one["verb"], one["kind"]) for one in found] == [
        ("900001", 4, "pushed", "marks"),
        ("900001", 3, "changed", "challenge"),
        ("900001", 2, "created", "challenge"),
        ("900002", 2, "pushed", "marks"),
        ("900002", 1, "created", "school"),
        ("900001", 1, "created", "school"),
        (None, 1, "created", "key"),
    ]


def test_an_entry_tells_all_that_its_hash_covers_and_its_content(written: Client) -> None:
    [changed] = entries(written, "?kind=challenge&limit=1")

    assert (changed["who"], changed["revision"]) == ("test", 2)
    assert changed["content"]["title"] == "Absence on Fridays"
    assert len(changed["digest"]) == len(changed["hash"]) == 64
    assert changed["at"] >= "2026-11-20T09:00:00Z"


def test_an_import_is_one_entry_in_each_school_that_it_touched(written: Client) -> None:
    csv = "URN,EstablishmentName\n900001,Renamed\n900003,New\n"
    pushed = written.post("/v1/schools/import", data=csv, content_type="text/csv")

    told = entries(written, "?kind=school&limit=2")

    assert {(one["school"], one["verb"]) for one in told} == {("900003", "created"), ("900001", "changed")}
    assert {one["content"]["import_id"] for one in told} == {pushed.json["import_id"]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("school=900001", [4, 3, 2, 1]),
        ("school=900001&kind=challenge", [3, 2]),
        ("who=nobody", []),
        ("school=900001&who=test", [4, 3, 2, 1]),
        ("school=900001&from=2026-11-20", [4, 3, 2, 1]),
        ("school=900001&from=2026-11-21", []),
        ("school=900001&to=2026-11-19", []),
        ("school=900001&to=2026-11-20", [4, 3, 2, 1]),
        ("school=900001&from=2026-11-20T09:05:00Z", [4, 3]),
        ("school=900001&to=2026-11-20T09:04:59Z", [2, 1]),
        ("subject=01a20b54-3013-7734-a76d-52ef3d87b885", []),
    ],
)
def test_it_is_narrowed_by_what_an_entry_says(written: Client, query: str, expected: list[int]) -> None:
    assert [one["sequence"] for one in entries(written, "?" + query)] == expected


def test_its_ends_may_lie_at_the_ends_of_all_dates(written: Client) -> None:
    whole = written.get("/v1/audit").json["items"]

    assert written.get("/v1/audit?from=0001-01-01&to=9999-12-31").json["items"] == whole


def test_one_resource_is_followed_by_its_id(written: Client) -> None:
    challenge = entries(written, "?kind=challenge")[0]["subject"]

    assert [one["verb"] for one in entries(written, f"?subject={challenge}")] == ["changed", "created"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_leave_nothing_out_and_repeat_nothing(written: Client, clock: Clock, limit: int) -> None:
    whole, found, cursor = entries(written), [], ""
    while cursor is not None:
        clock.advance(minutes=1)
        page = written.get(f"/v1/audit?limit={limit}" + (f"&cursor={cursor}" if cursor else "")).json
        make_person(written)  # whatever is written meanwhile comes before the first page
        found += page["items"]
        cursor = page["next"]

    assert found == whole


def test_a_longer_log_takes_no_more_statements(app: Flask, written: Client) -> None:
    with counted(app) as few:
        short = entries(written)
    for day in range(2, 12):
        written.put(f"/v1/schools/900001/registers/2026-11-{day:02}/AM", {"marks": {"P001": "/"}})
    with counted(app) as many:
        long = entries(written)

    assert len(long) > len(short)
    assert len(many) == len(few), "\n".join(many)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("from=soon", "/query/from"), ("to=2026-02-30", "/query/to"), ("colour=red", "/query/colour")],
)
def test_a_question_that_makes_no_sense_is_refused(written: Client, query: str, pointer: str) -> None:
    answer = written.get("/v1/audit?" + query)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_key_sees_the_chains_of_its_own_schools_alone(app: Flask, written: Client) -> None:
    narrow = make_key(app, schools=["900001"])

    assert {one["school"] for one in entries(narrow)} == {"900001"}
    assert narrow.get("/v1/audit?school=900002").status_code == 404
    assert narrow.get("/v1/audit/verify?school=900002").status_code == 404


def test_it_needs_the_scope_of_administrators(app: Flask, written: Client) -> None:
    reader = make_key(app, ["tracker:read", "tracker:write", "attendance:write"])

    assert {reader.get(path).status_code for path in ("/v1/audit", "/v1/audit/verify")} == {403}


def test_what_was_written_holds_after_a_restart_too(written: Client, restarted: Client) -> None:
    for client in (written, restarted):
        assert client.get("/v1/audit/verify").json == {"holds": True}
        assert client.get("/v1/audit/verify?school=900001").json == {"holds": True}
    assert entries(restarted) == entries(written)


@pytest.mark.parametrize("change", ["content = '{}'", "who = 'nobody'", "digest = hash", "at = at - 1"])
def test_a_row_rewritten_behind_the_back_of_the_api_is_named(
    app: Flask, written: Client, restarted: Client, change: str
) -> None:
    rewrite(app, f"UPDATE audit_entries SET {change} WHERE {of_school('900001')} AND sequence = 3")

    broken = {"holds": False, "first_broken": 3, "school": "900001"}
    assert written.get("/v1/audit/verify?school=900001").json == broken
    assert written.get("/v1/audit/verify").json == broken
    assert restarted.get("/v1/audit/verify").json == broken
    assert written.get("/v1/audit/verify?school=900002").json == {"holds": True}


def test_a_break_in_the_chain_of_no_school_is_told_to_keys_for_all_schools(
    app: Flask, written: Client
) -> None:
    narrow = make_key(app, schools=["900001", "900002"])
    rewrite(app, "UPDATE audit_entries SET who = 'nobody' WHERE school_id = 0 AND sequence = 1")

    assert written.get("/v1/audit/verify").json == {"holds": False, "first_broken": 1, "school": None}
    assert narrow.get("/v1/audit/verify").json == {"holds": True}


def test_an_entry_taken_off_the_end_is_missed(app: Flask, written: Client) -> None:
    rewrite(app, f"DELETE FROM audit_entries WHERE {of_school('900001')} AND sequence = 4")

    assert written.get("/v1/audit/verify?school=900001").json["first_broken"] == 4


@pytest.fixture
def erased(app: Flask, written: Client) -> str:
    """What the command says that erases the content of the second entry of the school."""
    given = ["audit", "erase", "--school", "900001", "--sequence", "2", "--reason", "It named a pupil."]
    done = app.test_cli_runner().invoke(args=given)
    assert done.exit_code == 0, done.output
    return done.output


def test_an_erased_content_is_gone_and_the_chain_still_holds(written: Client, erased: str) -> None:
    newest, *_, second, _ = entries(written, "?school=900001")

    assert (newest["verb"], newest["kind"], newest["who"]) == ("erased", "audit_entry", "command line")
    assert newest["content"] == {"sequence": 2, "reason": "It named a pupil."}
    assert (second["sequence"], second["content"]) == (2, None)
    assert written.get("/v1/audit/verify").json == {"holds": True}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(["--school", "900001", "--sequence", "99"], "no entry 99", id="no such entry"),
        pytest.param(["--school", "999999", "--sequence", "1"], "no such school", id="no such school"),
        pytest.param(["--school", "900001", "--sequence", "2"], "erased before", id="erased already"),
        pytest.param(["--school", "900001", "--sequence", "1", "--reason", " "], "say why", id="no reason"),
    ],
)
def test_what_cannot_be_erased_is_said(app: Flask, erased: str, given: list[str], says: str) -> None:
    reason = [] if "--reason" in given else ["--reason", "x"]

    done = app.test_cli_runner().invoke(args=["audit", "erase", *given, *reason])

    assert done.exit_code == 1
    assert says in done.output


def test_the_command_line_verifies_too(app: Flask, written: Client) -> None:
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).output == "Every chain holds.\n"
    rewrite(app, f"UPDATE audit_entries SET who = 'nobody' WHERE {of_school('900002')} AND sequence = 1")

    broken = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert broken.exit_code == 1
    assert "entry 1 of the school 900002" in broken.output
