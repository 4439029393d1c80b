"""Templates: ours are sound, and laid on the calendar nothing is due before it starts."""

import json
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cohorts import parse_cohort_filter
from domain.errors import Invalid
from domain.frameworks import AREAS
from domain.templates import (
    OURS,
    Template,
    TemplateAction,
    TemplateMilestone,
    in_order,
    named_in,
    read_template,
)
from domain.templates.plan import Fixed, plan_of

MONDAY = date(2027, 1, 4)
EVERY = pytest.mark.parametrize("template", [pytest.param(one, id=one.id) for one in OURS.values()])
NEEDED_KINDS = {"attendance", "recruitment", "retention", "inclusion", "wellbeing", "curriculum", "behaviour"}


def changed(**fields: Any) -> bytes:
    """A template that would be sound, but for what is given of its first action."""
    first = {"key": "a", "title": "A", "due_after_days": 10} | fields
    second = {"key": "b", "title": "B", "due_after_days": 20, "depends_on": ["a"]}
    whole = {
        "id": "x", "version": 1, "written_on": "2026-11-20", "kind": "other", "title": "X", "purpose": "P",
        "source_note": "S", "actions": [first, second],
    }  # fmt: skip
    return json.dumps(whole).encode()


def test_there_is_one_for_each_kind_of_challenge_and_for_each_side_of_inclusion_and_wellbeing() -> None:
    kinds = [template.kind for template in OURS.values()]

    assert set(kinds) >= NEEDED_KINDS
    assert (kinds.count("inclusion"), kinds.count("wellbeing")) == (3, 3)
    assert {"remove-references-to-grading", "stepping-down-from-inspection-roles", "two-days-on-view"} < set(
        OURS
    )


@EVERY
def test_each_is_of_a_kind_that_there_is_and_has_four_to_eight_actions(template: Template) -> None:
    assert template.kind in NEEDED_KINDS | {"other"}
    assert (template.kind == "other") == (template.kind_label is not None)
    assert 4 <= len(template.actions) <= 8


@EVERY
def test_each_action_says_what_for_who_usually_owns_it_and_how_one_will_know(template: Template) -> None:
    for action in template.actions:
        assert action.intent and action.role and action.success_criteria, action.key


@EVERY
def test_each_names_only_areas_in_use_and_cohorts_that_there_are(template: Template) -> None:
    for action in template.actions:
        assert all(AREAS[area].valid_to is None for area in action.areas), action.key
        assert all(parse_cohort_filter(cohort) for cohort in action.cohorts), action.key


@EVERY
def test_nothing_starts_before_what_it_waits_for_is_due_and_weeks_are_whole(template: Template) -> None:
    by_key = {action.key: action for action in template.actions}
    for action in template.actions:
        assert all(by_key[key].due_after_days <= action.starts_after_days for key in action.depends_on), (
            action.key
        )
        assert action.starts_after_days % 7 == action.due_after_days % 7 == 0, action.key


@EVERY
def test_each_is_in_the_file_of_its_name_and_reads_as_it_is_written(template: Template) -> None:
    assert read_template(msgspec.json.encode(template)) == template
    assert template.name == f"{template.id}@{template.version}"


def test_only_stepping_down_is_each_leaders_own_choice() -> None:
    assert [one.id for one in OURS.values() if one.own_choice] == ["stepping-down-from-inspection-roles"]


def test_the_report_that_a_school_must_publish_stays() -> None:
    website = next(one for one in OURS["remove-references-to-grading"].actions if one.key == "website")

    assert "keep the inspection report where it must be" in website.title


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"key": "b"}, "/actions/1/key", id="a key twice"),
        pytest.param({"depends_on": ["z"]}, "/actions/0/depends_on/0", id="waiting for nothing there is"),
        pytest.param({"depends_on": ["b"]}, "/actions/0/depends_on", id="waiting for each other"),
        pytest.param({"depends_on": ["a"]}, "/actions/0/depends_on", id="waiting for itself"),
        pytest.param({"starts_after_days": 11}, "/actions/0/due_after_days", id="due before it starts"),
        pytest.param(
            {"milestones": [{"title": "M", "due_after_days": 11}]},
            "/actions/0/milestones/0/due_after_days",
            id="a step after the end",
        ),
        pytest.param({"key": "A B"}, "", id="a key in another form"),
        pytest.param({"repeats": "daily"}, "", id="no way to repeat"),
        pytest.param({"grade": "Good"}, "", id="a field there isn't"),
        pytest.param({"due_after_days": -1}, "", id="days before it all"),
        pytest.param({"title": ""}, "", id="no title"),
    ],
)
def test_what_is_wrong_is_pointed_at(fields: dict[str, Any], pointer: str) -> None:
    read_template(changed())

    with pytest.raises(Invalid) as refused:
        read_template(changed(**fields))

    assert refused.value.faults[0].pointer == pointer


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("attendance@1", ("attendance", 1)),
        ("attendance", ("attendance", None)),
        ("attendance@x", ("attendance", None)),
        ("attendance@²", ("attendance", None)),
        ("@", ("", None)),
    ],
)
def test_a_copy_names_its_origin_and_version(text: str, named: tuple[str, int | None]) -> None:
    assert named_in(text) == named


def action(**fields: Any) -> TemplateAction:
    usual = {"key": "a", "title": "A", "starts_after_days": 7, "due_after_days": 28}
    return TemplateAction(**(usual | fields))


def test_days_count_from_the_start_of_the_template_and_steps_from_that_of_their_action() -> None:
    steps = (TemplateMilestone("M", 14),)

    plan = plan_of(action(milestones=steps), MONDAY, Fixed())

    assert (plan.start_on, plan.due_on) == (date(2027, 1, 11), date(2027, 2, 1))
    assert plan.milestones == (date(2027, 1, 25),)


def test_a_chosen_start_takes_the_rest_with_it() -> None:
    plan = plan_of(action(milestones=(TemplateMilestone("M", 14),)), MONDAY, Fixed(start_on=date(2027, 3, 1)))

    assert (plan.due_on, plan.milestones) == (date(2027, 3, 22), (date(2027, 3, 15),))


def test_no_step_is_due_after_a_chosen_end() -> None:
    steps = (TemplateMilestone("M", 14),)

    assert plan_of(action(milestones=steps), MONDAY, Fixed(due_on=date(2027, 1, 13))).milestones == (
        date(2027, 1, 13),
    )


@pytest.mark.parametrize(
    ("start_on", "fixed", "pointer"),
    [
        pytest.param(MONDAY, Fixed(due_on=MONDAY), "/dates/a/due_on", id="due before the start"),
        pytest.param(date.max, Fixed(), "/start_on", id="the end of the calendar"),
        pytest.param(MONDAY, Fixed(start_on=date.max), "/dates/a/start_on", id="the same, chosen for one"),
    ],
)
def test_days_that_cannot_be_are_pointed_at(start_on: date, fixed: Fixed, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan_of(action(), start_on, fixed)

    assert refused.value.faults[0].pointer == pointer


@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.integers(0, 100),
    st.integers(0, 100),
    st.lists(st.integers(0, 100), max_size=3),
    st.none() | st.integers(-50, 50),
)
def test_no_plan_ends_before_it_begins(
    start_on: date, starts: int, lasts: int, steps: list[int], moved: int | None
) -> None:
    one = action(
        starts_after_days=starts,
        due_after_days=starts + lasts,
        milestones=tuple(TemplateMilestone("M", min(step, lasts)) for step in steps),
    )
    chosen = None if moved is None else start_on + timedelta(days=moved)

    plan = plan_of(one, start_on, Fixed(start_on=chosen))

    assert (plan.due_on - plan.start_on).days == lasts
    assert all(plan.start_on <= due <= plan.due_on for due in plan.milestones)


@given(st.permutations(["a", "b", "c", "d"]))
def test_each_action_comes_after_those_that_it_waits_for(order: list[str]) -> None:
    waits = {"a": (), "b": ("a",), "c": ("a", "left-out"), "d": ("b", "c")}

    keys = [one.key for one in in_order([action(key=key, depends_on=waits[key]) for key in order])]

    assert all(keys.index(other) < keys.index(key) for key in keys for other in waits[key] if other in waits)
