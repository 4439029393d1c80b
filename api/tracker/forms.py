"""A form with one file (multipart/form-data), as browsers send it, taken apart while it comes."""

from collections.abc import Iterator
from typing import Any

from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser

from domain.errors import Malformed

FORM_TYPE = "multipart/form-data"

MOST_ROUND_A_FILE = 1 << 16
"""What a form may hold beside its file: boundaries, headers, small fields."""
MOST_PARTS = 20


def file_in_form(pieces: Iterator[bytes], boundary: str) -> tuple[str, str, Iterator[bytes]]:
    """Name, media type and content of the one file in a form; fields beside it are passed over.

    Raises `Malformed` for what is no form, for one that was cut short, and for none or several files.
    """
    if not boundary:
        raise Malformed("the form's Content-Type names no boundary")
    events = _events(pieces, boundary)
    for event in events:
        if isinstance(event, MultipartSegment) and event.filename is not None:
            media_type = (event.content_type or "").partition(";")[0].strip().lower()
            return event.filename, media_type, _content(events)
    raise Malformed("there is no file in the form; send one part with a filename")


def _content(events: Iterator[Any]) -> Iterator[bytes]:
    """The content of the part that has begun; what follows is read to the end, so that a cut is noticed."""
    within = True
    for event in events:
        if isinstance(event, MultipartSegment) and event.filename is not None:
            raise Malformed("the form holds several files; send one")
        if event is None:
            within = False
        elif within:
            yield event


def _events(pieces: Iterator[bytes], boundary: str) -> Iterator[Any]:
    """Parts as they begin, what is in them in pieces, and None at the end of each."""
    try:
        with PushMultipartParser(boundary, max_segment_count=MOST_PARTS) as parser:
            for piece in pieces:
                yield from parser.parse(piece)
    except ParserLimitReached as error:
        raise Malformed("the form holds too many parts, or too long headers; send the file alone") from error
    except MultipartError as error:
        raise Malformed(f"the form is broken or was cut short: {error}") from error
