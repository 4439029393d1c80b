import json
from decimal import Decimal

import pytest

from domain.tracker.report import compose_report
from render.registry import FORMATS
from tests.domain.tracker.made import TODAY, make_action, make_challenge

REPORT = compose_report(
    {"school": {"urn": "100001", "name": "Bridge Lane"}},
    [make_challenge(actions=(make_action(cost=Decimal("1E+3")),)), make_challenge(id="c2", actions=())],
    first=None,
    last=None,
    as_of=None,
    today=TODAY,
)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_makes_the_same_bytes_each_time_and_names_its_type(name: str) -> None:
    renderer = FORMATS[name]
    assert renderer.render(REPORT) == renderer.render(REPORT) != b""
    assert "/" in renderer.media_type
    assert renderer.extension.isalnum()


def test_json_is_what_is_given_where_nothing_is_asked_for() -> None:
    assert next(iter(FORMATS)) == "json"


def test_json_says_exactly_what_the_report_says() -> None:
    body = FORMATS["json"].render(REPORT)
    assert json.loads(body, parse_float=Decimal) == REPORT
    assert b'"cost":1000,' in body


def test_no_two_formats_share_a_type_or_an_extension() -> None:
    assert len({renderer.media_type for renderer in FORMATS.values()}) == len(FORMATS)
    assert len({renderer.extension for renderer in FORMATS.values()}) == len(FORMATS)
