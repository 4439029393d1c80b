import codecs
import json
from pathlib import Path

import pytest

from domain.errors import Invalid, Malformed, TooLarge, WrongMediaType
from intake.marks import Marks
from intake.registry import LAYOUTS, MEDIA_TYPES, read_marks

ROW = {"pupil": "P001", "date": "2026-09-07", "session": "AM", "code": "/"}
JSON = json.dumps([ROW])
NDJSON = json.dumps(ROW) + "\n" + json.dumps(ROW)
LONG = "UPN,Date,Session,Mark\nP001,07/09/2026,AM,/\n"


def read(body: str | bytes, media_type: str | None = None, **options: object) -> Marks:
    raw = body.encode() if isinstance(body, str) else body
    return read_marks([raw], media_type=media_type, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("media_type", [None, *MEDIA_TYPES, "Text/CSV; charset=utf-8"])
@pytest.mark.parametrize(
    ("body", "layout"),
    [
        pytest.param(JSON, "json", id="array"),
        pytest.param("\n " + JSON, "json", id="array behind blanks"),
        pytest.param(codecs.BOM_UTF8 + JSON.encode(), "json", id="array behind a byte-order mark"),
        pytest.param(json.dumps({"data": [ROW]}), "json", id="data"),
        pytest.param(json.dumps({"meta": {}, "data": [ROW]}), "json", id="data behind meta"),
        pytest.param(NDJSON, "ndjson", id="NDJSON"),
        pytest.param(json.dumps(ROW), "ndjson", id="one object"),
        pytest.param(codecs.BOM_UTF8 + NDJSON.encode(), "ndjson", id="NDJSON behind a byte-order mark"),
        pytest.param(LONG, "long", id="CSV"),
        pytest.param(codecs.BOM_UTF8 + LONG.encode(), "long", id="CSV behind a byte-order mark"),
    ],
)
def test_the_content_tells_the_layout_whatever_the_media_type(
    body: str | bytes, layout: str, media_type: str | None
) -> None:
    marks = read(body, media_type)
    assert marks.layout == layout
    assert marks.references == [("P001",)]
    assert (marks.dates, marks.codes) == (["2026-09-07"], ["/"])


@pytest.mark.parametrize("media_type", ["application/pdf", "image/png", "multipart/form-data; boundary=x"])
def test_other_media_types_are_refused_with_those_that_are_taken(media_type: str) -> None:
    with pytest.raises(WrongMediaType, match=r"application/json.*text/csv"):
        read(JSON, media_type)


def test_blanks_before_everything_say_nothing_however_many_there_are() -> None:
    blanks = [b" " * (1 << 16), b"\n" * (1 << 17)]
    assert read_marks([*blanks, b"\t" + JSON.encode()], media_type=None).layout == "json"
    assert read_marks([*blanks, LONG.encode()], media_type=None).layout == "long"


def test_a_layout_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(Invalid) as refused:
        read(JSON, layout="tall")
    assert refused.value.faults[0].pointer == "/query/layout"
    assert all(name in refused.value.detail for name in LAYOUTS)


def test_a_named_layout_is_read_as_such() -> None:
    assert read(LONG, layout="long").received == 1
    with pytest.raises(Malformed, match="columns are missing"):
        read(JSON, layout="wide")


@pytest.mark.parametrize("body", [JSON, json.dumps({"data": [ROW]}), NDJSON, LONG])
def test_a_row_for_each_mark_is_long_in_a_table_and_in_json(body: str) -> None:
    marks = read(body, layout="long")
    assert (marks.references, marks.dates, marks.codes) == ([("P001",)], ["2026-09-07"], ["/"])


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_every_layout_is_told_of_to_those_who_push(layout: str) -> None:
    assert f"`{layout}`" in (Path(__file__).parents[2] / "docs" / "layouts.md").read_text()


@pytest.mark.parametrize("body", ["", " \n", codecs.BOM_UTF8])
def test_an_empty_body_is_malformed_and_says_what_was_expected(body: str | bytes) -> None:
    with pytest.raises(Malformed, match=r"empty; expected is an array"):
        read(body)


@pytest.mark.parametrize("body", ["null", "12", '"P001"', "<marks/>"])
def test_what_begins_as_no_layout_does_is_malformed(body: str) -> None:
    with pytest.raises(Malformed, match="expected is an array"):
        read(body, "application/json")


def test_a_table_of_other_things_is_malformed_and_says_what_is_missing() -> None:
    with pytest.raises(
        Malformed, match=r"missing: pupil or MISID or UPN, Date, Session, Mark\. The header has a, b"
    ):
        read("a,b\n1,2\n", "text/csv")


@pytest.mark.parametrize("body", [JSON[:-1] + "," + JSON[1:], NDJSON, LONG + "P001,07/09/2026,PM,/\n"])
def test_the_number_of_rows_is_limited(body: str) -> None:
    assert read(body, max_rows=2).received == 2
    with pytest.raises(TooLarge, match="more than 1 rows"):
        read(body, max_rows=1)
