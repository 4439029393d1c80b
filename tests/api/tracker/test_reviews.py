"""`/v1/reviews` and `/v1/challenges/{id}/reviews`."""

from typing import Any

import pytest

from tests.make import Client, make_challenge, make_person, make_school

AT_ONCE = {"If-Match": "*"}


def test_a_review_is_recorded_and_read_as_it_was_given(client: Client) -> None:
    make_school(client)
    path = f"/v1/challenges/{make_challenge(client)}/reviews"
    given = {
        "held_on": "2026-11-20",
        "attended": [make_person(client)],
        "what_we_saw": "Two points better.",
        "decisions": "Carry on.",
        "next_review_on": "2027-01-18",
    }

    made = client.post(path, given)

    assert made.status_code == 201
    assert made.json.items() >= given.items()
    assert client.get(path).json["items"] == [client.get(f"/v1/reviews/{made.json['id']}").json]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"held_on": "2026-11-21"}, "/held_on", id="held in the future"),
        pytest.param({"next_review_on": "2026-11-01"}, "/next_review_on", id="the next before this one"),
        pytest.param({"attended": ["x"]}, "/attended/0", id="somebody there isn't"),
        pytest.param({"held_on": "16/11/2026"}, "/held_on", id="a day written otherwise"),
    ],
)
def test_what_is_wrong_is_pointed_at(client: Client, fields: dict[str, Any], pointer: str) -> None:
    make_school(client)

    answer = client.post(
        f"/v1/challenges/{make_challenge(client)}/reviews", {"held_on": "2026-11-16"} | fields
    )

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_change_is_checked_with_what_is_held(client: Client) -> None:
    make_school(client)
    path = f"/v1/challenges/{make_challenge(client)}/reviews"
    review = client.post(path, {"held_on": "2026-11-16", "next_review_on": "2026-11-18"}).json["id"]

    answer = client.patch(f"/v1/reviews/{review}", {"held_on": "2026-11-19"}, headers=AT_ONCE)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/next_review_on")
