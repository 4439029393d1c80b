"""Registers as they are held and changed: marks as bytes, a push laid over them, and the way back in time.

A register is a row of bytes; byte *i* is the number of the code of the pupil in place *i* (`packing.py` tells how they
are kept). Several registers make a matrix of registers by places. Times are microseconds since 1970 in UTC, `NO_TIME`
where the source gave none; minutes late are `NO_MINUTES` where none were given. See
`docs/decisions/0001-a-register-is-one-row.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from domain.attendance.codes import NO_MARK

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Times = npt.NDArray[np.int64]
Minutes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

NO_TIME = np.iinfo(np.int64).min
NO_MINUTES = -1

MOST_PLACES_LOOKED_AT = 1 << 23

CREATED, UPDATED, UNCHANGED, STALE, DELETED, CONTRADICTED = range(6)
"""What became of a row of a push."""


@dataclass
class HeldRegisters:
    """Some registers side by side, R registers by W places; `times` and `minutes` are None where nobody has any."""

    marks: Bytes
    times: Times | None = None
    minutes: Minutes | None = None


@dataclass(frozen=True)
class PushedRows:
    """Rows of a push in columns: each names one place of one register; code 0 takes a mark away."""

    register: Ints
    place: Ints
    code: Bytes
    time: Times | None = None
    minutes: Minutes | None = None


@dataclass(frozen=True)
class Applied:
    """What a push comes to: the registers after it, what became of each row, and which marks moved.

    `changed` are the places whose mark or minutes differ from before, `touched` are the registers that must be written
    (a source's time may move where no mark does), `removed` counts marks that no row named.
    """

    after: HeldRegisters
    outcome: Bytes
    changed: Flags
    touched: Flags
    removed: int
    held: int
    lost: int


def apply_push(
    held: HeldRegisters,
    rows: PushedRows,
    *,
    whole: bool,
    at: int | None = None,
    spared: Flags | None = None,
) -> Applied:
    """Lay the rows over the registers held.

    A row whose time is older than the held mark's is stale. Of two rows for one mark, the second is unchanged if it
    agrees; else the newer time wins and the older is stale; where a time is lacking or equal, both are contradicted.
    With `whole`, marks that no row names are removed, unless they are `spared` (a row that was rejected names them) or
    the source touched them after `at`, the push's own time.
    """
    place = _cells(rows, held.marks.shape[1])
    effective, outcome = _settle_duplicates(rows, place, held.marks.size)
    code, before = rows.code, held.marks.reshape(-1)[place]
    if effective.all() and _says_what_is_held(held, rows, before, whole=whole):
        changed, touched = np.zeros(held.marks.shape, np.bool_), np.zeros(len(held.marks), np.bool_)
        return Applied(held, outcome, changed, touched, 0, int(np.count_nonzero(held.marks)), 0)
    after = HeldRegisters(held.marks.copy())
    stale = _stale(held, rows, place)
    same_minutes = _minutes_agree(held, rows, place)
    fresh = effective & ~stale
    outcome[effective & stale] = STALE
    had, has = fresh & (before != NO_MARK), fresh & (code != NO_MARK)
    created, deleted, kept = has & ~had, had & ~has, had & has
    updated = kept & ((before != code) | ~same_minutes)
    outcome[created], outcome[deleted], outcome[updated] = CREATED, DELETED, UPDATED
    moves = created | deleted | updated
    after.marks.reshape(-1)[place[moves]] = code[moves]
    after.minutes = _minutes_after(held, rows, place, moves)
    after.times = _times_after(held, rows, place, moves, has)
    removed = _remove_unnamed(held, after, place, at, spared) if whole else 0
    changed = after.marks != held.marks
    if after.minutes is not None:
        changed |= after.minutes != _or_full(held.minutes, held.marks.shape, NO_MINUTES)
    touched = changed.any(axis=1)
    if after.times is not None:
        touched |= (after.times != _or_full(held.times, held.marks.shape, NO_TIME)).any(axis=1)
    return Applied(
        after=after,
        outcome=outcome,
        changed=changed,
        touched=touched,
        removed=removed,
        held=int(np.count_nonzero(held.marks)),
        lost=removed + int(np.count_nonzero(outcome == DELETED)),
    )


def contradictions(rows: PushedRows) -> Flags:
    """Which rows name one mark and disagree, so that none of them is taken, whatever is held."""
    height, width = (int(numbers.max(initial=-1)) + 1 for numbers in (rows.register, rows.place))
    _, outcome = _settle_duplicates(rows, _cells(rows, width), height * width)
    return np.asarray(outcome == CONTRADICTED)


def join_places(held: HeldRegisters, *, survivor: int, merged: int) -> tuple[Applied, Flags]:
    """The marks of one place moved to another, because both are one pupil's; times and minutes move along.

    The second value tells the registers in which both have a mark and they disagree: then nothing may be kept.
    """
    after = HeldRegisters(held.marks.copy(), _copied(held.times), _copied(held.minutes))
    own, other = held.marks[:, survivor], held.marks[:, merged]
    contradict = (own != NO_MARK) & (other != NO_MARK) & (own != other)
    moving = other != NO_MARK
    for values, nothing in ((after.marks, NO_MARK), (after.times, NO_TIME), (after.minutes, NO_MINUTES)):
        if values is not None:
            # Where both have the same mark, the one may tell of it what the other doesn't.
            told = moving & (values[:, merged] != nothing)
            values[told, survivor] = values[told, merged]
            values[moving, merged] = nothing
    changed = after.marks != held.marks
    outcome: Bytes = np.empty(0, np.uint8)
    return Applied(after, outcome, changed, changed.any(axis=1), 0, 0, 0), np.asarray(contradict)


def marks_at(marks: bytes, undone: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A register as it was, a byte a place; `undone`: places and old marks of the pushes since, the newest first."""
    changes = [(np.frombuffer(places, "<u4"), np.frombuffer(old, np.uint8)) for places, old in undone]
    # A register is kept without the empty places at its end; a mark that was taken away may have stood there.
    width = max([len(marks), *(int(places.max()) + 1 for places, _ in changes if places.size)])
    row = np.frombuffer(marks.ljust(width, b"\0"), np.uint8).copy()
    for places, old in changes:
        row[places] = old
    return row.tobytes().rstrip(b"\0")


def encode_times(row: Times, marks: Bytes) -> tuple[int | None, bytes | None]:
    """The time that serves for most marks of a register, and the places where it doesn't, with theirs."""
    marked = marks != NO_MARK
    told = row[marked]
    if told.size == 0:
        usual: int | None = None
    elif (told == told[0]).all():
        usual = None if told[0] == NO_TIME else int(told[0])
    else:
        values, counts = np.unique(told, return_counts=True)
        most = int(values[counts.argmax()])
        usual = None if most == NO_TIME else most
    expected = np.where(marked, NO_TIME if usual is None else usual, NO_TIME)
    return usual, _encode_sparse(np.flatnonzero(row != expected), row, "<i8")


def decode_times(usual: int | None, exceptions: bytes | None, marks: Bytes) -> Times:
    """The time of every place of a register."""
    row: Times = np.where(marks != NO_MARK, NO_TIME if usual is None else usual, NO_TIME)
    _decode_sparse(exceptions, row, "<i8")
    return row


def encode_minutes(row: Minutes) -> bytes | None:
    """The minutes late of a register, only where there are any."""
    return _encode_sparse(np.flatnonzero(row != NO_MINUTES), row, "<u2")


def decode_minutes(kept: bytes | None, width: int) -> Minutes:
    """The minutes late of every place of a register."""
    row: Minutes = np.full(width, NO_MINUTES, np.int32)
    _decode_sparse(kept, row, "<u2")
    return row


def _encode_sparse(places: npt.NDArray[np.intp], row: npt.NDArray[Any], kind: str) -> bytes | None:
    if places.size == 0:
        return None
    return places.astype("<u4").tobytes() + row[places].astype(kind).tobytes()


def _decode_sparse(kept: bytes | None, row: npt.NDArray[Any], kind: str) -> None:
    if kept:
        count = len(kept) // (4 + np.dtype(kind).itemsize)
        places = np.frombuffer(kept, "<u4", count)
        within = places < row.size
        row[places[within]] = np.frombuffer(kept, kind, count, 4 * count)[within]


def _cells(rows: PushedRows, width: int) -> Times:
    """The mark that each row speaks of, by its number when all registers are read one after the other."""
    return rows.register.astype(np.int64) * width + rows.place


def _says_what_is_held(held: HeldRegisters, rows: PushedRows, before: Bytes, *, whole: bool) -> bool:
    """Whether rows of one mark each say no more than what is held: the same pushed again, as many systems do."""
    if rows.time is not None or rows.minutes is not None or (before != rows.code).any():
        return False
    return not whole or np.count_nonzero(before) == np.count_nonzero(held.marks)


def _settle_duplicates(rows: PushedRows, place: Times, places: int) -> tuple[Flags, Bytes]:
    """Which rows speak for their mark, and the outcome of those that don't (unchanged, stale or contradicted)."""
    size = rows.place.size
    outcome: Bytes = np.full(size, UNCHANGED, np.uint8)
    effective: Flags = np.ones(size, np.bool_)
    if size == 0:
        return effective, outcome
    if _each_once(place, places):
        return effective, outcome
    several = np.flatnonzero(_repeated(place))
    time = np.full(several.size, NO_TIME) if rows.time is None else rows.time[several]
    # By mark, the newest first (`~` turns the order round without an overflow), of those as new the first that came.
    in_order = np.lexsort((several, ~time, place[several]))
    several, time = several[in_order], time[in_order]
    first = np.r_[True, place[several][1:] != place[several][:-1]]
    of_group = np.cumsum(first) - 1
    winner, newest = several[first][of_group], time[first][of_group]
    otherwise = ~_agree(rows, several, winner)

    def in_any(flags: Flags) -> Flags:
        return np.asarray(np.bincount(of_group, flags)[of_group] > 0)

    contradicted = in_any(otherwise & (time == newest)) | (in_any(otherwise) & in_any(time == NO_TIME))
    effective[several] = (several == winner) & ~contradicted
    outcome[several[otherwise]] = STALE
    outcome[several[contradicted]] = CONTRADICTED
    return effective, outcome


def _each_once(place: Times, places: int) -> bool:
    """Whether no place is named twice: most pushes, which then take a byte a place and no sorting."""
    if places > MOST_PLACES_LOOKED_AT:
        return not _repeated(place).any()
    named = np.zeros(places, np.bool_)
    named[place] = True
    return int(np.count_nonzero(named)) == place.size


def _repeated(place: Times) -> Flags:
    _, inverse, counts = np.unique(place, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse] > 1)


def _agree(rows: PushedRows, one: Rows, other: Rows) -> Flags:
    same = rows.code[one] == rows.code[other]
    if rows.minutes is not None:
        # Minutes beside no mark speak of nothing.
        same &= (rows.code[one] == NO_MARK) | (rows.minutes[one] == rows.minutes[other])
    return np.asarray(same)


def _stale(held: HeldRegisters, rows: PushedRows, place: Times) -> Flags:
    if held.times is None or rows.time is None:
        return np.zeros(place.size, np.bool_)
    return np.asarray((rows.time != NO_TIME) & (rows.time < held.times.reshape(-1)[place]))


def _minutes_agree(held: HeldRegisters, rows: PushedRows, place: Times) -> Flags:
    """Whether a row leaves the minutes of its mark as they are; a row that gives none doesn't speak of them."""
    if rows.minutes is None:
        return np.ones(place.size, np.bool_)
    kept = NO_MINUTES if held.minutes is None else held.minutes.reshape(-1)[place]
    return np.asarray((rows.minutes == NO_MINUTES) | (rows.minutes == kept))


def _minutes_after(held: HeldRegisters, rows: PushedRows, place: Times, moves: Flags) -> Minutes | None:
    if held.minutes is None and rows.minutes is None:
        return None
    after = _or_full(held.minutes, held.marks.shape, NO_MINUTES).copy()
    flat = after.reshape(-1)
    # Another code than before means that the minutes given with the old one no longer speak of anything.
    flat[place[moves & (rows.code != held.marks.reshape(-1)[place])]] = NO_MINUTES
    if rows.minutes is not None:
        given = moves & (rows.minutes != NO_MINUTES) & (rows.code != NO_MARK)
        flat[place[given]] = rows.minutes[given]
    return after


def _times_after(
    held: HeldRegisters, rows: PushedRows, place: Times, moves: Flags, fresh: Flags
) -> Times | None:
    """A mark that moves takes its row's time, or loses its own; one that is confirmed keeps the newer of the two."""
    if held.times is None and rows.time is None:
        return None
    after = _or_full(held.times, held.marks.shape, NO_TIME).copy()
    flat = after.reshape(-1)
    flat[place[moves]] = NO_TIME if rows.time is None else rows.time[moves]
    if rows.time is not None:
        confirmed = fresh & ~moves & (rows.time != NO_TIME)
        flat[place[confirmed]] = rows.time[confirmed]
    return after


def _remove_unnamed(
    held: HeldRegisters, after: HeldRegisters, place: Times, at: int | None, spared: Flags | None
) -> int:
    named = np.zeros(held.marks.size, np.bool_) if spared is None else spared.reshape(-1).copy()
    named[place] = True
    unnamed = (held.marks != NO_MARK) & ~named.reshape(held.marks.shape)
    if at is not None and held.times is not None:
        unnamed &= held.times <= at
    after.marks[unnamed] = NO_MARK
    if after.minutes is not None:
        after.minutes[unnamed] = NO_MINUTES
    if after.times is None and at is not None and unnamed.any():
        after.times = np.full(held.marks.shape, NO_TIME)  # a register of no rows brings no times but its own
    if after.times is not None:
        after.times[unnamed] = NO_TIME if at is None else at
    return int(np.count_nonzero(unnamed))


def _copied(values: npt.NDArray[Any] | None) -> Any:
    return None if values is None else values.copy()


def _or_full(kept: npt.NDArray[Any] | None, shape: tuple[int, ...], nothing: int) -> npt.NDArray[Any]:
    if kept is not None:
        return kept
    return np.full(shape, nothing, np.int64 if nothing == NO_TIME else np.int32)
