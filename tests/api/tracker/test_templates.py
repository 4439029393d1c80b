"""`/v1/templates` and `/v1/challenges/{id}/apply-template`."""

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.templates import OURS
from tests.conftest import Clock
from tests.make import URN, Client, make_challenge, make_key, make_person, make_school

AT_ONCE = {"If-Match": "*"}
ACTION = {"key": "a", "title": "Talk", "due_after_days": 28}
GIVEN = {"school": URN, "kind": "behaviour", "title": "Our own", "actions": [ACTION]}
STEPPING_DOWN = "stepping-down-from-inspection-roles"


def make_template(client: Client, **fields: Any) -> str:
    """A template of the usual school; answers the id."""
    answer = client.post("/v1/templates", GIVEN | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


@dataclass
class Applying:
    """A challenge of the usual school, and somebody who may own what is done about it."""

    client: Client
    challenge: str
    person: str

    def __call__(self, **body: Any) -> TestResponse:
        given = {"template": "attendance"} | body
        return self.client.post(f"/v1/challenges/{self.challenge}/apply-template", given)

    def actions(self) -> list[dict[str, Any]]:
        """The actions that the challenge has."""
        found: list[dict[str, Any]] = self.client.get(f"/v1/challenges/{self.challenge}/actions").json[
            "items"
        ]
        return found


@pytest.fixture
def applying(client: Client) -> Applying:
    make_school(client)
    return Applying(client, make_challenge(client), make_person(client))


def pointers(answer: TestResponse) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json["errors"]]


# Ours


def test_ours_are_listed_for_whoever_reads_the_tracker(app: Flask) -> None:
    reader = make_key(app, ["tracker:read"])

    items = reader.get("/v1/templates").json["items"]

    assert [item["id"] for item in items] == list(OURS)
    assert {item["school"] for item in items} == {None}
    assert make_key(app, ["attendance:read"]).get("/v1/templates").status_code == 403


def test_one_of_ours_is_read_by_its_word(client: Client) -> None:
    answer = client.get("/v1/templates/attendance")

    assert answer.json["version"] == OURS["attendance"].version
    assert answer.json["actions"][0]["key"] == "first-day-calls"
    assert answer.json.items() >= {"school": None, "newer_version": None, "created_by": "Headway"}.items()
    again = client.get("/v1/templates/attendance", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/v1/templates/attendance/history").json["items"] == []
    assert client.get("/v1/templates/nothing").status_code == 404


@pytest.mark.parametrize(("method", "path"), [("PATCH", ""), ("DELETE", ""), ("POST", "/restore")])
def test_ours_are_not_changed_in_place(client: Client, method: str, path: str) -> None:
    answer = client(method, f"/v1/templates/attendance{path}", json={"title": "Mine"}, headers=AT_ONCE)

    assert answer.status_code == 405
    assert "based_on attendance@1" in answer.json["detail"]


@pytest.mark.parametrize("id", list(OURS))
def test_each_of_ours_applies_cleanly(app: Flask, client: Client, id: str) -> None:
    make_school(client)
    person = make_person(client)
    template = OURS[id]
    label = {"kind_label": template.kind_label} if template.kind == "other" else {}
    challenge = make_challenge(client, kind=template.kind, **label)
    own = make_key(app, person=person)

    answer = own.post(f"/v1/challenges/{challenge}/apply-template", {"template": id, "owner": person})

    assert answer.status_code == 201, answer.text
    assert answer.json["warnings"] == []
    made = answer.json["actions"]
    assert [action["title"] for action in made] == [action.title for action in template.actions]
    assert {action["health"] for action in made} == {"on_track"}
    assert sum(len(action["depends_on"]) for action in made) == sum(
        len(one.depends_on) for one in template.actions
    )
    steps = [client.get(f"/v1/actions/{action['id']}/milestones").json["items"] for action in made]
    assert [len(each) for each in steps] == [len(one.milestones) for one in template.actions]


# A school's own


def test_a_school_writes_its_own(client: Client) -> None:
    make_school(client)
    action = ACTION | {
        "intent": "To listen.",
        "role": "form tutor",
        "starts_after_days": 7,
        "success_criteria": ["Everybody was heard"],
        "cohorts": ["pupil_premium:true"],
        "areas": ["ofsted2025.inclusion"],
        "depends_on": [],
        "repeats": 14,
        "milestones": [{"title": "Half", "due_after_days": 10}],
    }

    made = client.post("/v1/templates", GIVEN | {"purpose": "Calm.", "actions": [action]})

    assert made.status_code == 201
    assert made.json.items() >= {"school": URN, "version": 1, "actions": [action], "based_on": None}.items()
    assert client.get(made.headers["Location"]).json == made.json


def test_editing_one_of_ours_is_making_a_copy_and_changing_that(client: Client) -> None:
    make_school(client)
    ours = client.get("/v1/templates/retention").json

    copy = client.post("/v1/templates", {"school": URN, "based_on": "retention", "title": "Staying"}).json
    path = f"/v1/templates/{copy['id']}"
    changed = client.patch(path, {"actions": ours["actions"][:2]}, headers=AT_ONCE)

    assert (copy["based_on"], copy["title"], copy["kind"]) == ("retention@1", "Staying", "retention")
    assert (copy["actions"], copy["purpose"]) == (ours["actions"], ours["purpose"])
    assert (changed.json["version"], len(changed.json["actions"])) == (2, 2)
    assert client.get("/v1/templates/retention").json == ours
    assert "actions" in {change["field"] for change in client.get(f"{path}/history").json["items"]}


def test_a_template_is_changed_hidden_and_brought_back(client: Client, clock: Clock) -> None:
    make_school(client)
    path = f"/v1/templates/{make_template(client)}"
    before = clock.advance(hours=1).isoformat()
    clock.advance(hours=1)

    assert client.patch(path, {"title": "B"}).status_code == 428
    assert client.patch(path, {"title": "B"}, headers={"If-Match": '"1.a"'}).json["title"] == "B"
    assert client.patch(path, {"title": "C"}, headers={"If-Match": '"1.a"'}).status_code == 412
    assert client.delete(path, headers=AT_ONCE).status_code == 204
    assert client.get(path).status_code == 404
    assert client.get(path, query_string={"as_of": before}).json["title"] == "Our own"
    assert client.post(f"{path}/restore").json["title"] == "B"


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"school": "900009"}, "/school", id="a school there isn't"),
        pytest.param({"kind": "weather"}, "/kind", id="a kind there isn't"),
        pytest.param({"actions": []}, "/actions", id="no actions"),
        pytest.param({"actions": [ACTION] * 51}, "/actions", id="too many"),
        pytest.param({"actions": [ACTION, ACTION]}, "/actions/1/key", id="a key twice"),
        pytest.param({"actions": [ACTION | {"key": "A b"}]}, "/actions/0/key", id="a key in another form"),
        pytest.param(
            {"actions": [ACTION | {"depends_on": ["z"]}]}, "/actions/0/depends_on/0", id="waiting for nothing"
        ),
        pytest.param(
            {"actions": [ACTION | {"depends_on": ["a"]}]}, "/actions/0/depends_on", id="waiting for itself"
        ),
        pytest.param(
            {"actions": [ACTION | {"starts_after_days": 29}]}, "/actions/0/due_after_days", id="backwards"
        ),
        pytest.param(
            {"actions": [ACTION | {"due_after_days": 1.5}]}, "/actions/0/due_after_days", id="half a day"
        ),
        pytest.param({"actions": [ACTION | {"owner": "x"}]}, "/actions/0/owner", id="an owner beforehand"),
        pytest.param({"actions": [ACTION | {"cohorts": ["x:1"]}]}, "/actions/0/cohorts/0", id="no cohort"),
        pytest.param({"actions": [ACTION | {"areas": ["x"]}]}, "/actions/0/areas/0", id="no area"),
        pytest.param(
            {"actions": [ACTION | {"repeats": "daily"}]}, "/actions/0/repeats", id="no way to repeat"
        ),
        pytest.param({"based_on": "nothing"}, "/based_on", id="based on nothing there is"),
        pytest.param({"based_on": "attendance@2"}, "/based_on", id="based on what is yet to come"),
        pytest.param({"based_on": "attendance@0"}, "/based_on", id="based on no version"),
        pytest.param({"based_on": "attendance@"}, "/based_on", id="based on half a name"),
        pytest.param({"grade": "Good"}, "/grade", id="a grade"),
    ],
)
def test_what_is_wrong_with_a_template_is_pointed_at(
    client: Client, fields: dict[str, Any], pointer: str
) -> None:
    make_school(client)

    assert pointers(client.post("/v1/templates", GIVEN | fields))[0] == pointer


def test_without_one_to_copy_all_of_it_is_needed(client: Client) -> None:
    make_school(client)

    assert pointers(client.post("/v1/templates", {"school": URN})) == ["/kind", "/title", "/actions"]


@pytest.mark.parametrize("based_on", [None, "behaviour@1", "attendance@7"])
def test_a_copy_keeps_where_it_comes_from(client: Client, based_on: str | None) -> None:
    make_school(client)
    copy = make_template(client, based_on="attendance@1")

    answer = client.patch(f"/v1/templates/{copy}", {"based_on": based_on}, headers=AT_ONCE)

    assert pointers(answer) == ["/based_on"]


def test_a_copy_that_lags_behind_ours_says_so_until_it_is_moved_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_school(client)
    copy = client.post("/v1/templates", {"school": URN, "based_on": "behaviour"}).json["id"]
    monkeypatch.setitem(OURS, "behaviour", msgspec.structs.replace(OURS["behaviour"], version=3))

    listed = client.get("/v1/templates", query_string={"school": URN, "limit": 200}).json["items"][-1]
    moved = client.patch(f"/v1/templates/{copy}", {"based_on": "behaviour@3"}, headers=AT_ONCE).json

    assert (listed["id"], listed["based_on"], listed["newer_version"]) == (copy, "behaviour@1", 3)
    assert (moved["based_on"], moved["newer_version"]) == ("behaviour@3", None)
    assert pointers(client.post("/v1/templates", {"school": URN, "based_on": "behaviour@2"})) == ["/based_on"]


# Lists


def test_the_list_has_ours_and_those_of_the_schools_that_the_key_sees(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    here, there = make_template(client), make_template(client, school="900002")
    only_here = make_key(app, schools=[URN])

    def ids(who: Client, **query: Any) -> list[str]:
        return [item["id"] for item in who.get("/v1/templates", query_string=query).json["items"]]

    assert ids(client) == [*OURS, here, there]
    assert ids(only_here) == [*OURS, here]
    assert ids(client, school="900002") == [*OURS, there]
    assert ids(client, kind="behaviour") == ["behaviour", here, there]
    assert ids(client, kind="recruitment") == ["recruitment"]
    assert only_here.get("/v1/templates", query_string={"school": "900002"}).status_code == 404
    assert only_here.get(f"/v1/templates/{there}").status_code == 404


@pytest.mark.parametrize("limit", [1, 4, len(OURS) - 1, len(OURS), len(OURS) + 1, len(OURS) + 2])
@pytest.mark.parametrize("own", [0, 2])
def test_pages_of_any_size_give_each_once(client: Client, limit: int, own: int) -> None:
    make_school(client)
    made = [make_template(client) for _ in range(own)]
    found: list[str] = []
    query: dict[str, Any] = {"limit": limit}

    while True:
        page = client.get("/v1/templates", query_string=query).json
        assert page["items"], "no page is empty"
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert found == [*OURS, *made]


def test_the_list_is_read_as_it_stood(client: Client, clock: Clock) -> None:
    make_school(client)
    before = clock.advance(hours=1).isoformat()
    clock.advance(hours=1)
    made = make_template(client)

    then = client.get("/v1/templates", query_string={"as_of": before}).json["items"]
    compared = client.get("/v1/templates", query_string={"compare_to": before}).json

    assert [item["id"] for item in then] == list(OURS)
    assert compared["changes"]["added"] == [made]


# Applying


def test_owners_and_dates_are_the_callers(applying: Applying) -> None:
    other = make_person(applying.client)

    answer = applying(
        owner=applying.person,
        owners={"letter-tiers": other},
        start_on="2027-01-04",
        dates={"first-day-calls": {"due_on": "2027-03-01"}, "right-codes": {"start_on": "2027-02-01"}},
    )

    made = {action["title"]: action for action in answer.json["actions"]}
    by_key = {action.key: made[action.title] for action in OURS["attendance"].actions}
    assert answer.status_code == 201
    assert (answer.json["template"], answer.json["version"]) == ("attendance", 1)
    assert {action["owner"] for action in made.values()} == {applying.person, other}
    assert by_key["letter-tiers"]["owner"] == other
    calls, codes = by_key["first-day-calls"], by_key["right-codes"]
    assert (calls["start_on"], calls["due_on"]) == ("2027-01-04", "2027-03-01")
    assert (codes["start_on"], codes["due_on"], codes["repeats"]) == (
        "2027-02-01",
        "2027-02-22",
        "half_termly",
    )
    assert by_key["letter-tiers"]["depends_on"] == [codes["id"]]
    assert {action["status"] for action in made.values()} == {"planned"}
    steps = applying.client.get(f"/v1/actions/{calls['id']}/milestones").json["items"]
    assert [step["due_on"] for step in steps] == ["2027-01-11", "2027-01-18", "2027-02-01"]
    assert {action["id"] for action in applying.actions()} == {action["id"] for action in made.values()}


def test_it_starts_today_unless_told(applying: Applying) -> None:
    made = applying(owner=applying.person).json["actions"]

    assert made[0]["start_on"] == "2026-11-20"


def test_only_some_are_made_and_what_they_would_have_waited_for_is_told(applying: Applying) -> None:
    answer = applying(owner=applying.person, only=["letter-tiers"])

    assert [action["depends_on"] for action in answer.json["actions"]] == [[]]
    assert "right-codes" in answer.json["warnings"][0]


def test_one_meant_for_another_kind_is_applied_with_a_warning(applying: Applying) -> None:
    answer = applying(template="behaviour", owner=applying.person)

    assert answer.status_code == 201
    assert answer.json["warnings"] == [
        "the template is meant for challenges of the kind behaviour, and this one is of the kind attendance"
    ]


def test_a_schools_own_is_applied_as_ours_are(applying: Applying) -> None:
    own = make_template(applying.client)

    answer = applying(template=own, owners={"a": applying.person})

    assert [action["title"] for action in answer.json["actions"]] == ["Talk"]
    assert answer.json["actions"][0]["due_on"] == "2026-12-18"


def test_an_owner_that_is_missing_is_asked_for_by_key_with_who_usually_does_it(applying: Applying) -> None:
    answer = applying(owners={"right-codes": applying.person}, only=["right-codes", "first-day-calls"])

    assert pointers(answer) == ["/owners/first-day-calls"]
    assert "attendance lead" in answer.json["errors"][0]["detail"]
    assert applying.actions() == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param({"template": "nothing"}, "/template", id="no template"),
        pytest.param({"owner": "x"}, "/owner", id="nobody"),
        pytest.param({"owners": {"right-codes": "x"}}, "/owners/right-codes", id="nobody for one"),
        pytest.param({"owners": {"other": "x"}}, "/owners/other", id="an owner of no action"),
        pytest.param({"only": ["other"]}, "/only/0", id="an action there isn't"),
        pytest.param({"dates": {"other": {}}}, "/dates/other", id="days of no action"),
        pytest.param(
            {"dates": {"right-codes": {"due_on": "soon"}}}, "/dates/right-codes/due_on", id="no day"
        ),
        pytest.param(
            {"dates": {"right-codes": {"due_on": "2026-11-19"}}},
            "/dates/right-codes/due_on",
            id="before the start",
        ),
        pytest.param({"start_on": "9999-12-31"}, "/start_on", id="the end of the calendar"),
        pytest.param({"start_on": "today"}, "/start_on", id="a word"),
        pytest.param({"grade": "Good"}, "/grade", id="a field there isn't"),
    ],
)
def test_what_is_wrong_with_applying_is_pointed_at_and_nothing_is_made(
    applying: Applying, body: dict[str, Any], pointer: str
) -> None:
    answer = applying(**({"owner": applying.person} | body))

    assert pointers(answer)[0] == pointer
    assert applying.actions() == []


def test_nothing_is_made_where_one_owner_is_no_longer_active(applying: Applying) -> None:
    gone = make_person(applying.client, active=False)

    answer = applying(owner=applying.person, owners={"look-at-the-pattern": gone})

    assert pointers(answer) == ["/owners/look-at-the-pattern"]
    assert applying.actions() == []


def test_what_the_key_does_not_see_is_not_there(app: Flask, applying: Applying) -> None:
    make_school(applying.client, "900002")
    there = make_template(applying.client, school="900002")
    deleted = make_template(applying.client)
    applying.client.delete(f"/v1/templates/{deleted}", headers=AT_ONCE)
    here = Applying(make_key(app, schools=[URN]), applying.challenge, applying.person)
    elsewhere = Applying(make_key(app, schools=["900002"]), applying.challenge, applying.person)

    assert pointers(here(template=there, owner=applying.person)) == ["/template"]
    assert pointers(here(template=deleted, owner=applying.person)) == ["/template"]
    assert elsewhere(owner=applying.person).status_code == 404


@pytest.mark.parametrize("copied", [False, True])
def test_stepping_down_is_each_leaders_own_choice(app: Flask, applying: Applying, copied: bool) -> None:
    template = STEPPING_DOWN
    if copied:
        template = applying.client.post("/v1/templates", {"school": URN, "based_on": STEPPING_DOWN}).json[
            "id"
        ]
    me, other = applying.person, make_person(applying.client)
    mine = Applying(make_key(app, person=me), applying.challenge, me)

    assert pointers(applying(template=template, owner=me)) == ["/owner"], "the key stands for nobody"
    assert pointers(mine(template=template, owner=other)) == ["/owner"]
    assert pointers(mine(template=template, owner=me, owners={"give-notice": other})) == [
        "/owners/give-notice"
    ]
    assert applying.actions() == []
    assert mine(template=template, owner=me).status_code == 201
    assert {action["owner"] for action in applying.actions()} == {me}


def test_the_same_call_with_its_key_makes_the_actions_once(applying: Applying) -> None:
    path = f"/v1/challenges/{applying.challenge}/apply-template"
    body = {"template": "behaviour", "owner": applying.person}

    first, again = (applying.client.post(path, body, headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert (first.status_code, again.json) == (201, first.json)
    assert len(applying.actions()) == len(OURS["behaviour"].actions)
