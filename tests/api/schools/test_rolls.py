"""`/v1/schools/{urn}/roll`: who is on roll when, and what the roll says of them."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from models import AuditEntry, Base, Pupil, PupilCharacteristic, PupilReference, Spell
from tests.conftest import Clock
from tests.make import URN, Client, make_key, make_school

ROLL = f"/v1/schools/{URN}/roll"
TABLES = (Pupil, PupilReference, Spell, PupilCharacteristic)


def make_pupil(pupil: str = "P1", **fields: Any) -> dict[str, Any]:
    first = fields.pop("first", "2026-09-01")
    return {"pupil": pupil, "from": first} | fields


def make_roll(size: int, **fields: Any) -> dict[str, Any]:
    return {"pupils": [make_pupil(f"P{number}", **fields) for number in range(1, size + 1)]}


def push(client: Client, *pupils: dict[str, Any], query: str = "", method: str = "PUT") -> Any:
    answer = client(method, ROLL + query, json={"pupils": list(pupils)})
    assert answer.status_code == 200, answer.text
    return answer.json


def push_csv(client: Client, text: str, **headers: str) -> Any:
    return client.put(ROLL, data=text.encode(), headers={"Content-Type": "text/csv"} | headers)


def roll_on(client: Client, day: str, more: str = "") -> list[str]:
    return [pupil["pupil"] for pupil in client.get(f"{ROLL}?on={day}{more}").json["pupils"]]


def counted(app: Flask, *tables: Any) -> list[int]:
    with app.extensions["headway"].tools.database.reading() as connection:
        return [connection.scalar(select(func.count()).select_from(table)) for table in tables]


# What is put, and got back


def test_a_roll_is_got_in_the_shape_in_which_it_is_put(client: Client) -> None:
    make_school(client)
    whole = make_pupil(
        "P2",
        aliases=["mis-2", "old-2"],
        to="2027-07-20",
        year_group="7",
        cohorts={"sen_provision": "E", "pupil_premium": True, "fsm_eligible": "unclassified"},
    )
    push(client, whole, make_pupil("P1"))

    shown = client.get(ROLL).json

    bare = make_pupil("P1") | {"aliases": [], "to": None, "year_group": None, "cohorts": {}}
    assert shown == {"pupils": [bare, whole]}
    assert push(client, *shown["pupils"])["unchanged"] == 2


def test_a_receipt_accounts_for_every_row_and_is_kept(client: Client) -> None:
    make_school(client)
    push(client, *make_roll(10)["pupils"])
    rows = [*make_roll(8)["pupils"], make_pupil("N1"), make_pupil("N2")]
    rows[0]["year_group"] = 7

    receipt = push(client, *rows)

    counts = {name: value for name, value in receipt.items() if isinstance(value, int) and value}
    assert counts == {"received": 10, "created": 2, "updated": 1, "unchanged": 7, "left": 2}
    assert receipt["errors"] == receipt["warnings"] == receipt["dropped_columns"] == []
    kept = client.get(f"/v1/imports/{receipt['import_id']}").json
    assert {name: kept[name] for name in receipt} == receipt
    assert kept["kind"] == "roll"


def test_the_same_push_again_writes_no_row_of_the_roll(app: Flask, client: Client, clock: Clock) -> None:
    make_school(client)
    pupils = make_roll(5, aliases=[], year_group=7, cohorts={"ethnicity": "WROM"})["pupils"]
    push(client, *pupils)
    before = counted(app, *TABLES)
    tag = client.get(ROLL).headers["ETag"]
    clock.advance(days=3)

    receipt = push(client, *pupils)

    assert (receipt["received"], receipt["unchanged"]) == (5, 5)
    assert counted(app, *TABLES) == before
    assert client.get(ROLL, headers={"If-None-Match": tag}).status_code == 304


def test_the_number_of_statements_does_not_grow_with_the_roll(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")

    def statements(urn: str, size: int) -> int:
        seen: list[str] = []
        engine = app.extensions["headway"].tools.database.engine
        event.listen(engine, "before_cursor_execute", see := lambda *given: seen.append(given[2]))
        answer = client.put(f"/v1/schools/{urn}/roll", make_roll(size, aliases=[], year_group=7))
        event.remove(engine, "before_cursor_execute", see)
        assert answer.json["created"] == size
        return len(seen)

    assert statements(URN, 200) == statements("900002", 2) <= 25


def test_a_push_is_one_entry_in_the_audit_log(app: Flask, client: Client) -> None:
    make_school(client)
    before = counted(app, AuditEntry)

    push(client, *make_roll(5)["pupils"])

    assert counted(app, AuditEntry) == [count + 1 for count in before]


def test_a_dry_run_gives_the_same_answer_and_keeps_nothing(app: Flask, client: Client) -> None:
    make_school(client)
    push(client, *make_roll(6)["pupils"])
    before = counted(app, *TABLES, AuditEntry)
    rows = [*make_roll(5, year_group=8)["pupils"], make_pupil("N1")]

    tried = push(client, *rows, query="?dry_run=true")

    assert counted(app, *TABLES, AuditEntry) == before
    assert push(client, *rows) | {"import_id": ""} == tried | {"import_id": ""}


# Times on roll


def test_both_the_first_and_the_last_day_count(client: Client) -> None:
    make_school(client)
    push(client, make_pupil(first="2026-09-02", to="2026-10-23"), query="?on=2026-09-02")

    days = ["2026-09-01", "2026-09-02", "2026-10-23", "2026-10-24"]
    assert [roll_on(client, day) for day in days] == [[], ["P1"], ["P1"], []]


def test_who_is_not_in_the_whole_roll_leaves_on_the_day_before(client: Client) -> None:
    make_school(client)
    push(client, *make_roll(5)["pupils"])

    receipt = push(client, *make_roll(4)["pupils"], query="?on=2026-11-16")

    assert receipt["left"] == 1
    assert "P5" in roll_on(client, "2026-11-15")
    assert "P5" not in roll_on(client, "2026-11-16")


def test_who_has_not_begun_is_taken_off_altogether(client: Client) -> None:
    make_school(client)
    push(client, *make_roll(5)["pupils"], make_pupil("P6", first="2026-12-01"))

    receipt = push(client, *make_roll(5)["pupils"])

    assert (receipt["left"], receipt["removed"], receipt["deleted"]) == (0, 1, 1)
    assert "P6" not in roll_on(client, "2026-12-01")


def test_a_pupil_who_comes_back_gets_a_second_spell(client: Client) -> None:
    make_school(client)
    push(client, *make_roll(5)["pupils"])
    push(client, *make_roll(4)["pupils"], query="?on=2026-10-01")
    push(client, *make_roll(4)["pupils"], make_pupil("P5", first="2026-11-02"))

    days = ["2026-09-30", "2026-10-01", "2026-11-01", "2026-11-02"]
    assert ["P5" in roll_on(client, day) for day in days] == [True, False, False, True]


def test_those_who_join_later_are_shown_when_asked_for(client: Client) -> None:
    make_school(client)
    push(client, make_pupil("P1"), make_pupil("P2", first="2027-01-04"))

    assert roll_on(client, "2026-11-20") == ["P1"]
    assert roll_on(client, "2026-11-20", "&upcoming=true") == ["P1", "P2"]


def test_a_patch_speaks_of_those_named_only(client: Client) -> None:
    make_school(client)
    push(client, *make_roll(3)["pupils"])

    receipt = push(client, make_pupil("P2", year_group=8), make_pupil("P4"), method="PATCH")

    assert (receipt["created"], receipt["updated"], receipt["left"]) == (1, 1, 0)
    assert roll_on(client, "2026-11-20") == ["P1", "P2", "P3", "P4"]


# The guard


def test_more_than_a_fifth_leaving_at_once_is_refused_unless_forced(app: Flask, client: Client) -> None:
    make_school(client)
    push(client, *make_roll(10)["pupils"])
    before = counted(app, *TABLES, AuditEntry)

    assert push(client, *make_roll(8)["pupils"], query="?dry_run=true")["left"] == 2
    refused = client.put(ROLL, make_roll(7))

    assert refused.status_code == 409
    assert counted(app, *TABLES, AuditEntry) == before
    assert push(client, *make_roll(7)["pupils"], query="?force=true")["left"] == 3


@pytest.mark.parametrize(("on", "status"), [("2026-06-30", 409), ("2026-07-22", 200), ("2026-10-02", 409)])
def test_the_last_year_group_may_leave_in_summer(client: Client, on: str, status: int) -> None:
    make_school(client)
    stay = [make_pupil(f"P{number}", first="2025-09-01", year_group=10) for number in range(5)]
    leave = [make_pupil(f"L{number}", first="2025-09-01", year_group=11) for number in range(5)]
    push(client, *stay, *leave, query="?on=2026-01-05")

    assert client.put(f"{ROLL}?on={on}", {"pupils": stay}).status_code == status


# Characteristics by date


def test_a_first_value_holds_from_the_beginning_and_a_changed_one_from_the_day(client: Client) -> None:
    make_school(client)
    push(client, make_pupil(cohorts={"sen_provision": "K"}), query="?on=2026-09-15")
    push(client, make_pupil(cohorts={"sen_provision": "E"}), query="?on=2026-11-02")

    def said(day: str) -> Any:
        return client.get(f"{ROLL}?on={day}").json["pupils"][0]["cohorts"]["sen_provision"]

    assert [said(day) for day in ("2026-09-01", "2026-11-01", "2026-11-02")] == ["K", "K", "E"]


def test_what_is_not_named_stays_and_null_clears(client: Client) -> None:
    make_school(client)
    push(client, make_pupil(year_group=7, cohorts={"fsm6": True, "looked_after": False}))
    push(client, make_pupil(year_group=None, cohorts={"fsm6": None}))

    (pupil,) = client.get(ROLL).json["pupils"]
    assert (pupil["year_group"], pupil["cohorts"]) == (None, {"looked_after": False})


def test_what_follows_from_the_ethnicity_is_not_shown_beside_it(client: Client) -> None:
    make_school(client)
    push(client, make_pupil(cohorts={"ethnicity": "WROM"}))

    assert client.get(ROLL).json["pupils"][0]["cohorts"] == {"ethnicity": "WROM"}


# Versions


def test_as_of_shows_what_was_held_then(client: Client, clock: Clock) -> None:
    make_school(client)
    clock.set("2026-11-21T09:00:00+00:00")
    push(client, *make_roll(5, year_group=7)["pupils"])
    clock.set("2026-11-23T09:00:00+00:00")
    push(client, *make_roll(4, year_group=8)["pupils"], query="?on=2026-09-01&force=true")

    def held(time: str) -> list[tuple[str, str]]:
        pupils = client.get(f"{ROLL}?on=2026-11-20&as_of={time}").json["pupils"]
        return [(pupil["pupil"], pupil["year_group"]) for pupil in pupils]

    assert held("0001-01-01T00:00:00Z") == held("2026-11-20T12:00:00Z") == []
    assert client.get(f"{ROLL}?as_of=0001-01-01T00:00:00Z").json == {"pupils": []}
    assert held("2026-11-22T12:00:00Z") == [(f"P{number}", "7") for number in range(1, 6)]
    assert held("2026-11-24T12:00:00Z") == [(f"P{number}", "8") for number in range(1, 5)]


# References


def test_any_reference_finds_the_pupil_and_the_rolls_own_is_answered(client: Client) -> None:
    make_school(client)
    push(client, make_pupil("P1", aliases=["mis-1"]))

    renamed = push(client, make_pupil("mis-1", aliases=["P1", "new-1"]))

    assert renamed["updated"] == 1
    found = client.post(f"/v1/schools/{URN}/pupils/lookup", {"references": ["new-1", "nobody", "P1"]})
    assert found.json == {
        "pupils": [
            {"reference": "new-1", "pupil": "mis-1"},
            {"reference": "nobody", "pupil": None},
            {"reference": "P1", "pupil": "mis-1"},
        ]
    }


def test_two_references_that_are_one_pupil_become_one(client: Client, clock: Clock) -> None:
    make_school(client)
    push(client, make_pupil("P1", year_group=7), make_pupil("P2", cohorts={"fsm6": True}))
    before = clock.advance(minutes=1)
    clock.advance(minutes=1)

    receipt = push(client, make_pupil("P1", aliases=["P2"]))

    assert (receipt["joined"], receipt["updated"], receipt["left"]) == (1, 1, 0)
    (pupil,) = client.get(ROLL).json["pupils"]
    assert (pupil["pupil"], pupil["aliases"], pupil["cohorts"]) == ("P1", ["P2"], {"fsm6": True})
    then = client.get(f"{ROLL}?as_of={before:%Y-%m-%dT%H:%M:%SZ}").json["pupils"]
    assert [(pupil["pupil"], pupil["aliases"]) for pupil in then] == [("P1", []), ("P2", [])]


def test_looking_up_takes_ten_thousand_references_and_either_scope(app: Flask, client: Client) -> None:
    make_school(client)
    push(client, *make_roll(3)["pupils"])
    path = f"/v1/schools/{URN}/pupils/lookup"
    many = {"references": [f"P{number}" for number in range(10_000)]}

    found = make_key(app, ["pupils:read"]).post(path, many)

    assert [one["pupil"] for one in found.json["pupils"] if one["pupil"]] == ["P1", "P2", "P3"]
    assert make_key(app, ["attendance:write"]).post(path, many).status_code == 200
    assert make_key(app, ["attendance:read"]).post(path, many).status_code == 403
    assert client.post(path, {"references": ["P"] * 10_001}).status_code == 422


# CSV


def test_a_csv_gives_the_roll_that_json_gives(client: Client) -> None:
    make_school(client)
    text = (
        "pupil,aliases,from,to,year_group,sen_provision,pupil_premium\r\n"
        "P1,mis-1,01/09/2026,20/07/2027,Year 7,E,yes\r\n"
        "P2,,2026-09-01,,8,,\r\n"
    )

    answer = push_csv(client, text)

    assert answer.json["created"] == 2
    again = push(
        client,
        make_pupil(
            "P1",
            aliases=["mis-1"],
            to="2027-07-20",
            year_group=7,
            cohorts={"sen_provision": "E", "pupil_premium": True},
        ),
        make_pupil("P2", year_group=8, cohorts={"sen_provision": None, "pupil_premium": None}),
    )
    assert again["unchanged"] == 2


def test_names_in_a_csv_are_dropped_unread_and_told(app: Flask, client: Client) -> None:
    make_school(client)

    answer = push_csv(client, "Surname,pupil,from,DOB\nSecretname,P1,2026-09-01,01/02/2015\n")

    assert answer.json["dropped_columns"] == ["Surname", "DOB"]
    assert "Secretname" not in everything_in(app)


@pytest.mark.parametrize("body", ["json", "csv"])
def test_gzip_is_taken(client: Client, body: str) -> None:
    make_school(client)
    plain = {
        "json": b'{"pupils": [{"pupil": "P1", "from": "2026-09-01"}]}',
        "csv": b"pupil,from\nP1,2026-09-01\n",
    }
    headers = {
        "Content-Type": {"json": "application/json", "csv": "text/csv"}[body],
        "Content-Encoding": "gzip",
    }

    answer = client.put(ROLL, data=gzip.compress(plain[body]), headers=headers)

    assert answer.json["created"] == 1


# Refusals


@pytest.mark.parametrize(
    ("pupil", "pointer"),
    [
        pytest.param({"pupil": ""}, "/pupils/1/pupil", id="a blank reference"),
        pytest.param({"aliases": ["x" * 65]}, "/pupils/1/aliases/0", id="an alias that is too long"),
        pytest.param({"from": "01/09/2026"}, "/pupils/1/from", id="a date in another form"),
        pytest.param({"to": "2026-08-01"}, "/pupils/1", id="a last day before the first"),
        pytest.param({"aliases": ["P1"]}, "/pupils/1", id="a reference that another claims"),
        pytest.param({"year_group": 99}, "/pupils/1/year_group", id="no year group"),
        pytest.param({"cohorts": {"sen_provision": "Z"}}, "/pupils/1/cohorts/sen_provision", id="no value"),
        pytest.param({"cohorts": {"shoe_size": 7}}, "/pupils/1/cohorts/shoe_size", id="no characteristic"),
        pytest.param({"surname": "Example"}, "/pupils/1/surname", id="a name"),
        pytest.param({"date_of_birth": "2015-01-01"}, "/pupils/1/date_of_birth", id="a date of birth"),
    ],
)
def test_a_roll_with_a_fault_is_refused_whole(app: Flask, client: Client, pupil: Any, pointer: str) -> None:
    make_school(client)

    answer = client.put(ROLL, {"pupils": [make_pupil("P1"), make_pupil("P2") | pupil]})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert counted(app, *TABLES) == [0] * len(TABLES)


def test_every_faulty_row_of_a_csv_is_named_by_its_number(client: Client) -> None:
    make_school(client)

    answer = push_csv(client, "pupil,from,sex\nP1,2026-09-01,F\nP2,soon,F\nP3,2026-09-01,Z\n")

    assert answer.status_code == 422
    assert [(error["row"], error["pupil"]) for error in answer.json["errors"]] == [(2, "P2"), (3, "P3")]


@pytest.mark.parametrize(
    ("data", "media_type", "status"),
    [
        pytest.param(b'{"pupils": [', "application/json", 400, id="broken JSON"),
        pytest.param(b"surname\nExample\n", "text/csv", 400, id="a CSV without its columns"),
        pytest.param(b"<roll/>", "application/xml", 415, id="another type"),
        pytest.param(b"[]", "application/json", 422, id="no object"),
    ],
)
def test_what_is_no_roll_is_refused(client: Client, data: bytes, media_type: str, status: int) -> None:
    make_school(client)

    assert client.put(ROLL, data=data, headers={"Content-Type": media_type}).status_code == status


def test_reading_a_roll_needs_the_scope_for_pupils(app: Flask, client: Client) -> None:
    make_school(client)
    writer, reader = make_key(app, ["attendance:write"]), make_key(app, ["pupils:read"])

    assert writer.put(ROLL, make_roll(2)).status_code == 200
    assert writer.get(ROLL).status_code == 403
    assert reader.get(ROLL).status_code == 200
    assert reader.put(ROLL, make_roll(2)).status_code == 403


# No UPN


UPN = "Z000000026001"


def test_a_upn_is_never_kept_and_finds_the_same_pupil_in_any_case(app: Flask, client: Client) -> None:
    make_school(client)
    push(client, make_pupil("P1", aliases=[UPN]))
    push_csv(client, f"UPN,MISID,from\n{UPN.lower()},mis-1,2026-09-01\n")

    shown = client.get(ROLL).json["pupils"]
    found = client.post(f"/v1/schools/{URN}/pupils/lookup", {"references": [UPN.lower(), "mis-1", "P1"]})

    assert len(shown) == 1
    assert shown[0]["pupil"].startswith("u_")
    assert {one["pupil"] for one in found.json["pupils"]} == {shown[0]["pupil"]}
    assert UPN.lower() not in (everything_in(app) + str(shown) + found.text).lower()


def test_a_pseudonym_that_was_answered_is_taken_as_a_reference(client: Client) -> None:
    make_school(client)
    push(client, make_pupil(UPN))
    (pupil,) = client.get(ROLL).json["pupils"]

    assert push(client, make_pupil(pupil["pupil"]))["unchanged"] == 1


def test_a_upn_is_in_no_error(client: Client) -> None:
    make_school(client)
    wrong = make_pupil(UPN, aliases=[UPN + "\n"], cohorts={"sex": UPN, UPN: 1})

    answers = [client.put(ROLL, {"pupils": [wrong]}), push_csv(client, f"UPN,from,sex\n{UPN},{UPN},{UPN}\n")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert not any(UPN in answer.text for answer in answers)


def everything_in(app: Flask) -> str:
    """All of the database as text: every row of every table, and with SQLite the bytes of its files."""
    database = app.extensions["headway"].tools.database
    with database.reading() as connection:
        rows = [
            str(row) for table in Base.metadata.sorted_tables for row in connection.execute(select(table))
        ]
    if database.is_sqlite:
        path = Path(database.url.removeprefix("sqlite:///"))
        rows += [file.read_bytes().decode("latin-1") for file in path.parent.glob(path.name + "*")]
    return "\n".join(rows)
