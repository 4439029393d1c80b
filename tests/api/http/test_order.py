"""Refusals come in one order: 401; 403; 404; 413 and 415; 400; 428 and 412; 422 and 409.

Each row of the table has everything wrong from its own place in that order on, and is answered with the first.
"""

import pytest
from flask import Flask

from tests.api.http.problems import problem_in
from tests.make import Client, make_key, make_school

REGISTER = "/v1/schools/900001/registers/2026-11-20/AM"
UNSEEN = "/v1/schools/900009/registers/2026-02-30/XM"
NO_DAY = "/v1/schools/900001/registers/2026-02-30/AM"
NO_SESSION = "/v1/schools/900001/registers/2026-11-20/morning"
UNASKED = REGISTER + "?unknown=1"
BROKEN = b"{"
UNFIT = b'{"marks": {"P001": 5}}'
HUGE = str(1 << 40)


@pytest.mark.parametrize(
    ("token", "path", "length", "media_type", "body", "status"),
    [
        ("none", UNSEEN, HUGE, "image/png", BROKEN, 401),
        ("no scope", UNSEEN, HUGE, "image/png", BROKEN, 403),
        ("other school", REGISTER, HUGE, "image/png", BROKEN, 404),
        ("all", UNSEEN, HUGE, "image/png", BROKEN, 404),
        ("all", NO_DAY, HUGE, "image/png", BROKEN, 413),
        ("all", NO_DAY, None, "image/png", BROKEN, 415),
        ("all", NO_DAY, None, "application/json", BROKEN, 400),
        ("all", NO_SESSION, None, "application/json", BROKEN, 400),
        ("all", UNASKED, None, "application/json", BROKEN, 400),
        ("all", NO_DAY, None, "application/json", UNFIT, 422),
        ("all", NO_SESSION, None, "application/json", b'{"marks": {"P001": "/"}}', 422),
        ("all", UNASKED, None, "application/json", b'{"marks": {"P001": "/"}}', 422),
        ("all", REGISTER, None, "application/json", UNFIT, 422),
        ("all", REGISTER, None, "application/json", b'{"marks": {"P001": "/"}}', 409),
        ("all", REGISTER + "?force=true", None, "application/json", b'{"marks": {"P001": "/"}}', 200),
    ],
)
def test_the_first_thing_that_is_wrong_is_answered(
    app: Flask,
    client: Client,
    token: str,
    path: str,
    length: str | None,
    media_type: str,
    body: bytes,
    status: int,
) -> None:
    make_school(client)
    client.put(REGISTER, {"marks": {f"P{n:03}": "/" for n in range(9)}})
    asks = {
        "none": Client(app, None),
        "no scope": make_key(app, ["pupils:read"]),
        "other school": make_key(app, ["attendance:write"], ["900002"]),
        "all": client,
    }[token]
    given = {} if length is None else {"environ_overrides": {"CONTENT_LENGTH": length}}

    answer = asks("PUT", path, data=body, content_type=media_type, **given)

    if status < 400:
        assert answer.status_code == status
    else:
        problem_in(answer, status)


def test_a_school_that_a_key_may_not_see_is_answered_as_one_that_is_not_there(
    app: Flask, client: Client
) -> None:
    make_school(client)
    narrow = make_key(app, schools=["900002"])

    unseen, absent = (narrow.get(f"/v1/schools/{urn}").json for urn in ("900001", "999999"))

    unseen.pop("instance"), absent.pop("instance")
    assert unseen == absent
