from typing import Any

from domain.attendance.changes import changes_of_groups


def group(month: str, **figures: Any) -> dict[str, Any]:
    usual = {"possible_sessions": 100, "codes": {"/": 100}, "rates": {"attendance": 100}, "suppressed": False}
    return {"key": {"month": month}} | usual | figures


def test_groups_come_and_go_by_their_keys() -> None:
    found = changes_of_groups([group("2026-09"), group("2026-10")], [group("2026-10"), group("2026-11")])

    assert found == {"added": [{"month": "2026-11"}], "changed": [], "gone": [{"month": "2026-09"}]}


def test_a_figure_within_another_is_named_with_a_dot() -> None:
    found = changes_of_groups([group("2026-09")], [group("2026-09", rates={"attendance": 95})])

    assert found["changed"] == [
        {"key": {"month": "2026-09"}, "field": "rates.attendance", "old": 100, "new": 95}
    ]


def test_a_code_that_was_not_there_counted_nought() -> None:
    found = changes_of_groups([group("2026-09")], [group("2026-09", codes={"I": 100})])

    changed = {(one["field"], one["old"], one["new"]) for one in found["changed"]}
    assert changed == {("codes.I", 0, 100), ("codes./", 100, 0)}


def test_codes_that_are_withheld_in_one_are_told_of_the_other_alone() -> None:
    found = changes_of_groups([group("2026-09", codes=None)], [group("2026-09", codes={"I": 7})])

    assert [(one["field"], one["old"], one["new"]) for one in found["changed"]] == [("codes.I", None, 7)]


def test_a_count_of_pupils_that_is_withheld_now_is_null() -> None:
    shown, withheld = {"pupils": 6, "rate": 12}, {"pupils": None, "rate": None, "suppressed": True}

    found = changes_of_groups(
        [group("2026-09", persistent_absence=shown)], [group("2026-09", persistent_absence=withheld)]
    )

    assert {one["field"]: (one["old"], one["new"]) for one in found["changed"]} == {
        "persistent_absence.suppressed": (False, True),
        "persistent_absence.pupils": (6, None),
        "persistent_absence.rate": (12, None),
    }


def test_a_key_that_the_roll_does_not_say_is_a_key() -> None:
    nobody_knows = group("2026-09") | {"key": {"year_group": None}}

    found = changes_of_groups([nobody_knows], [nobody_knows | {"possible_sessions": 90}])

    assert [one["key"] for one in found["changed"]] == [{"year_group": None}]
