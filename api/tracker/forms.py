"""A form with one file (multipart/form-data), as browsers send it, taken apart while it comes."""

from collections.abc import Iterator

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, File, MultipartDecoder, NeedData

from domain.errors import Malformed

FORM_TYPE = "multipart/form-data"

MOST_ROUND_A_FILE = 1 << 16
"""What a form may hold beside its file: boundaries, headers, small fields."""
MOST_WAITING = 1 << 20
MOST_PARTS = 20


def file_in_form(pieces: Iterator[bytes], boundary: str) -> tuple[str, str, Iterator[bytes]]:
    """Name, media type and content of the one file in a form; fields beside it are passed over.

    Raises `Malformed` for what is no form, for one that was cut short, and for none or several files.
    """
    if not boundary:
        raise Malformed("the form's Content-Type names no boundary")
    events = _events(pieces, MultipartDecoder(boundary.encode(), MOST_WAITING, max_parts=MOST_PARTS))
    for event in events:
        if isinstance(event, File):
            media_type = event.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return event.filename, media_type, _content(events)
    raise Malformed("there is no file in the form; send one part with a filename")


def _content(events: Iterator[Event]) -> Iterator[bytes]:
    """The content of the part that has begun; what follows is read to the end, so that a cut is noticed."""
    within = True
    for event in events:
        if isinstance(event, File):
            raise Malformed("the form holds several files; send one")
        if within and isinstance(event, Data):
            if event.data:
                yield event.data
            within = event.more_data


def _events(pieces: Iterator[bytes], decoder: MultipartDecoder) -> Iterator[Event]:
    try:
        for piece in pieces:
            decoder.receive_data(piece)
            yield from _ready(decoder)
        decoder.receive_data(None)
        yield from _ready(decoder)
    except RequestEntityTooLarge as error:
        raise Malformed("the form holds too many parts, or too long headers; send the file alone") from error
    except (ValueError, UnicodeDecodeError) as error:
        raise Malformed("the form is broken or was cut short; it must end with its boundary") from error


def _ready(decoder: MultipartDecoder) -> Iterator[Event]:
    while not isinstance(event := decoder.next_event(), NeedData):
        yield event
        if isinstance(event, Epilogue):
            return
