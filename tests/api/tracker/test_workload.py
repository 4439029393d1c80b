"""`/v1/schools/{urn}/workload`."""

from typing import Any

import pytest
from flask import Flask

from tests.api.tracker.test_statements import counted
from tests.conftest import Clock
from tests.make import URN, Client, make_action, make_challenge, make_key, make_person, make_school

PATH = f"/v1/schools/{URN}/workload"
AT_ONCE = {"If-Match": "*"}


def workload(client: Client, query: str = "") -> Any:
    answer = client.get(PATH + query)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_what_each_person_owns_supports_and_leads(client: Client) -> None:
    make_school(client)
    ada, ben, cleo = (make_person(client, name=name) for name in ("Ada", "Ben", "Cleo"))
    challenge = make_challenge(client, lead=ada)
    make_challenge(client, lead=ada, closed_on="2026-11-20")
    make_action(client, challenge, owner=ada, due_on="2026-11-19", hours=1.5)
    make_action(client, challenge, owner=ada, due_on="2026-11-22", supporters=[ben])
    make_action(client, challenge, owner=ada, due_on="2026-11-23", hours=0.25)
    make_action(client, challenge, owner=ben)
    make_action(client, challenge, owner=ben, status="done", supporters=[cleo])

    found = workload(client)

    of_ada, of_ben, of_cleo = found["people"]
    assert of_ada == {
        "person": ada,
        "name": "Ada",
        "role": None,
        "actions": 3,
        "supporting": 0,
        "challenges": 1,
        "overdue": 1,
        "due_this_week": 2,
        "hours": 1.75,
        "actions_without_hours": 1,
        "share": 75,
        "new_action_would_overload": True,
    }
    assert (of_ben["actions"], of_ben["supporting"], of_ben["share"]) == (1, 1, 25)
    assert (of_cleo["name"], of_cleo["actions"], of_cleo["supporting"]) == ("Cleo", 0, 0)
    assert not of_ben["new_action_would_overload"]
    assert (found["open_actions"], found["most_loaded_share"], found["gini"]) == (4, 75, 0.5)
    assert found["week"] == {"from": "2026-11-16", "to": "2026-11-22"}
    assert found["overload"]["rule"] == "half_as_much_again"


def test_without_actions_there_is_no_spread(client: Client) -> None:
    make_school(client)
    make_person(client)

    found = workload(client)

    assert (found["gini"], found["most_loaded_share"], found["people"][0]["share"]) == (None, None, None)


def test_what_somebody_owns_who_left_is_told_apart(client: Client) -> None:
    make_school(client)
    left = make_person(client)
    make_action(client, make_challenge(client), owner=left)
    client.patch(f"/v1/people/{left}", {"active": False}, headers=AT_ONCE)

    found = workload(client)

    assert (found["people"], found["open_actions"], found["owned_by_others"]) == ([], 1, 1)


def test_only_what_is_carried_at_the_school_counts(client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    ada = make_person(client, schools=[URN, "900002"])
    make_action(client, make_challenge(client), owner=ada)
    make_action(client, make_challenge(client, school="900002"), owner=ada)

    assert workload(client)["people"][0]["actions"] == 1


def test_deleted_actions_are_no_work(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    action = make_action(client, challenge)
    make_action(client, challenge)
    client.delete(f"/v1/actions/{action}", headers=AT_ONCE)
    assert workload(client)["open_actions"] == 1

    client.delete(f"/v1/challenges/{challenge}", headers=AT_ONCE)
    assert workload(client)["open_actions"] == 0


def test_it_is_answered_as_it_stood_and_compared(client: Client, clock: Clock) -> None:
    make_school(client)
    ada = make_person(client)
    challenge = make_challenge(client)
    make_action(client, challenge, owner=ada, due_on="2026-11-20")
    clock.advance(days=7)
    make_action(client, challenge, owner=ada)
    ben = make_person(client, name="Ben")

    then = workload(client, "?as_of=2026-11-20T12:00:00Z")
    compared = workload(client, "?compare_to=2026-11-20T12:00:00Z")["changes"]

    assert [person["actions"] for person in then["people"]] == [1]
    assert (then["people"][0]["overdue"], then["week"]["from"]) == (0, "2026-11-16")
    assert (compared["added"], compared["gone"]) == ([ben], [])
    changed = {change["field"]: (change["old"], change["new"]) for change in compared["changed"]}
    assert (changed["actions"], changed["overdue"]) == ((1, 2), (0, 1))


@pytest.mark.parametrize("as_of", ["", "?as_of=2026-11-21T00:00:00Z"])
def test_more_people_take_no_more_statements(app: Flask, client: Client, as_of: str) -> None:
    make_school(client)
    narrow = make_key(app, schools=[URN])
    make_action(client, make_challenge(client))
    with counted(app) as few:
        workload(narrow, as_of)
    for _ in range(3):
        make_action(client, make_challenge(client, lead=make_person(client)))
    with counted(app) as many:
        workload(narrow, as_of)

    assert len(many) == len(few), "\n".join(many)


def test_only_those_who_may_see_the_school_see_it(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")

    assert make_key(app, ["tracker:read"], ["900002"]).get(PATH).status_code == 404
    assert make_key(app, ["attendance:read"]).get(PATH).status_code == 403
