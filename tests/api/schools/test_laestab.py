"""A LAESTAB, with or without its slash, names a school wherever a URN does."""

import pytest
from flask import Flask

from tests.make import Client, make_challenge, make_key, make_person, make_school

FORMS = ["8304001", "830/4001"]


@pytest.fixture(autouse=True)
def school(client: Client) -> None:
    make_school(client, laestab="830/4001")


@pytest.mark.parametrize("kept", FORMS)
def test_it_names_the_school_in_a_path_whichever_way_it_is_kept(client: Client, kept: str) -> None:
    make_school(client, laestab=kept)

    assert client.get("/v1/schools/8304001").json["urn"] == "900001"
    assert (
        client.put("/v1/schools/8304001/registers/2026-11-20/AM", {"marks": {"P1": "/"}}).status_code == 200
    )
    assert client.get("/v1/schools/900001/registers/2026-11-20/AM").json["marks"] == {"P1": "/"}


@pytest.mark.parametrize("laestab", FORMS)
def test_it_names_the_school_in_a_query_and_in_a_body(client: Client, laestab: str) -> None:
    make_challenge(client, school=laestab)
    make_person(client, schools=[laestab])

    assert client.get(f"/v1/attendance?school={laestab}").json["scope"] == {"schools": 1}
    assert len(client.get(f"/v1/challenges?school={laestab}").json["items"]) == 1
    (made,) = client.get("/v1/challenges?school=900001").json["items"]
    assert made["school"] == "900001"


def test_a_urn_or_alias_of_the_same_digits_goes_before_it(app: Flask, client: Client) -> None:
    make_school(client, "900002", aliases=["8304001"])

    assert client.get("/v1/schools/8304001").json["urn"] == "900002"
    # Whoever may not see that one isn't led to another.
    assert make_key(app, schools=["900001"]).get("/v1/schools/8304001").status_code == 404


def test_one_that_two_schools_have_had_names_neither_to_who_sees_both(app: Flask, client: Client) -> None:
    make_school(client, "900002", laestab="8304001")

    assert client.get("/v1/schools/8304001").status_code == 404
    assert make_key(app, schools=["900002"]).get("/v1/schools/8304001").json["urn"] == "900002"


@pytest.mark.parametrize("path", ["8304002", "83040011", "830 4001", "830-4001"])
def test_another_names_nothing(client: Client, path: str) -> None:
    assert client.get(f"/v1/schools/{path}").status_code == 404


def test_out_of_sight_it_reads_like_none(app: Flask, client: Client) -> None:
    key = make_key(app, schools=["900009"])

    hidden, none = key.get("/v1/schools/8304001"), key.get("/v1/schools/8304009")

    assert (hidden.status_code, hidden.json["detail"]) == (404, none.json["detail"])
