"""What several resources of the tracker check in a body, each refusal at its pointer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.cohorts import parse_cohort_filter
from domain.errors import Fault, Invalid, invalid
from domain.frameworks import check_area


def check_cohorts(cohorts: Iterable[str], field: str = "cohorts") -> None:
    """Raises `Invalid` for what isn't a filter as `?cohort=` takes it, naming what is allowed."""
    for position, cohort in enumerate(cohorts):
        check_cohort(cohort, f"/{field}/{position}")


def check_cohort(cohort: str, pointer: str) -> None:
    """Raises `Invalid` at the pointer for what isn't a filter as `?cohort=` takes it."""
    try:
        parsed = parse_cohort_filter(cohort)
    except Invalid as error:
        raise invalid(pointer, error.detail) from error
    if not parsed:
        raise invalid(pointer, "name a characteristic with its values, such as pupil_premium:true")


def check_areas(areas: Iterable[str]) -> None:
    """Raises `Invalid` for the id of no area."""
    for position, area in enumerate(areas):
        check_area(area, f"/areas/{position}")


def check_order(values: Mapping[str, Any], earlier: str, later: str, words: str) -> None:
    """Raises `Invalid` at the later day's pointer where it comes before the earlier one; `words` say so."""
    first, last = values.get(earlier), values.get(later)
    if first is not None and last is not None and last < first:
        raise invalid(f"/{later}", words)


def merged(row: Any, values: dict[str, Any], *fields: str) -> dict[str, Any]:
    """These fields as they will be: what is given, else what is held."""
    return {field: values[field] if field in values else getattr(row, field, None) for field in fields}


def refuse_all(faults: Sequence[Fault]) -> None:
    """Raises one `Invalid` for all faults; nothing where there is none."""
    if faults:
        detail = f"{faults[0].pointer}: {faults[0].detail}"
        raise Invalid(
            detail if len(faults) == 1 else f"{len(faults)} things are not right", faults=list(faults)
        )
