"""How things stand is kept from one read to the next, and never differs from what would be worked out anew."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from services.memory import Memory
from services.reports import kept as reports
from services.reports import parts
from services.reports.kept import forget_reports
from services.tracker import actions, challenges, standing
from services.tracker.kinds import ACTION, CHALLENGE
from services.tracker.remembered import Remembered
from services.tracker.standing import forget_standing
from services.tracker.touched import touched_actions, touched_challenges
from tests.conftest import Clock
from tests.make import Client, make_action, make_challenge, make_key, make_person, make_school

AT_ONCE = {"If-Match": "*"}
READS = (
    "/v1/actions",
    "/v1/actions?sort=health",
    "/v1/actions?sort=-progress",
    "/v1/actions?health=overdue",
    "/v1/actions?health=at_risk&sort=-due_on",
    "/v1/actions?health=overdue&sort=progress",
    "/v1/actions?sort=health&status=in_progress&limit=1",
    "/v1/actions?school=900001&sort=health",
    "/v1/challenges",
    "/v1/challenges?sort=-health",
    "/v1/challenges?health=at_risk",
    "/v1/schools/900001/progress",
    "/v1/schools/900001/progress?kind=attendance&from=2026-11-01",
)
PUPILS = [f"P{number:03}" for number in range(20)]
Ids = dict[str, str]


@pytest.fixture
def ids(client: Client) -> Ids:
    """Challenges of two schools, one with a measure; actions that wait for others, are repeated, or neither."""
    make_school(client)
    make_school(client, "900002")
    ada = make_person(client, name="Ada")
    bob = make_person(client, name="Bob")
    one, two = make_challenge(client, title="One", lead=ada), make_challenge(client, title="Two")
    away = make_challenge(client, title="Away", school="900002")
    calls = make_action(client, one, title="Calls", owner=ada, status="in_progress", due_on="2026-11-30")
    waits = make_action(client, two, title="Waits", owner=ada, depends_on=[calls], due_on="2027-06-01")
    again = make_action(client, two, title="Again", owner=ada, repeats=14, status="in_progress")
    make_action(client, two, title="Follows", owner=ada, depends_on=[again], due_on="2027-06-01")
    far = make_action(client, away, title="Far", due_on="2026-12-01")
    termly = make_action(client, two, title="Termly", owner=ada, repeats="termly", status="in_progress")
    _id(client.post(f"/v1/actions/{termly}/updates", {"note": "x", "status": "done", "on": "2026-10-01"}))
    client.put("/v1/schools/900001/registers/2026-09-02/AM", {"marks": dict.fromkeys(PUPILS, "/")})
    present = {"measure": "attendance", "baseline_on": "2026-09-03", "direction": "up", "target": 100}
    counted = make_challenge(client, title="Counted")
    _id(client.post(f"/v1/challenges/{counted}/indicators", present | {"target_on": "2026-11-30"}))
    step = _id(client.post(f"/v1/actions/{calls}/milestones", {"title": "Step", "due_on": "2026-12-01"}))
    said = _id(client.post(f"/v1/actions/{calls}/updates", {"note": "Begun", "progress": 20}))
    figure: dict[str, Any] = {"measure": "custom", "title": "Calls made", "direction": "up", "target": 10}
    figure |= {"target_on": "2026-11-30", "baseline_on": "2026-09-01", "baseline": 0}
    books = _id(client.post(f"/v1/challenges/{one}/indicators", figure))
    about = [{"type": "action", "id": calls}]
    note = {"title": "Count", "kind": "note", "text": "x", "about": about}
    seen = _id(client.post("/v1/evidence", note))
    _id(client.post(f"/v1/challenges/{two}/reviews", {"held_on": "2026-11-02", "attended": [bob]}))
    shared = _id(client.post("/v1/evidence", note | {"about": [*about, {"type": "action", "id": far}]}))
    return {
        "one": one, "two": two, "away": away, "calls": calls, "waits": waits, "again": again, "far": far,
        "step": step, "said": said, "books": books, "seen": seen, "shared": shared, "termly": termly,
        "ada": ada, "bob": bob,
    }  # fmt: skip


def _id(answer: Any) -> str:
    return str(answer.json["id"])


Write = Callable[[Client, Ids], Any]


def posting(path: str, **body: Any) -> Write:
    return lambda client, ids: client.post(path.format(**ids), _named(body, ids))


def patching(path: str, **body: Any) -> Write:
    return lambda client, ids: client.patch(path.format(**ids), _named(body, ids), headers=AT_ONCE)


def deleting(path: str) -> Write:
    return lambda client, ids: client.delete(path.format(**ids), headers=AT_ONCE)


def putting(path: str, **body: Any) -> Write:
    return lambda client, ids: client.put(path.format(**ids), _named(body, ids))


def _named(value: Any, ids: Ids) -> Any:
    """The value with the ids in place of their names."""
    if isinstance(value, dict):
        return {key: _named(part, ids) for key, part in value.items()}
    if isinstance(value, list):
        return [_named(part, ids) for part in value]
    return value.format(**ids) if isinstance(value, str) else value


def forget() -> None:
    """Know no more than a process that was just started."""
    forget_standing()
    forget_reports()


Process = list[tuple[Any, str, Any]]


def remembering_nothing() -> Process:
    """All that another process would remember for itself: of which module, under which name."""
    return [
        (
            standing,
            "_remembered",
            {ACTION: Remembered(1_000, touched_actions), CHALLENGE: Remembered(1_000, touched_challenges)},
        ),
        (standing, "_orders", Memory(1_000)),
        (parts, "_parts", Remembered(1 << 20, parts._touched, parts._weight)),
        (reports, "_memory", Memory(1 << 20)),
    ]


def become(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, memory in process:
        monkeypatch.setattr(module, name, memory)


def composed_whole(client: Client, clock: Clock) -> Any:
    """A school's report the way it is written where it is compared, which never takes the parts of another."""
    since = (clock.time - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    report = client.get(f"/v1/schools/900001/progress?compare_to={since}").json
    return {name: value for name, value in report.items() if name != "changes"}


def in_turn(*writes: Write) -> Write:
    return lambda client, ids: [write(client, ids) for write in writes][-1]


TERMS = [
    {"name": "Autumn", "half_term": 1, "from": "2026-09-01", "to": "2026-10-23"},
    {"name": "Autumn", "half_term": 2, "from": "2026-11-02", "to": "2026-12-18"},
    {"name": "Spring", "half_term": 3, "from": "2027-01-04", "to": "2027-02-12"},
    {"name": "Spring", "half_term": 4, "from": "2027-02-22", "to": "2027-03-26"},
]
MARKS = {"marks": dict.fromkeys(PUPILS, "/") | dict.fromkeys(PUPILS[:10], "I")}

WRITES = {
    "an update": posting("/v1/actions/{calls}/updates", note="On", progress=90),
    "a correction": posting("/v1/actions/{calls}/updates", note="No", progress=10, corrects="{said}"),
    "a move": patching("/v1/actions/{calls}", status="blocked", note="Nobody there"),
    "what another waits for being late": patching("/v1/actions/{calls}", due_on="2026-11-01"),
    "what another waits for being stopped": patching("/v1/actions/{calls}", status="stopped", note="Enough"),
    "waiting for nothing more": patching("/v1/actions/{waits}", depends_on=[]),
    "what is done again": posting("/v1/actions/{again}/updates", note="x", status="done", on="2026-10-01"),
    "a milestone": posting("/v1/actions/{waits}/milestones", title="Late", due_on="2026-11-01"),
    "a milestone reached": patching("/v1/milestones/{step}", done_on="2026-11-10"),
    "a milestone gone": deleting("/v1/milestones/{step}"),
    "a new action": posting("/v1/challenges/{one}/actions", title="New", owner="{ada}", due_on="2026-11-02"),
    "an action gone": deleting("/v1/actions/{calls}"),
    "an action back": in_turn(deleting("/v1/actions/{calls}"), posting("/v1/actions/{calls}/restore")),
    "a challenge closed": patching("/v1/challenges/{one}", closed_on="2026-11-20"),
    "a challenge gone": deleting("/v1/challenges/{two}"),
    "a challenge back": in_turn(deleting("/v1/challenges/{two}"), posting("/v1/challenges/{two}/restore")),
    "a point": posting("/v1/indicators/{books}/points", points=[{"on": "2026-11-19", "value": 9}]),
    "an indicator": posting(
        "/v1/challenges/{two}/indicators", measure="attendance", direction="up", target=97
    ),
    "a review": posting("/v1/challenges/{two}/reviews", held_on="2026-11-16"),
    "evidence": posting(
        "/v1/evidence", title="x", kind="note", text="x", about=[{"type": "action", "id": "{waits}"}]
    ),
    "evidence about something else": patching(
        "/v1/evidence/{seen}", about=[{"type": "challenge", "id": "{two}"}]
    ),
    "evidence gone": deleting("/v1/evidence/{seen}"),
    "evidence of two schools": posting(
        "/v1/evidence",
        title="x",
        kind="note",
        text="x",
        about=[{"type": "action", "id": "{waits}"}, {"type": "action", "id": "{far}"}],
    ),
    "evidence that leaves a school": patching(
        "/v1/evidence/{shared}", about=[{"type": "action", "id": "{calls}"}]
    ),
    "evidence that comes to a school": patching(
        "/v1/evidence/{seen}", about=[{"type": "action", "id": "{calls}"}, {"type": "action", "id": "{far}"}]
    ),
    "evidence that changes school": patching(
        "/v1/evidence/{seen}", about=[{"type": "action", "id": "{far}"}]
    ),
    "limits": putting("/v1/schools/900001/health-limits", due_soon_days=1, stalled_after_days=1),
    "a calendar": putting("/v1/schools/900001/calendar/2026-27", terms=TERMS, closures=[]),
    "changes at once": posting(
        "/v1/actions/bulk",
        changes=[{"id": "{calls}", "due_on": "2026-11-01"}, {"id": "{far}", "due_on": "2026-11-02"}],
    ),
    "changes that are taken back": posting(
        "/v1/actions/bulk?atomic=true",
        changes=[{"id": "{calls}", "due_on": "2026-11-01"}, {"id": "{waits}", "due_on": "soon"}],
    ),
    "a register": putting("/v1/schools/900001/registers/2026-11-19/AM", **MARKS),
    "a comment": posting("/v1/actions/{calls}/comments", text="x"),
    "a name": patching("/v1/people/{ada}", name="Ada L."),
    "the name of somebody who looked on": patching("/v1/people/{bob}", name="Bob B."),
    "somebody leaving": patching("/v1/people/{ada}", active=False),
    "an owner": patching("/v1/actions/{waits}", owner="{bob}"),
    "a text": patching("/v1/challenges/{two}", context="Why it weighs on the school."),
    "a text of evidence": patching("/v1/evidence/{seen}", text="Seen again"),
    "another school": patching("/v1/actions/{far}", due_on="2026-11-01"),
}


def read(*clients: Client) -> list[Any]:
    answers = [client.get(path) for client in clients for path in READS]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.json for answer in answers]


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_what_is_kept_is_what_would_be_worked_out_anew(
    app: Flask, client: Client, ids: Ids, write: Write
) -> None:
    narrow = make_key(app, schools=["900001"])
    read(client, narrow)
    answer = write(client, ids)
    assert answer.status_code < 300 or "nothing was kept" in answer.text, answer.text

    kept = read(client, narrow)
    forget()

    assert kept == read(client, narrow)


@pytest.mark.parametrize("seed", range(3))
def test_nor_does_it_after_many_writes_and_days(client: Client, ids: Ids, clock: Clock, seed: int) -> None:
    chance = random.Random(seed)
    writes = list(WRITES.values())
    for _ in range(4):
        for write in chance.sample(writes, chance.randint(1, 5)):
            write(client, ids)  # some are refused by now, which changes nothing
        if chance.random() < 0.3:
            clock.advance(days=chance.randint(1, 20))
        kept = read(client)
        forget()
        assert kept == read(client)
        assert kept[-2] == composed_whole(client, clock)


@pytest.mark.parametrize("seed", range(2))
def test_processes_that_remember_different_times_say_the_same(
    client: Client, ids: Ids, clock: Clock, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    processes = [remembering_nothing() for _ in range(3)]
    for _ in range(12):
        become(chance.choice(processes), monkeypatch)
        chance.choice(list(WRITES.values()))(client, ids)
        become(chance.choice(processes), monkeypatch)
        told = [client.get(path).json for path in chance.sample(READS, 4)]  # not all know all
        kept = read(client)
        become(remembering_nothing(), monkeypatch)
        assert kept == read(client)
        assert all(answer in kept for answer in told)


def test_one_update_has_only_its_action_and_what_waits_for_that_looked_at(
    client: Client, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(client)
    judged = spied(monkeypatch, actions, "health_of_action", lambda action, *_: [action.title])
    looked_at = spied(monkeypatch, challenges, "count_evidence", lambda held, challenges: challenges)
    client.post(f"/v1/actions/{ids['termly']}/updates", {"note": "On", "progress": 90})
    judged.clear()
    looked_at.clear()
    read(client)
    assert (set(judged), set(looked_at)) == ({"Termly"}, {ids["two"]})

    looked_at.clear()
    WRITES["evidence"](client, ids)
    WRITES["evidence gone"](client, ids)
    read(client)
    assert set(looked_at) == {ids["one"], ids["two"]}

    judged.clear()
    client.put("/v1/schools/900001/registers/2026-11-19/AM", MARKS)
    read(client)
    assert judged == []


def test_one_update_has_only_its_challenge_written_anew(
    client: Client, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(client)
    written = spied(monkeypatch, parts, "compose_challenge", lambda challenge: [challenge.title])
    for write in ("a comment", "another school", "evidence"):
        WRITES[write](client, ids)
    client.get("/v1/schools/900001/progress")
    assert written == ["Two"]

    WRITES["the name of somebody who looked on"](client, ids)
    client.get("/v1/schools/900001/progress")
    assert written == ["Two", "Two"]


def test_a_key_counts_only_the_evidence_that_it_sees(app: Flask, client: Client, ids: Ids) -> None:
    WRITES["evidence of two schools"](client, ids)
    narrow = make_key(app, schools=["900001"])

    assert [of(ids["two"], reader)["counts"]["evidence"] for reader in (client, narrow)] == [1, 0]


def of(challenge: str, reader: Client) -> Any:
    return reader.get(f"/v1/challenges/{challenge}").json


def spied(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, noted: Callable[..., list[str]]
) -> list[str]:
    """What a function of a module is asked for from now on."""
    seen: list[str] = []
    function = getattr(module, name)

    def spy(*given: Any, **further: Any) -> Any:
        seen.extend(noted(*given))
        return function(*given, **further)

    monkeypatch.setattr(module, name, spy)
    return seen
