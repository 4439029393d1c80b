"""Marks as they are kept: two in a byte, because nearly all of them are of fourteen codes.

A register is packed as a first byte, 128 plus the number of marks of any other code; then a hexadecimal digit for each
place: 0 for no mark, 1 to e for the codes of `DIGITS`, f for another; then those others in the order of their places, a
byte each. Where they are more than 127 the register is kept a byte a place, and its first is then less than 128, as is
the number of every code. What was written once must be readable for ever: `DIGITS` never changes.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from domain.attendance.codes import NUMBERS

_CODES = ("/", "\\", "L", "I", "O", "V", "G", "C", "M", "C2", "B", "U", "E", "N")
DIGITS = dict(zip("123456789abcde", _CODES, strict=True))
"""The codes that stood most often in England's registers of 2025/26, by the digit that each is kept as."""

PACKED = 128
"""What the first byte of a packed register is at least."""

_OTHER = 255
_USUAL = bytes([0, *(NUMBERS[code] for code in DIGITS.values())])
_DIGIT_OF = bytearray(b"f" * 256)
_NUMBER_OF = bytearray(256)
_DIGIT_OF[0] = ord("0")
_NUMBER_OF[ord("f")] = _OTHER
for _digit, _code in DIGITS.items():
    _DIGIT_OF[NUMBERS[_code]] = ord(_digit)
    _NUMBER_OF[ord(_digit)] = NUMBERS[_code]


def pack(marks: bytes) -> bytes:
    """Marks of a byte each as they are kept, without the empty places at their end."""
    marks = marks.rstrip(b"\0")
    others = marks.translate(None, _USUAL)
    if not marks or len(others) >= PACKED:
        return marks
    digits = marks.translate(_DIGIT_OF) + b"0" * (len(marks) % 2)
    return bytes([PACKED + len(others)]) + bytes.fromhex(digits.decode("ascii")) + others


def unpack(kept: bytes) -> bytes:
    """The marks of a register, a byte each, without the empty places at their end."""
    return unpack_all([kept], width_of(kept)).tobytes().rstrip(b"\0")


def width_of(kept: bytes) -> int:
    """How many places a register has, or one more: a digit may stand beside the last."""
    return 2 * (len(kept) - 1 - (kept[0] - PACKED)) if kept and kept[0] >= PACKED else len(kept)


def unpack_all(rows: Sequence[bytes], width: int) -> npt.NDArray[np.uint8]:
    """Registers one below the other, each filled with no mark up to `width` places, which none of them passes."""
    bytes_each = (width + 1) // 2
    digits, others, unpacked = [], [], []
    for line, row in enumerate(rows):
        if row and row[0] >= PACKED:
            end = len(row) - row[0] + PACKED
            digits.append(row[1:end].ljust(bytes_each, b"\0"))
            others.append(row[end:])
        else:
            digits.append(bytes(bytes_each))
            unpacked.append(line)
    flat = np.frombuffer(bytearray(b"".join(digits).hex().encode("ascii").translate(_NUMBER_OF)), np.uint8)
    if told := b"".join(others):
        flat[flat == _OTHER] = np.frombuffer(told, np.uint8)
    marks = flat.reshape(len(rows), 2 * bytes_each)[:, :width]
    for line in unpacked:
        marks[line, : len(rows[line])] = np.frombuffer(rows[line], np.uint8)
    return marks
