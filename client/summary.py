"""What became of a push, for a person, for a program, and for whoever mends the rows that were rejected."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from client.push import Outcome, Reject

SHOWN = 20
SHOWN_AS_JSON = 1_000
"""So many rejected rows are shown to a person, and to a program; all go into a file that is asked for."""

_ALWAYS = ("received", "created", "updated", "unchanged", "rejected")
_SOMETIMES = ("stale", "deleted", "removed", "unlisted", "off_roll")
_MEANING = {
    "received": "rows or marks in the file",
    "created": "marks that are new",
    "updated": "marks that are another now",
    "unchanged": "held already",
    "stale": "older than what is held",
    "deleted": "marks taken away",
    "removed": "of these, named by no row",
    "rejected": "not taken",
    "unlisted": "pupils nobody had heard of",
    "off_roll": "kept, not counted: the pupil isn't on roll that day",
}


def in_words(outcome: Outcome, rejects: list[Reject], *, dry_run: bool = False) -> str:
    """The summary that a person reads."""
    shown = _ALWAYS[:-1] + tuple(name for name in _SOMETIMES if outcome.count(name)) + _ALWAYS[-1:]
    lines = [_heading(outcome, dry_run)]
    if outcome.answered:
        lines += [f"  {name:<10} {outcome.count(name):>9,}  {_MEANING[name]}" for name in shown]
    lines += [f"  warning: {text}" for text in _gathered(outcome, "warnings")]
    if dropped := _gathered(outcome, "dropped_columns"):
        lines.append(f"  not read: {', '.join(dropped)}")
    if rejects:
        lines += ["Rejected:", *_table(rejects)]
        if (more := outcome.faults - len(rejects)) > 0:
            lines.append(f"  and {more:,} more; --errors-to FILE writes them all")
    if not dry_run:
        lines += [f"Receipt: {receipt['import_id']}" for _, receipt in outcome.answered]
    return "\n".join(lines)


def as_json(outcome: Outcome, rejects: list[Reject]) -> str:
    """The same for a program: one object on one line."""
    counts = {name: outcome.count(name) for name in _MEANING}
    told: dict[str, Any] = {
        "file": str(outcome.path),
        "exit_code": outcome.code,
        "parts": len(outcome.parts),
        "parts_arrived": len(outcome.answered),
        **counts,
        "warnings": _gathered(outcome, "warnings"),
        "dropped_columns": _gathered(outcome, "dropped_columns"),
        "imports": [receipt["import_id"] for _, receipt in outcome.answered],
        "errors": [vars(reject) for reject in rejects],
        "stopped_by": outcome.error.detail if outcome.error else None,
    }
    return json.dumps(told)  # in ASCII: the name of a file, and a log, may be in any encoding


def write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    """All rejected rows as CSV; with a header alone where there are none. Raises `OSError`."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "row", "pupil", "code", "detail"])
        writer.writerows(
            [reject.line, reject.row, reject.pupil, reject.code, reject.detail] for reject in rejects
        )


def _heading(outcome: Outcome, dry_run: bool) -> str:
    name, of, arrived = outcome.path.name, len(outcome.parts), len(outcome.answered)
    if dry_run:
        return f"{name}: tried, nothing was kept"
    if arrived == of > 0:
        return f"{name}: arrived" if of == 1 else f"{name}: arrived, in {of} parts"
    return f"{name}: {arrived} of {of} parts arrived" if arrived else f"{name}: nothing arrived"


def _gathered(outcome: Outcome, name: str) -> list[str]:
    """What the receipts say under that name, each once."""
    return list(dict.fromkeys(str(text) for _, receipt in outcome.answered for text in receipt.get(name, [])))


def _table(rejects: list[Reject]) -> list[str]:
    rows = [("where", "pupil", "code", "why")]
    rows += [(_where(reject), reject.pupil, reject.code, reject.detail) for reject in rejects]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return ["  " + "  ".join([*map(str.ljust, row, widths), row[3]]) for row in rows]


def _where(reject: Reject) -> str:
    if reject.line is not None:
        return f"line {reject.line}"
    return "" if reject.row is None else f"row {reject.row}"
