from domain.comparison import FieldChange, compare, dotted


def test_what_is_in_one_reading_alone_was_added_or_is_gone() -> None:
    found = compare({"a": {}, "b": {}}, {"b": {}, "c": {}})

    assert (found.added, found.changed, found.gone) == (["c"], [], ["a"])


def test_a_field_that_one_reading_lacks_is_null_there() -> None:
    found = compare({"a": {"x": 1}}, {"a": {"y": 2}})

    assert found.changed == [FieldChange("a", "y", None, 2), FieldChange("a", "x", 1, None)]


def test_some_fields_do_not_count() -> None:
    assert compare({"a": {"x": 1}}, {"a": {"x": 2}}, without={"x"}).changed == []


def test_what_is_within_some_fields_stands_beside_the_others() -> None:
    thing = {"n": 1, "rates": {"late": 2, "absence": None}, "codes": None, "key": {"week": "2026-W37"}}

    assert dotted(thing, ["rates", "codes"]) == {
        "n": 1, "rates.late": 2, "rates.absence": None, "codes": None, "key": {"week": "2026-W37"},
    }  # fmt: skip
