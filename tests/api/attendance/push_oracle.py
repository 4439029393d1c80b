"""What a bulk push of marks comes to, worked out row by row in the plainest way from the contract's sentences."""

from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str, str]

CODES = {"/": ("AM",), "\\": ("PM",), "L": ("AM", "PM"), "I": ("AM", "PM"), "N": ("AM", "PM")}
"""The codes that generated pushes use, and their sessions; any other is unknown."""


@dataclass
class Held:
    """What a school holds: marks, the source's time of each (of one taken away too), and minutes late."""

    marks: dict[Key, str] = field(default_factory=dict)
    times: dict[Key, str | None] = field(default_factory=dict)
    minutes: dict[Key, int] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    left_on: dict[str, str] = field(default_factory=dict)
    """The last day on roll, of pupils who have one."""

    def register(self, date: str, session: str) -> dict[str, Any]:
        """The marks and minutes late of one session."""
        there = [key for key in self.marks if key[1:] == (date, session)]
        return {
            "marks": {key[0]: self.marks[key] for key in there},
            "minutes_late": {key[0]: self.minutes[key] for key in there if key in self.minutes},
        }


def push(held: Held, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Lays the rows over what is held, and counts what became of them."""
    counts = dict.fromkeys(
        ("created", "updated", "unchanged", "stale", "deleted", "rejected", "unlisted", "off_roll"), 0
    )
    standing = []
    for row in rows:
        code = "" if row.get("deleted") else (row.get("code") or "").strip().replace("-", "")
        if code and row["session"] not in CODES.get(code, ()):
            counts["rejected"] += 1
        else:
            standing.append(row | {"code": code})
    groups = {key: [row for row in standing if _key(row) == key] for key in map(_key, standing)}
    agreed = [row for group in groups.values() if _winner(group) is not None for row in group]
    newcomers = {row["pupil"] for row in agreed if row["code"]} - held.known
    counts["unlisted"] = len(newcomers)
    held.known |= newcomers
    for key, group in groups.items():
        _push_one(held, key, group, counts)
    return counts


def _push_one(held: Held, key: Key, rows: list[dict[str, Any]], counts: dict[str, int]) -> None:
    winner = _winner(rows)
    for row in rows:
        if winner is None:
            counts["rejected"] += 1
        elif row is winner:
            outcome = _lay(held, key, row)
            counts[outcome] += 1
            if row["code"] and outcome != "stale":
                counts["off_roll"] += _gone(held, key)
        elif _says(row) == _says(winner):
            counts["unchanged"] += 1
            if row["code"]:
                counts["off_roll"] += _gone(held, key)
        else:
            counts["stale"] += 1


def _winner(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    times = [row.get("source_updated_at") for row in rows]
    if all(_says(row) == _says(rows[0]) for row in rows):
        return max(rows, key=lambda row: row.get("source_updated_at") or "")
    if None in times:
        return None
    newest = [row for row in rows if row["source_updated_at"] == max(times)]
    return newest[0] if all(_says(row) == _says(newest[0]) for row in newest) else None


def _lay(held: Held, key: Key, row: dict[str, Any]) -> str:
    time, before = row.get("source_updated_at"), held.marks.get(key)
    if time is not None and (held.times.get(key) or "") > time:
        return "stale"
    if not row["code"]:
        if before is None:
            return "unchanged"
        del held.marks[key]
        held.minutes.pop(key, None)
        held.times[key] = time
        return "deleted"
    minutes = row.get("minutes_late")
    if before == row["code"] and minutes in (None, held.minutes.get(key)):
        held.times[key] = time or held.times.get(key)
        return "unchanged"
    if before != row["code"]:
        held.minutes.pop(key, None)
    if minutes is not None:
        held.minutes[key] = minutes
    held.marks[key] = row["code"]
    held.times[key] = time
    return "created" if before is None else "updated"


def _key(row: dict[str, Any]) -> Key:
    return row["pupil"], row["date"], row["session"]


def _says(row: dict[str, Any]) -> tuple[Any, Any]:
    return row["code"], row.get("minutes_late") if row["code"] else None


def _gone(held: Held, key: Key) -> int:
    return int(key[1] > held.left_on.get(key[0], "9999-12-31"))
