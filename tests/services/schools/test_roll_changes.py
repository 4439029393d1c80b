"""What is stored of a roll is what was planned, after any pushes, and as of each of them."""

from datetime import date, timedelta
from typing import Any

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from commands import COMMAND_LINE
from domain.errors import Invalid
from domain.roll import Held, Row, plan_roll
from models import School
from services.schools.roll_store import load_pupils
from services.schools.rolls import PushedRoll, push_roll
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork, unit_of_work
from tests.conftest import Clock, empty
from tests.make import URN, make_key, make_school

START = date(2026, 9, 1)
REFERENCES = [f"P{number}" for number in range(5)]

days = st.integers(0, 60).map(lambda number: START + timedelta(days=number))


@st.composite
def rows(draw: Any) -> Row:
    reference, *aliases = draw(st.lists(st.sampled_from(REFERENCES), min_size=1, max_size=2, unique=True))
    first = draw(days)
    last = draw(st.none() | st.integers(0, 20).map(lambda number: first + timedelta(days=number)))
    values = draw(
        st.dictionaries(st.sampled_from(["sen_provision"]), st.sampled_from(["N", "K", None]))
        | st.dictionaries(st.sampled_from(["fsm6"]), st.sampled_from(["true", "false", None]))
    )
    return Row(reference, tuple(aliases), first, last, values, pointer="/pupils/0")


pushes = st.lists(st.tuples(st.lists(rows(), max_size=4), days, st.booleans()), min_size=1, max_size=6)


@settings(max_examples=12)
@given(pushed=pushes)
def test_what_is_held_after_each_push_is_what_was_planned(
    app: Flask, clock: Clock, pushed: list[tuple[list[Row], date, bool]]
) -> None:
    empty(app)
    make_school(make_key(app))
    expected: list[Held] = []
    held_then = []
    for some, on, whole in pushed:
        clock.advance(minutes=1)
        try:
            plan = plan_roll(expected, some, on=on, whole=whole, force=True)
        except Invalid:
            continue
        with unit_of_work(app.extensions["headway"].tools, COMMAND_LINE, writes=True) as work:
            school = SchoolRef(school_id(work), URN)
            push_roll(work, school, PushedRoll(some), whole=whole, on=on, force=True)
            work.commit()
        with reading(app) as work:
            found = load_pupils(work, school_id(work), None)
        ids = {one.reference: one.pupil for one in found.pupils}
        merged = {pupil for join in plan.joins for pupil in join.merged}
        kept = {one.pupil: one for one in expected if one.pupil not in merged}
        for outcome in plan.outcomes:
            pupil = ids[outcome.reference]
            assert outcome.pupil in (None, pupil)
            kept[pupil] = Held(pupil, outcome.reference, outcome.aliases, outcome.spells, outcome.values)
        expected = sorted(kept.values(), key=lambda one: one.pupil)
        assert found.pupils == expected
        held_then.append((clock.time + timedelta(seconds=30), expected))
    with reading(app) as work:
        for then, pupils in held_then:
            as_of = load_pupils(work, school_id(work), then).pupils
            assert said(as_of) == said(pupils)


def said(pupils: list[Held]) -> dict[int, Any]:
    """Everything that has versions, of those of whom anything is held."""
    return {one.pupil: (one.spells, one.values) for one in pupils if one.spells or one.values}


def reading(app: Flask) -> Any:
    return unit_of_work(app.extensions["headway"].tools, COMMAND_LINE, writes=False)


def school_id(work: UnitOfWork) -> int:
    return work.connection.scalars(select(School.id).where(School.urn == URN)).one()
