"""The workforce measures: what each divides by what, in what unit, which direction is better, and who says so.

Those of the census are defined as the Department for Education defines them and bear plain names. Ours have names of
their own, and what is counted on the day of asking begins with `live` or ends in `so_far`: it is never the census's.
"""

from dataclasses import dataclass
from typing import Literal

CENSUS = "Department for Education, School workforce in England"
VACANCIES_FILE = f"{CENSUS}, teacher vacancies (2025 release)"
TURNOVER_FILE = f"{CENSUS}, teacher turnover at school level"
LEAVERS_FILE = f"{CENSUS}, qualified teachers who left"
SICKNESS_FILE = f"{CENSUS}, teacher sickness absence"
RATIOS_FILE = f"{CENSUS}, pupil to teacher ratios (2025 release)"
OURS = "Headway; nothing is published that it may be put beside"

PERCENT, DAYS, TO_ONE, POUNDS, POSTS, FTE, APPLICATIONS, SUBJECTS = (
    "%",
    "days",
    "to 1",
    "£",
    "posts",
    "FTE",
    "applications",
    "subjects",
)

NO_TEACHERS = "there are no teachers to divide by"
NONE_ENDED = "no vacancy of the window has ended"
NONE_FILLED = "no vacancy was filled in the window"
NO_ABSENCE = "nobody was absent"
NO_LEAVERS = "nobody left in the window whose years in post are known"


@dataclass(frozen=True)
class Definition:
    """One workforce measure. `nothing` says why it is null where its denominator is 0; a plain count has none.

    `better` is the direction in which things get better: "up", "down", or None where neither is by itself.
    """

    id: str
    title: str
    numerator: str
    denominator: str | None
    unit: str
    better: Literal["up", "down"] | None
    definition: str
    source: str
    nothing: str = ""


def _early(id: str, title: str, years: str) -> Definition:
    return Definition(
        id=id,
        title=title,
        numerator=f"leavers after at most {years}, FTE",
        denominator="leavers whose years in post are known, FTE",
        unit=PERCENT,
        better="down",
        definition=f"FTE of those who left in the window after at most {years} in post, of the FTE of all who left "
        "in it and whose years in post are known.",
        source=OURS,
        nothing=NO_LEAVERS,
    )


_ALL = (
    Definition(
        id="vacancy_rate",
        title="Teacher vacancy rate",
        numerator="vacant posts",
        denominator="teachers, FTE",
        unit=PERCENT,
        better="down",
        definition="Posts vacant on the day of the snapshot, of the FTE of teachers in post. A post is vacant where "
        "nobody holds it, or somebody for less than a term; temporarily filled posts are others, and not among them.",
        source=VACANCIES_FILE,
        nothing=NO_TEACHERS,
    ),
    Definition(
        id="temporarily_filled_rate",
        title="Temporarily filled posts",
        numerator="temporarily filled posts",
        denominator="teachers, FTE",
        unit=PERCENT,
        better="down",
        definition="Posts held for at least a term and less than a year on the day of the snapshot, of the FTE of "
        "all teachers, qualified or not. Never to be added to the vacancy rate.",
        source=VACANCIES_FILE,
        nothing=NO_TEACHERS,
    ),
    Definition(
        id="turnover_rate",
        title="Teacher turnover",
        numerator="left or moved school, FTE",
        denominator="teachers at the base, FTE",
        unit=PERCENT,
        better="down",
        definition="FTE of the teachers at the base snapshot who are no longer at the school at the next, whether "
        "they left state-funded schools or moved to another, of all at the base; labelled with the base's year.",
        source=TURNOVER_FILE,
        nothing=NO_TEACHERS,
    ),
    Definition(
        id="retention_rate",
        title="Teacher retention",
        numerator="stayed, FTE",
        denominator="teachers at the base, FTE",
        unit=PERCENT,
        better="up",
        definition="FTE of the teachers at the base snapshot who are still at the school at the next, of all at the "
        "base; labelled with the base's year.",
        source=TURNOVER_FILE,
        nothing=NO_TEACHERS,
    ),
    Definition(
        id="leaver_rate",
        title="Teachers leaving state-funded schools",
        numerator="left state-funded schools, FTE",
        denominator="qualified teachers at the base, FTE",
        unit=PERCENT,
        better="down",
        definition="FTE of teachers who left state-funded schools between the base snapshot and the next, of the FTE "
        "of qualified teachers at the base. Who moved school, or whose destination isn't known, is not counted. "
        "Leavers aren't recorded by qualification, so all of them are taken as qualified.",
        source=LEAVERS_FILE,
        nothing="there are no qualified teachers to divide by",
    ),
    Definition(
        id="sickness_share",
        title="Teachers with sickness absence",
        numerator="teachers with sickness absence",
        denominator="teachers in the year",
        unit=PERCENT,
        better="down",
        definition="Teachers with at least one sickness absence in the academic year, of all who served in it.",
        source=SICKNESS_FILE,
        nothing=NO_TEACHERS,
    ),
    Definition(
        id="sickness_days_of_those_absent",
        title="Days of sickness of those absent",
        numerator="days lost to sickness",
        denominator="teachers with sickness absence",
        unit=DAYS,
        better="down",
        definition="Days lost to sickness in the academic year, for each teacher who took any.",
        source=SICKNESS_FILE,
        nothing=NO_ABSENCE,
    ),
    Definition(
        id="sickness_days_of_all",
        title="Days of sickness of all teachers",
        numerator="days lost to sickness",
        denominator="teachers in the year",
        unit=DAYS,
        better="down",
        definition="Days lost to sickness in the academic year, for each teacher who served in it, absent or not.",
        source=SICKNESS_FILE,
        nothing=NO_TEACHERS,
    ),
    Definition(
        id="pupil_teacher_ratio",
        title="Pupils to teachers",
        numerator="pupils, FTE",
        denominator="teachers, FTE",
        unit=TO_ONE,
        better=None,
        definition="FTE of pupils in the January school census to the FTE of all teachers in the November one.",
        source=RATIOS_FILE,
        nothing=NO_TEACHERS,
    ),
    Definition(
        id="pupil_qualified_teacher_ratio",
        title="Pupils to qualified teachers",
        numerator="pupils, FTE",
        denominator="qualified teachers, FTE",
        unit=TO_ONE,
        better=None,
        definition="FTE of pupils in the January school census to the FTE of teachers with qualified teacher status "
        "in the November one.",
        source=RATIOS_FILE,
        nothing="there are no qualified teachers to divide by",
    ),
    Definition(
        id="pupil_adult_ratio",
        title="Pupils to adults",
        numerator="pupils, FTE",
        denominator="teachers and teaching assistants, FTE",
        unit=TO_ONE,
        better=None,
        definition="FTE of pupils in the January school census to the FTE of teachers and classroom support in the "
        "November one; other staff aren't counted.",
        source=RATIOS_FILE,
        nothing="there are no teachers and no teaching assistants to divide by",
    ),
    Definition(
        id="unqualified_share",
        title="Teachers without qualified status",
        numerator="teachers without qualified teacher status, FTE",
        denominator="teachers, FTE",
        unit=PERCENT,
        better="down",
        definition="FTE of teachers without qualified teacher status, of the FTE of all teachers.",
        source=RATIOS_FILE,
        nothing=NO_TEACHERS,
    ),
    Definition(
        id="time_to_fill_days",
        title="Days to fill a vacancy",
        numerator="days from opening to acceptance",
        denominator="vacancies filled",
        unit=DAYS,
        better="down",
        definition="Mean of the days from a vacancy's opening to the day its post was accepted (else offered, else "
        "begun), of those filled in the window whose day is known.",
        source=OURS,
        nothing=NONE_FILLED,
    ),
    Definition(
        id="fill_rate",
        title="Vacancies filled",
        numerator="vacancies filled",
        denominator="vacancies that ended",
        unit=PERCENT,
        better="up",
        definition="Vacancies filled, of those that ended in the window in any way: filled, temporarily filled, "
        "withdrawn, failed.",
        source=OURS,
        nothing=NONE_ENDED,
    ),
    Definition(
        id="fill_rate_at_first_advert",
        title="Vacancies filled at the first advert",
        numerator="vacancies filled after one advert",
        denominator="advertised vacancies that ended",
        unit=PERCENT,
        better="up",
        definition="Vacancies filled with a single advert, of the advertised ones that ended in the window in any "
        "way.",
        source=OURS,
        nothing="no advertised vacancy of the window has ended",
    ),
    Definition(
        id="applications_per_vacancy",
        title="Applications for each vacancy",
        numerator="applications",
        denominator="vacancies opened",
        unit=APPLICATIONS,
        better="up",
        definition="Applications over all adverts, for each vacancy opened in the window, ended or not. One that was "
        "never advertised had none; one whose applications aren't known is left out.",
        source=OURS,
        nothing="no vacancy opened in the window whose applications are known",
    ),
    Definition(
        id="applications_per_advert",
        title="Applications for each advert",
        numerator="applications",
        denominator="adverts",
        unit=APPLICATIONS,
        better="up",
        definition="Applications for each advert that appeared in the window and whose applications are known.",
        source=OURS,
        nothing="no advert appeared in the window whose applications are known",
    ),
    Definition(
        id="cost_per_appointment",
        title="Cost of an appointment",
        numerator="cost of vacancies filled, £",
        denominator="vacancies filled whose cost is known",
        unit=POUNDS,
        better="down",
        definition="Cost of the vacancies filled in the window, for each whose cost is known. What was spent on "
        "vacancies that ended without an appointment is not in it.",
        source=OURS,
        nothing="no vacancy was filled in the window whose cost is known",
    ),
    Definition(
        id="application_to_start_rate",
        title="Applications that led to a start",
        numerator="starts",
        denominator="applications",
        unit=PERCENT,
        better="up",
        definition="Those who started, of all who applied, over the vacancies that ended in the window and of which "
        "both are known. The steps between are in the funnel.",
        source=OURS,
        nothing="nobody applied for the vacancies that ended in the window, or it isn't known",
    ),
    Definition(
        id="offer_acceptance_rate",
        title="Offers accepted",
        numerator="offers accepted",
        denominator="offers made",
        unit=PERCENT,
        better="up",
        definition="Offers accepted, of those made, over the vacancies that ended in the window.",
        source=OURS,
        nothing="no offer was made for a vacancy that ended in the window",
    ),
    Definition(
        id="subjects_never_filled",
        title="Subjects never filled",
        numerator="subjects with vacancies that ended, none of them filled",
        denominator=None,
        unit=SUBJECTS,
        better="down",
        definition="Subjects with vacancies that ended in the window in any way, none of which was filled.",
        source=OURS,
    ),
    _early("early_leaver_rate", "Early leavers, within two years", "2 years"),
    _early("early_leaver_rate_1_year", "Early leavers, within one year", "1 year"),
    _early("early_leaver_rate_3_years", "Early leavers, within three years", "3 years"),
    Definition(
        id="turnover_so_far",
        title="Teachers who left since the latest snapshot",
        numerator="left or moved school, FTE",
        denominator="teachers at the latest snapshot, FTE",
        unit=PERCENT,
        better="down",
        definition="FTE of teachers who left from the day of the latest snapshot to the window's end, of the FTE at "
        "that snapshot. It grows until the next snapshot makes turnover_rate of it.",
        source=OURS,
        nothing=NO_TEACHERS,
    ),
    Definition(
        id="live_vacancies",
        title="Vacancies open now",
        numerator="vacancies open",
        denominator=None,
        unit=POSTS,
        better="down",
        definition="Vacancies that are open at the end of the window's last day. Not the census's count: that is of "
        "one November day, when vacancies are fewest, and has posts in it that are filled but not begun.",
        source=OURS,
    ),
    Definition(
        id="live_vacancies_fte",
        title="Vacancies open now, FTE",
        numerator="FTE of vacancies open",
        denominator=None,
        unit=FTE,
        better="down",
        definition="FTE of the vacancies that are open at the end of the window's last day.",
        source=OURS,
    ),
    Definition(
        id="live_appointed_not_started",
        title="Appointed and not yet started",
        numerator="vacancies filled and not begun",
        denominator=None,
        unit=POSTS,
        better=None,
        definition="Vacancies filled by the end of the window's last day whose start is later.",
        source=OURS,
    ),
)

DEFINITIONS: dict[str, Definition] = {definition.id: definition for definition in _ALL}
"""The measures by id, in the order in which they are listed."""


@dataclass(frozen=True)
class Table:
    """What is more than one figure: rows whose definition and source are told once."""

    id: str
    title: str
    definition: str
    source: str


TABLES = (
    Table(
        "funnel",
        "From application to start",
        "Candidates who came as far as each step, over the vacancies that ended in the window; the share of a step is "
        "of those of the step before, over vacancies of which both are known.",
        OURS,
    ),
    Table(
        "subjects_never_filled",
        "Subjects never filled",
        "Subjects with vacancies that ended in the window in any way, none of which was filled.",
        OURS,
    ),
    Table(
        "destinations",
        "Where leavers went",
        "FTE of those who left in the window by where they went, of all who left in it. Another state-funded school "
        "is moved_school; left_state_sector, retired and other are out of state-funded schools.",
        TURNOVER_FILE,
    ),
)
"""The tables that are answered beside the measures, in their order."""
