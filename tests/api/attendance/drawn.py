"""Registers drawn in text and pushed over HTTP, so that a reader can count them with a pencil."""

from datetime import date, timedelta
from typing import Any

from tests.make import Client

MONDAY = date(2026, 9, 7)
EVERYBODY = {"from": "2026-09-01"}


def push_drawn(client: Client, text: str, urn: str = "900001", monday: date = MONDAY) -> None:
    """Push lines such as `P1 /\\ IL --`: a pupil, then the marks of each school day from a Monday on.

    A code of two characters is put in brackets: `(C2)`; `-` is no mark. After Friday comes Monday.
    """
    rows = []
    for line in filter(None, map(str.strip, text.splitlines())):
        pupil, *days = line.split()
        for number, both in enumerate(days):
            day = monday + timedelta(days=number // 5 * 7 + number % 5)
            rows += [
                {"pupil": pupil, "date": day.isoformat(), "session": session, "code": code}
                for session, code in zip(("AM", "PM"), codes_in(both), strict=True)
            ]
    answer = client.post(f"/v1/schools/{urn}/marks", rows)
    assert answer.status_code == 200, answer.text


def codes_in(text: str) -> list[str]:
    """`I(C2)` is I and C2."""
    found, rest = [], text
    while rest:
        code = rest[1 : rest.index(")")] if rest[0] == "(" else rest[0]
        rest = rest[len(code) + 2 :] if rest[0] == "(" else rest[1:]
        found.append(code)
    return found


def push_roll(client: Client, urn: str = "900001", on: str = "2026-11-20", **pupils: dict[str, Any]) -> None:
    """Push a part of the roll: characteristics by pupil, on roll from 1 September unless told."""
    entries = []
    for pupil, said in pupils.items():
        own = {name: said[name] for name in ("from", "to", "aliases", "year_group") if name in said}
        rest = {name: value for name, value in said.items() if name not in own}
        entries.append({"pupil": pupil} | EVERYBODY | own | ({"cohorts": rest} if rest else {}))
    answer = client.patch(f"/v1/schools/{urn}/roll?on={on}", {"pupils": entries})
    assert answer.status_code == 200, answer.text


def groups(
    client: Client, query: str = "", path: str = "/v1/schools/900001/attendance"
) -> list[dict[str, Any]]:
    """The groups that a question is answered with."""
    answer = client.get(path + ("?" + query if query else ""))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["groups"]
    return found


def group(client: Client, query: str = "", path: str = "/v1/schools/900001/attendance") -> dict[str, Any]:
    """The only group."""
    (found,) = groups(client, query, path)
    return found


def by(
    client: Client, query: str, figure: str, path: str = "/v1/schools/900001/attendance"
) -> dict[Any, Any]:
    """One figure of each group, by its key: the one value, or a tuple of them."""
    found = {}
    for one in groups(client, query, path):
        key = tuple(one["key"].values())
        found[key[0] if len(key) == 1 else key] = one[figure]
    return found
