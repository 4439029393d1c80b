"""A progress report as CSV: one row for each action, and one for a challenge that has none.

Everything about the challenge is repeated in each of its rows, so that a row can be read alone. Columns:

* `school`: URN of the school whose challenge it is
* `challenge_id`, `challenge_kind` (with the school's own label in place of `other`), `challenge`, `context`,
  `challenge_status`, `lead`, `areas`, `cohorts`, `challenge_health`, `challenge_health_reason`
* `indicators`: each as `title: baseline → latest → target unit`, a question mark where a figure is missing
* `evidence`, `latest_evidence_on`, `reviews`, `latest_review_on`: how many in the time of the report, and the last day
* `questions_answered`, `questions`, `gaps`: clarity, and what is missing in sentences
* `action_id`, `action`, `intent`, `owner`, `start_on`, `due_on`, `status`, `progress` (whole per cent), `health`,
  `health_reason`, `milestones_done`, `milestones`, `criteria_met`, `criteria`
* `latest_update_on`, `latest_update`, `next_step`

Several values in one cell are parted by "; ", days are ISO, and what nobody has said is an empty cell.

Form: RFC 4180, comma, CRLF, UTF-8 without a byte-order mark. Scripts read this format, and a mark would become part
of the first column's name in most of them; who opens a report in a spreadsheet is better served by xlsx.
"""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from render.json import exact_number

Row = tuple[dict[str, Any], dict[str, Any]]
"""A challenge and one of its actions; the action is empty where the challenge has none."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula: a text beginning with one is written after an apostrophe."""


def render_csv(report: dict[str, Any]) -> bytes:
    """The report of `domain.tracker.report.compose_report` as CSV in UTF-8."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for challenge in report["challenges"]:
        for action in challenge["actions"] or [{}]:
            writer.writerow([_cell(value((challenge, action))) for value in COLUMNS.values()])
    return sheet.getvalue().encode()


def _challenge(field: str) -> Callable[[Row], Any]:
    return lambda row: row[0][field]


def _action(field: str) -> Callable[[Row], Any]:
    return lambda row: row[1].get(field)


def _latest_update(field: str) -> Callable[[Row], Any]:
    return lambda row: (row[1].get("latest_update") or {}).get(field)


COLUMNS: dict[str, Callable[[Row], Any]] = {
    "school": _challenge("school"),
    "challenge_id": _challenge("id"),
    "challenge_kind": lambda row: row[0]["kind_label"] or row[0]["kind"],
    "challenge": _challenge("title"),
    "context": _challenge("context"),
    "challenge_status": _challenge("status"),
    "lead": lambda row: _name(row[0]["lead"]),
    "areas": lambda row: _joined(row[0]["areas"]),
    "cohorts": lambda row: _joined(row[0]["cohorts"]),
    "challenge_health": _challenge("health"),
    "challenge_health_reason": _challenge("health_reason"),
    "indicators": lambda row: _joined([_way(indicator) for indicator in row[0]["indicators"]]),
    "evidence": lambda row: len(row[0]["evidence"]),
    "latest_evidence_on": lambda row: _last_day(row[0]["evidence"], "captured_on"),
    "reviews": lambda row: len(row[0]["reviews"]),
    "latest_review_on": lambda row: _last_day(row[0]["reviews"], "held_on"),
    "questions_answered": lambda row: row[0]["clarity"]["answered"],
    "questions": lambda row: row[0]["clarity"]["of"],
    "gaps": lambda row: _joined([gap["sentence"] for gap in row[0]["gaps"]]),
    "action_id": _action("id"),
    "action": _action("title"),
    "intent": _action("intent"),
    "owner": lambda row: _name(row[1].get("owner")),
    "start_on": _action("start_on"),
    "due_on": _action("due_on"),
    "status": _action("status"),
    "progress": _action("progress"),
    "health": _action("health"),
    "health_reason": _action("health_reason"),
    "milestones_done": lambda row: _count(
        row, "milestones", lambda milestone: milestone["done_on"] is not None
    ),
    "milestones": lambda row: _count(row, "milestones", lambda milestone: True),
    "criteria_met": lambda row: _count(row, "success_criteria", lambda criterion: criterion["met"] == "met"),
    "criteria": lambda row: _count(row, "success_criteria", lambda criterion: True),
    "latest_update_on": _latest_update("on"),
    "latest_update": _latest_update("note"),
    "next_step": _latest_update("next_step"),
}
"""Each column's name, and where its value comes from."""


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return exact_number(value)
    if not isinstance(value, str):
        return str(value)
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def _name(person: dict[str, Any] | None) -> str | None:
    return None if person is None else person["name"]


def _joined(parts: list[str]) -> str:
    return "; ".join(parts)


def _way(indicator: dict[str, Any]) -> str:
    figures = (indicator["baseline"], indicator["latest"], indicator["target"])
    way = " → ".join("?" if figure is None else _cell(figure) for figure in figures)
    return f"{indicator['title']}: {way} {indicator['unit'] or ''}".rstrip()


def _last_day(things: list[dict[str, Any]], field: str) -> str | None:
    return max((thing[field] for thing in things if thing[field] is not None), default=None)


def _count(row: Row, parts: str, counts: Callable[[dict[str, Any]], bool]) -> int | None:
    return sum(map(counts, row[1][parts])) if row[1] else None
