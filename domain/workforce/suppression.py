"""Withholds what figures of few members of staff would give away to a reader who may not write them.

Told of people are who left, stayed or was sick, and who has no qualified status; those figures are withheld where they
count 1 to 4, or leave out 1 to 4 of those counted, and with them every other of the same answer that would give them
back by one subtraction. Vacancies, adverts and candidates are no members of staff, and FTEs of all teachers together
tell of nobody. Each answer is looked at by itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from domain.workforce.breakdowns import Name, names_withheld
from domain.workforce.figures import Measure, less, total
from domain.workforce.records import Amount
from domain.workforce.risk import BY_ROLE_AND_SUBJECT, By, ExpectedLeavers, RetentionRisk
from domain.workforce.turnover import DestinationShare

LEAST = 5
"""The smallest count of staff that may be shown to those who may not write it."""

SICKNESS = ("sickness_share", "sickness_days_of_those_absent", "sickness_days_of_all")
EARLY = ("early_leaver_rate_1_year", "early_leaver_rate", "early_leaver_rate_3_years")
OF_PEOPLE = (
    "turnover_rate",
    "retention_rate",
    "leaver_rate",
    "turnover_so_far",
    "unqualified_share",
    *SICKNESS,
    *EARLY,
)

OF_LEAVING = ("turnover_rate", "retention_rate", "leaver_rate", "turnover_so_far")

JUDGED_BESIDE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(SICKNESS, SICKNESS),
    **dict.fromkeys(EARLY, EARLY),
    "leaver_rate": ("turnover_rate",),
    "pupil_qualified_teacher_ratio": ("unqualified_share",),
}
"""Which others decide whether a measure is withheld, for who shows one alone."""

WAYS: tuple[By, ...] = (("role",), ("subject",), BY_ROLE_AND_SUBJECT)
"""By what leavers are broken down, in the order in which the names to withhold are told."""


def withhold_measures(measures: Sequence[Measure], least: int = LEAST) -> list[Measure]:
    """The measures of one answer, those withheld without figures and with the reason; with `least` 0 all as they are.

    A measure that isn't in the answer can't be used to find another, so a single one may be shown that isn't beside
    its kin: hand in all that the reader is shown.
    """
    if not least:
        return list(measures)
    withheld = _withheld({measure.measure: measure for measure in measures}, least)
    return [
        _without_figures(measure, least) if measure.measure in withheld else _without_small_note(measure)
        for measure in measures
    ]


def withhold_destinations(
    shares: Sequence[DestinationShare],
    least: int = LEAST,
    *,
    beside: Sequence[Measure] = (),
    everything: bool = False,
) -> list[DestinationShare]:
    """Where leavers went: all or nothing, as they add up to all who left; nothing at all with `everything`.

    `beside` are the measures of the same answer, as they are: of other days, so that all who left less their leavers
    are those who left on the days between, and a withheld measure would come out.
    """
    ftes = [share.fte for share in shares if share.fte is not None]
    few = everything or any(tells(fte, total(ftes), least) for fte in ftes)
    if not least or not (few or _come_out_beside(total(ftes), beside, least)):
        return list(shares)
    return [
        DestinationShare(share.destination, None, None, None, null_because=_why(least), suppressed=True)
        for share in shares
    ]


def withhold_risk(
    risk: RetentionRisk,
    least: int = LEAST,
    *,
    by: By = BY_ROLE_AND_SUBJECT,
    crossed: Sequence[ExpectedLeavers] | None = None,
) -> RetentionRisk:
    """Expected leavers, without the rows of few and without the years' counts where one of them is small.

    `by` is what the rows are by, `crossed` the rows by role and subject where these aren't: what is asked for by the
    one mustn't tell what is withheld by the other.
    """
    if not least:
        return risk
    everyone = risk.everyone.leavers or 0
    small_year = any(0 < year.leavers < least for year in risk.years)
    hidden = 0 < everyone < least
    cells = {_name(row, BY_ROLE_AND_SUBJECT): row.leavers or 0 for row in (crossed or risk.rows)}
    few = names_withheld(cells, least)[WAYS.index(by)]
    return replace(
        risk,
        years=[] if small_year or hidden else risk.years,
        everyone=_row_without_figures(risk.everyone, least) if hidden else risk.everyone,
        rows=[
            _row_without_figures(row, least) if hidden or _name(row, by) in few else row for row in risk.rows
        ],
    )


def tells(part: Amount, whole: Amount, least: int = LEAST) -> bool:
    """Whether a count, or what it leaves of its whole, is over 0 and under the least that may be shown."""
    return 0 < part < least or 0 < less(whole, part) < least


def _withheld(told: dict[str, Measure], least: int) -> set[str]:
    withheld = {
        id
        for id in OF_PEOPLE
        if (found := told.get(id)) and id not in SICKNESS and _counts_tell(found, least)
    }
    if _sickness_tells(told, least):
        withheld |= set(SICKNESS)
    if "unqualified_share" in withheld:
        # The ratios' denominators are all teachers and the qualified: less one another, they are the unqualified.
        withheld.add("pupil_qualified_teacher_ratio")
    if _leavers_tell(told, least):
        withheld.add("leaver_rate")
    if _early_tell(told, least):
        withheld |= set(EARLY)
    return withheld


def _come_out_beside(everyone: Amount, beside: Sequence[Measure], least: int) -> bool:
    """Whether all who left, beside the leavers of other days, tell of few or of a measure that is withheld."""
    told = {measure.measure: measure for measure in beside}
    withheld = _withheld(told, least)
    counts = {id: told[id].numerator or 0 for id in OF_LEAVING if id in told}
    if not everyone or any(count and id in withheld for id, count in counts.items()):
        return bool(everyone)
    of_whom = [counts.get("turnover_rate", 0), counts.get("turnover_so_far", 0)]
    return any(count and _between(count, everyone, least) for count in (*of_whom, total(of_whom)))


def _counts_tell(measure: Measure, least: int) -> bool:
    return (
        measure.numerator is not None
        and measure.denominator is not None
        and tells(measure.numerator, measure.denominator, least)
    ) or (measure.denominator is None and measure.numerator is not None and 0 < measure.numerator < least)


def _sickness_tells(told: dict[str, Measure], least: int) -> bool:
    share, of_absent = told.get("sickness_share"), told.get("sickness_days_of_those_absent")
    absent = share.numerator if share else of_absent.denominator if of_absent else None
    if absent is None:
        return False
    all_of_them = share.denominator if share else None
    return 0 < absent < least or (all_of_them is not None and tells(absent, all_of_them, least))


def _leavers_tell(told: dict[str, Measure], least: int) -> bool:
    """Whether those who moved school, or the unqualified at the base, come out beside turnover."""
    left, turnover = told.get("leaver_rate"), told.get("turnover_rate")
    if left is None or turnover is None:
        return False
    return _between(left.numerator, turnover.numerator, least) or _between(
        left.denominator, turnover.denominator, least
    )


def _early_tell(told: dict[str, Measure], least: int) -> bool:
    """Whether those between one and two years in post, or two and three, are few."""
    early = [told[id].numerator for id in EARLY if id in told]
    return any(_counts_tell(told[id], least) for id in EARLY if id in told) or any(
        _between(fewer, more, least) for fewer, more in pairwise(early)
    )


def _between(part: Amount | None, whole: Amount | None, least: int) -> bool:
    if part is None or whole is None:
        return False
    return 0 < less(whole, part) < least or 0 < less(part, whole) < least


def _without_figures(measure: Measure, least: int) -> Measure:
    return replace(
        measure,
        value=None,
        numerator=None,
        denominator=None,
        null_because=_why(least),
        note=None,
        suppressed=True,
    )


def _without_small_note(measure: Measure) -> Measure:
    """The measure without what its note counts of people, such as leavers whose destination isn't known."""
    if measure.measure not in OF_PEOPLE or not any(sign.isdigit() for sign in measure.note or ""):
        return measure
    return replace(measure, note=None)


def _name(row: ExpectedLeavers, by: By) -> Name:
    """The role and the subject of a row as they are compared, each where the rows are by it."""
    role, subject = (row.role or "") * ("role" in by), (row.subject or "") * ("subject" in by)
    return role.casefold(), subject.casefold()


def _row_without_figures(row: ExpectedLeavers, least: int) -> ExpectedLeavers:
    return ExpectedLeavers(
        row.role, row.subject, None, None, None, None, None, null_because=_why(least), suppressed=True
    )


def _why(least: int) -> str:
    return f"withheld: fewer than {least} members of staff are counted, left out, or would come out beside it"
