"""ETags on every single resource: `"REVISION.DIGEST"`, and 304 where the answer still stands."""

import re

import pytest

from api.http.etags import etag_of, matches, revisions_in
from domain.errors import PreconditionMissing
from tests.make import Client, make_school

TAG = re.compile(r'"([0-9]+)\.([0-9a-f]{20})"')
SCHOOL = "/v1/schools/900001"
MORNING = SCHOOL + "/registers/2026-11-20/AM"


@pytest.fixture
def school(client: Client) -> str:
    return make_school(client)


def test_every_single_resource_has_a_tag(client: Client, school: str) -> None:
    pushed = client.put(MORNING, {"marks": {"P001": "/"}}).json

    for path in (SCHOOL, MORNING, SCHOOL + "/roll", "/v1/imports/" + pushed["import_id"]):
        answer = client.get(path)
        assert TAG.fullmatch(answer.headers["ETag"]), path
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"0.00", {}', "*"])
def test_every_form_of_if_none_match_is_honoured(client: Client, school: str, form: str) -> None:
    tag = client.get(SCHOOL).headers["ETag"]

    assert client.get(SCHOOL, headers={"If-None-Match": form.format(tag)}).status_code == 304


def test_a_change_makes_another_tag_with_the_next_revision(client: Client, school: str) -> None:
    client.put(MORNING, {"marks": {"P001": "N"}})
    before = client.get(MORNING).headers["ETag"]
    client.patch(MORNING, {"marks": {"P001": "I"}})
    answer = client.get(MORNING, headers={"If-None-Match": before})

    assert answer.status_code == 200
    assert (before[1], answer.headers["ETag"][1]) == ("1", "2")


def test_a_put_that_creates_needs_no_tag_and_gives_one(client: Client) -> None:
    answer = client.put(SCHOOL, {"name": "Example School"})

    assert answer.status_code == 201
    assert answer.headers["ETag"] == client.get(SCHOOL).headers["ETag"]


@pytest.mark.parametrize(
    ("given", "revisions"),
    [
        ('"3.9f86d081884c7d659a2f"', {3}),
        ('W/"3.x"', {3}),
        ('"12"', {12}),
        ("7", {7}),
        ('"1.a", W/"4.b"', {1, 4}),
        ('"other", "4.b"', {4}),
        ("*", None),
    ],
)
def test_if_match_is_read_for_its_revisions_alone(given: str, revisions: set[int] | None) -> None:
    assert revisions_in(given) == revisions


@pytest.mark.parametrize("given", ["", '""', "x", '"x.3"', "²", "-1", '"1,2"', "9" * 5000, "١"])
def test_if_match_of_another_form_names_no_revision(given: str) -> None:
    assert revisions_in(given) == frozenset()


def test_if_match_is_needed_where_it_is_needed() -> None:
    with pytest.raises(PreconditionMissing):
        revisions_in(None)


def test_the_digest_covers_all_of_the_answer() -> None:
    assert matches(etag_of(1, b"a"), etag_of(1, b"a"))
    assert not matches(etag_of(1, b"a"), etag_of(1, b"b"))
    assert not matches("", etag_of(1, b"a"))
