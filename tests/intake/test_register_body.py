import pytest

from domain.errors import Malformed
from intake.register_body import RegisterBody, decode_register


def test_a_register_is_decoded_to_its_marks() -> None:
    body = decode_register(b'{"marks": {"P001": "/", "P002": null}, "minutes_late": {"P001": 12}}')
    assert body == RegisterBody(marks={"P001": "/", "P002": None}, minutes_late={"P001": 12})


def test_the_time_of_the_source_keeps_its_moment() -> None:
    body = decode_register(b'{"marks": {}, "source_updated_at": "2026-09-07T08:45:00+01:00"}')
    assert body is not None
    assert body.source_updated_at is not None
    assert body.source_updated_at.isoformat() == "2026-09-07T08:45:00+01:00"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[]", id="an array"),
        pytest.param(b"{}", id="no marks"),
        pytest.param(b'{"marks": {"P001": 1}}', id="a number for a code"),
        pytest.param(b'{"marks": {}, "forename": "Ada"}', id="an unknown field"),
        pytest.param(b'{"marks": {}, "minutes_late": {"P001": -1}}', id="minutes below 0"),
        pytest.param(
            b'{"marks": {}, "source_updated_at": "2026-09-07T08:45:00"}', id="a time without offset"
        ),
        pytest.param(b'{"marks": {}, "source_updated_at": "today"}', id="no time"),
    ],
)
def test_json_of_another_form_is_left_to_the_slow_way(body: bytes) -> None:
    assert decode_register(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"marks": {"P001": "/"}} x',
        b'{"marks": {"P\xff": "/"}}',
        b'{"marks": 1, "a": }',
        b"[" * 9999,
    ],
)
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match="broken at byte"):
        decode_register(body)
