"""One mark as a JSON object, our own form: `{"pupil", "date", "session", "code", …}`, many of them at a time."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Literal, cast

import msgspec

from domain.privacy import NEVER_KEPT
from intake.marks import Batch, MarkColumns
from intake.readings import MOST_MINUTES
from intake.tables import quoted

Minutes = Annotated[int, msgspec.Meta(ge=0, le=MOST_MINUTES)]


class MarkRow(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A row that fits: texts where texts belong; whether they can be read is for the columns to say."""

    pupil: str
    date: str
    session: Literal["AM", "PM"]
    code: str | None
    source_updated_at: str | None = None
    minutes_late: Minutes | None = None
    deleted: bool = False


class RowOfSchool(MarkRow, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The same where rows of several schools come together."""

    school: str | int


FIELDS = MarkRow.__struct_fields__
_EXAMPLE = '{"pupil": "P001", "date": "2026-09-07", "session": "AM", "code": "/"}'
_EXAMPLE_OF_SCHOOL = _EXAMPLE.replace("{", '{"school": "100000", ')
_ROW = msgspec.json.Decoder(MarkRow)
_ROW_OF_SCHOOL = msgspec.json.Decoder(RowOfSchool)
_KIND_WORDS = {
    "school": "its URN, LAESTAB or an alias",
    "pupil": "a text",
    "date": "a text of the form YYYY-MM-DD",
    "session": '"AM" or "PM"',
    "code": "a text or null",
    "source_updated_at": "a text such as 2026-09-07T08:45:00Z",
    "minutes_late": f"a whole number from 0 to {MOST_MINUTES}",
    "deleted": "true or false",
}
_FITS: dict[str, Callable[[Any], bool]] = {
    "school": lambda given: type(given) in (str, int),
    "pupil": lambda given: isinstance(given, str),
    "date": lambda given: isinstance(given, str),
    "session": lambda given: given in ("AM", "PM"),
    "code": lambda given: given is None or isinstance(given, str),
    "source_updated_at": lambda given: given is None or isinstance(given, str),
    "minutes_late": lambda given: given is None or (type(given) is int and 0 <= given <= MOST_MINUTES),
    "deleted": lambda given: isinstance(given, bool),
}


def add_rows(columns: MarkColumns, rows: Sequence[MarkRow] | Sequence[msgspec.Raw]) -> None:
    """Puts decoded rows into the columns; raw ones are gone through one by one, and those that don't fit rejected.

    Rows are raw where at least one of their batch didn't fit. Raises `msgspec.DecodeError` or `UnicodeDecodeError` for
    a raw row that isn't sound JSON after all.
    """
    first = columns.received + 1
    if rows and isinstance(rows[0], msgspec.Raw):
        fitting = list(_those_that_fit(columns, rows, first))
        _add(columns, [number for number, _ in fitting], [row for _, row in fitting])
    else:
        _add(columns, range(first, first + len(rows)), cast(Sequence[MarkRow], rows))


def _add(columns: MarkColumns, numbers: Sequence[int], rows: Sequence[MarkRow]) -> None:
    # Plain comprehensions: for attributes they are twice as fast as attrgetter.
    columns.add(
        Batch(
            numbers=numbers,
            pupils=[row.pupil for row in rows],
            dates=[row.date for row in rows],
            sessions=[row.session for row in rows],
            codes=[row.code for row in rows],
            times=[row.source_updated_at for row in rows],
            minutes=[row.minutes_late for row in rows],
            deleted=[row.deleted for row in rows],
            schools=_schools(cast(Sequence[RowOfSchool], rows)) if columns.of_schools else None,
        )
    )


def _schools(rows: Sequence[RowOfSchool]) -> list[str]:
    """What each row calls its school; a URN is as often written as a number."""
    return [school if isinstance(school := row.school, str) else str(school) for row in rows]


def _those_that_fit(columns: MarkColumns, raws: Iterable[Any], first: int) -> Iterable[tuple[int, MarkRow]]:
    decoder: msgspec.json.Decoder[Any] = _ROW_OF_SCHOOL if columns.of_schools else _ROW
    for number, raw in enumerate(raws, first):
        try:
            yield number, decoder.decode(raw)
        except msgspec.ValidationError:
            row = _deleted_row(raw, RowOfSchool if columns.of_schools else MarkRow)
            if row is None:
                _reject(columns, number, raw)
            else:
                yield number, row


def _deleted_row(raw: msgspec.Raw, kind: type[MarkRow]) -> MarkRow | None:
    """A row that names no code because it deletes one."""
    try:
        value = msgspec.json.decode(raw)
        if isinstance(value, dict) and value.get("deleted") is True:
            return msgspec.convert({"code": None} | value, kind)
    except msgspec.ValidationError:
        return None
    return None


def _reject(columns: MarkColumns, number: int, raw: msgspec.Raw) -> None:
    example = _EXAMPLE_OF_SCHOOL if columns.of_schools else _EXAMPLE
    try:
        value = msgspec.json.decode(raw)
    except msgspec.ValidationError:
        columns.reject(number, "The row holds a number that is out of all range.")
        return
    if not isinstance(value, dict):
        columns.reject(number, f"A row is an object such as {example}.")
        return
    fields = ("school", *FIELDS) if columns.of_schools else FIELDS
    reasons = [
        *_unknown_fields(columns, value, fields),
        *_missing_fields(value, fields),
        *_wrong_kinds(value, fields),
    ]
    detail = " ".join(reasons) or f"The row doesn't have the form {example}."
    school = value.get("school")
    named = str(school) if type(school) is int else school
    columns.reject(number, detail, pupil=value.get("pupil"), code=value.get("code"), school=named)


def _unknown_fields(columns: MarkColumns, value: dict[str, Any], fields: tuple[str, ...]) -> Iterable[str]:
    for name in value:
        if name not in fields:
            shown = quoted(name, columns.pseudonymise)
            if NEVER_KEPT.search(name):
                yield f'"{shown}" is never kept here: leave out names, dates of birth and addresses.'
            else:
                yield f'"{shown}" is no field of a row; those are {", ".join(fields)}.'


def _missing_fields(value: dict[str, Any], fields: tuple[str, ...]) -> Iterable[str]:
    needed = fields[: fields.index("code") + (value.get("deleted") is not True)]
    for name in needed:
        if name not in value:
            yield f"The {name} is missing."


def _wrong_kinds(value: dict[str, Any], fields: tuple[str, ...]) -> Iterable[str]:
    for name, given in value.items():
        if name in fields and not _FITS[name](given):
            yield f"The {name} must be {_KIND_WORDS[name]}."
