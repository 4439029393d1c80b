"""Wonde's pages, SIMS' XML and the common transfer file give the register of the long layout to the mark."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.api.http.problems import problem_in
from tests.make import Client, make_school

SHAPES = Path(__file__).parents[2] / "data" / "shapes"
EXPECTED = json.loads((SHAPES / "expected_totals.json").read_text())
WEEK = "long_marks.csv"
CORRECTIONS = "long_marks_corrections.csv"
SESSIONS = [f"2026-09-{day:02}/{session}" for day in range(7, 12) for session in ("AM", "PM")]
WONDE = ("wonde_like_session_attendance.json", "wonde", "application/json")
SIMS = ("sims_session_attendances.xml", "sims_xml", "application/xml")
CTF = ("ctf_attendance_fragment.xml", "ctf_xml", "text/xml")
each_layout = pytest.mark.parametrize(
    ("file", "layout", "media_type"), [WONDE, SIMS, CTF], ids=["wonde", "sims_xml", "ctf_xml"]
)


def push(client: Client, urn: str, body: bytes, media_type: str = "text/csv", **query: str) -> Any:
    path = f"/v1/schools/{urn}/marks"
    return client.post(path, data=body, content_type=media_type, query_string=query)


def sample(name: str) -> bytes:
    return (SHAPES / name).read_bytes()


def rolled(client: Client, urn: str) -> str:
    """A school that knows each pupil of the sample by both references."""
    week = sample(WEEK).decode().splitlines()[1:]
    pupils = sorted({tuple(line.split(",")[:2]) for line in week})
    roll = "MISID,UPN,From\n" + "".join(f"{mis_id},{upn},2026-09-01\n" for upn, mis_id in pupils)
    make_school(client, urn)
    answer = client.put(f"/v1/schools/{urn}/roll?on=2026-09-01", data=roll.encode(), content_type="text/csv")
    assert answer.status_code == 200, answer.text
    return urn


def registers(client: Client, urn: str, *fields: str) -> dict[str, Any]:
    answers = {session: register(client, urn, session) for session in SESSIONS}
    return {session: {field: answer[field] for field in fields} for session, answer in answers.items()}


def register(client: Client, urn: str, session: str) -> Any:
    return client.get(f"/v1/schools/{urn}/registers/{session}").json


def totals(client: Client, urn: str) -> dict[str, int]:
    held = registers(client, urn, "marks").values()
    return dict(Counter(code for register in held for code in register["marks"].values()))


def counts(answer: Any) -> dict[str, int]:
    """What became of the rows, without what is nought; the equation holds."""
    said = answer.json
    outcomes = ("created", "updated", "unchanged", "stale", "deleted", "rejected")
    assert said["received"] == sum(said[name] for name in outcomes) - said["removed"], said
    return {name: said[name] for name in outcomes if said[name]}


@each_layout
@pytest.mark.parametrize("named", [False, True], ids=["recognised", "named"])
def test_a_layout_gives_the_register_of_the_long_one_to_the_mark(
    client: Client, file: str, layout: str, media_type: str, named: bool
) -> None:
    one, other = rolled(client, "900001"), rolled(client, "900002")
    # A common transfer file has no minutes.
    compared = ("marks",) if layout == "ctf_xml" else ("marks", "minutes_late")

    push(client, one, sample(WEEK))
    answer = push(client, other, sample(file), media_type, **({"layout": layout} if named else {}))

    assert answer.status_code == 200, answer.text
    # Wonde's page leaves the session without a mark out.
    assert counts(answer) == ({"created": 59} if layout == "wonde" else {"created": 59, "unchanged": 1})
    assert registers(client, other, *compared) == registers(client, one, *compared)
    without_none = {code: count for code, count in EXPECTED["marks_by_code"].items() if code != "-"}
    assert totals(client, other) == without_none

    corrected = counts(push(client, one, sample(CORRECTIONS)))
    assert counts(push(client, other, sample(CORRECTIONS))) == corrected
    assert registers(client, other, *compared) == registers(client, one, *compared)
    assert totals(client, other) == EXPECTED["marks_by_code_after_corrections"]


@each_layout
def test_pushing_a_layout_again_changes_nothing(
    client: Client, file: str, layout: str, media_type: str
) -> None:
    urn = rolled(client, "900001")
    first = push(client, urn, sample(file), "application/octet-stream")

    again = push(client, urn, gzip.compress(sample(file)), media_type)

    assert counts(again) == {"unchanged": first.json["received"]}


@each_layout
def test_an_upn_of_pupils_that_nobody_listed_is_never_shown(
    client: Client, file: str, layout: str, media_type: str
) -> None:
    urn = make_school(client)
    body = sample(file).replace(b'"9901"', b'"Z000000026001"').replace(b">9901<", b">Z000000026001<")

    answer = push(client, urn, body, media_type)

    assert answer.json["unlisted"] == EXPECTED["pupils"]
    held = register(client, urn, "2026-09-07/AM")["marks"]
    assert any(reference.startswith("u_") for reference in held)
    assert "Z000000026001" not in answer.text + str(held)


def test_an_older_update_of_wonde_is_stale(client: Client) -> None:
    urn = make_school(client)
    push(client, urn, sample(WONDE[0]), WONDE[2])
    older = sample(WONDE[0]).replace(b"2026-09-11 15:30", b"2026-09-11 15:29").replace(b'"E"', b'"I"')

    # What agrees is stale or unchanged; the two that differ aren't applied.
    answer = push(client, urn, older, WONDE[2])

    assert "updated" not in counts(answer)
    assert answer.json["stale"] >= 2
    assert register(client, urn, "2026-09-11/AM")["marks"]["9906"] == "E"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><SessionAttendances>&b;</SessionAttendances>',
            id="an XML bomb",
        ),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><CTpupilData>&a;</CTpupilData>',
            id="an external entity",
        ),
        pytest.param(sample(SIMS[0])[:2000], id="an export cut short"),
        pytest.param(b"<marks/>", id="another layout"),
        pytest.param(b'{"student": {}}', id="no XML"),
    ],
)
@pytest.mark.parametrize("named", [False, True], ids=["recognised", "named"])
def test_what_is_no_sound_export_is_refused_whole(client: Client, body: bytes, named: bool) -> None:
    urn = make_school(client)

    answer = push(client, urn, body, "application/xml", **({"layout": "sims_xml"} if named else {}))

    assert problem_in(answer, 400)
    assert client.get(f"/v1/schools/{urn}/registers/2026-09-07/AM").status_code == 404


def test_wondes_own_id_of_a_pupil_finds_the_pupil_from_then_on(client: Client) -> None:
    urn = rolled(client, "900001")
    push(client, urn, sample(WONDE[0]), WONDE[2])

    later = [{"pupil": "B0000001", "date": "2026-09-14", "session": "AM", "code": "I"}]
    answer = client.post(f"/v1/schools/{urn}/marks", later)

    assert (answer.json["created"], answer.json["unlisted"]) == (1, 0)
    found = client.post(f"/v1/schools/{urn}/pupils/lookup", {"references": ["B0000001", "9901"]}).json[
        "pupils"
    ]
    assert found[0]["pupil"] == found[1]["pupil"]
    assert register(client, urn, "2026-09-14/AM")["marks"] == {found[1]["pupil"]: "I"}
