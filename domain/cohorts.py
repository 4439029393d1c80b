"""What is known of a pupil beside their marks: the characteristics of `cohorts.csv` and filters on them.

A value is held as the text of the table's `value` column ("E", "true", "7"), whatever form it came in, and
None where the roll doesn't say. The order of the table is the order in which values are shown.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domain.errors import invalid

CohortFilter = tuple[tuple[str, frozenset[str]], ...]
"""Characteristics in the table's order, each with the values that it lets through; all of them must hold."""

FILTER_POINTER = "/query/cohort"


def _read_table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    with Path(__file__).with_name("cohorts.csv").open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            table.setdefault(line["characteristic"], {})[line["value"]] = line["label"]
    return table


CHARACTERISTICS: dict[str, dict[str, str]] = _read_table()
"""Characteristic → value → label, in the order of the table."""

TITLES = {
    "sex": "Sex",
    "year_group": "Year group",
    "sen_provision": "Special educational needs",
    "fsm_eligible": "Eligible for free school meals",
    "fsm6": "Eligible for free school meals in the past six years",
    "disadvantaged": "Disadvantaged",
    "pupil_premium": "Pupil Premium",
    "first_language": "First language",
    "looked_after": "Looked after",
    "post_looked_after": "Previously looked after",
    "young_carer": "Young carer",
    "service_child": "Service child",
    "ethnicity_major": "Ethnic group",
    "ethnicity": "Ethnicity",
    "gypsy_roma_traveller": "Gypsy, Roma or Traveller",
}
"""Characteristics in words."""

_SPEAK_FOR_THEMSELVES = ("sex", "year_group", "sen_provision")
"""Their labels say what they are about; elsewhere "Refused" or "No" would not."""

_GYPSY_ROMA_TRAVELLER = ("WIRT", "WROM")
_ETHNICITY_NOT_SAID = ("REFU", "NOBT")


def check_characteristic(name: str, pointer: str) -> None:
    """Raises `Invalid` at the pointer, naming all characteristics, where the name isn't one of them."""
    if name not in CHARACTERISTICS:
        raise invalid(
            pointer, f"“{name[:64]}” is no characteristic. There are: {', '.join(CHARACTERISTICS)}."
        )


def parse_value(characteristic: str, raw: Any, pointer: str) -> str:
    """The value as held, from JSON: a text; true or false for a yes-or-no one; a whole number for a year group.

    Raises `Invalid` at the pointer for an unknown characteristic or value, naming what is allowed.
    """
    check_characteristic(characteristic, pointer)
    value = _as_text(characteristic, raw)
    if value not in CHARACTERISTICS[characteristic]:
        raise invalid(pointer, f"{_quoted(raw)} is no value of {characteristic}. {allowed(characteristic)}")
    return value


def allowed(characteristic: str) -> str:
    """A sentence that names the values of a characteristic."""
    return f"Allowed: {', '.join(CHARACTERISTICS[characteristic])}."


def is_yes_or_no(characteristic: str) -> bool:
    """Whether the characteristic is given as true or false."""
    return {"true", "false"} <= CHARACTERISTICS[characteristic].keys()


def value_order(characteristic: str) -> dict[str, int]:
    """Each value's place in the table, from 0: Reception before Year 1, SEN support before a plan."""
    return {value: place for place, value in enumerate(CHARACTERISTICS[characteristic])}


def parse_cohort_filter(text: str) -> CohortFilter:
    """The filter of `?cohort=sen_provision:E,K;pupil_premium:true`; a blank text filters nothing.

    Raises `Invalid` at `/query/cohort`. Two texts that mean the same give the same filter.
    """
    chosen: dict[str, frozenset[str]] = {}
    for part in text.split(";") if text.strip() else ():
        characteristic, colon, values = (piece.strip() for piece in part.partition(":"))
        if not (characteristic and colon and values):
            raise invalid(
                FILTER_POINTER,
                f"{_quoted(part)} isn't a characteristic with its values, such as sen_provision:E,K.",
            )
        if characteristic in chosen:
            raise invalid(
                FILTER_POINTER,
                f"{characteristic} is named twice; put its values behind one colon, with commas.",
            )
        chosen[characteristic] = frozenset(
            parse_value(characteristic, value.strip(), FILTER_POINTER) for value in values.split(",")
        )
    return tuple((name, chosen[name]) for name in CHARACTERISTICS if name in chosen)


def format_cohort_filter(cohort: CohortFilter) -> str:
    """The filter as a query takes it, values in the table's order: `sen_provision:K,E;pupil_premium:true`."""
    return ";".join(f"{name}:{','.join(_in_order(name, values))}" for name, values in cohort)


def label_of_filter(cohort: CohortFilter) -> str:
    """The filter in words for people: "SEN support or Education, health and care plan; Pupil Premium"."""
    return "; ".join(_label_of_choice(name, values) for name, values in cohort)


def label_of_value(characteristic: str, value: str | None) -> str:
    """One value in words that stand alone: "Year 7", "Ethnicity: Indian", "Young carer: not recorded"."""
    if value is None:
        return f"{TITLES[characteristic]}: not recorded"
    return _label_of_choice(characteristic, frozenset({value}))


def gypsy_roma_traveller(ethnicity: str | None) -> str | None:
    """The derived characteristic: true for WIRT and WROM, None where ethnicity isn't known, else false."""
    if ethnicity is None or ethnicity in _ETHNICITY_NOT_SAID:
        return None
    return "true" if ethnicity in _GYPSY_ROMA_TRAVELLER else "false"


def _as_text(characteristic: str, raw: Any) -> str | None:
    if isinstance(raw, bool):
        return str(raw).lower() if is_yes_or_no(characteristic) else None
    if isinstance(raw, int):
        return str(raw) if characteristic == "year_group" else None
    return raw if isinstance(raw, str) else None


def _quoted(raw: Any) -> str:
    if isinstance(raw, bool):
        return str(raw).lower()
    return f"“{raw.strip()[:64]}”" if isinstance(raw, str) else f"{raw!s:.64}"


def _in_order(characteristic: str, values: frozenset[str]) -> list[str]:
    return [value for value in CHARACTERISTICS[characteristic] if value in values]


def _label_of_choice(characteristic: str, values: frozenset[str]) -> str:
    labels = CHARACTERISTICS[characteristic]
    chosen = _in_order(characteristic, values)
    if is_yes_or_no(characteristic):
        return " or ".join(_yes_or_no_labels(characteristic)[value] for value in chosen)
    words = " or ".join(labels[value] for value in chosen)
    return words if characteristic in _SPEAK_FOR_THEMSELVES else f"{TITLES[characteristic]}: {words}"


def _yes_or_no_labels(characteristic: str) -> Mapping[str, str]:
    title = TITLES[characteristic]
    return CHARACTERISTICS[characteristic] | {"true": title, "false": f"Not: {title}"}
