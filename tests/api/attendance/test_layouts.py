"""Every layout of the sample week gives the same register to the mark, before and after its corrections."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.make import Client, make_school

SHAPES = Path(__file__).parents[2] / "data" / "shapes"
EXPECTED = json.loads((SHAPES / "expected_totals.json").read_text())
LONG = "long_marks.csv"
CORRECTIONS = "long_marks_corrections.csv"
SESSIONS = [f"2026-09-{day:02}/{session}" for day in range(7, 12) for session in ("AM", "PM")]
LAYOUTS = [
    pytest.param("wide_marks.csv", "wide", id="wide"),
    pytest.param("marks_string.csv", "marks_string", id="marks_string"),
]


def push(client: Client, urn: str, file: str, **query: str) -> Any:
    body = (SHAPES / file).read_bytes()
    path = f"/v1/schools/{urn}/marks"
    return client.post(path, data=body, content_type="text/csv", query_string=query)


def make_rolled_school(client: Client, urn: str) -> str:
    """A school that knows both references of the sample's pupils."""
    week = (SHAPES / LONG).read_text().splitlines()[1:]
    pupils = {tuple(line.split(",")[:2]) for line in week}
    roll = "MISID,UPN,From\n" + "".join(f"{mis_id},{upn},2026-09-01\n" for upn, mis_id in pupils)
    make_school(client, urn)
    path = f"/v1/schools/{urn}/roll?on=2026-09-01"
    answer = client.put(path, data=roll.encode(), content_type="text/csv")
    assert answer.status_code == 200, answer.text
    return urn


def registers(client: Client, urn: str) -> dict[str, dict[str, str]]:
    """The marks that each session of the week holds."""
    answers = {session: client.get(f"/v1/schools/{urn}/registers/{session}") for session in SESSIONS}
    return {session: answer.json["marks"] for session, answer in answers.items()}


def totals(held: dict[str, dict[str, str]]) -> dict[str, int]:
    return dict(Counter(code for marks in held.values() for code in marks.values()))


def counts(answer: Any) -> dict[str, int]:
    """What became of the rows, without what is nought; the equation holds."""
    said = answer.json
    outcomes = ("created", "updated", "unchanged", "stale", "deleted", "rejected")
    assert said["received"] == sum(said[name] for name in outcomes) - said["removed"], said
    return {name: said[name] for name in outcomes if said[name]}


@pytest.mark.parametrize("named", [False, True], ids=["recognised", "named"])
@pytest.mark.parametrize(("file", "layout"), LAYOUTS)
def test_a_layout_gives_the_register_of_the_long_one_to_the_mark(
    client: Client, file: str, layout: str, named: bool
) -> None:
    one, other = make_rolled_school(client, "900001"), make_rolled_school(client, "900002")

    push(client, one, LONG)
    answer = push(client, other, file, **({"layout": layout} if named else {}))

    assert answer.status_code == 200
    assert counts(answer) == {"created": 59, "unchanged": 1}
    assert registers(client, other) == registers(client, one)
    expected = EXPECTED["marks_by_code"]
    assert totals(registers(client, other)) == {code: n for code, n in expected.items() if code != "-"}

    assert counts(push(client, other, CORRECTIONS)) == counts(push(client, one, CORRECTIONS))
    assert registers(client, other) == registers(client, one)
    assert totals(registers(client, other)) == EXPECTED["marks_by_code_after_corrections"]


@pytest.mark.parametrize(("file", "layout"), LAYOUTS)
def test_pushing_a_layout_again_changes_nothing_whichever_came_first(
    client: Client, file: str, layout: str
) -> None:
    urn = make_rolled_school(client, "900001")
    push(client, urn, LONG)

    assert counts(push(client, urn, file)) == {"unchanged": 60}
    assert counts(push(client, urn, file)) == {"unchanged": 60}


@pytest.mark.parametrize(("file", "layout"), LAYOUTS)
def test_a_layout_says_the_week_of_pupils_that_nobody_listed_too(
    client: Client, file: str, layout: str
) -> None:
    make_school(client)

    answer = push(client, "900001", file)

    assert answer.json["unlisted"] == EXPECTED["pupils"]
    push(client, "900001", CORRECTIONS)
    assert totals(registers(client, "900001")) == EXPECTED["marks_by_code_after_corrections"]


@pytest.mark.parametrize(
    ("body", "agreeing", "contradicting"),
    [
        pytest.param(
            'MISID,07/09/2026\n1,"/,\\"\n1,"/,O"\n', {"created": 1, "unchanged": 1, "rejected": 2}, [1, 2]
        ),
        pytest.param(
            "MISID,AttendanceStartDate,AttendanceMarks\n"
            '1,2026-09-07,"/,\\"\n2,2026-09-07,"/,\\"\n1,2026-09-07,"/,O"\n',
            {"created": 3, "unchanged": 1, "rejected": 2},
            [1, 3],
        ),
    ],
    ids=["wide", "marks_string"],
)
def test_of_a_pupil_twice_the_agreeing_marks_stand_and_the_others_are_rejected(
    client: Client, body: str, agreeing: dict[str, int], contradicting: list[int]
) -> None:
    make_school(client)

    answer = client.post("/v1/schools/900001/marks", data=body.encode(), content_type="text/csv")

    assert answer.status_code == 207
    assert counts(answer) == agreeing
    assert [fault["row"] for fault in answer.json["errors"]] == contradicting
    assert all(fault["detail"].startswith("2026-09-07 PM: ") for fault in answer.json["errors"])


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('MISID,07/09/2026,08/09/2026\n1,"/,\\","/,\\"\n2,"/,\\","/,QQ"\n', id="wide"),
        pytest.param("MISID;08/09/2026 PM;07/09/2026 AM\n1;\\;/\n2;QQ;/\n", id="wide by session"),
        pytest.param(
            'MISID,AttendanceStartDate,AttendanceMarks\n1,2026-09-07,"/,\\,/,\\"\n2,07/09/2026,"/,\\,/,QQ"\n',
            id="marks_string",
        ),
    ],
)
def test_an_error_names_the_row_of_the_table_and_the_session_within_it(client: Client, body: str) -> None:
    make_school(client)

    answer = client.post("/v1/schools/900001/marks", data=body.encode(), content_type="text/csv")

    [fault] = answer.json["errors"]
    assert (fault["row"], fault["pupil"], fault["code"]) == (2, "2", "QQ")
    assert fault["detail"] == "2026-09-08 PM: QQ isn't a code of the register"
    assert counts(answer)["rejected"] == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('UPN,07/09/2026\nP1,"/,\\"\nTotal /,"1,0"\nTotal \\,"0,1"\n,\n', id="wide"),
        pytest.param('UPN,07/09/2026\nP1,"/,\\"\nTotal /,1\nTotal \\,1\n', id="wide with single totals"),
        pytest.param(
            'UPN,AttendanceStartDate,AttendanceMarks\nP1,2026-09-07,"/,\\"\nTotal,,2\nPupils,1,\n',
            id="marks_string",
        ),
    ],
)
def test_totals_at_the_end_are_rejected_and_make_nobody_known(client: Client, body: str) -> None:
    make_school(client)

    answer = client.post("/v1/schools/900001/marks", data=body.encode(), content_type="text/csv")

    assert answer.status_code == 207
    assert counts(answer) == {"created": 2, "rejected": answer.json["received"] - 2}
    assert answer.json["unlisted"] == 1
    assert client.get("/v1/schools/900001/registers/2026-09-07/AM").json["marks"] == {"P1": "/"}


@pytest.mark.parametrize("blank", ["", "-", "-,-", ","])
def test_a_report_of_days_to_come_says_nothing_in_its_blank_cells(client: Client, blank: str) -> None:
    make_school(client)
    cell = f'"{blank}"'
    body = f'UPN,20/11/2026,21/11/2026,23/11/2026,31/12/9999\nP1,"/,-",{cell},{cell},{cell}\n'.encode()

    answer = client.post("/v1/schools/900001/marks", data=body, content_type="text/csv")

    assert (answer.status_code, counts(answer)) == (200, {"created": 1, "unchanged": 7})
    assert answer.json["warnings"] in ([], ["2026-11-21 is a Saturday; the marks are kept and counted"])
    assert client.get("/v1/schools/900001/registers/2026-11-23/AM").status_code == 404
    replaced = "/v1/schools/900001/marks?replace=2026-11-20..9999-12-31"
    assert counts(client.post(replaced, data=body, content_type="text/csv")) == {"unchanged": 8}


def test_a_mark_of_a_day_to_come_is_rejected_among_blank_cells(client: Client) -> None:
    make_school(client)

    answer = client.post(
        "/v1/schools/900001/marks",
        data=b'UPN,23/11/2026,24/11/2026\nP1,"-,-","I,"\n',
        content_type="text/csv",
    )

    assert (answer.status_code, counts(answer)) == (207, {"unchanged": 3, "rejected": 1})


BREAKS = {
    "cut within a row": lambda raw: raw[: len(raw) // 2],
    "cut within a quoted cell": lambda raw: raw[: raw.rindex(b'"')],
    "a quote never closed": lambda raw: raw.replace(b'"\r\n', b"\r\n", 1),
    "a quote never opened": lambda raw: raw.replace(b',"', b",", 1),
    "two header rows": lambda raw: raw.split(b"\n")[0] + b"\n" + raw,
    "no header row": lambda raw: raw.split(b"\n", 1)[1],
    "the pupil's column missing": lambda raw: raw.replace(b"UPN", b"Name").replace(b"MISID", b"Form"),
    "mixed encodings": lambda raw: raw.replace(b"Z0", "Zoë".encode()).replace(b"N0", "Noë".encode("cp1252")),
    "duplicated rows that agree": lambda raw: raw + raw.split(b"\n", 1)[1],
    "duplicated rows that disagree": lambda raw: raw + raw.split(b"\n", 1)[1].replace(b"/", b"I"),
    "a totals row": lambda raw: raw + b"Total" + b",12" * raw.split(b"\n")[0].count(b",") + b"\n",
    "a totals row of one cell": lambda raw: raw + b"Total pupils: 6\n",
    "UTF-16": lambda raw: raw.decode().encode("utf-16"),
    "a NUL": lambda raw: raw.replace(b"O,O", b"O,\0", 1),
    "blanks only": lambda raw: b" \n" * 1000,
}


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS.keys())
@pytest.mark.parametrize("named", [False, True], ids=["recognised", "named"])
@pytest.mark.parametrize(("file", "layout"), LAYOUTS)
def test_a_broken_file_is_refused_or_every_mark_in_it_accounted_for(
    client: Client, file: str, layout: str, named: bool, broken: Callable[[bytes], bytes]
) -> None:
    make_school(client)
    sample = (SHAPES / file).read_bytes()
    body = broken(sample)
    assert body != sample

    query = f"?layout={layout}" if named else ""
    answer = client.post("/v1/schools/900001/marks" + query, data=body, content_type="text/csv")

    if answer.status_code == 400:
        assert answer.content_type == "application/problem+json"
        assert client.get("/v1/schools/900001/registers/2026-09-07/AM").status_code == 404
    else:
        assert answer.status_code == (207 if counts(answer).get("rejected") else 200)
