"""Lists that people use: narrowed, sorted, searched, mine, with less or more of each, and compared with earlier."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.make import Client, make_action, make_challenge, make_key, make_person, make_school

AT_ONCE = {"If-Match": "*"}


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


def titles(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json["items"]]


def refused(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 422, answer.text
    return str(answer.json["errors"][0]["pointer"])


@pytest.fixture
def thread(client: Client) -> dict[str, str]:
    """Two challenges, with two actions of the first and one of the other."""
    ada, bob = make_person(client, name="Ada"), make_person(client, name="Bob")
    mondays = make_challenge(
        client,
        title="Mondays",
        lead=ada,
        areas=["ofsted2025.attendance-and-behaviour"],
        cohorts=["pupil_premium:true"],
    )
    posts = make_challenge(
        client, title="Posts", kind="recruitment", areas=["eif2019.quality-of-education.intent"]
    )
    club = make_action(
        client,
        mondays,
        title="club",
        owner=ada,
        start_on="2026-09-01",
        due_on="2026-11-01",
        cohorts=["sen_provision:E"],
    )
    calls = make_action(client, mondays, title="Calls", owner=bob, supporters=[ada], due_on="2026-12-18")
    adverts = make_action(client, posts, title="Adverts", owner=bob)
    return {
        "ada": ada, "bob": bob, "mondays": mondays, "posts": posts, "club": club, "calls": calls, "adverts": adverts
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=recruitment", ["Posts"]),
        ("status=closed", []),
        ("area=ofsted2025.attendance-and-behaviour", ["Mondays"]),
        ("area=eif2019.quality-of-education", ["Posts"]),
        ("cohort=pupil_premium:true", ["Mondays"]),
        ("cohort=pupil_premium:false", []),
        ("health=overdue", ["Mondays"]),
        ("health=on_track", ["Posts"]),
        ("academic_year=2026/27", ["Mondays", "Posts"]),
        ("academic_year=2026-27", ["Mondays", "Posts"]),
        ("academic_year=2025/26", []),
        ("owner={bob}", ["Mondays", "Posts"]),
        ("lead={ada}", ["Mondays"]),
        ("sort=-title", ["Posts", "Mondays"]),
        ("sort=health", ["Mondays", "Posts"]),
        ("q=mondays", ["Mondays"]),
        ("q=advert", ["Posts"]),
    ],
)
def test_challenges_are_narrowed(
    client: Client, thread: dict[str, str], query: str, expected: list[str]
) -> None:
    assert titles(client, "/v1/challenges?" + query.format(**thread)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=recruitment", ["Adverts"]),
        ("area=ofsted2025.attendance-and-behaviour", ["club", "Calls"]),
        ("cohort=sen_provision:E", ["club"]),
        ("owner={bob}", ["Calls", "Adverts"]),
        ("challenge={mondays}", ["club", "Calls"]),
        ("due_before=2026-11-01", []),
        ("due_before=2026-11-02", ["club"]),
        ("due_after=2026-11-01", ["Calls"]),
        ("health=overdue", ["club"]),
        ("health=on_track&owner={bob}", ["Calls", "Adverts"]),
        ("sort=title", ["Adverts", "Calls", "club"]),
        ("sort=due_on", ["club", "Calls", "Adverts"]),
        ("sort=-due_on", ["Calls", "club", "Adverts"]),
        ("sort=health", ["club", "Calls", "Adverts"]),
        ("health=on_track&sort=-title", ["Calls", "Adverts"]),
        ("status=planned&q=club", ["club"]),
    ],
)
def test_actions_are_narrowed(
    client: Client, thread: dict[str, str], query: str, expected: list[str]
) -> None:
    assert titles(client, "/v1/actions?" + query.format(**thread)) == expected


@pytest.mark.parametrize(
    "sort",
    ["title", "-title", "due_on", "-due_on", "created_at", "-updated_at", "health", "-health", "-progress"],
)
def test_pages_of_a_sorted_list_give_everything_once(
    client: Client, thread: dict[str, str], sort: str
) -> None:
    whole = titles(client, f"/v1/actions?sort={sort}")
    found, cursor = [], ""
    for _ in whole:
        page = client.get(f"/v1/actions?sort={sort}&limit=1{cursor}").json
        found += [item["title"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"

    assert found == whole and page["next"] is None


@pytest.mark.parametrize("of", ["challenges", "actions"])
@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("area=eif2019.quality", "eif2019.quality-of-education"),
        ("area=nowhere", "ofsted2025.inclusion"),
        ("cohort=pupil%25", "sen_provision:E,K"),
        ("cohort=sen_provision:Z", "N, K, E"),
    ],
)
def test_what_no_rule_knows_is_refused_with_what_there_is(
    client: Client, of: str, query: str, told: str
) -> None:
    answer = client.get(f"/v1/{of}?{query}")

    [error] = answer.json["errors"]
    assert (answer.status_code, error["pointer"]) == (422, f"/query/{query.partition('=')[0]}")
    assert told in error["detail"]


def test_no_view_keeps_what_no_rule_knows(client: Client) -> None:
    for of, field, value in (
        ("actions", "area", "nowhere"),
        ("evidence", "cohort", "nobody"),
        ("challenges", "academic_year", "2026"),
    ):
        answer = client.post("/v1/views", {"name": of, "of": of, "query": {field: value}})
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, f"/query/{field}")


@pytest.mark.parametrize("sort", ["", "&sort=title", "&sort=due_on", "&sort=health"])
@pytest.mark.parametrize("other", ["", "&sort=status", "&sort=-due_on", "&sort=updated_at", "&sort=progress"])
def test_a_cursor_belongs_to_its_order(client: Client, thread: dict[str, str], sort: str, other: str) -> None:
    cursor = client.get(f"/v1/actions?limit=1{sort}").json["next"]

    expected = 200 if sort == other else 422
    assert client.get(f"/v1/actions?limit=1{other}&cursor={cursor}").status_code == expected


@pytest.mark.parametrize("now", [{}, {"sort": "due_on"}])
def test_a_cursor_of_a_view_that_has_another_order_since_is_refused(
    client: Client, thread: dict[str, str], now: dict[str, str]
) -> None:
    view = {"name": "mine", "of": "actions", "query": {"sort": "title"}}
    made = client.post("/v1/views", view).json["id"]
    cursor = client.get("/v1/actions?view=mine&limit=1").json["next"]

    client.patch(f"/v1/views/{made}", {"query": now}, headers=AT_ONCE)

    assert refused(client, f"/v1/actions?view=mine&limit=1&cursor={cursor}") == "/query/cursor"


def test_narrowed_by_health_pages_go_on(client: Client, thread: dict[str, str]) -> None:
    first = client.get("/v1/actions?health=on_track&limit=1").json
    second = client.get(f"/v1/actions?health=on_track&limit=1&cursor={first['next']}").json

    assert [page["items"][0]["title"] for page in (first, second)] == ["Calls", "Adverts"]
    assert second["next"] is None


def test_health_is_looked_at_anew_once_something_was_said(client: Client, thread: dict[str, str]) -> None:
    before = titles(client, "/v1/actions?health=overdue")
    client.patch(f"/v1/actions/{thread['club']}", {"due_on": "2026-12-01"}, headers=AT_ONCE)

    assert (before, titles(client, "/v1/actions?health=overdue")) == (["club"], [])


def test_health_moves_with_the_day(client: Client, thread: dict[str, str], clock: Clock) -> None:
    before = titles(client, "/v1/actions?health=overdue")
    clock.advance(days=30)

    assert (before, titles(client, "/v1/actions?health=overdue")) == (["club"], ["club", "Calls"])


@pytest.fixture(params=["rare", "common"])
def however_common(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are looked for in another way where many texts have them; here, where one has."""
    if request.param == "common":
        monkeypatch.setattr("services.tracker.search.COMMON_IN_A_THREAD", 0)
        monkeypatch.setattr("services.tracker.search.COMMON", 0)


@pytest.mark.usefixtures("however_common")
def test_words_of_evidence_and_people_find_them(client: Client, thread: dict[str, str]) -> None:
    about = [{"type": "action", "id": thread["club"]}]
    note = {"title": "Count", "kind": "note", "text": "Twelve pupils at breakfast", "about": about}
    client.post("/v1/evidence", note)

    assert titles(client, "/v1/evidence?q=breakfast") == ["Count"]
    assert titles(client, "/v1/evidence?q=club") == []
    assert [found["name"] for found in client.get("/v1/people?q=ada").json["items"]] == ["Ada"]


@pytest.mark.usefixtures("however_common")
def test_what_was_said_of_a_thing_finds_it(client: Client, thread: dict[str, str]) -> None:
    club, mondays = thread["club"], thread["mondays"]
    client.post(f"/v1/actions/{club}/updates", {"note": "Twelve pupils came on a wet morning"})
    client.post(f"/v1/actions/{club}/comments", {"text": "Ask the caterer"})
    client.post(
        f"/v1/challenges/{mondays}/reviews", {"held_on": "2026-11-16", "what_we_saw": "Fewer latecomers"}
    )

    assert titles(client, "/v1/actions?q=pupil mornings") == ["club"]
    assert titles(client, "/v1/actions?q=caterer") == ["club"]
    assert titles(client, "/v1/challenges?q=caterers") == ["Mondays"]
    assert titles(client, "/v1/challenges?q=latecomer") == ["Mondays"]
    assert titles(client, "/v1/actions?q=latecomer") == []
    assert titles(client, "/v1/challenges?q=caterer latecomers") == []


@pytest.mark.usefixtures("however_common")
def test_words_that_are_gone_find_nothing(client: Client, thread: dict[str, str]) -> None:
    made = client.post(f"/v1/actions/{thread['club']}/comments", {"text": "Ask the caterer"}).json
    client.patch(f"/v1/comments/{made['id']}", {"text": "Ask the cook"}, headers=AT_ONCE)

    assert titles(client, "/v1/actions?q=caterer") == []
    assert titles(client, "/v1/actions?q=cook") == ["club"]

    client.delete(f"/v1/comments/{made['id']}", headers=AT_ONCE)
    assert titles(client, "/v1/actions?q=cook") == []

    client.post(f"/v1/comments/{made['id']}/restore")
    assert titles(client, "/v1/actions?q=cook") == ["club"]


@pytest.mark.parametrize("words", ['"', "' OR 1=1", "a AND (", "NEAR(", "*", "club*", "-club", "title:club"])
def test_words_are_never_a_language_of_queries(client: Client, thread: dict[str, str], words: str) -> None:
    answer = client.get("/v1/actions", query_string={"q": words})

    assert answer.status_code in (200, 422), answer.text


def test_mine_is_what_the_key_s_person_leads_owns_or_supports(
    app: Flask, client: Client, thread: dict[str, str]
) -> None:
    mine = make_key(app, person=thread["ada"])

    assert titles(mine, "/v1/actions?my=true") == ["club", "Calls"]
    assert titles(mine, "/v1/challenges?my=true") == ["Mondays"]
    assert titles(mine, "/v1/actions?my=false") == ["club", "Calls", "Adverts"]
    assert refused(client, "/v1/actions?my=true") == "/query/my"


def test_as_of_lists_are_narrowed_alike(client: Client, thread: dict[str, str], clock: Clock) -> None:
    then = clock.advance(minutes=1).isoformat()
    clock.advance(minutes=1)
    client.patch(f"/v1/actions/{thread['club']}", {"title": "Breakfast"}, headers=AT_ONCE)

    for query, expected in [
        ("health=overdue", ["club"]),
        ("kind=recruitment", ["Adverts"]),
        ("area=ofsted2025.attendance-and-behaviour&sort=title", ["Calls", "club"]),
        ("owner=" + thread["bob"], ["Calls", "Adverts"]),
        ("due_before=2026-11-02", ["club"]),
        ("sort=-due_on", ["Calls", "club", "Adverts"]),
    ]:
        assert titles(client, f"/v1/actions?{query}&as_of={then.replace('+00:00', 'Z')}") == expected
    assert titles(client, f"/v1/challenges?owner={thread['bob']}&as_of={then.replace('+00:00', 'Z')}") == [
        "Mondays",
        "Posts",
    ]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/v1/actions?sort=colour", "/query/sort"),
        ("/v1/actions?sort=health&as_of=2026-11-20T08:00:00Z", "/query/sort"),
        ("/v1/actions?q=club&as_of=2026-11-20T08:00:00Z", "/query/q"),
        ("/v1/actions?health=lovely", "/query/health"),
        ("/v1/actions?due_before=soon", "/query/due_before"),
        ("/v1/actions?expand=everything", "/query/expand"),
        ("/v1/actions?fields=title,colour", "/query/fields"),
        (
            "/v1/actions?as_of=2026-11-01T08:00:00Z&compare_to=2026-11-02T08:00:00Z",
            "/query/compare_to",
        ),
        ("/v1/challenges?colour=red", "/query/colour"),
    ],
)
def test_what_a_list_does_not_offer_is_refused_by_name(client: Client, path: str, pointer: str) -> None:
    assert refused(client, path) == pointer


def test_fields_makes_answers_small(client: Client, thread: dict[str, str]) -> None:
    page = client.get("/v1/actions?fields=title,health&limit=1").json
    one = client.get(f"/v1/actions/{thread['club']}?fields=status")

    assert page["items"] == [{"id": thread["club"], "title": "club", "health": "overdue"}]
    assert one.json == {"id": thread["club"], "status": "planned"}
    assert one.headers["ETag"].startswith('"1.')


def test_what_is_expanded_is_among_the_fields(client: Client, thread: dict[str, str]) -> None:
    whole = client.get(f"/v1/challenges/{thread['posts']}?fields=title&expand=actions").json

    assert (sorted(whole), len(whole["actions"])) == (["actions", "id", "title"], 1)


def test_expand_gives_a_challenge_whole(client: Client, thread: dict[str, str]) -> None:
    mondays = thread["mondays"]
    about = [{"type": "action", "id": thread["club"]}]
    client.post("/v1/evidence", {"title": "List", "kind": "note", "text": "Twelve", "about": about})
    client.post(f"/v1/challenges/{mondays}/indicators", {"measure": "attendance"})
    whole = client.get(f"/v1/challenges/{mondays}?expand=actions,indicators,evidence,reviews,comments").json

    assert [action["title"] for action in whole["actions"]] == ["club", "Calls"]
    assert whole["actions"][0]["health"] == "overdue"
    assert [indicator["measure"] for indicator in whole["indicators"]] == ["attendance"]
    assert [piece["title"] for piece in whole["evidence"]] == ["List"]
    assert (whole["reviews"], whole["comments"]) == ([], [])
    assert "actions" not in client.get(f"/v1/challenges/{mondays}").json


def test_expand_works_in_lists_and_of_actions(client: Client, thread: dict[str, str], clock: Clock) -> None:
    client.post(f"/v1/actions/{thread['club']}/milestones", {"title": "Kitchen"})
    client.post(f"/v1/actions/{thread['club']}/updates", {"note": "Begun"})
    then = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(minutes=1)
    client.post(f"/v1/actions/{thread['club']}/updates", {"note": "Going on"})

    now = client.get("/v1/actions?expand=milestones,updates&limit=2").json["items"]
    before = client.get(f"/v1/actions/{thread['club']}?expand=updates&as_of={then}").json

    assert [item["title"] for item in now[0]["milestones"]] == ["Kitchen"]
    assert [item["note"] for item in now[0]["updates"]] == ["Begun", "Going on"]
    assert (now[1]["milestones"], now[1]["updates"]) == ([], [])
    assert [item["note"] for item in before["updates"]] == ["Begun"]


def test_a_list_says_what_has_changed_since(client: Client, thread: dict[str, str], clock: Clock) -> None:
    then = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(minutes=1)
    client.patch(f"/v1/actions/{thread['club']}", {"title": "Breakfast"}, headers=AT_ONCE)
    client.post(f"/v1/actions/{thread['calls']}/updates", {"note": "Begun", "status": "in_progress"})
    client.delete(f"/v1/actions/{thread['adverts']}", headers=AT_ONCE)
    new = make_action(client, thread["posts"], title="New", owner=thread["ada"])

    changes = client.get(f"/v1/actions?compare_to={then}").json["changes"]

    assert changes["since"] == then
    assert (changes["added"], changes["gone"]) == ([new], [thread["adverts"]])
    assert {"id": thread["club"], "field": "title", "old": "club", "new": "Breakfast"} in changes["changed"]
    moved = [one for one in changes["changed"] if one["id"] == thread["calls"]]
    assert ("status", "planned", "in_progress") in [(one["field"], one["old"], one["new"]) for one in moved]


def test_what_is_gone_comes_with_the_last_page(client: Client, thread: dict[str, str], clock: Clock) -> None:
    then = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(minutes=1)
    client.delete(f"/v1/actions/{thread['club']}", headers=AT_ONCE)

    first = client.get(f"/v1/actions?limit=1&compare_to={then}").json
    last = client.get(f"/v1/actions?limit=1&compare_to={then}&cursor={first['next']}").json

    assert (first["changes"]["gone"], last["changes"]["gone"]) == ([], [thread["club"]])


def test_one_resource_says_what_has_changed_since(
    client: Client, thread: dict[str, str], clock: Clock
) -> None:
    then = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(minutes=1)
    client.patch(f"/v1/challenges/{thread['posts']}", {"title": "Vacancies"}, headers=AT_ONCE)

    changes = client.get(f"/v1/challenges/{thread['posts']}?compare_to={then}").json["changes"]

    assert changes["changed"] == [
        {"id": thread["posts"], "field": "title", "old": "Posts", "new": "Vacancies"}
    ]
    new = make_challenge(client)
    assert client.get(f"/v1/challenges/{new}?compare_to={then}").json["changes"]["added"] == [new]


@pytest.mark.usefixtures("however_common")
def test_filters_see_no_further_than_the_key(app: Flask, client: Client, thread: dict[str, str]) -> None:
    make_school(client, "900002")
    elsewhere: Any = make_key(app, schools=("900002",))

    assert titles(elsewhere, "/v1/actions?q=club") == []
    assert titles(elsewhere, "/v1/actions?health=overdue") == []
    assert elsewhere.get(f"/v1/actions?owner={thread['ada']}").status_code == 404
