"""The year's cycle of recruitment as an iCalendar file."""

from datetime import datetime

from domain.workforce.calendar import WorkforceCalendar
from render.ics import IcsDay, ics_of_days

CATEGORIES = {
    "census_day": "Census",
    "resignation_date": "Resignation date",
    "advert_closes": "Advert",
}


def render_workforce_calendar(
    calendar: WorkforceCalendar, *, urn: str, school_name: str, stamp: datetime
) -> bytes:
    """The entries as whole days. Their ids are the school's own, so that two schools' calendars can be read at once."""
    days = (
        IcsDay(
            uid=f"{entry.id}@{urn}.headway",
            on=entry.on,
            title=f"{entry.title} (expected)" if entry.inferred else entry.title,
            detail=" ".join(filter(None, [entry.detail, entry.source and f"Source: {entry.source}."])),
            category=CATEGORIES[entry.kind],
        )
        for entry in calendar.entries
    )
    return ics_of_days(f"{school_name}: recruitment", days, stamp=stamp)
