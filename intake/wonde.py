"""The layout `wonde`: session attendance as Wonde's API gives it, page by page.

A mark is an object with `date`, `session`, `attendance_code` and `student`, the last two with what was included of them
below `data`. Dates and times are objects with `date` and `timezone`. Pages may follow each other, or stand in an array;
so may the marks alone. Of students only `mis_id`, `upn` and Wonde's own `id` are read; all of them name the pupil.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from domain.errors import Malformed
from intake.broken_json import BROKEN
from intake.elements import ArrayElements
from intake.layout import How, Reader
from intake.marks import Batch, MarkColumns, Marks
from intake.recognition import Opening
from intake.tables import quoted

TAKEN = ("date", "session", "attendance_code", "student", "minutes_late", "updated_at")
NEEDED = TAKEN[:4]
PUPIL = ("mis_id", "upn", "id")
"""What names a pupil, the preferred one first."""
OF_ITSELF = ("id", "created_at")
"""What tells of the record and of nobody; passed over without a word."""
MOST_DROPPED = 1000
MORE_FOLLOW = "the last page says that more follow it; push those too, or marks are missing"

_Fields = dict[str, msgspec.Raw]
_Row = tuple[tuple[str, ...], str, str, str | None, str | None, int | str | None]


class _Moment(msgspec.Struct):
    """A moment of PHP's: the time on a clock, and where that clock hangs."""

    date: str
    timezone: str = "UTC"


_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_FIELDS = msgspec.json.Decoder(_Fields)
_MOMENT = msgspec.json.Decoder(_Moment | str | None)
_TEXT = msgspec.json.Decoder(str | None)
_MINUTES = msgspec.json.Decoder(int | str | None)
_FORMS: dict[str, tuple[msgspec.json.Decoder[Any], str]] = {
    "date": (_MOMENT, 'such as {"date": "2026-09-07 00:00:00.000000", "timezone": "Europe/London"}'),
    "updated_at": (_MOMENT, 'such as {"date": "2026-09-11 15:30:00.000000", "timezone": "UTC"}'),
    "session": (_TEXT, '"AM" or "PM"'),
    "minutes_late": (_MINUTES, "a whole number or null"),
    "student": (_FIELDS, 'such as {"data": {"mis_id": "9901"}}'),
    "attendance_code": (_FIELDS, 'such as {"data": {"code": "/"}}'),
}
_LONDON = ZoneInfo("Europe/London")
_BY_LETTERS = {"UTC": UTC, "Z": UTC, "GMT": UTC, "BST": timezone(timedelta(hours=1))}
_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")
_OFFSET = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})")
_PLACE = re.compile(r"[A-Za-z]+(/[A-Za-z0-9_+-]+){1,2}")
_OF_WONDE = re.compile(rb'(?<!\\)"(attendance_code|student)"\s*:')
_OURS = re.compile(rb'(?<!\\)"pupil"\s*:')


def read_wonde(chunks: Iterable[bytes], how: How) -> Marks:
    """The marks of all pages of the body."""
    columns = MarkColumns("wonde", how.pseudonymise, how.max_rows)
    dropped: dict[str, None] = {}
    last_page: _Fields = {}
    blocks = ArrayElements(
        chunks, _ELEMENTS.decode, block=how.block, pseudonymise=how.pseudonymise, pages=True
    )
    for elements in blocks:
        try:
            _add(columns, elements, dropped, last_page)
        except BROKEN:
            raise Malformed(
                f"The JSON is broken in one of the rows from {columns.received + 1} on: a text is no UTF-8, "
                "or is nested too deeply."
            ) from None
    columns.dropped_columns = list(dropped)
    marks = columns.finish()
    if _says_that_more_follow((last_page | blocks.beside).get("meta")):
        marks.warnings.append(MORE_FOLLOW)
    return marks


def _add(
    columns: MarkColumns, elements: Iterable[msgspec.Raw], dropped: dict[str, None], last_page: _Fields
) -> None:
    numbers: list[int] = []
    rows: list[_Row] = []
    for number, record in enumerate(_records(elements, last_page), columns.received + 1):
        names: list[str] = []
        try:
            rows.append(_row(record, names))
            numbers.append(number)
        except UnicodeDecodeError:
            raise
        except ValueError as error:
            columns.reject(number, str(error))
        for name in names:
            if len(dropped) < MOST_DROPPED:
                dropped.setdefault(quoted(name, columns.pseudonymise))
    if rows:
        pupils, dates, sessions, codes, times, minutes = zip(*rows, strict=True)
        columns.add(Batch(numbers, pupils, dates, sessions, codes, times, minutes))


def _records(elements: Iterable[msgspec.Raw], last_page: _Fields) -> Iterator[_Fields | None]:
    """The fields of each mark, those of a page in their order; None for what is no object.

    Of pages in an array, `last_page` is left with the fields of the last.
    """
    for element in elements:
        fields = _decoded(_FIELDS, element)
        page = None if fields is None or "student" in fields else fields.get("data")
        inner = None if page is None else _decoded(_ELEMENTS, page)
        if inner is None:
            yield fields
        else:
            last_page.clear()
            last_page |= {name: value for name, value in (fields or {}).items() if name != "data"}
            for record in inner:
                yield _decoded(_FIELDS, record)


def _says_that_more_follow(meta: msgspec.Raw | None) -> bool:
    """Whether what stands beside a page's marks names a page behind it."""
    try:
        said = msgspec.json.decode(meta or b"null")
    except BROKEN:
        return False
    pagination = said.get("pagination") if isinstance(said, dict) else None
    return isinstance(pagination, dict) and pagination.get("more") is True


def _row(record: _Fields | None, names: list[str]) -> _Row:
    """Pupil, day, session, code, time of update and minutes; notes in `names` what isn't looked at.

    `ValueError` where something is missing or has another form.
    """
    if record is None:
        raise ValueError("A mark is an object with date, session, attendance_code and student.")
    names += [name for name in record if name not in (*TAKEN, *OF_ITSELF)]
    if missing := [name for name in NEEDED if name not in record]:
        raise ValueError(f"The {' and the '.join(missing)} must be there.")
    student = _included(record, "student", PUPIL, names)
    code = _included(record, "attendance_code", ("id", "code"), names)
    if "code" not in code:
        raise ValueError("The code of the attendance_code is missing.")
    pupil = tuple(filter(None, (_text(student, name) for name in PUPIL))) or ("",)
    day = _field(record, "date")
    at = _field(record, "updated_at")
    return (
        pupil,
        _day(day.date, day.timezone) if isinstance(day, _Moment) else day or "",
        _field(record, "session") or "",
        _text(code, "code"),
        _time(at.date, at.timezone) if isinstance(at, _Moment) else at,
        _field(record, "minutes_late"),
    )


def _field(record: _Fields, name: str) -> Any:
    decoder, form = _FORMS[name]
    raw = record.get(name)
    try:
        return None if raw is None else decoder.decode(raw)
    except msgspec.ValidationError:
        raise ValueError(f"The {name} must be {form}.") from None


def _included(record: _Fields, name: str, taken: Sequence[str], names: list[str]) -> _Fields:
    """What was included of another record, below `data` or bare; what is taken as null where it is null."""
    if bytes(record[name]).strip() == b"null":
        return dict.fromkeys(taken, record[name])
    fields: _Fields = _field(record, name)
    if "data" in fields:
        fields = _field({name: fields["data"]}, name)
    names += [f"{name}.{field}" for field in fields if field not in taken]
    return fields


def _text(fields: _Fields, name: str) -> str | None:
    raw = fields.get(name)
    try:
        return None if raw is None else _TEXT.decode(raw)
    except msgspec.ValidationError:
        raise ValueError(f"The {name} must be a text.") from None


def _decoded(decoder: msgspec.json.Decoder[Any], raw: msgspec.Raw) -> Any:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError:
        return None


@lru_cache(maxsize=1 << 12)
def _day(written: str, zone: str) -> str:
    """The day meant: of a midnight the one written, of another time the one that it was in England."""
    moment = _moment(written, zone)
    if moment.time() == time():
        return moment.date().isoformat()
    return _in(moment, _LONDON).date().isoformat()


@lru_cache(maxsize=1 << 12)
def _time(written: str, zone: str) -> str:
    return _in(_moment(written, zone), UTC).isoformat()


def _in(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:
        raise ValueError("A date or time is out of all range.") from None


def _moment(written: str, zone: str) -> datetime:
    try:
        if _CLOCK.fullmatch(written):
            return datetime.fromisoformat(written).replace(tzinfo=_zone(zone))
    except (KeyError, ValueError, OSError):
        pass
    raise ValueError(
        "A date or time can't be read; write such as 2026-09-11 15:30:00.000000, and a timezone such as UTC."
    )


def _zone(name: str) -> tzinfo:
    if name in _BY_LETTERS:
        return _BY_LETTERS[name]
    if offset := _OFFSET.fullmatch(name):
        sign, hours, minutes = offset.groups()
        span = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-span if sign == "-" else span)
    if _PLACE.fullmatch(name):
        return ZoneInfo(name)
    raise KeyError(name)


def _is_wonde(opening: Opening) -> bool:
    match = _OF_WONDE.search(opening.text) if opening.sign in (b"{", b"[") else None
    return match is not None and _OURS.search(opening.text, 0, match.start()) is None


WONDE = Reader(_is_wonde, read_wonde)
