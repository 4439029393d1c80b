"""Random pushes of marks through HTTP, on both databases, against a plain account of the contract's rules."""

import csv
import gzip
import io
import itertools
import json
from typing import Any

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.attendance.push_oracle import Held, push
from tests.make import Client, make_key, make_school

DATES = ("2026-11-18", "2026-11-19")
SESSIONS = ("AM", "PM")
FIELDS = ("pupil", "date", "session", "code", "source_updated_at", "minutes_late", "deleted")
OUTCOMES = ("created", "updated", "unchanged", "stale", "deleted", "rejected")

_urns = itertools.count(930000)

rows = st.fixed_dictionaries(
    {
        "pupil": st.sampled_from(["P1", "P2", "P3", "R1"]),
        "date": st.sampled_from(DATES),
        "session": st.sampled_from(SESSIONS),
        "code": st.sampled_from(["/", "\\", "L", "I", "N", "QQ", "", "-"]),
    },
    optional={
        "source_updated_at": st.sampled_from([f"2026-11-20T08:0{minute}:00Z" for minute in range(3)]),
        "minutes_late": st.sampled_from([0, 5]),
        "deleted": st.booleans(),
    },
)
pushes = st.lists(
    st.tuples(
        st.lists(rows, min_size=1, max_size=10),
        st.sampled_from(["array", "data", "ndjson", "csv"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


@given(pushes=pushes)
@settings(max_examples=25)
def test_a_push_comes_to_what_its_rows_say_one_by_one(
    app: Flask, pushes: list[tuple[list[dict[str, Any]], str, bool]]
) -> None:
    client = make_key(app)
    school = "/v1/schools/" + make_school(client, str(next(_urns)))
    roll = [{"pupil": "R1", "from": "2026-09-01", "to": DATES[0]}]
    assert client.put(school + "/roll?on=2026-09-01", {"pupils": roll}).status_code == 200
    held = Held(known={"R1"}, left_on={"R1": DATES[0]})

    for sent, layout, packed in pushes:
        expected = push(held, sent)
        receipt = send(client, school, sent, layout, packed)
        assert {name: receipt[name] for name in expected} == expected
        assert_adds_up(receipt, len(sent))
        assert registers(client, school) == of_model(held)

    before = revisions(client, school)
    again = send(client, school, sent, layout, packed)
    assert (again["created"], again["updated"], again["deleted"], again["unlisted"]) == (0, 0, 0, 0)
    assert again["rejected"] == expected["rejected"]
    assert revisions(client, school) == before


def send(
    client: Client, school: str, sent: list[dict[str, Any]], layout: str, packed: bool
) -> dict[str, Any]:
    """Push the rows in a layout; answers the receipt, whatever its status."""
    body, media_type = written(sent, layout)
    headers = {"Content-Encoding": "gzip"} if packed else {}
    answer = client.post(
        school + "/marks",
        data=gzip.compress(body) if packed else body,
        content_type=media_type,
        headers=headers,
    )
    receipt: dict[str, Any] = answer.json
    rejected = receipt["rejected"]
    assert answer.status_code == (200 if not rejected else 422 if rejected == len(sent) else 207), receipt
    return receipt


def written(sent: list[dict[str, Any]], layout: str) -> tuple[bytes, str]:
    """The rows as a body of a layout, and its media type."""
    if layout == "csv":
        text = io.StringIO()
        table = csv.DictWriter(text, FIELDS)
        table.writeheader()
        table.writerows(sent)
        return text.getvalue().encode(), "text/csv"
    if layout == "ndjson":
        return "\n".join(map(json.dumps, sent)).encode(), "application/x-ndjson"
    value: Any = {"data": sent} if layout == "data" else sent
    return json.dumps(value).encode(), "application/json"


def assert_adds_up(receipt: dict[str, Any], sent: int) -> None:
    """The equation that holds of every receipt."""
    assert receipt["received"] == sent
    assert receipt["received"] == sum(receipt[name] for name in OUTCOMES) - receipt["removed"]
    assert receipt["rejected"] == len(receipt["errors"])


def registers(client: Client, school: str) -> dict[tuple[str, str], Any]:
    """All registers of the days, by date and session, those that hold no mark left out."""
    found = {}
    for date, session in itertools.product(DATES, SESSIONS):
        answer = client.get(f"{school}/registers/{date}/{session}")
        if answer.status_code == 200 and answer.json["marks"]:
            found[date, session] = {name: answer.json[name] for name in ("marks", "minutes_late")}
    return found


def of_model(held: Held) -> dict[tuple[str, str], Any]:
    """The same of the plain account."""
    found = {(date, s): held.register(date, s) for date, s in itertools.product(DATES, SESSIONS)}
    return {session: register for session, register in found.items() if register["marks"]}


def revisions(client: Client, school: str) -> list[Any]:
    """Every register with its tag, which moves when anything does."""
    return [
        (answer.status_code, answer.headers.get("ETag"))
        for date, session in itertools.product(DATES, SESSIONS)
        for answer in [client.get(f"{school}/registers/{date}/{session}")]
    ]
