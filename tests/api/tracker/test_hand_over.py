"""`/v1/people/{id}/hand-over`."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from models import Practice
from services.ids import new_id
from services.schools.schools import get_school
from services.tracker import records
from services.tracker.kinds import PRACTICE
from services.unit_of_work import Actor, unit_of_work
from tests.make import URN, Client, make_action, make_challenge, make_key, make_person, make_school

AT_ONCE = {"If-Match": "*"}
SOMEBODY = Actor(None, "test", frozenset(), frozenset({"*"}))


@pytest.fixture
def people(client: Client) -> tuple[str, str]:
    """Ada, who leaves, and Ben, who takes over."""
    make_school(client)
    return make_person(client, name="Ada"), make_person(client, name="Ben")


def hand_over(client: Client, old: str, new: str, **also: Any) -> Any:
    answer = client.post(f"/v1/people/{old}/hand-over", {"to": new} | also)
    assert answer.status_code == 200, answer.text
    return answer.json["moved"]


def make_practice(app: Flask, lead: str, **fields: Any) -> str:
    given = {"title": "Reading", "weekday": "tuesday", "starts_at": "08:30", "ends_at": "09:00"}
    with unit_of_work(app.extensions["headway"].tools, SOMEBODY, writes=True) as work:
        whose = {"school_id": get_school(work, URN).id, "areas": [], "cohorts": [], "lead": lead}
        row = records.create(work, PRACTICE, given | whose | fields)
        work.commit()
        return str(row.id)


def test_what_somebody_leads_owns_and_supports_goes_to_the_other(client: Client, people: Any) -> None:
    ada, ben = people
    challenge = make_challenge(client, lead=ada)
    owned = make_action(client, challenge, owner=ada)
    supported = make_action(client, challenge, supporters=[ada])

    moved = hand_over(client, ada, ben)

    assert moved == {
        "challenges": [challenge],
        "actions": [owned],
        "practices": [],
        "supporting": [supported],
    }
    assert client.get(f"/v1/challenges/{challenge}").json["lead"] == ben
    assert client.get(f"/v1/actions/{owned}").json["owner"] == ben
    assert client.get(f"/v1/actions/{supported}").json["supporters"] == [ben]


def test_each_change_is_in_the_history_of_what_it_changes(client: Client, people: Any) -> None:
    ada, ben = people
    challenge = make_challenge(client, lead=ada)
    action = make_action(client, challenge, owner=ada)
    hand_over(client, ada, ben)

    for path, field in ((f"/v1/challenges/{challenge}", "lead"), (f"/v1/actions/{action}", "owner")):
        last = client.get(f"{path}/history").json["items"][-1]
        assert (last["who"], last["field"], last["old"], last["new"]) == ("test", field, ada, ben)
        assert client.get(path).json["revision"] == 2


def test_what_is_closed_done_stopped_or_deleted_stays(client: Client, people: Any) -> None:
    ada, ben = people
    make_challenge(client, lead=ada, closed_on="2026-11-20")
    challenge = make_challenge(client)
    for status in ("done", "stopped"):
        make_action(client, challenge, owner=ada, supporters=[ada], status=status)
    deleted = make_action(client, challenge, owner=ada)
    client.delete(f"/v1/actions/{deleted}", headers=AT_ONCE)

    assert not any(hand_over(client, ada, ben).values())


def test_practice_that_still_runs_goes_too(app: Flask, client: Client, people: Any) -> None:
    ada, ben = people
    running = make_practice(app, ada)
    last_day = make_practice(app, ada, until=date(2026, 11, 20))
    over = make_practice(app, ada, until=date(2026, 11, 19))

    assert hand_over(client, ada, ben)["practices"] == [running, last_day]
    with unit_of_work(app.extensions["headway"].tools, SOMEBODY, writes=False) as work:
        leads = [work.db.get(Practice, id).lead for id in (running, last_day, over)]
    assert leads == [ben, ben, ada]


def test_nobody_supports_twice_nor_what_they_own(client: Client, people: Any) -> None:
    ada, ben = people
    cleo = make_person(client, name="Cleo")
    challenge = make_challenge(client)
    supported_by_new = make_action(client, challenge, owner=ada, supporters=[ben, cleo])
    owned_by_new = make_action(client, challenge, owner=ben, supporters=[cleo, ada])
    supported_by_both = make_action(client, challenge, owner=cleo, supporters=[ada, ben])

    moved = hand_over(client, ada, ben)

    assert moved["actions"] == [supported_by_new]
    assert moved["supporting"] == [owned_by_new, supported_by_both]
    supporters = {
        id: client.get(f"/v1/actions/{id}").json["supporters"] for ids in moved.values() for id in ids
    }
    assert supporters == {
        supported_by_new: [cleo],
        owned_by_new: [cleo],
        supported_by_both: [ben],
    }


def test_a_second_time_nothing_is_left_to_move(client: Client, people: Any) -> None:
    ada, ben = people
    make_action(client, make_challenge(client, lead=ada), owner=ada)
    hand_over(client, ada, ben)

    assert not any(hand_over(client, ada, ben).values())


def test_a_note_becomes_a_comment_on_what_changes_hands(client: Client, people: Any) -> None:
    ada, ben = people
    challenge = make_challenge(client, lead=ada)
    owned = make_action(client, challenge, owner=ada)
    supported = make_action(client, challenge, supporters=[ada])
    hand_over(client, ada, ben, note="Ada leaves at Christmas.")

    texts = {
        path: [comment["text"] for comment in client.get(f"/v1/{path}/comments").json["items"]]
        for path in (f"challenges/{challenge}", f"actions/{owned}", f"actions/{supported}")
    }
    assert list(texts.values()) == [["Ada leaves at Christmas."], ["Ada leaves at Christmas."], []]


@pytest.mark.parametrize(
    ("to", "words"),
    [
        pytest.param("ada", "who hands over", id="the same person"),
        pytest.param("left", "no longer active", id="somebody who left"),
        pytest.param("elsewhere", "no such person", id="somebody whom the key may not see"),
        pytest.param(new_id(), "no such person", id="nobody"),
        pytest.param("x", "no such person", id="no id at all"),
    ],
)
def test_whom_it_cannot_go_to_is_pointed_at_and_nothing_moves(
    app: Flask, client: Client, people: Any, to: str, words: str
) -> None:
    make_school(client, "900002")
    ids = {
        "ada": people[0],
        "left": make_person(client, active=False),
        "elsewhere": make_person(client, schools=["900002"]),
    }
    action = make_action(client, make_challenge(client), owner=people[0])

    answer = make_key(app, schools=[URN]).post(f"/v1/people/{people[0]}/hand-over", {"to": ids.get(to, to)})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/to")
    assert words in answer.json["errors"][0]["detail"]
    assert client.get(f"/v1/actions/{action}").json["revision"] == 1


def test_what_the_key_may_not_see_stays_and_is_not_told(app: Flask, client: Client, people: Any) -> None:
    ada, ben = people
    make_school(client, "900002")
    here = make_action(client, make_challenge(client), owner=ada)
    there = make_action(client, make_challenge(client, school="900002"), owner=ada)

    moved = hand_over(make_key(app, schools=[URN]), ada, ben)

    assert moved["actions"] == [here]
    assert there not in str(moved)
    assert client.get(f"/v1/actions/{there}").json["owner"] == ada
    assert hand_over(client, ada, ben)["actions"] == [there]


def test_a_person_out_of_sight_is_not_found(app: Flask, client: Client, people: Any) -> None:
    make_school(client, "900002")
    narrow = make_key(app, schools=["900002"])

    assert narrow.post(f"/v1/people/{people[0]}/hand-over", {"to": people[1]}).status_code == 404
    reader = make_key(app, ["tracker:read"])
    assert reader.post(f"/v1/people/{people[0]}/hand-over", {"to": people[1]}).status_code == 403


def test_somebody_who_is_no_longer_active_hands_over_too(client: Client, people: Any) -> None:
    ada, ben = people
    action = make_action(client, make_challenge(client), owner=ada)
    client.patch(f"/v1/people/{ada}", {"active": False}, headers=AT_ONCE)

    assert hand_over(client, ada, ben)["actions"] == [action]
