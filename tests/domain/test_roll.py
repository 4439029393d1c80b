"""What a push of the roll does: who is on roll when, who is one with whom, and what the roll says of them."""

from datetime import date, timedelta

import pytest

from domain.errors import Conflict, Invalid
from domain.roll import Held, Join, Row, Spell, plan_roll

SEPTEMBER = date(2026, 9, 1)
OCTOBER = date(2026, 10, 1)
NOVEMBER = date(2026, 11, 1)
DECEMBER = date(2026, 12, 1)
SINCE_SEPTEMBER = (Spell(SEPTEMBER),)


def make_held(reference="P1", *, pupil=None, aliases=(), spells=SINCE_SEPTEMBER, **values):
    histories = {
        name: ((None, value),) if isinstance(value, str) else tuple(value) for name, value in values.items()
    }
    number = int("".join(filter(str.isdigit, reference))) if pupil is None else pupil
    return Held(number, reference, frozenset(aliases), tuple(spells), histories)


def make_row(reference="P1", *, aliases=(), first=SEPTEMBER, last=None, pointer=None, **values):
    return Row(reference, tuple(aliases), first, last, values, pointer or f"/pupils/{reference}")


def make_school(size, **values):
    return [make_held(f"P{number}", **values) for number in range(1, size + 1)]


def push(held, rows, *, on=NOVEMBER, whole=False, force=False):
    return plan_roll(held, rows, on=on, whole=whole, force=force)


def only(plan):
    (outcome,) = plan.outcomes
    return outcome


def held_after(plan, held=()):
    """What is held once a plan has been carried out; new pupils get the next ids."""
    merged = {pupil for join in plan.joins for pupil in join.merged}
    after = {one.pupil: one for one in held if one.pupil not in merged}
    for outcome in plan.outcomes:
        pupil = outcome.pupil if outcome.pupil is not None else max([0, *after, *merged]) + 1
        after[pupil] = Held(pupil, outcome.reference, outcome.aliases, outcome.spells, outcome.values)
    return list(after.values())


def faults_of(held, rows, **options):
    with pytest.raises(Invalid) as caught:
        push(held, rows, **options)
    return caught.value.faults


# Who is new, who changes, who stays


def test_a_pupil_never_seen_is_created_from_their_first_day():
    outcome = only(push([], [make_row(aliases=["M1"], sen_provision="K")]))
    assert (outcome.change, outcome.pupil, outcome.reference) == ("created", None, "P1")
    assert outcome.aliases == {"M1"}
    assert outcome.spells == (Spell(SEPTEMBER),)
    assert outcome.values == {"sen_provision": ((None, "K"),)}


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("on", [SEPTEMBER, NOVEMBER, DECEMBER])
def test_the_same_push_again_changes_nothing(whole, on):
    rows = [
        make_row("P1", aliases=["M1"], year_group="7", ethnicity="WROM", fsm6=None),
        make_row("P2", last=DECEMBER, year_group="8"),
    ]
    held = held_after(push([], rows, whole=whole))
    plan = push(held, rows, on=on, whole=whole)
    assert {outcome.change for outcome in plan.outcomes} == {"unchanged"}
    assert held_after(plan, held) == held


def test_a_push_of_those_named_leaves_the_others_alone():
    plan = push(make_school(3), [make_row("P2", sex="F")])
    assert only(plan).reference == "P2"
    assert only(plan).change == "updated"


def test_rows_and_pupils_are_counted():
    held = [*make_school(8), make_held("P9", spells=[Spell(DECEMBER)])]
    rows = [make_row(f"P{number}") for number in range(1, 7)]
    rows += [make_row("P7", sex="M"), make_row("N1", last=OCTOBER), make_row("N1", first=NOVEMBER)]
    plan = push(held, rows, whole=True, force=True)
    assert plan.counts == {
        "received": 9,
        "created": 2,
        "updated": 1,
        "unchanged": 6,
        "left": 1,
        "taken_off": 1,
        "joined": 0,
    }


# Leaving


def test_a_pupil_who_is_not_in_the_whole_roll_leaves_on_the_day_before():
    plan = push(make_school(5), [make_row(f"P{number}") for number in range(1, 5)], whole=True)
    gone = plan.outcomes[-1]
    assert (gone.change, gone.pupil) == ("left", 5)
    assert gone.spells == (Spell(SEPTEMBER, NOVEMBER - timedelta(days=1)),)


@pytest.mark.parametrize("first", [NOVEMBER, DECEMBER])
def test_a_pupil_whose_first_day_is_not_before_is_taken_off_altogether(first):
    gone = only(push([make_held(spells=[Spell(first)])], [], whole=True, force=True))
    assert (gone.change, gone.spells) == ("taken_off", ())


def test_only_times_that_reach_the_day_are_touched_by_leaving():
    before = Spell(date(2025, 9, 1), date(2026, 7, 20))
    ended = Spell(SEPTEMBER, NOVEMBER - timedelta(days=1))
    assert push([make_held(spells=[before, ended])], [], whole=True).outcomes == ()
    gone = only(push([make_held(spells=[before, Spell(SEPTEMBER, NOVEMBER)])], [], whole=True, force=True))
    assert (gone.change, gone.spells) == ("left", (before, ended))


def test_a_pupil_who_comes_back_gets_a_second_time_on_roll():
    first = Spell(SEPTEMBER, OCTOBER)
    outcome = only(push([make_held(spells=[first])], [make_row(first=NOVEMBER)], whole=True))
    assert outcome.spells == (first, Spell(NOVEMBER))


def test_an_incoming_time_replaces_those_that_it_shares_a_day_with():
    spells = [Spell(SEPTEMBER, OCTOBER), Spell(NOVEMBER, DECEMBER)]
    outcome = only(push([make_held(spells=spells)], [make_row(first=OCTOBER, last=date(2026, 10, 31))]))
    assert outcome.spells == (Spell(OCTOBER, date(2026, 10, 31)), Spell(NOVEMBER, DECEMBER))


def test_the_whole_roll_ends_a_time_on_roll_that_it_does_not_tell_of():
    last_year = make_row(first=date(2025, 9, 1), last=date(2026, 7, 20))
    held = [make_held(spells=[Spell(SEPTEMBER)])]
    told = Spell(date(2025, 9, 1), date(2026, 7, 20))
    assert only(push(held, [last_year], whole=True)).spells == (
        told,
        Spell(SEPTEMBER, NOVEMBER - timedelta(days=1)),
    )
    assert only(push(held, [last_year], whole=False)).spells == (told, Spell(SEPTEMBER))


# The guard


def test_a_fifth_may_leave_at_once_and_no_more():
    rows = [make_row(f"P{number}") for number in range(1, 9)]
    assert push(make_school(10), rows, whole=True).counts["left"] == 2
    with pytest.raises(Conflict) as caught:
        push(make_school(10), rows[1:], whole=True)
    assert "3 of the 10 pupils" in caught.value.detail
    assert "?force=true" in caught.value.detail


def test_force_lets_everybody_leave():
    assert push(make_school(10), [], whole=True, force=True).counts["left"] == 10


def test_those_who_had_left_before_do_not_make_room_for_more():
    long_gone = [make_held(f"P{number}", spells=[Spell(SEPTEMBER, OCTOBER)]) for number in range(50, 90)]
    with pytest.raises(Conflict, match="of the 4 pupils"):
        push(make_school(4) + long_gone, [make_row(f"P{number}") for number in range(1, 4)], whole=True)


def test_a_time_that_a_row_itself_ends_does_not_count_as_leaving():
    rows = [make_row(f"P{number}", last=OCTOBER) for number in range(1, 11)]
    assert push(make_school(10), rows, whole=True).counts["updated"] == 10


@pytest.mark.parametrize(
    ("on", "passes"),
    [
        (date(2027, 6, 30), False),
        (date(2027, 7, 1), True),
        (date(2027, 9, 30), True),
        (date(2027, 10, 1), True),  # the last day on roll is the 30th of September
        (date(2027, 10, 2), False),
    ],
)
def test_the_last_year_group_may_leave_from_july_to_september(on, passes):
    year_groups = ["R", "6", "6", "5", "X"]
    held = [make_held(f"P{n}", year_group=year) for n, year in enumerate(year_groups, start=1)]
    rows = [make_row("P1"), make_row("P4"), make_row("P5")]
    if passes:
        assert push(held, rows, on=on, whole=True).counts["left"] == 2
    else:
        with pytest.raises(Conflict):
            push(held, rows, on=on, whole=True)


def test_another_year_group_still_counts_in_july():
    held = [*make_school(4, year_group="5"), make_held("P5", year_group="6")]
    with pytest.raises(Conflict, match="2 of the 5"):
        push(held, [make_row("P1"), make_row("P2")], on=date(2027, 7, 20), whole=True)


def test_a_school_without_year_groups_has_no_last_one():
    with pytest.raises(Conflict):
        push(make_school(2), [make_row("P1")], on=date(2027, 7, 20), whole=True)


# References, aliases, joins


def test_a_pupil_is_found_by_any_reference():
    outcome = only(push([make_held("P1", aliases=["M1"])], [make_row("P1", aliases=["U1", "M1"])]))
    assert (outcome.pupil, outcome.reference, outcome.aliases) == (1, "P1", {"M1", "U1"})


def test_a_pupil_whose_reference_changes_keeps_the_old_one_as_alias():
    outcome = only(push([make_held("P1")], [make_row("N1", aliases=["P1"])]))
    assert (outcome.change, outcome.pupil) == ("updated", 1)
    assert (outcome.reference, outcome.aliases) == ("N1", {"P1"})


def test_an_alias_that_a_row_leaves_out_is_kept():
    assert only(push([make_held(aliases=["M1"])], [make_row()])).change == "unchanged"


def test_pupils_known_by_marks_under_two_references_become_one():
    from_marks = [
        make_held("M1", pupil=3, spells=[Spell(OCTOBER, listed=False)]),
        make_held("U1", pupil=4, spells=[Spell(SEPTEMBER, listed=False)]),
    ]
    row = make_row("P1", aliases=["U1", "M1"], year_group="7")
    plan = push(from_marks, [row], whole=True)
    assert plan.joins == (Join(3, (4,), row),)
    outcome = only(plan)
    assert (outcome.pupil, outcome.reference, outcome.aliases) == (3, "P1", {"M1", "U1"})
    assert outcome.spells == (Spell(SEPTEMBER),)
    assert plan.counts["joined"] == 1


@pytest.mark.parametrize("aliases", [(), ("P1",)], ids=["by its reference", "by an alias"])
def test_of_those_joined_the_one_that_holds_the_reference_survives(aliases):
    holder = make_held("X9" if aliases else "P1", pupil=8, aliases=aliases)
    plan = push([make_held("M1", pupil=2), holder], [make_row("P1", aliases=["M1"])])
    assert (plan.joins[0].survivor, plan.joins[0].merged) == (8, (2,))


def test_rows_join_pupils_by_way_of_each_other():
    held = [make_held("A1"), make_held("B2"), make_held("C3")]
    rows = [
        make_row("N1", aliases=["A1", "B2"], last=OCTOBER),
        make_row("N1", aliases=["C3"], first=NOVEMBER),
    ]
    plan = push(held, rows)
    assert (plan.joins[0].survivor, plan.joins[0].merged) == (1, (2, 3))
    assert only(plan).aliases == {"A1", "B2", "C3"}


def test_the_joined_keep_times_that_the_row_does_not_touch():
    last_year, spring = Spell(date(2025, 9, 1), date(2026, 7, 20)), Spell(date(2026, 4, 1), date(2026, 8, 1))
    held = [
        make_held("P1", spells=[last_year]),
        make_held("M2", spells=[spring, Spell(OCTOBER, listed=False)]),
    ]
    outcome = only(push(held, [make_row("P1", aliases=["M2"])]))
    assert outcome.spells == (Spell(date(2025, 9, 1), date(2026, 8, 1)), Spell(SEPTEMBER))


def test_of_the_joined_times_on_the_roll_win_over_times_from_marks():
    listed = Spell(date(2025, 9, 1), date(2026, 7, 20))
    marks = Spell(date(2026, 7, 1), date(2026, 8, 1), listed=False)
    held = [make_held("P1", spells=[listed]), make_held("M2", spells=[marks])]
    assert only(push(held, [make_row("P1", aliases=["M2"])])).spells == (listed, Spell(SEPTEMBER))


def test_joining_is_a_change_even_where_the_survivor_stays_as_it_was():
    held = [make_held("P1"), make_held("M2", spells=[Spell(SEPTEMBER, listed=False)])]
    outcome = only(push(held, [make_row("P1", aliases=["M2"])]))
    assert (outcome.change, outcome.pupil, outcome.aliases) == ("updated", 1, {"M2"})


def test_of_two_rows_the_later_time_on_roll_says_the_reference():
    held = [make_held("P1", aliases=["M1"], spells=[Spell(SEPTEMBER, OCTOBER)])]
    outcome = only(push(held, [make_row("M1", first=NOVEMBER), make_row("P1", last=OCTOBER)]))
    assert (outcome.reference, outcome.aliases) == ("M1", {"P1"})


def test_of_the_joined_the_survivor_has_the_first_word_on_characteristics():
    held = [
        make_held("M1", sex="F", year_group="7"),
        make_held("P2", year_group="8"),
    ]
    outcome = only(push(held, [make_row("P2", aliases=["M1"])]))
    assert outcome.values == {"year_group": ((None, "8"),), "sex": ((None, "F"),)}


def test_those_joined_are_not_leaving():
    held = make_school(4)
    rows = [make_row("P1", aliases=["P2"]), make_row("P3", aliases=["P4"])]
    assert push(held, rows, whole=True).counts["left"] == 0


def test_a_time_known_by_marks_only_gives_way_to_the_roll():
    marks = Spell(SEPTEMBER, listed=False)
    outcome = only(push([make_held(spells=[marks])], [make_row(first=OCTOBER)]))
    assert (outcome.change, outcome.spells) == ("updated", (Spell(OCTOBER),))


def test_a_time_known_by_marks_only_gives_way_where_it_touches():
    marks = Spell(SEPTEMBER, date(2026, 9, 30), listed=False)
    assert only(push([make_held(spells=[marks])], [make_row(first=OCTOBER)])).spells == (Spell(OCTOBER),)
    apart = make_row(first=date(2026, 10, 2))
    assert only(push([make_held(spells=[marks])], [apart])).spells == (marks, Spell(date(2026, 10, 2)))


def test_a_time_known_by_the_roll_stays_where_it_only_touches():
    earlier = Spell(SEPTEMBER, date(2026, 9, 30))
    outcome = only(push([make_held(spells=[earlier])], [make_row(first=OCTOBER)]))
    assert outcome.spells == (earlier, Spell(OCTOBER))


# Faults of a push


def test_a_time_that_ends_before_it_begins_is_refused_at_its_row():
    (fault,) = faults_of([], [make_row(last=date(2026, 8, 31), pointer="/pupils/7")])
    assert fault.pointer == "/pupils/7"
    assert "2026-08-31" in fault.detail


def test_a_time_of_one_day_is_fine():
    assert only(push([], [make_row(last=SEPTEMBER)])).spells == (Spell(SEPTEMBER, SEPTEMBER),)


def test_the_same_pupil_twice_with_times_apart_is_one_pupil():
    rows = [make_row(first=NOVEMBER, sex="F"), make_row(last=OCTOBER, sex="F")]
    outcome = only(push([], rows))
    assert outcome.spells == (Spell(SEPTEMBER, OCTOBER), Spell(NOVEMBER))


def test_the_same_pupil_twice_with_times_that_overlap_is_refused_naming_both():
    (fault,) = faults_of([], [make_row(pointer="/pupils/0"), make_row(first=OCTOBER, pointer="/pupils/1")])
    assert fault.pointer == "/pupils/1"
    assert "/pupils/0" in fault.detail
    assert "P1" in fault.detail


def test_two_rows_held_as_one_pupil_are_refused_naming_both():
    (fault,) = faults_of([make_held("P1", aliases=["M1"])], [make_row("P1"), make_row("M1")])
    assert "P1" in fault.detail
    assert "M1" in fault.detail


def test_the_same_pupil_twice_must_agree_on_characteristics():
    rows = [make_row(last=OCTOBER, sex="F", pointer="/pupils/0"), make_row(first=NOVEMBER, sex="M")]
    (fault,) = faults_of([], rows)
    assert "sex" in fault.detail
    assert "/pupils/0" in fault.detail


def test_two_rows_that_claim_one_alias_are_refused_naming_both():
    rows = [make_row("P1", aliases=["M1"]), make_row("P2", aliases=["M1"])]
    (fault,) = faults_of([], rows)
    assert fault.pointer == "/pupils/P2"
    assert all(word in fault.detail for word in ("M1", "P1", "P2"))


def test_an_alias_that_is_another_pupil_s_reference_is_refused():
    (fault,) = faults_of([], [make_row("P1"), make_row("P2", aliases=["P1"])])
    assert "P1" in fault.detail


def test_all_faults_are_told_at_once_and_rows_of_csv_by_number():
    rows = [
        Row("P1", (), NOVEMBER, OCTOBER, number=1),
        Row("P2", ("P1",), NOVEMBER, OCTOBER, number=2),
    ]
    faults = faults_of([], rows)
    assert [(fault.row, fault.pupil) for fault in faults] == [(1, "P1"), (2, "P2"), (2, "P2")]
    assert "in row 1" in faults[-1].detail


# Characteristics over time


def said(held, on, **values):
    outcome = only(push(held, [make_row(**values)], on=on))
    return outcome.values


def test_a_first_value_holds_from_the_beginning_and_a_changed_one_from_the_day():
    held = held_after(push([], [make_row(sen_provision="N")], on=OCTOBER))
    assert said(held, NOVEMBER, sen_provision="K") == {"sen_provision": ((None, "N"), (NOVEMBER, "K"))}


def test_a_change_for_the_first_day_or_before_holds_from_the_beginning():
    assert said([make_held(sex="M")], SEPTEMBER, sex="F") == {"sex": ((None, "F"),)}


def test_what_a_row_does_not_name_is_kept_and_null_clears_it_from_the_day():
    held = [make_held(sex="F", sen_provision="K")]
    assert said(held, NOVEMBER) == held[0].values
    assert said(held, NOVEMBER, sen_provision=None)["sen_provision"] == ((None, "K"), (NOVEMBER, None))


def test_null_where_nothing_is_held_says_nothing():
    assert only(push([make_held()], [make_row(sex=None)])).change == "unchanged"


def test_a_push_for_an_earlier_day_keeps_later_changes():
    held = [make_held(sen_provision=[(None, "N"), (DECEMBER, "E")])]
    assert said(held, NOVEMBER, sen_provision="K") == {
        "sen_provision": ((None, "N"), (NOVEMBER, "K"), (DECEMBER, "E"))
    }


def test_a_change_on_the_day_of_another_replaces_it():
    held = [make_held(sen_provision=[(None, "N"), (NOVEMBER, "K")])]
    assert said(held, NOVEMBER, sen_provision="E") == {"sen_provision": ((None, "N"), (NOVEMBER, "E"))}


def test_equal_values_that_follow_each_other_are_one():
    held = [make_held(sen_provision=[(None, "N"), (NOVEMBER, "K"), (DECEMBER, "N")])]
    assert said(held, NOVEMBER, sen_provision="N") == {"sen_provision": ((None, "N"),)}


@pytest.mark.parametrize(
    ("values", "derived"),
    [
        ({"ethnicity": "WIRT"}, "true"),
        ({"ethnicity": "WBRI"}, "false"),
        ({"ethnicity": "WBRI", "gypsy_roma_traveller": "true"}, "true"),
    ],
)
def test_gypsy_roma_traveller_follows_ethnicity_unless_the_row_gives_it(values, derived):
    assert only(push([], [make_row(**values)])).values["gypsy_roma_traveller"] == ((None, derived),)


def test_gypsy_roma_traveller_is_cleared_where_ethnicity_is_no_longer_known():
    held = held_after(push([], [make_row(ethnicity="WROM")]))
    values = said(held, DECEMBER, ethnicity="REFU")
    assert values["gypsy_roma_traveller"] == ((None, "true"), (DECEMBER, None))


@pytest.mark.parametrize("on", [date.min, date.max])
def test_the_ends_of_the_calendar_are_days_like_others(on):
    held = make_school(3, year_group="6")
    assert len(push(held, [make_row("P1")], on=on, whole=True, force=True).outcomes) == 3
