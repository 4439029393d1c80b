"""A roll in JSON or as CSV: the rows it gives, and every fault at its place."""

from datetime import date

import pytest

from domain.errors import Invalid, Malformed
from domain.privacy import Pseudonyms
from domain.roll_rows import Row
from intake.roll import rows_from_csv, rows_from_json

SEPTEMBER = date(2026, 9, 1)
UPN = "Z000000026001"
pseudonymise = Pseudonyms(b"a secret for tests")


def from_json(*pupils):
    return rows_from_json({"pupils": list(pupils)}, pseudonymise=pseudonymise)


def make_pupil(pupil="P1", **fields):
    return {"pupil": pupil, "from": SEPTEMBER} | fields


def from_csv(text):
    return rows_from_csv([text.encode()], pseudonymise=pseudonymise)


def only_row(text):
    (row,), _ = from_csv(text)
    return row


def faults_of(call, *arguments):
    with pytest.raises(Invalid) as caught:
        call(*arguments)
    return caught.value.faults


# JSON


def test_a_pupil_becomes_a_row_of_the_roll():
    pupil = make_pupil(
        aliases=["M1", "M2"],
        to=date(2027, 7, 20),
        year_group=7,
        cohorts={"sen_provision": "E", "pupil_premium": True},
    )
    assert from_json(pupil) == [
        Row(
            reference="P1",
            aliases=("M1", "M2"),
            first=SEPTEMBER,
            last=date(2027, 7, 20),
            values={"sen_provision": "E", "pupil_premium": "true", "year_group": "7"},
            pointer="/pupils/0",
        )
    ]


def test_null_clears_and_what_is_not_named_is_left_out():
    (row,) = from_json(make_pupil(to=None, year_group=None, cohorts={"fsm6": None}))
    assert row.values == {"fsm6": None, "year_group": None}
    assert row.last is None
    assert from_json(make_pupil())[0].values == {}


def test_the_year_group_may_stand_in_cohorts_and_must_not_differ_there():
    assert from_json(make_pupil(cohorts={"year_group": 7}))[0].values == {"year_group": "7"}
    assert from_json(make_pupil(year_group=7, cohorts={"year_group": "7"}))[0].values == {"year_group": "7"}
    (fault,) = faults_of(from_json, make_pupil(year_group=7, cohorts={"year_group": 8}))
    assert fault.pointer == "/pupils/0/cohorts/year_group"


def test_every_fault_of_every_pupil_is_told_at_its_place():
    faults = faults_of(
        from_json,
        make_pupil(""),
        make_pupil("P2", aliases=["ok", "x" * 65]),
        make_pupil("P3", year_group=99, cohorts={"sen_provision": "Z", "shoe/size": 7}),
    )
    assert [fault.pointer for fault in faults] == [
        "/pupils/0/pupil",
        "/pupils/1/aliases/1",
        "/pupils/2/cohorts/sen_provision",
        "/pupils/2/cohorts/shoe~1size",
        "/pupils/2/year_group",
    ]


def test_the_refusal_counts_rows_and_not_faults():
    with pytest.raises(Invalid, match="1 of 2 rows"):
        from_json(make_pupil("P2"), make_pupil("\n", year_group=99))


def test_no_upn_gets_through_in_json_wherever_it_stands():
    (row,) = from_json(make_pupil(UPN, aliases=[UPN.lower(), "M1"]))
    assert row.reference == pseudonymise(UPN)
    assert row.aliases == ("M1",)
    faults = faults_of(from_json, make_pupil(UPN, year_group=UPN, cohorts={"sex": UPN, UPN: "x"}))
    assert len(faults) == 3
    assert UPN not in str(faults)


# CSV


def test_a_csv_gives_the_rows_that_json_gives():
    text = (
        "pupil,aliases,from,to,year_group,sen_provision,pupil_premium\n"
        "P1,M1;M2 M3,2026-09-01,20/07/2027,7,E,yes\n"
        "P2,,01/09/2026,,R,n,0\n"
    )
    rows, dropped = from_csv(text)
    as_json = from_json(
        make_pupil(
            aliases=["M1", "M2", "M3"],
            to=date(2027, 7, 20),
            year_group=7,
            cohorts={"sen_provision": "E", "pupil_premium": True},
        ),
        make_pupil("P2", year_group="R", cohorts={"sen_provision": "N", "pupil_premium": False}),
    )
    assert dropped == []
    assert [(r.reference, r.aliases, r.first, r.last, r.values) for r in rows] == [
        (r.reference, r.aliases, r.first, r.last, r.values) for r in as_json
    ]
    assert [(row.number, row.pointer) for row in rows] == [(1, None), (2, None)]


def test_names_dates_of_birth_and_addresses_are_dropped_unread_and_named():
    text = f"Surname,Forename,UPN,From,DOB,Home Address\nSmith,Ann,{UPN},2026-09-01,2015-01-01,1 High St\n"
    rows, dropped = from_csv(text)
    assert dropped == ["Surname", "Forename", "DOB", "Home Address"]
    assert "Smith" not in repr(rows)
    assert rows[0].reference == pseudonymise(UPN)


@pytest.mark.parametrize(
    ("header", "reference", "aliases"),
    [
        ("UPN,MISID,pupil", "third", ("first", "second")),
        ("MISID,UPN,aliases", "second", ("first", "third")),
        ("Mis_Id,x,y", "first", ()),
        ("mis_id,PUPIL,upn", "second", ("third", "first")),
    ],
)
def test_the_roll_s_own_reference_comes_first_then_the_upn_then_the_mis_id(header, reference, aliases):
    row = only_row(f"{header},from\nfirst,second,third,2026-09-01\n")
    assert (row.reference, row.aliases) == (reference, aliases)


def test_a_pupil_without_the_first_reference_is_named_by_the_next():
    assert only_row("pupil,MISID,from\n,9901,2026-09-01\n").reference == "9901"


@pytest.mark.parametrize("header", ["year_group", "YearGroup", "NCyearActual", "Year Group"])
@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("7", "7"),
        ("07", "7"),
        ("Year 7", "7"),
        ("y7", "7"),
        ("r", "R"),
        ("Reception", "R"),
        ("n2", "N2"),
        ("", None),
    ],
)
def test_a_year_group_is_read_as_systems_write_it(header, cell, value):
    assert only_row(f"pupil,from,{header}\nP1,2026-09-01,{cell}\n").values == {"year_group": value}


@pytest.mark.parametrize(
    ("header", "cell", "value"),
    [
        *(("fsm6", cell, "true") for cell in ("true", "TRUE", "yes", "Y", "1")),
        *(("fsm6", cell, "false") for cell in ("false", "No", "n", "0")),
        ("FSM_Eligible", "unclassified", "unclassified"),
        ("SEN Provision", "sen support", "K"),
        ("service_child", "Y", "Y"),
        ("service_child", "No", "N"),
        ("Ethnicity", "aind", "AIND"),
        ("sex", "f", "F"),
    ],
)
def test_a_characteristic_is_read_in_any_case_and_by_its_label(header, cell, value):
    assert list(only_row(f"pupil,from,{header}\nP1,2026-09-01,{cell}\n").values.values()) == [value]


def test_a_blank_cell_clears_and_a_missing_column_leaves_alone():
    assert only_row("pupil,from,sex,fsm6\nP1,2026-09-01,,1\n").values == {"sex": None, "fsm6": "true"}


def test_a_blank_cell_does_not_deny_what_the_ethnicity_tells():
    row = only_row("pupil,from,ethnicity,gypsy_roma_traveller\nP1,2026-09-01,WROM,\n")
    assert row.values == {"ethnicity": "WROM"}
    row = only_row("pupil,from,ethnicity,gypsy_roma_traveller\nP1,2026-09-01,WBRI,yes\n")
    assert row.values == {"ethnicity": "WBRI", "gypsy_roma_traveller": "true"}


def test_every_bad_row_of_a_csv_is_told_by_its_number_and_nothing_is_taken():
    text = (
        "pupil,from,to,sex,aliases\n"
        "P1,2026-09-01,,F,\n"
        ",2026-09-01,,F,\n"
        "P3,31/02/2026,1st May,Q,\n"
        "P4,2026-09-01\n"
        f"P5,,,F,{'x' * 65}\n"
    )
    faults = faults_of(from_csv, text)
    assert [(fault.row, fault.pupil) for fault in faults] == [
        (2, None),
        (3, "P3"),
        (3, "P3"),
        (3, "P3"),
        (4, None),
        (5, "P5"),
        (5, "P5"),
    ]
    words = ["blank", "from: ", "to: ", "F, M", "2 cells", "65", "blank"]
    assert [word for word, fault in zip(words, faults, strict=True) if word not in fault.detail] == []
    with pytest.raises(Invalid, match="4 of 5 rows"):
        from_csv(text)


def test_no_upn_gets_through_in_faults_of_a_csv():
    faults = faults_of(from_csv, f"pupil,from,sex\n{UPN},{UPN},{UPN}\n")
    assert len(faults) == 2
    assert UPN not in str(faults)
    assert pseudonymise(UPN) in str(faults)


@pytest.mark.parametrize("header", ["pupil,year_group", "from,to", ""])
def test_a_csv_without_its_needed_columns_is_refused(header):
    with pytest.raises(Malformed):
        from_csv(header + "\n")
