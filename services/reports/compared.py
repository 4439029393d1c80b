"""A progress report beside what has changed in it since an earlier time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.errors import NotFound
from domain.tracker.report_changes import changes_of_report
from services.reports.progress import ReportQuestion
from services.tracker.lists import check_earlier

Report = dict[str, Any]


def compared(
    write: Callable[[ReportQuestion], Report], question: ReportQuestion, since: datetime | None
) -> Report:
    """The report that `write` gives, with `changes` where an earlier time is named to compare it with.

    Raises `Invalid` for a time that isn't earlier.
    """
    check_earlier(since, question.as_of)
    report = write(question)
    if since is None:
        return report
    before = _as_it_stood(write, replace(question, as_of=since))
    return report | {"changes": {"since": since} | changes_of_report(before, report)}


def _as_it_stood(write: Callable[[ReportQuestion], Report], question: ReportQuestion) -> Report:
    try:
        return write(question)
    except NotFound:
        return {"challenges": []}  # the challenge that it is about wasn't there yet: all of it is new
