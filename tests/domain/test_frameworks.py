"""Areas of inspection frameworks: their names and nothing of grades."""

import json
import re
from dataclasses import asdict
from datetime import date

import pytest

from domain.errors import Invalid
from domain.frameworks import AREAS, check_area


def test_areas_of_both_frameworks_and_their_parts_are_known():
    assert AREAS["ofsted2025.inclusion"].name == "Inclusion"
    assert AREAS["eif2019.quality-of-education.intent"].parent == "eif2019.quality-of-education"
    assert len(AREAS) == 6 + 3 + 9


def test_an_area_knows_when_its_framework_is_in_use():
    old, new = AREAS["eif2019.early-years"], AREAS["ofsted2025.early-years"]
    assert [old.in_use(date(2025, 11, 9)), new.in_use(date(2025, 11, 9))] == [True, False]
    assert [old.in_use(date(2025, 11, 10)), new.in_use(date(2025, 11, 10))] == [False, True]
    assert not old.in_use(date(2019, 8, 31))


def test_an_area_says_which_schools_it_concerns():
    assert AREAS["ofsted2025.post-16"].condition == "the school has a sixth form"
    assert AREAS["ofsted2025.post-16"].aliases == ("Sixth form in schools",)
    assert AREAS["ofsted2025.achievement"].condition is None


def test_a_known_area_passes():
    assert check_area("ofsted2025.safeguarding", "/areas/0").name == "Safeguarding"


def test_an_unknown_area_is_refused_where_it_stands_naming_the_nearest():
    with pytest.raises(Invalid) as caught:
        check_area("ofsted2025.inclusions", "/areas/1")
    assert caught.value.faults[0].pointer == "/areas/1"
    assert "ofsted2025.inclusion" in caught.value.faults[0].detail


def test_an_area_like_none_is_refused_naming_those_of_the_newest_framework():
    with pytest.raises(Invalid) as caught:
        check_area("zzz" * 1000, "/areas/1")
    detail = caught.value.faults[0].detail
    assert "ofsted2025.attendance-and-behaviour" in detail
    assert "eif2019" not in detail
    assert len(detail) < 500


def test_no_area_carries_a_grade_or_a_kind_of_judgement():
    told = json.dumps([asdict(area) for area in AREAS.values()], default=str)
    assert not re.search(
        r"judgement|evaluation|exceptional|strong|needs attention|urgent|expected|outstanding|met", told
    )
