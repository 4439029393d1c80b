"""Characteristics of pupils: what a push may say, and filters in a query and in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import cohorts
from domain.errors import Invalid


def refusal(call, *arguments):
    with pytest.raises(Invalid) as caught:
        call(*arguments)
    return caught.value.faults[0]


@pytest.mark.parametrize(
    ("characteristic", "raw", "held"),
    [
        ("pupil_premium", True, "true"),
        ("pupil_premium", False, "false"),
        ("pupil_premium", "true", "true"),
        ("fsm_eligible", "unclassified", "unclassified"),
        ("year_group", 7, "7"),
        ("year_group", "7", "7"),
        ("year_group", "R", "R"),
        ("sen_provision", "E", "E"),
        ("service_child", "Y", "Y"),
    ],
)
def test_a_value_is_held_as_the_text_of_the_table(characteristic, raw, held):
    assert cohorts.parse_value(characteristic, raw, "/here") == held


@pytest.mark.parametrize(
    ("characteristic", "raw"),
    [
        ("pupil_premium", 1),
        ("pupil_premium", "yes"),
        ("year_group", True),
        ("year_group", 15),
        ("year_group", 7.0),
        ("sen_provision", "Z"),
        ("sen_provision", True),
        ("sen_provision", ["E"]),
        ("sen_provision", ""),
        ("sen_provision", None),
        ("service_child", False),
    ],
)
def test_another_value_is_refused_where_it_stands_naming_those_allowed(characteristic, raw):
    fault = refusal(cohorts.parse_value, characteristic, raw, "/pupils/3/cohorts/x")
    assert fault.pointer == "/pupils/3/cohorts/x"
    assert all(value in fault.detail for value in cohorts.CHARACTERISTICS[characteristic])


def test_an_unknown_characteristic_is_refused_naming_those_there_are():
    fault = refusal(cohorts.parse_value, "shoe_size", 7, "/pupils/0/cohorts/shoe_size")
    assert "shoe_size" in fault.detail
    assert "sen_provision" in fault.detail


def test_a_refusal_quotes_a_long_value_only_in_part():
    assert len(refusal(cohorts.parse_value, "sex", "x" * 5000, "/here").detail) < 200


def test_a_refusal_quotes_a_number_as_it_was_written():
    assert refusal(cohorts.parse_value, "year_group", Decimal("7.0"), "/here").detail.startswith(
        "7.0 is no value"
    )


def test_the_order_of_values_is_that_of_the_table():
    order = cohorts.value_order("year_group")
    assert sorted(["10", "R", "2", "X", "N1"], key=order.__getitem__) == ["N1", "R", "2", "10", "X"]
    assert cohorts.value_order("sen_provision") == {"N": 0, "K": 1, "E": 2}


def test_a_filter_names_characteristics_and_the_values_that_pass():
    assert cohorts.parse_cohort_filter("sen_provision:E,K;pupil_premium:true") == (
        ("sen_provision", frozenset({"E", "K"})),
        ("pupil_premium", frozenset({"true"})),
    )


def test_filters_that_mean_the_same_are_the_same():
    one = cohorts.parse_cohort_filter("pupil_premium:true; sen_provision: K , E")
    assert one == cohorts.parse_cohort_filter("sen_provision:E,K;pupil_premium:true")
    assert cohorts.format_cohort_filter(one) == "sen_provision:K,E;pupil_premium:true"


def test_a_blank_filter_lets_everybody_through():
    assert cohorts.parse_cohort_filter("") == cohorts.parse_cohort_filter("  ") == ()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("sen_provision", "sen_provision:E,K"),
        ("sen_provision:", "sen_provision:E,K"),
        (":E", "sen_provision:E,K"),
        ("sen_provision:E;", "sen_provision:E,K"),
        ("sen_provision:E,", "Allowed: N, K, E"),
        ("sen_provision:Q", "Allowed: N, K, E"),
        ("shoes:Q", "shoes"),
        ("sex:F;sex:M", "twice"),
    ],
)
def test_a_faulty_filter_is_refused_at_the_query_parameter(text, word):
    fault = refusal(cohorts.parse_cohort_filter, text)
    assert fault.pointer == "/query/cohort"
    assert word in fault.detail


some_filters = st.dictionaries(
    st.sampled_from(list(cohorts.CHARACTERISTICS)), st.integers(min_value=1, max_value=2**30)
).map(
    lambda chosen: tuple(
        (
            name,
            frozenset(v for place, v in enumerate(values) if chosen[name] >> place & 1) or frozenset(values),
        )
        for name, values in cohorts.CHARACTERISTICS.items()
        if name in chosen
    )
)


@given(some_filters)
def test_a_filter_written_out_is_read_back_as_it_was(cohort):
    assert cohorts.parse_cohort_filter(cohorts.format_cohort_filter(cohort)) == cohort


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "sen_provision:E,K;pupil_premium:true",
            "SEN support or Education, health and care plan; Pupil Premium",
        ),
        ("year_group:7,8", "Year 7 or Year 8"),
        ("looked_after:false", "Not: Looked after"),
        ("ethnicity:AIND,REFU", "Ethnicity: Indian or Refused"),
        ("fsm_eligible:unclassified", "Eligibility not known (published files)"),
        ("", ""),
    ],
)
def test_a_filter_is_told_in_words(text, words):
    assert cohorts.label_of_filter(cohorts.parse_cohort_filter(text)) == words


def test_a_single_value_is_told_in_words_that_stand_alone():
    assert cohorts.label_of_value("year_group", "7") == "Year 7"
    assert cohorts.label_of_value("service_child", "N") == "Service child: No"
    assert cohorts.label_of_value("ethnicity", None) == "Ethnicity: not recorded"


def test_every_characteristic_has_a_title():
    assert list(cohorts.TITLES) == list(cohorts.CHARACTERISTICS)


@pytest.mark.parametrize("ethnicity", cohorts.CHARACTERISTICS["ethnicity"])
def test_gypsy_roma_traveller_follows_the_ethnicity(ethnicity):
    expected = {"WIRT": "true", "WROM": "true", "REFU": None, "NOBT": None}.get(ethnicity, "false")
    assert cohorts.gypsy_roma_traveller(ethnicity) == expected


def test_no_ethnicity_says_nothing_of_gypsy_roma_traveller():
    assert cohorts.gypsy_roma_traveller(None) is None
