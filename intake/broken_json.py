"""What is wrong with JSON that can't be decoded, and where, in words."""

import re

import msgspec

from domain.errors import Fault, Malformed

BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for text that is no sound JSON (and, as `ValidationError`, for JSON of another type)."""
LONGEST_ELEMENT = 1 << 22
"""Bytes that one row may take; a real one takes about 100."""

_RAW = msgspec.json.Decoder(msgspec.Raw)
_WHERE = re.compile(r"(?:JSON is malformed: )?(.*?)(?: \(byte (\d+)\))?")


def what_is_wrong(text: bytes) -> tuple[str, int] | None:
    """What is wrong with a JSON text, and at which byte, counted from 0; None for a sound one."""
    try:
        _RAW.decode(text)
        text.decode()
    except UnicodeDecodeError as error:
        return "it is no UTF-8", error.start
    except RecursionError:
        return "it is nested too deeply", 0
    except msgspec.DecodeError as error:
        match = _WHERE.fullmatch(str(error))
        if match and match.group(2):
            return match.group(1), int(match.group(2))
        return "it ends too early", len(text)
    return None


def broken(problem: str, *, row: int, byte: int) -> Malformed:
    """The error for broken JSON in a row of a body; `byte` is counted from 0 in the inflated body."""
    detail = f"The JSON is broken in row {row}, at byte {byte}: {problem}."
    return Malformed(detail, faults=[Fault(detail, row=row)])
