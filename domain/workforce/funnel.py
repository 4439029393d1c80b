"""From application to start: how many candidates come as far as each step, and how many of them go on.

It is of the vacancies that ended in the window, and counts candidates, who are no members of staff.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from domain.workforce.catalogue import NONE_ENDED
from domain.workforce.figures import Measure, quotient, rounded, total
from domain.workforce.question import Asked
from domain.workforce.records import FILLED, TEMPORARILY_FILLED, Count, Vacancy
from domain.workforce.vacancies import applications_of

NOT_TOLD = "no vacancy that ended in the window tells it"
NOTHING_BEFORE = "it is the first step"
NO_STEP_BEFORE = "no vacancy tells of both it and the step before"
NOBODY_BEFORE = "nobody came as far as the step before"


@dataclass(frozen=True)
class FunnelStep:
    """One step from application to start, over the vacancies that ended in the window.

    `number` counts candidates in those `vacancies` for which it is known, and is None where it is for none; in
    `unknown` ones it isn't. `share_of_step_before` is `numerator` over `denominator` in per cent: only vacancies in
    which this step and the one before are known. `null_because` says why there is no number, or else no share.
    """

    step: str
    number: Count | None
    vacancies: int
    unknown: int
    numerator: Count | None
    denominator: Count | None
    share_of_step_before: Decimal | None
    null_because: str | None = None


def recruitment_funnel(asked: Asked) -> list[FunnelStep]:
    """From application to start, in this order: applications, shortlisted, interviewed, offers, accepted, started."""
    over = asked.ended
    steps: list[FunnelStep] = []
    before: list[Count | None] | None = None
    for name, number_of in _STEPS.items():
        numbers = [number_of(vacancy, asked.last) for vacancy in over]
        steps.append(_step(name, numbers, before))
        before = numbers
    return steps


def application_to_start_rate(asked: Asked) -> Measure:
    """Those who started, over those who applied."""
    return _between("application_to_start_rate", "applications", "started", asked)


def offer_acceptance_rate(asked: Asked) -> Measure:
    """Offers accepted, over offers made."""
    return _between("offer_acceptance_rate", "offers", "accepted", asked)


def _step(name: str, numbers: Sequence[Count | None], before: Sequence[Count | None] | None) -> FunnelStep:
    known = [number for number in numbers if number is not None]
    both = _both(numbers, before or [None] * len(numbers))
    now, then = total(now for now, _ in both), total(then for _, then in both)
    share = rounded(100 * Fraction(now) / Fraction(then)) if then else None
    because = None
    if not known:
        because = NOT_TOLD if numbers else NONE_ENDED
    elif share is None:
        because = NOTHING_BEFORE if before is None else NOBODY_BEFORE if both else NO_STEP_BEFORE
    return FunnelStep(
        step=name,
        number=total(known) if known else None,
        vacancies=len(known),
        unknown=len(numbers) - len(known),
        numerator=now if both else None,
        denominator=then if both else None,
        share_of_step_before=share,
        null_because=because,
    )


def _between(id: str, first: str, last: str, asked: Asked) -> Measure:
    """Of those who came as far as one step, how many came as far as another, where both are known."""
    over = asked.ended
    came, went = ([_STEPS[step](vacancy, asked.last) for vacancy in over] for step in (first, last))
    both = _both(went, came)
    left_out = len(over) - len(both)
    note = f"Left out are vacancies of which one of them isn't known: {left_out}." if left_out else None
    return quotient(
        id, total(now for now, _ in both), total(then for _, then in both), asked.window, note=note
    )


def _both(now: Sequence[Count | None], then: Sequence[Count | None]) -> list[tuple[Count, Count]]:
    return [
        (one, other) for one, other in zip(now, then, strict=True) if one is not None and other is not None
    ]


def _offers(vacancy: Vacancy) -> Count:
    """Those declined, and one that was accepted or, where none was declined, is told by its day."""
    declined = vacancy.declined or 0
    return total([declined, int(_accepted(vacancy) or (vacancy.offered_on is not None and not declined))])


def _accepted(vacancy: Vacancy) -> bool:
    return vacancy.outcome == FILLED or vacancy.accepted_on is not None


def _started(vacancy: Vacancy, last: date) -> Count | None:
    if vacancy.outcome not in (FILLED, TEMPORARILY_FILLED):
        return 0
    return None if vacancy.start_on is None else int(vacancy.start_on <= last)


_STEPS: dict[str, Callable[[Vacancy, date], Count | None]] = {
    "applications": lambda vacancy, last: applications_of(vacancy),
    "shortlisted": lambda vacancy, last: vacancy.shortlisted,
    "interviewed": lambda vacancy, last: vacancy.interviewed,
    "offers": lambda vacancy, last: _offers(vacancy),
    "accepted": lambda vacancy, last: int(_accepted(vacancy)),
    "started": _started,
}
