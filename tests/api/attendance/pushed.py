"""What pushes of marks are built from, what their receipts count, and what is never kept of them."""

from typing import Any

from flask import Flask
from sqlalchemy import text

from tests.make import Client

SCHOOL = "/v1/schools/900001"
MARKS = SCHOOL + "/marks"
MORNING = SCHOOL + "/registers/2026-11-20/AM"
AFTERNOON = SCHOOL + "/registers/2026-11-20/PM"
OUTCOMES = ("created", "updated", "unchanged", "stale", "deleted", "rejected")
NOTES = ("removed", "unlisted", "off_roll")


def row(pupil: str = "P001", code: str | None = "/", **other: Any) -> dict[str, Any]:
    return {"pupil": pupil, "date": "2026-11-20", "session": "AM", "code": code} | other


def register(*pupils: str, code: str = "/") -> dict[str, Any]:
    return {"marks": dict.fromkeys(pupils, code)}


def counts(answer: Any) -> dict[str, int]:
    """What a receipt counts, without what is nought; the equation holds of each."""
    said = answer.json
    assert said["received"] == sum(said[name] for name in OUTCOMES) - said["removed"], said
    return {name: said[name] for name in (*OUTCOMES, *NOTES) if said[name]}


def known(client: Client, *references: str) -> list[str | None]:
    """Whom each reference means."""
    found = client.post(SCHOOL + "/pupils/lookup", {"references": list(references)}).json["pupils"]
    return [one["pupil"] for one in found]


def both(upn: str, mis: str, code: str = "/", date: str = "20/11/2026") -> str:
    return f"UPN,MISID,Date,Session,Mark\n{upn},{mis},{date},AM,{code}\n"


def post_csv(client: Client, body: str, query: str = "") -> Any:
    return client.post(MARKS + query, data=body.encode(), content_type="text/csv")


def assert_no_upn_is_kept(app: Flask, upns: list[str]) -> None:
    """Look through every text and blob of every table, and what the migrations made beside the models."""
    with app.extensions["headway"].tools.database.looking_up() as connection:
        names = connection.dialect.get_table_names(connection)
        assert "pupil_references" in names
        kept = b"\0".join(
            value if isinstance(value, bytes) else str(value).encode()
            for name in names
            for row in connection.execute(text(f'SELECT * FROM "{name}"'))
            for value in row
        ).upper()
    assert b"U_" in kept
    assert not [upn for upn in upns if upn.encode() in kept]
