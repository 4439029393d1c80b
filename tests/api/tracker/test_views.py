"""`/v1/views`: saved filters of lists, which the lists themselves check."""

from typing import Any

import pytest
from flask import Flask

from domain.errors import NotFound
from services.access.keys import actor_of
from services.tracker.views import query_of_view
from services.unit_of_work import unit_of_work
from tests.conftest import Clock
from tests.make import Client, make_key, make_person, make_school

AT_ONCE = {"If-Match": "*"}


@pytest.fixture(autouse=True)
def schools(client: Client) -> None:
    make_school(client)
    make_school(client, "900002")


@pytest.fixture
def narrow(app: Flask) -> Client:
    return make_key(app, schools=["900001"])


def given(**fields: Any) -> dict[str, Any]:
    return {"name": "Under way", "of": "actions", "query": {"status": "in_progress"}} | fields


def saved(client: Client, **fields: Any) -> str:
    answer = client.post("/v1/views", given(**fields))
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def query_of(client: Client, of: str, name: str) -> dict[str, str]:
    """What a list would find that a key asks for this view."""
    tools = client.app.extensions["headway"].tools
    with unit_of_work(tools, None, writes=False) as work:  # type: ignore[arg-type]
        work.actor = actor_of(work.connection, str(client.token), work.now)
        return query_of_view(work, of, name)


def test_a_view_is_saved_and_read_as_it_was_given(narrow: Client) -> None:
    made = narrow.post("/v1/views", given())

    assert made.status_code == 201
    assert made.json.items() >= (given() | {"schools": ["900001"]}).items()
    assert narrow.get(made.headers["Location"]).json == made.json
    assert narrow.get("/v1/views").json["items"] == [made.json]
    assert narrow.get("/v1/views?of=evidence").json["items"] == []


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param(
            {"query": {"colour": "red"}}, "/query/colour", id="a parameter that the list doesn't take"
        ),
        pytest.param({"query": {"status": "lost"}}, "/query/status", id="a value that it doesn't take"),
        pytest.param({"query": {"lead": "x"}}, "/query/lead", id="a parameter of another list"),
        pytest.param({"query": {"cursor": "x"}}, "/query/cursor", id="a place in a list"),
        pytest.param({"query": {"view": "x"}}, "/query/view", id="another view"),
        pytest.param({"query": {"owner": "x"}}, "/query/owner", id="somebody there isn't"),
        pytest.param({"query": {"school": "999999"}}, "/query/school", id="no school"),
        pytest.param({"query": {"status": ["done"]}}, "/query/status", id="a list for a value"),
        pytest.param({"query": None}, "/query", id="no query"),
        pytest.param({"of": "schools"}, "/of", id="a list without views"),
        pytest.param({"name": " "}, "/name", id="no name"),
        pytest.param({"name": "01a20b54-3013-7734-a76d-52ef3d87b885"}, "/name", id="an id for a name"),
    ],
)
def test_what_is_wrong_is_pointed_at(client: Client, fields: dict[str, Any], pointer: str) -> None:
    answer = client.post("/v1/views", given(**fields))

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_what_a_key_may_not_see_is_refused_as_what_there_is_not(client: Client, narrow: Client) -> None:
    person = make_person(client, schools=["900002"])

    for query in ({"owner": person}, {"school": "900002"}):
        answer = narrow.post("/v1/views", given(query=query))
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (
            422,
            f"/query/{next(iter(query))}",
        )


def test_numbers_and_truth_values_are_kept_as_a_query_writes_them(client: Client) -> None:
    view = saved(client, query={"limit": 10, "status": "done"}, of="actions")

    assert client.get(f"/v1/views/{view}").json["query"] == {"limit": "10", "status": "done"}


def test_a_change_is_checked_with_what_is_held(client: Client) -> None:
    view = f"/v1/views/{saved(client)}"

    answer = client.patch(view, {"of": "challenges"}, headers=AT_ONCE)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/query/status")
    assert client.patch(view, {"of": "challenges", "query": {"status": "open"}}).status_code == 428
    changed = client.patch(view, {"of": "challenges", "query": {"status": "open"}}, headers=AT_ONCE)

    assert (changed.status_code, changed.json["query"]) == (200, {"status": "open"})
    assert {change["field"] for change in client.get(view + "/history").json["items"]} >= {"of", "query"}


def test_a_name_is_used_once_in_the_same_schools(app: Flask, client: Client, narrow: Client) -> None:
    view = saved(narrow)
    other = saved(narrow, name="Done")

    again = narrow.post("/v1/views", given(of="challenges", query={}))
    renamed = narrow.patch(f"/v1/views/{other}", {"name": "Under way"}, headers=AT_ONCE)
    narrow.delete(f"/v1/views/{view}", headers=AT_ONCE)
    after = narrow.post("/v1/views", given())

    assert [answer.status_code for answer in (again, renamed, after)] == [409, 409, 409]
    assert again.json["id"] == after.json["id"] == view
    assert "restore it" in after.json["detail"]
    assert narrow.post(f"/v1/views/{view}/restore").status_code == 200
    assert narrow.patch(f"/v1/views/{view}", {"name": "Under way"}, headers=AT_ONCE).status_code == 200
    assert saved(client)
    assert saved(make_key(app, schools=["900002"]))


def test_a_view_is_seen_by_keys_for_all_schools_that_it_belongs_to(
    app: Flask, client: Client, narrow: Client
) -> None:
    both = make_key(app, schools=["900001", "900002"])
    of_one, of_both, of_none = saved(narrow), saved(both), saved(client)

    def seen(key: Client) -> set[str]:
        return {view["id"] for view in key.get("/v1/views").json["items"]}

    assert seen(narrow) == seen(make_key(app, schools=["900001"])) == {of_one}
    assert seen(both) == {of_one, of_both}
    assert seen(client) == {of_one, of_both, of_none}
    assert narrow.get(f"/v1/views/{of_both}").status_code == 404
    assert narrow.patch(f"/v1/views/{of_none}", {"name": "x"}, headers=AT_ONCE).status_code == 404


def test_a_list_finds_a_view_by_name_its_own_first_and_by_id(
    app: Flask, client: Client, narrow: Client
) -> None:
    both = make_key(app, schools=["900001", "900002"])
    own = saved(narrow, query={"status": "done"})
    saved(both, query={"status": "stopped"})
    alone = saved(narrow, name="Alone", query={"status": "blocked"})

    assert query_of(narrow, "actions", "Under way") == {"status": "done"}
    assert query_of(both, "actions", "Under way") == {"status": "stopped"}
    assert query_of(both, "actions", own) == {"status": "done"}
    assert query_of(client, "actions", "Alone") == query_of(client, "actions", alone) == {"status": "blocked"}


@pytest.mark.parametrize(
    ("of", "name"),
    [
        pytest.param("challenges", "Under way", id="of another list"),
        pytest.param("actions", "Nothing", id="no such name"),
        pytest.param("actions", "01a20b54-3013-7734-a76d-52ef3d87b885", id="no such id"),
        pytest.param("actions", "Deleted", id="a deleted one"),
        pytest.param("actions", "Under way", id="several, none of its own"),
    ],
)
def test_a_view_that_cannot_be_told_is_not_found(
    app: Flask, client: Client, narrow: Client, of: str, name: str
) -> None:
    saved(narrow)
    saved(make_key(app, schools=["900002"]))
    gone = saved(client, name="Deleted")
    client.delete(f"/v1/views/{gone}", headers=AT_ONCE)

    with pytest.raises(NotFound):
        query_of(client, of, name)


def test_an_id_of_another_list_is_not_found(narrow: Client) -> None:
    with pytest.raises(NotFound):
        query_of(narrow, "challenges", saved(narrow))


def test_saving_needs_the_scope_of_writing(app: Flask) -> None:
    reader = make_key(app, ["tracker:read"])

    assert reader.get("/v1/views").status_code == 200
    assert reader.post("/v1/views", given()).status_code == 403


def test_the_list_says_what_has_changed_since(client: Client, clock: Clock) -> None:
    first = client.post("/v1/views", given(name="old")).json["id"]
    then = clock.advance(hours=1).isoformat()
    clock.advance(hours=1)
    client.patch(f"/v1/views/{first}", {"name": "new"}, headers={"If-Match": "*"})
    second = client.post("/v1/views", given(name="second")).json["id"]

    changes = client.get("/v1/views", query_string={"compare_to": then}).json["changes"]

    assert (changes["added"], changes["gone"]) == ([second], [])
    assert changes["changed"] == [{"id": first, "field": "name", "old": "old", "new": "new"}]
