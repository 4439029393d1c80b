"""What the national register says of a school, in our words."""

import pytest

from domain.schools import laestab_of, made_trust_uid, phase_of


@pytest.mark.parametrize(
    ("phase", "group", "kind", "expected"),
    [
        ("Nursery", "", "", "nursery"),
        ("Primary", "Academies", "", "primary"),
        ("Middle deemed primary", "Academies", "", "primary"),
        ("Middle deemed secondary", "Academies", "", "secondary"),
        ("All-through", "Academies", "", "all_through"),
        ("16 plus", "Colleges", "Further education", "sixteen_plus"),
        ("Not applicable", "Special schools", "", "special"),
        ("Secondary", "Academies", "Academy special converter", "special"),
        ("Not applicable", "Free Schools", "Free schools alternative provision", "alternative_provision"),
        (
            "Not applicable",
            "Local authority maintained schools",
            "Pupil referral unit",
            "alternative_provision",
        ),
        ("Not applicable", "Academies", "", None),
        ("", "", "", None),
    ],
)
def test_the_kind_of_school_comes_before_its_phase(phase, group, kind, expected):
    assert phase_of(phase, group, kind) == expected


def test_a_laestab_has_four_figures_for_the_school():
    assert laestab_of("201", "614") == "2010614"
    assert laestab_of("201", "") is None


def test_a_trust_gets_the_same_uid_for_the_same_name():
    assert made_trust_uid("OASIS COMMUNITY LEARNING") == "trust-oasis-community-learning"
    assert made_trust_uid(" Oasis  Community Learning ") == "trust-oasis-community-learning"


def test_names_that_read_alike_give_different_uids():
    names = ["Learn MAT", "Learn@ MAT", "Learn-MAT", "Léarn MAT", "x" * 80, "x" * 81, "学校"]
    uids = [made_trust_uid(name) for name in names]
    assert len(set(uids)) == len(names)
    assert all(len(uid) <= 64 and uid.isascii() for uid in uids)
