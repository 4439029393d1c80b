"""How vacancies fare: how long they take, how many are filled, what they draw and cost. Ours, not the census's.

A vacancy belongs to the window in which it ended or, for what is asked of all of them, to the one in which it opened:
so each is counted once, and the figures of two years add up to those of both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.workforce.figures import Measure, Window, count, quotient, total, unanswered
from domain.workforce.question import Asked
from domain.workforce.records import FILLED, Count, Vacancy

NONE_WITH_SUBJECT = "no vacancy of a subject has ended in the window"


@dataclass(frozen=True)
class NeverFilled:
    """A subject with vacancies that ended in the window, none of which was filled."""

    subject: str
    vacancies: int
    adverts: int
    days_open: int
    """From the first opening to the last end."""


def time_to_fill_days(asked: Asked) -> Measure:
    """The mean of days from opening to acceptance."""
    filled = asked.filled
    days = [(day - vacancy.opened_on).days for vacancy in filled if (day := filled_on(vacancy)) is not None]
    return quotient(
        "time_to_fill_days",
        sum(days),
        len(days),
        asked.window,
        note=_left_out("vacancies without a day of acceptance, offer or start", len(filled) - len(days)),
    )


def fill_rate(asked: Asked) -> Measure:
    """Filled over ended."""
    return quotient("fill_rate", len(asked.filled), len(asked.ended), asked.window)


def fill_rate_at_first_advert(asked: Asked) -> Measure:
    """Filled after one advert, over those that were advertised and ended."""
    advertised = [vacancy for vacancy in asked.ended if vacancy.adverts]
    at_first = [vacancy for vacancy in advertised if vacancy.outcome == FILLED and len(vacancy.adverts) == 1]
    return quotient("fill_rate_at_first_advert", len(at_first), len(advertised), asked.window)


def applications_per_vacancy(asked: Asked) -> Measure:
    """Applications over all vacancies that opened."""
    opened = _opened(asked)
    known = [number for vacancy in opened if (number := applications_of(vacancy)) is not None]
    return quotient(
        "applications_per_vacancy",
        total(known),
        len(known),
        asked.window,
        note=_left_out("vacancies whose applications aren't known", len(opened) - len(known)),
    )


def applications_per_advert(asked: Asked) -> Measure:
    """Applications over adverts."""
    adverts = [advert for vacancy in asked.vacancies for advert in vacancy.adverts if asked.within(advert.on)]
    known = [advert.applications for advert in adverts if advert.applications is not None]
    return quotient(
        "applications_per_advert",
        total(known),
        len(known),
        asked.window,
        note=_left_out("adverts whose applications aren't known", len(adverts) - len(known)),
    )


def cost_per_appointment(asked: Asked) -> Measure:
    """The cost of vacancies filled over their number, where it is known."""
    filled = asked.filled
    costs = [vacancy.cost for vacancy in filled if vacancy.cost is not None]
    spent = total(vacancy.cost or 0 for vacancy in asked.ended if vacancy.outcome != FILLED and vacancy.cost)
    notes = [
        _left_out("vacancies filled whose cost isn't known", len(filled) - len(costs)),
        f"Beside it £{spent} went into vacancies that ended without an appointment." if spent else None,
    ]
    note = " ".join(text for text in notes if text) or None
    return quotient("cost_per_appointment", total(costs), len(costs), asked.window, note=note)


def live_vacancies(asked: Asked) -> Measure:
    """How many are open at the end of the last day."""
    return count("live_vacancies", len(_live(asked)), _last_day(asked), note=_none_recorded(asked))


def live_vacancies_fte(asked: Asked) -> Measure:
    """The FTE of those open at the end of the last day."""
    open_posts = total(vacancy.fte for vacancy in _live(asked))
    return count("live_vacancies_fte", open_posts, _last_day(asked), note=_none_recorded(asked))


def live_appointed_not_started(asked: Asked) -> Measure:
    """How many are filled by the end of the last day and begin later."""
    waiting = [
        vacancy
        for vacancy in asked.vacancies
        if vacancy.outcome == FILLED
        and _ended_by(vacancy, asked.last)
        and vacancy.start_on is not None
        and vacancy.start_on > asked.last
    ]
    note = _none_recorded(asked)
    return count("live_appointed_not_started", len(waiting), _last_day(asked), note=note)


def subjects_never_filled(asked: Asked) -> list[NeverFilled]:
    """The subjects with vacancies that ended in the window and none that was filled in it, by name."""
    by_subject: dict[str, list[Vacancy]] = {}
    for vacancy in asked.ended:
        if vacancy.subject is not None and vacancy.subject.strip():
            by_subject.setdefault(vacancy.subject.strip().casefold(), []).append(vacancy)
    return [
        NeverFilled(
            subject=(vacancies[0].subject or "").strip(),
            vacancies=len(vacancies),
            adverts=sum(len(vacancy.adverts) for vacancy in vacancies),
            days_open=_days_open(vacancies),
        )
        for _, vacancies in sorted(by_subject.items())
        if all(vacancy.outcome != FILLED for vacancy in vacancies)
    ]


def number_of_subjects_never_filled(asked: Asked) -> Measure:
    """How many subjects had vacancies that ended, and none filled."""
    if not any((vacancy.subject or "").strip() for vacancy in asked.ended):
        return unanswered("subjects_never_filled", NONE_WITH_SUBJECT, asked.window)
    never = [subject.subject for subject in subjects_never_filled(asked)]
    return count("subjects_never_filled", len(never), asked.window, note=", ".join(never) or None)


def filled_on(vacancy: Vacancy) -> date | None:
    """The day on which somebody was found: of acceptance, else of the offer, else of the start; None if untold."""
    return vacancy.accepted_on or vacancy.offered_on or vacancy.start_on


def applications_of(vacancy: Vacancy) -> Count | None:
    """The applications of all its adverts; 0 where it was never advertised and met no candidate, None if unknown."""
    if vacancy.adverts:
        return vacancy.applications
    met = vacancy.shortlisted or vacancy.interviewed or vacancy.declined or filled_on(vacancy)
    return None if met or vacancy.outcome == FILLED else 0


def _opened(asked: Asked) -> list[Vacancy]:
    return [vacancy for vacancy in asked.vacancies if asked.within(vacancy.opened_on)]


def _live(asked: Asked) -> list[Vacancy]:
    return [
        vacancy
        for vacancy in asked.vacancies
        if vacancy.opened_on <= asked.last and not _ended_by(vacancy, asked.last)
    ]


def _ended_by(vacancy: Vacancy, day: date) -> bool:
    return vacancy.ended_on is not None and vacancy.ended_on <= day


def _last_day(asked: Asked) -> Window:
    return Window(asked.last, asked.last)


def _days_open(vacancies: Iterable[Vacancy]) -> int:
    listed = list(vacancies)
    first = min(vacancy.opened_on for vacancy in listed)
    return max(((vacancy.ended_on or first) - first).days for vacancy in listed)


def _left_out(what: str, number: int) -> str | None:
    return f"Left out are {what}: {number}." if number else None


def _none_recorded(asked: Asked) -> str | None:
    return None if asked.records.vacancies else "No vacancy was ever recorded."
