"""Records of the workforce one by one: snapshots, vacancies, leavers, staff absence."""

from typing import Any

import pytest
from flask import Flask

from tests.api.workforce.made import (
    ABSENCE,
    LEAVERS,
    SCHOOL,
    SNAPSHOT,
    VACANCIES,
    WORKFORCE,
    absence,
    leaver,
    made,
    snapshot,
    told,
    vacancy,
)
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

BY_KEY = [pytest.param(SNAPSHOT, snapshot, id="snapshot"), pytest.param(ABSENCE, absence, id="absence")]
BY_ID = [pytest.param(VACANCIES, vacancy, id="vacancy"), pytest.param(LEAVERS, leaver, id="leaver")]


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


@pytest.mark.parametrize(("path", "body"), BY_KEY)
def test_what_is_put_comes_back(client: Client, path: str, body: Any) -> None:
    first = client.put(path, body())

    assert first.status_code == 201
    held = client.get(path)
    assert held.json == first.json
    assert held.headers["ETag"] == first.headers["ETag"]
    assert body().items() <= held.json.items()
    assert (held.json["revision"], held.json["created_at"]) == (1, held.json["updated_at"])


@pytest.mark.parametrize(("path", "body"), BY_KEY)
def test_the_same_again_moves_nothing(client: Client, clock: Clock, path: str, body: Any) -> None:
    first = client.put(path, body())
    clock.advance(hours=1)

    again = client.put(path, body())

    assert (again.status_code, again.json) == (200, first.json)


def test_a_second_snapshot_of_a_date_takes_its_place_and_history_keeps_the_first(
    client: Client, clock: Clock
) -> None:
    client.put(SNAPSHOT, snapshot())
    before = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)

    changed = client.put(SNAPSHOT, snapshot(teachers_fte=61.4, vacancies=[{"role": "Teacher", "count": 1}]))

    assert (changed.status_code, changed.json["revision"]) == (200, 2)
    assert client.get(f"{SNAPSHOT}?as_of={before}").json["teachers_fte"] == 62.4
    assert [item["date"] for item in client.get(WORKFORCE).json["items"]] == ["2026-11-05"]
    changes = [c for c in client.get(f"{SNAPSHOT}/history").json["items"] if c["revision"] == 2]
    assert [(c["field"], c["old"], c["new"], c["who"]) for c in changes] == [
        ("teachers_fte", 62.4, 61.4, "test"),
        ("vacancies", [], [{"staff_group": "teacher", "role": "Teacher", "count": 1}], "test"),
    ]


@pytest.mark.parametrize(("path", "body"), BY_KEY)
def test_what_was_taken_away_is_gone_but_for_as_of_and_history(
    client: Client, clock: Clock, path: str, body: Any
) -> None:
    client.put(path, body())
    before = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)

    assert client.delete(path).status_code == 204

    assert client.get(path).status_code == client.delete(path).status_code == 404
    assert client.get(f"{path}?as_of={before}").status_code == 200
    assert client.get(f"{path}/history").json["items"][-1]["field"] == "deleted"
    again = client.put(path, body())
    assert (again.status_code, again.json["revision"]) == (201, 3)


@pytest.mark.parametrize(("path", "body"), BY_ID)
def test_what_is_posted_is_found_by_its_id_and_in_the_list(client: Client, path: str, body: Any) -> None:
    answer = client.post(path, body())

    assert answer.status_code == 201
    assert body().items() <= answer.json.items()
    assert answer.headers["Location"] == f"{path}/{answer.json['id']}"
    one = client.get(f"{path}/{answer.json['id']}")
    assert (one.json, one.headers["ETag"]) == (answer.json, answer.headers["ETag"])
    assert client.get(path).json["items"] == [answer.json]
    assert client.get(one.request.path, headers={"If-None-Match": one.headers["ETag"]}).status_code == 304


def test_a_vacancy_goes_through_its_life(client: Client, clock: Clock) -> None:
    one = f"{VACANCIES}/{made(client, VACANCIES, vacancy())['id']}"
    opened = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    client.patch(one, {"adverts": [{"on": "2026-10-01", "closes_on": "2026-10-16", "applications": 6}]})
    client.patch(one, {"shortlisted": 3, "interviewed": 2, "offered_on": "2026-10-23"})

    filled = client.patch(one, {"accepted_on": "2026-10-24", "start_on": "2027-01-04", "outcome": "filled"})

    assert (filled.status_code, filled.json["outcome"], filled.json["revision"]) == (200, "filled", 4)
    assert client.get(f"{one}?as_of={opened}").json["outcome"] == "open"
    changed = [c["field"] for c in client.get(f"{one}/history").json["items"] if c["revision"] > 1]
    assert changed == [
        "adverts",
        "shortlisted",
        "interviewed",
        "offered_on",
        "outcome",
        "accepted_on",
        "start_on",
    ]


def test_null_clears_what_may_be_empty(client: Client) -> None:
    one = f"{VACANCIES}/{made(client, VACANCIES, vacancy(shortlisted=3))['id']}"

    assert client.patch(one, {"shortlisted": None}).json["shortlisted"] is None
    assert "/role" in told(client.patch(one, {"role": None}))


def test_advert_fields_in_a_body_are_one_advert(client: Client) -> None:
    short = {"advertised_on": "2026-10-01", "closes_on": "2026-10-16", "applications": 6}

    held = made(client, VACANCIES, vacancy(**short))

    assert held["adverts"] == [{"on": "2026-10-01", "closes_on": "2026-10-16", "applications": 6}]
    one = f"{VACANCIES}/{held['id']}"
    assert client.patch(one, {"applications": 9}).json["adverts"][0] == held["adverts"][0] | {
        "applications": 9
    }
    client.patch(one, {"adverts": [*held["adverts"], {"on": "2026-11-02"}]})
    assert "adverts" in told(client.patch(one, {"applications": 9}))["/applications"]
    assert "advertised_on" in told(client.post(VACANCIES, vacancy(applications=3)))["/advertised_on"]
    both = client.post(VACANCIES, vacancy(adverts=[], **short))
    assert "/advertised_on" in told(both)


def test_lists_are_cut_into_pages(client: Client) -> None:
    days = [f"202{year}-11-05" for year in range(6)]
    for day in days:
        client.put(f"{WORKFORCE}/{day}", snapshot())

    first = client.get(f"{WORKFORCE}?limit=4").json
    rest = client.get(f"{WORKFORCE}?limit=4&cursor={first['next']}").json

    assert [item["date"] for item in first["items"] + rest["items"]] == days
    assert rest["next"] is None


def test_vacancies_are_found_by_what_they_are_for(client: Client) -> None:
    made(client, VACANCIES, vacancy())
    made(client, VACANCIES, vacancy(subject="Physics", outcome="failed", opened_on="2026-05-01"))
    made(client, VACANCIES, vacancy(role="Cook", subject=None, staff_group="other"))

    def found(query: str) -> list[Any]:
        return [item["subject"] for item in client.get(f"{VACANCIES}?{query}").json["items"]]

    assert found("subject=physics") == ["Physics"]
    assert found("outcome=open&staff_group=teacher") == ["Mathematics"]
    assert found("role=cook") == [None]
    assert found("opened_after=2026-06-01&opened_before=2026-09-28") == ["Mathematics", None]


@pytest.mark.parametrize(
    ("path", "body", "pointer", "says"),
    [
        (
            SNAPSHOT, snapshot(teachers_fte=72),
            "/teachers_fte", "is 72; FTE can't be over headcount",
        ),
        (
            SNAPSHOT, snapshot(teachers_headcount=-1),
            "/teachers_headcount", "is -1; it can't be negative",
        ),
        (
            SNAPSHOT, snapshot(teachers_headcount=70.5),
            "/teachers_headcount", "not a percentage",
        ),
        (
            SNAPSHOT, snapshot(teachers_headcount="93%"),
            "/teachers_headcount", "“93%”, a percentage",
        ),
        pytest.param(SNAPSHOT, snapshot(teachers_fte=True), "/teachers_fte", "plain number", id="a truth"),
        pytest.param(SNAPSHOT, snapshot(teachers_fte=0.1234567), "/teachers_fte", "6 places", id="places"),
        (
            SNAPSHOT, snapshot(teachers_fte=10_000_000),
            "/teachers_fte", "1,000,000",
        ),
        pytest.param(SNAPSHOT, {"teachers_headcount": 3}, "/teachers_fte", "required", id="nothing"),
        (
            SNAPSHOT, snapshot(vacancies=[{"role": "Teacher", "count": 1.5}]),
            "/vacancies/0/count", "1.5; it must be a whole number",
        ),
        pytest.param(SNAPSHOT, snapshot(staff_names=["A"]), "/staff_names", "never kept", id="names"),
        pytest.param(SNAPSHOT.replace("05", "31"), snapshot(), "/path/date", "not a date", id="no day"),
        (
            ABSENCE, absence(teachers_with_absence=72),
            "/teachers_with_absence", "more than teachers",
        ),
        pytest.param(ABSENCE, absence(sickness_reason="flu"), "/sickness_reason", "never kept", id="health"),
    ],
)  # fmt: skip
def test_what_a_put_refuses(client: Client, path: str, body: Any, pointer: str, says: str) -> None:
    answer = client.put(path, body)

    assert list(told(answer)) == [pointer]
    assert says in told(answer)[pointer]
    assert client.get(path).status_code in (404, 422)


@pytest.mark.parametrize(
    ("path", "body", "pointer", "says"),
    [
        (
            VACANCIES, vacancy(accepted_on="2026-09-01"),
            "/accepted_on", "2026-09-01; it can't be before opened_on (2026-09-28)",
        ),
        (
            VACANCIES, vacancy(advertised_on="2026-10-01", applications=2, shortlisted=3),
            "/shortlisted", "is 3; it can't be more than applications (2)",
        ),
        (
            VACANCIES, vacancy(advertised_on="2026-09-01"),
            "/advertised_on", "advertised_on is 2026-09-01; it can't be before opened_on",
        ),
        (
            VACANCIES, vacancy(advertised_on="2026-10-01", applications="50%"),
            "/applications", "percentage",
        ),
        (
            VACANCIES, vacancy(outcome="gone"),
            "/outcome", "“gone”; it must be one of open, filled",
        ),
        pytest.param(VACANCIES, vacancy(fte=1.5), "/fte", "at most 1", id="two posts"),
        pytest.param(VACANCIES, vacancy(opened_on="28/09/2026"), "/opened_on", "“28/09/2026”", id="day"),
        (
            VACANCIES, vacancy(teacher_name="A"),
            "/teacher_name", "teacher_name is never kept",
        ),
        (
            VACANCIES, vacancy(role="Mrs Example's post"),
            "/role", "a person's name",
        ),
        pytest.param(VACANCIES, vacancy(salary=1), "/salary", "never kept", id="pay"),
        pytest.param(VACANCIES, vacancy(colour="red"), "/colour", "isn't known", id="unknown"),
        (
            LEAVERS, leaver(left_on="2024-08-31"),
            "/left_on", "is 2024-08-31; it can't be before 2025-09-01",
        ),
        pytest.param(LEAVERS, leaver(name="A"), "/name", "never kept", id="leaver's name"),
        pytest.param(LEAVERS, leaver(staff_id="1234"), "/staff_id", "never kept", id="number"),
        pytest.param(LEAVERS, leaver(health_reason="x"), "/health_reason", "never kept", id="health"),
        pytest.param(LEAVERS, leaver(reason="ill health"), "/reason", "health", id="health within"),
        (
            LEAVERS, leaver(years_in_post=-1),
            "/years_in_post", "-1; it can't be negative",
        ),
    ],
)  # fmt: skip
def test_what_a_post_refuses(client: Client, path: str, body: Any, pointer: str, says: str) -> None:
    client.put(f"{WORKFORCE}/2025-11-06", snapshot())

    answer = client.post(path, body)

    assert list(told(answer)) == [pointer]
    assert says in told(answer)[pointer]
    assert client.get(path).json["items"] == []


def test_every_fault_is_named_at_once(client: Client) -> None:
    wrong = vacancy(fte=2, shortlisted=-1, accepted_on="2026-01-01")

    assert set(told(client.post(VACANCIES, wrong))) == {"/fte", "/shortlisted", "/accepted_on"}


def test_a_patch_is_judged_as_a_whole(client: Client) -> None:
    one = f"{VACANCIES}/{made(client, VACANCIES, vacancy(shortlisted=2))['id']}"

    assert "more than shortlisted" in told(client.patch(one, {"interviewed": 3}))["/interviewed"]
    assert client.get(one).json["interviewed"] is None


def test_zero_teachers_are_taken(client: Client) -> None:
    nobody = {"teachers_fte": 0, "qualified_teachers_fte": 0, "teachers_headcount": 0, "vacancies": []}

    assert client.put(SNAPSHOT, nobody).status_code == 201


def test_a_leavers_reference_is_kept_only_as_a_pseudonym(app: Flask, client: Client) -> None:
    held = made(client, LEAVERS, leaver(reference="207219"))

    assert held["reference"].startswith("s_")
    assert client.post(LEAVERS, leaver(reference="207219")).status_code == 409
    with app.extensions["headway"].tools.database.reading() as connection:
        for table in ("workforce_records", "audit_entries"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert "207219" not in repr(rows)


def test_a_stale_if_match_is_refused(client: Client) -> None:
    one = f"{VACANCIES}/{made(client, VACANCIES, vacancy())['id']}"
    tag = client.get(one).headers["ETag"]
    client.patch(one, {"cost": 100}, headers={"If-Match": tag})

    stale = client.patch(one, {"cost": 200}, headers={"If-Match": tag})

    assert (stale.status_code, client.get(one).json["cost"]) == (412, 100)
    assert [change["field"] for change in stale.json["changes"]] == ["cost"]
    assert client.delete(one, headers={"If-Match": tag}).status_code == 412
    assert client.delete(one, headers={"If-Match": "*"}).status_code == 204
    assert client.put(SNAPSHOT, snapshot(), headers={"If-Match": '"1.x"'}).status_code == 412


def test_a_post_with_a_key_makes_one_record(client: Client) -> None:
    first, again = (client.post(VACANCIES, vacancy(), headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert first.json == again.json
    assert len(client.get(VACANCIES).json["items"]) == 1


def test_who_may(app: Flask, client: Client) -> None:
    reads, writes = make_key(app, ["workforce:read"]), make_key(app, ["workforce:write"])
    client.put(SNAPSHOT, snapshot())

    for path in (SNAPSHOT, WORKFORCE, VACANCIES):
        assert reads.get(path).status_code == writes.get(path).status_code == 200
        assert make_key(app, ["tracker:read"]).get(path).status_code == 403
    assert (reads.get(LEAVERS).status_code, writes.get(LEAVERS).status_code) == (403, 200)
    assert reads.put(SNAPSHOT, snapshot()).status_code == 403
    assert reads.post(VACANCIES, vacancy()).status_code == 403
    elsewhere = make_key(app, ["workforce:write"], ["900002"])
    assert elsewhere.put(SNAPSHOT, snapshot()).status_code == 404
    assert elsewhere.get(f"{SCHOOL}/vacancies").status_code == 404


def test_what_was_never_there_is_not_found(client: Client) -> None:
    nowhere = "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11"

    for path in (SNAPSHOT, f"{VACANCIES}/{nowhere}", f"{VACANCIES}/x", f"{LEAVERS}/{nowhere}", ABSENCE):
        assert client.get(path).status_code == 404
        assert client.get(f"{path}/history").status_code == 404
        assert client.delete(path).status_code == 404
    assert client.patch(f"{VACANCIES}/{nowhere}", {"cost": 1}).status_code == 404
    assert client.put(f"{SCHOOL}/staff-absence/2025", absence()).status_code == 404


def test_writes_are_in_the_audit_log_and_its_chain_holds(client: Client) -> None:
    client.put(SNAPSHOT, snapshot())
    client.delete(SNAPSHOT)
    made(client, VACANCIES, vacancy())

    assert client.get("/v1/audit/verify?school=900001").json["holds"] is True
    kinds = [entry["kind"] for entry in client.get("/v1/audit?school=900001").json["items"]]
    assert {"workforce_snapshot", "vacancy"} <= set(kinds)


def test_a_patch_takes_whole_adverts_only(client: Client) -> None:
    one = f"{VACANCIES}/{made(client, VACANCIES, vacancy())['id']}"

    assert list(told(client.patch(one, {"adverts": [{}]}))) == ["/adverts/0/on"]


def test_a_day_beyond_all_records_is_refused(client: Client) -> None:
    assert "/opened_on" in told(client.post(VACANCIES, vacancy(opened_on="0001-01-01")))
    assert "/path/date" in told(client.put(f"{WORKFORCE}/9999-12-31", snapshot()))
    assert client.put(f"{SCHOOL}/staff-absence/0001-02", absence()).status_code == 404
    for path in (
        "measures?to=0001-01-01",
        "measures?from=9999-01-01&to=9999-12-31",
        "calendar?from=9999-01-01",
    ):
        assert client.get(f"{WORKFORCE}/{path}").status_code == 422
    assert client.get(f"{WORKFORCE}/risk?academic_year=0001-02").status_code == 422


def test_few_unqualified_teachers_do_not_come_out_of_a_snapshot(app: Flask, client: Client) -> None:
    reads = make_key(app, ["workforce:read"])
    earlier = f"{WORKFORCE}/2025-11-06"
    client.put(earlier, snapshot(qualified_teachers_fte=50))
    client.put(SNAPSHOT, snapshot())

    shown = reads.get(SNAPSHOT).json
    assert (shown["teachers_fte"], shown["qualified_teachers_fte"]) == (62.4, None)
    assert shown["suppressed"] is True
    assert [item["qualified_teachers_fte"] for item in reads.get(WORKFORCE).json["items"]] == [50, None]
    changes = {item["field"]: item for item in reads.get(f"{SNAPSHOT}/history").json["items"]}
    assert changes["teachers_fte"]["new"] == 62.4
    hidden = changes["qualified_teachers_fte"]
    assert (hidden["old"], hidden["new"], hidden["suppressed"]) == (None, None, True)
    assert client.get(SNAPSHOT).json["qualified_teachers_fte"] == 60.8
    assert client.get(f"{SNAPSHOT}/history").json["items"][1]["new"] == 60.8
