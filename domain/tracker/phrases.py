"""Days and lengths of time as a person says them, for the reasons and gaps that the tracker gives."""

from datetime import date


def spoken_day(day: date) -> str:
    """`9 November 2026`."""
    return f"{day.day} {day:%B %Y}"


def spoken_days(days: int) -> str:
    """`1 day`, `12 days`."""
    return _counted(days, "day")


def spoken_age(days: int) -> str:
    """How long ago in the unit that fits: days up to two weeks, whole weeks from then on."""
    return spoken_days(days) if days < 14 else _counted(days // 7, "week")


def spoken_list(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
