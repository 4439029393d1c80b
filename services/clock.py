"""What time it is. Rules never ask; they are told."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


def school_day(at: datetime) -> date:
    """The date on the wall of a school in England at a time."""
    try:
        return at.astimezone(LONDON).date()
    except OverflowError:  # at the ends of the calendar London is on the other side of them
        return at.date()
