"""Every error is a problem document that says what and where (RFC 9457)."""

import gzip
from typing import Any

import pytest
from flask import Flask

from api.http.problems import STATUSES
from domain import errors
from tests.api.http.problems import problem_in
from tests.make import Client, make_key, make_school

SCHOOL = "/v1/schools/900001"
MORNING = SCHOOL + "/registers/2026-11-20/AM"
MARKS = SCHOOL + "/marks"


@pytest.fixture
def school(client: Client) -> str:
    return make_school(client)


def test_an_address_that_is_none_is_not_found(client: Client) -> None:
    problem_in(client.get("/v1/nothing/here"), 404)
    problem_in(client.get("/nothing"), 404)


def test_a_method_that_is_not_offered_is_named_with_those_that_are(client: Client, school: str) -> None:
    answer = client.delete(MORNING)

    assert "GET, HEAD, OPTIONS, PATCH, PUT" in problem_in(answer, 405)["detail"]
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PATCH", "PUT"}


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic dGVzdDp0ZXN0",
        "Bearer hw_wrong",
        "hw_wrong",
        "Bearer \xe9",
        "Bearer " + "x" * 5000,
    ],
)
def test_without_a_valid_token_one_is_asked_for(app: Flask, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = Client(app, None).get("/v1/schools", headers=headers)

    problem_in(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_scope_that_is_missing_is_named(app: Flask) -> None:
    answer = make_key(app, ["tracker:read"]).get("/v1/schools/whatever")

    assert "attendance:read" in problem_in(answer, 403)["detail"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="cut short"),
        pytest.param(b"", id="empty"),
        pytest.param(b"  \n ", id="blank"),
        pytest.param(b'{"name": "x",}', id="a comma too many"),
        pytest.param(b"{'name': 'x'}", id="other quotes"),
        pytest.param(b'{"name": "\xff"}', id="not UTF-8"),
        pytest.param(b'{"name": "\\ud800x"}', id="half a character"),
        pytest.param(b'{"name": NaN}', id="not a number"),
        pytest.param(b'{"name": 1e999999999}', id="a number of a gigabyte"),
        pytest.param(b'{"name": 1e999999999999999999999}', id="a number of more digits than can be counted"),
        pytest.param(b'{"name": 1e-999999999}', id="a number of a gigabyte, behind the point"),
        pytest.param(b'{"name": ' + b"[" * 700 + b"]" * 700 + b"}", id="nested deeply"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b'{"name": "x"} {"name": "y"}', id="two values"),
    ],
)
def test_a_body_that_is_no_json_is_malformed(client: Client, school: str, body: bytes) -> None:
    problem_in(client.put(SCHOOL, data=body, content_type="application/json"), 400)
    assert client.get(SCHOOL).json["revision"] == 1


@pytest.mark.parametrize(
    "path",
    [MORNING, MARKS, SCHOOL + "/roll", SCHOOL + "/calendar/2026-27"],
)
def test_wherever_a_body_is_taken_broken_json_is_malformed(client: Client, school: str, path: str) -> None:
    send = client.post if path == MARKS else client.put

    for body in (b"{", b'{"marks": ' + b"[" * 700, b'{"pupils": ' + b"[" * 700 + b"]" * 700 + b"}"):
        if body.endswith(b"}") and not path.endswith("roll"):
            continue
        problem_in(send(path, data=body, content_type="application/json"), 400)


@pytest.mark.parametrize("media_type", ["text/html", "image/png", "multipart/form-data; boundary=x", "x"])
def test_a_media_type_that_is_not_taken_is_refused_with_those_that_are(
    client: Client, school: str, media_type: str
) -> None:
    said = problem_in(client.put(MORNING, data=b'{"marks": {}}', content_type=media_type), 415)
    assert "application/json" in said["detail"]

    said = problem_in(client.post(MARKS, data=b"[]", content_type=media_type), 415)
    assert "text/csv" in said["detail"]


def test_an_encoding_that_is_not_taken_is_refused(client: Client, school: str) -> None:
    answer = client.put(
        MORNING,
        data=b'{"marks": {}}',
        content_type="application/json",
        headers={"Content-Encoding": "br"},
    )

    assert "gzip" in problem_in(answer, 415)["detail"]


def test_json_may_come_as_gzip_anywhere(client: Client, school: str) -> None:
    answer = client.put(
        SCHOOL,
        data=gzip.compress(b'{"name": "Packed School"}'),
        content_type="application/json; charset=utf-8",
        headers={"Content-Encoding": "gzip"},
    )

    assert answer.json["name"] == "Packed School"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"\x1f\x8b\x08damaged data", "damaged", id="damaged"),
        pytest.param(gzip.compress(b'{"name": "x"}')[:-6], "too early", id="cut short"),
        pytest.param(b'{"name": "x"}', "doesn't start as gzip", id="not packed at all"),
    ],
)
def test_gzip_that_is_broken_is_malformed(client: Client, school: str, data: bytes, said: str) -> None:
    answer = client.put(
        SCHOOL, data=data, content_type="application/json", headers={"Content-Encoding": "gzip"}
    )

    assert said in problem_in(answer, 400)["detail"]


def test_an_unknown_field_is_refused_by_its_name(client: Client) -> None:
    said = problem_in(client.put(SCHOOL, {"name": "Example School", "head/teacher": "x", "b~c": 1}), 422)

    assert {(fault["pointer"], fault["detail"]) for fault in said["errors"]} == {
        ("/head~1teacher", "head/teacher isn't known here"),
        ("/b~0c", "b~c isn't known here"),
    }


@pytest.mark.parametrize("name", ["surname", "Date_of_Birth", "dob", "address", "postcode", "pupil_name"])
def test_a_field_that_would_carry_a_person_is_refused_by_its_name(
    client: Client, school: str, name: str
) -> None:
    for answer in (
        client.put(MORNING, {"marks": {"P001": "/"}, name: "Sam Sample"}),
        client.put(
            SCHOOL + "/roll", {"pupils": [{"pupil": "P001", "from": "2026-09-01", name: "Sam Sample"}]}
        ),
    ):
        said = problem_in(answer, 422)
        assert f"{name} is never kept here" in answer.text
        assert said["errors"][0]["pointer"].endswith("/" + name)
        assert "Sample" not in answer.text.replace(name, "")


def test_a_body_of_another_kind_is_not_valid(client: Client, school: str) -> None:
    for body in ([], "text", 5, None, True):
        said = problem_in(client.put(SCHOOL, data=_json(body), content_type="application/json"), 422)
        assert said["errors"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/schools?la_code=%00",
        "/v1/schools?phase=a%1Fb",
        "/v1/imports?kind=%00",
        "/v1/imports?%00=x",
    ],
)
def test_control_characters_in_a_query_are_not_valid(client: Client, path: str) -> None:
    problem_in(client.get(path), 422)


def test_nothing_is_named_with_control_characters(client: Client, school: str) -> None:
    problem_in(client.get("/v1/schools/%00"), 404)
    problem_in(client.get("/v1/imports/%00"), 404)
    problem_in(client.put("/v1/schools/900001%00/registers/2026-11-20/AM", {"marks": {"P001": "/"}}), 404)


@pytest.mark.parametrize(
    "path",
    [
        "?as_of=0001-01-01T00:00:00%2B23:00",
        "?as_of=9999-12-31T23:59:59-23:00",
        "?as_of=2026-11-20",
        "?as_of=2026-11-20T09:00:00",
        "?as_of=yesterday",
        "?as_of=",
    ],
)
def test_a_time_that_is_none_is_not_valid(client: Client, school: str, path: str) -> None:
    client.put(MORNING, {"marks": {"P001": "/"}})

    [fault] = problem_in(client.get(MORNING + path), 422)["errors"]
    assert fault["pointer"] == "/query/as_of"


@pytest.mark.parametrize(
    "reference", ["A123456789012", "\nA123456789012", "é\tZ12345678901B", "a/A123456789012"]
)
def test_no_error_quotes_a_upn_wherever_it_stands(client: Client, school: str, reference: str) -> None:
    refused: list[Any] = [
        client.put(MORNING, {"marks": {reference: 5}}),
        client.put(MORNING, {"marks": {}, "minutes_late": {reference: 5}}),
        client.put(MORNING, {"marks": {reference: "QQ"}}),
        client.put(MORNING, {"marks": {"P001": reference}}),
        client.put(MORNING, {"marks": {}, reference: 5}),
        client.put(SCHOOL, {"name": 5, reference: reference}),
        client.get(MORNING, query_string={reference: reference}),
        client.get(MORNING, query_string={"as_of": reference}),
        client.get(f"/v1/schools/{reference.strip()}"),
        client.post(
            MARKS, [{"pupil": reference, "date": reference, "session": reference, "code": reference}]
        ),
        client.post(MARKS, [{reference: "x"}]),
        client.post(MARKS, data=f"Date,Session,{reference}\n1,2,3", content_type="text/csv"),
        client.post(MARKS + "?layout=" + reference.strip(), data="[]", content_type="application/json"),
        client.put(SCHOOL + "/roll", {"pupils": [{"pupil": reference, "from": reference}]}),
    ]

    for answer in refused:
        assert answer.status_code >= 400, answer.text
        assert "A123456789012" not in answer.text.upper()
        assert "Z12345678901B" not in answer.text.upper()


def test_every_error_of_ours_has_its_status_and_title() -> None:
    def below(kind: type[errors.HeadwayError]) -> set[type[errors.HeadwayError]]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    assert below(errors.HeadwayError) - {errors.HeadwayError} == set(STATUSES)


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value).encode()


def test_of_very_many_faults_the_first_thousand_are_told_and_how_many_there_are(client: Client) -> None:
    make_school(client)
    pupils = [{"pupil": f"P{number}", "from": "30 February"} for number in range(1_200)]

    answer = client.put("/v1/schools/900001/roll", {"pupils": pupils})

    assert answer.status_code == 422
    assert (len(answer.json["errors"]), answer.json["errors_in_all"]) == (1_000, 1_200)
