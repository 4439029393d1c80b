"""Pushes to a real server, through trouble: each row arrives once, and what was rejected is found by its line."""

import errno
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from client.endings import ALL_IN, NOT_ALLOWED, NOT_REACHED, REFUSED, SOME_REJECTED, WRONG_USE
from client.journal import Journal
from client.parts import Limits
from client.patience import Patience
from client.push import Options, Outcome, Pusher
from client.server import Server as Client
from tests.client.flaky import Flaky, Trouble, flaky_before
from tests.live.server import Server

HEADER = "pupil,date,session,code"
WHOLE = Limits()
IN_FOURS = Limits(most_rows=4)


@dataclass
class Heard:
    """What a listener was told."""

    places: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    size: int = 0

    def begin(self, name: str, size: int) -> None:
        self.size = size

    def reached(self, place: int) -> None:
        self.places.append(place)

    def say(self, text: str) -> None:
        self.texts.append(text)

    def end(self) -> None:
        """The bar would go."""


@pytest.fixture
def flaky(running: Server) -> Iterator[Flaky]:
    with flaky_before(running.port) as flaky:
        yield flaky


def export(folder: Path, rows: Sequence[str], name: str = "marks.csv") -> Path:
    file = folder / name
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    return file


def rows(count: int, code: str = "/") -> list[str]:
    return [f"P{number},2026-11-19,AM,{code}" for number in range(count)]


def pusher(
    running: Server,
    state: Path | None,
    *,
    through: Flaky | None = None,
    limits: Limits = WHOLE,
    seconds: float = 900,
    token: str | None = None,
    **options: Any,
) -> Pusher:
    heard = Heard()
    url = through.url if through else f"http://127.0.0.1:{running.port}"
    return Pusher(
        Client(url, token or running.token),
        Options(**options),
        Patience(seconds, heard.say, sleep=lambda seconds: None, clock=lambda: 0.0, chance=lambda: 0.5),
        heard,
        state,
        limits,
    )


def counts(outcome: Outcome) -> dict[str, int]:
    return {name: outcome.count(name) for name in ("received", "created", "unchanged", "rejected")}


def receipts(running: Server, outcome: Outcome) -> list[dict[str, Any]]:
    return [
        running.call("GET", f"/v1/imports/{receipt['import_id']}").json for _, receipt in outcome.answered
    ]


def held(running: Server, urn: str) -> dict[str, str]:
    answer = running.call("GET", f"/v1/schools/{urn}/registers/2026-11-19/AM")
    return dict(answer.json["marks"]) if answer.status == 200 else {}


def test_an_export_arrives_and_pushing_it_again_changes_nothing(
    running: Server, urn: str, tmp_path: Path
) -> None:
    file = export(tmp_path, rows(5))
    first = pusher(running, tmp_path / "state", school=urn).push(file)
    assert (first.code, counts(first)) == (
        ALL_IN,
        {"received": 5, "created": 5, "unchanged": 0, "rejected": 0},
    )
    again = pusher(running, tmp_path / "state", school=urn).push(file)
    assert (again.code, counts(again)) == (
        ALL_IN,
        {"received": 5, "created": 0, "unchanged": 5, "rejected": 0},
    )
    assert held(running, urn) == {f"P{number}": "/" for number in range(5)}


def test_it_goes_as_gzip_with_a_key_of_its_own(
    running: Server, flaky: Flaky, urn: str, tmp_path: Path
) -> None:
    file = export(tmp_path, rows(2000))
    pushing = pusher(running, tmp_path / "state", through=flaky, school=urn)
    assert pushing.push(file).code == ALL_IN
    (headers,) = flaky.pushed
    assert (headers["content-encoding"], headers["content-type"]) == ("gzip", "text/csv")
    assert int(headers["content-length"]) < file.stat().st_size / 4
    assert headers["idempotency-key"].startswith("headway-push-")


def test_an_export_that_is_gzip_already_goes_like_any_other(
    running: Server, urn: str, tmp_path: Path
) -> None:
    packed = tmp_path / "marks.csv.gz"
    packed.write_bytes(gzip.compress(export(tmp_path, rows(9)).read_bytes()))
    outcome = pusher(running, None, school=urn, limits=IN_FOURS).push(packed)
    assert (outcome.code, len(outcome.parts), outcome.count("created")) == (ALL_IN, 3, 9)


@pytest.mark.parametrize(
    "trouble", [Trouble.BUSY, Trouble.CUT, Trouble.UNANSWERED], ids=lambda t: t.name.lower()
)
def test_trouble_in_the_middle_is_overcome_and_no_row_counts_twice(
    running: Server, flaky: Flaky, urn: str, tmp_path: Path, trouble: Trouble
) -> None:
    flaky.ahead.extend([Trouble.NONE, trouble, trouble, Trouble.NONE, trouble])
    pushing = pusher(running, tmp_path / "state", through=flaky, school=urn, limits=IN_FOURS)
    outcome = pushing.push(export(tmp_path, rows(12)))
    assert (outcome.code, counts(outcome)) == (
        ALL_IN,
        {"received": 12, "created": 12, "unchanged": 0, "rejected": 0},
    )
    assert flaky.seen == [Trouble.NONE, trouble, trouble, Trouble.NONE, trouble, Trouble.NONE]
    assert [receipt["created"] for receipt in receipts(running, outcome)] == [4, 4, 4]
    assert len([text for text in pushing.listener.texts if "trying again" in text]) == 3  # type: ignore[attr-defined]


def test_a_part_keeps_its_key_through_all_tries_and_each_part_has_another(
    running: Server, flaky: Flaky, urn: str, tmp_path: Path
) -> None:
    flaky.ahead.extend([Trouble.UNANSWERED, Trouble.CUT, Trouble.NONE])
    pusher(running, tmp_path, through=flaky, school=urn, limits=IN_FOURS).push(export(tmp_path, rows(8)))
    keys = [headers["idempotency-key"] for headers in flaky.pushed]
    assert keys[0] == keys[1] == keys[2] != keys[3]


def test_a_push_that_gave_up_goes_on_where_it_was_and_asks_the_receipts_what_has_arrived(
    running: Server, flaky: Flaky, urn: str, tmp_path: Path
) -> None:
    file = export(tmp_path, [*rows(2), "P2,2026-11-19,AM,QQ", *rows(9)[3:]])
    flaky.ahead.extend([Trouble.NONE, Trouble.UNANSWERED])
    impatient = pusher(running, tmp_path / "state", through=flaky, school=urn, limits=IN_FOURS, seconds=0)
    broken_off = impatient.push(file)
    assert (broken_off.code, len(broken_off.answered), len(broken_off.parts)) == (NOT_REACHED, 1, 3)

    flaky.seen.clear()
    resumed = pusher(running, tmp_path / "state", through=flaky, school=urn, limits=IN_FOURS)
    outcome = resumed.push(file)
    assert flaky.asked == [f"/v1/imports/{broken_off.answered[0][1]['import_id']}"]
    assert len(flaky.seen) == 2  # the part without an answer, and the one behind it
    assert (outcome.code, counts(outcome)) == (
        SOME_REJECTED,
        {"received": 9, "created": 8, "unchanged": 0, "rejected": 1},
    )
    assert [(reject.line, reject.code) for reject in resumed.rejects(outcome)] == [(4, "QQ")]


def test_a_part_whose_receipt_is_gone_is_sent_again(
    running: Server, flaky: Flaky, urn: str, tmp_path: Path
) -> None:
    file = export(tmp_path, rows(8))
    flaky.ahead.extend([Trouble.NONE, Trouble.CUT])
    pusher(running, tmp_path / "state", through=flaky, school=urn, limits=IN_FOURS, seconds=0).push(file)
    (journal,) = (tmp_path / "state").iterdir()
    told = json.loads(journal.read_text())
    journal.write_text(json.dumps(told | {"done": {"1": "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11"}}))
    outcome = pusher(running, tmp_path / "state", through=flaky, school=urn, limits=IN_FOURS).push(file)
    assert flaky.asked == ["/v1/imports/0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11"]
    assert (outcome.code, outcome.count("received")) == (ALL_IN, 8)


def test_what_was_pushed_before_and_replaced_since_is_pushed_anew(
    running: Server, urn: str, tmp_path: Path
) -> None:
    first, second = export(tmp_path, rows(3)), export(tmp_path, rows(3, "I"), "corrected.csv")
    for file in (first, second, first):
        outcome = pusher(running, tmp_path / "state", school=urn).push(file)
        assert outcome.code == ALL_IN
    assert outcome.count("updated") == 3
    assert set(held(running, urn).values()) == {"/"}


def test_rejected_rows_are_named_by_their_lines_in_the_whole_file(
    running: Server, urn: str, tmp_path: Path
) -> None:
    file = tmp_path / "marks.csv"
    lines = ["", HEADER, *rows(4), "", '"P\n5",2026-11-19,AM,ZZ', ",,,", *rows(4), "P9,2026-11-19,XX,/"]
    file.write_text("\r\n".join(lines) + "\r\n", newline="")
    pushing = pusher(running, None, school=urn, limits=IN_FOURS)
    outcome = pushing.push(file)
    assert outcome.code == SOME_REJECTED
    written = file.read_bytes().replace(b"\r\n", b"\n").split(b"\n")
    found = [(written[(reject.line or 0) - 1], reject.row) for reject in pushing.rejects(outcome)]
    assert found == [(b'"P', 5), (b"P9,2026-11-19,XX,/", 10)]


def test_a_file_that_is_written_again_meanwhile_stops_the_push_and_its_rows_keep_their_numbers(
    running: Server, urn: str, tmp_path: Path
) -> None:
    file = export(tmp_path, [*rows(1, "QQ"), *rows(8)[1:]])
    pushing = pusher(running, None, school=urn, limits=IN_FOURS)
    pushing.listener.reached = lambda place: export(tmp_path, rows(9))  # type: ignore[assignment, method-assign]
    outcome = pushing.push(file)
    assert (outcome.code, len(outcome.answered)) == (WRONG_USE, 1)
    assert [(reject.row, reject.line) for reject in pushing.rejects(outcome)] == [(1, None)]


def test_all_rejected_rows_are_fetched_where_a_receipt_shows_only_the_first(
    running: Server, urn: str, tmp_path: Path
) -> None:
    file = export(tmp_path, [*rows(3), *rows(1200, "QQ")])
    pushing = pusher(running, None, school=urn)
    outcome = pushing.push(file)
    assert [reject.line for reject in pushing.rejects(outcome)] == list(range(5, 1205))
    assert len(pushing.rejects(outcome, most=20)) == 20
    assert outcome.faults == 1200


def test_a_file_whose_rows_are_all_rejected_is_judged_afresh_the_next_time(
    running: Server, urn: str, tmp_path: Path
) -> None:
    file = export(tmp_path, rows(6, "XA"))
    rejected = pusher(running, tmp_path / "state", school=urn, limits=IN_FOURS).push(file)
    assert (rejected.code, rejected.count("rejected")) == (REFUSED, 6)
    running.call("PUT", f"/v1/schools/{urn}/code-map", {"map": {"XA": "C"}})
    outcome = pusher(running, tmp_path / "state", school=urn, limits=IN_FOURS).push(file)
    assert (outcome.code, outcome.count("created")) == (ALL_IN, 6)


def test_a_part_that_was_rejected_before_a_break_is_judged_afresh_behind_it(
    running: Server, flaky: Flaky, urn: str, tmp_path: Path
) -> None:
    file = export(tmp_path, [*rows(4, "XA"), *rows(8)[4:]])
    flaky.ahead.extend([Trouble.NONE, Trouble.CUT])
    pusher(running, tmp_path / "state", through=flaky, school=urn, limits=IN_FOURS, seconds=0).push(file)
    running.call("PUT", f"/v1/schools/{urn}/code-map", {"map": {"XA": "C"}})
    outcome = pusher(running, tmp_path / "state", through=flaky, school=urn, limits=IN_FOURS).push(file)
    assert (outcome.code, outcome.count("created")) == (ALL_IN, 8)


def test_all_or_nothing_is_nothing_where_one_row_is_wrong(running: Server, urn: str, tmp_path: Path) -> None:
    outcome = pusher(running, None, school=urn, atomic=True).push(
        export(tmp_path, [*rows(3), *rows(1, "QQ")])
    )
    assert (outcome.code, outcome.count("rejected"), outcome.faults) == (REFUSED, 4, 1)
    assert held(running, urn) == {}


def test_a_range_is_replaced_and_the_guard_holds_unless_it_is_forced(
    running: Server, urn: str, tmp_path: Path
) -> None:
    pusher(running, None, school=urn).push(export(tmp_path, rows(10)))
    less = export(tmp_path, rows(5))
    guarded = pusher(running, None, school=urn, replace="2026-11-19..2026-11-19").push(less)
    assert guarded.code == REFUSED
    assert guarded.error is not None
    assert "more than 20 %" in guarded.error.detail
    forced = pusher(running, None, school=urn, replace="2026-11-19..2026-11-19", force=True).push(less)
    assert (forced.code, forced.count("removed")) == (ALL_IN, 5)


def test_a_trial_keeps_nothing_here_or_there(running: Server, flaky: Flaky, urn: str, tmp_path: Path) -> None:
    file = export(tmp_path, rows(3))
    outcome = pusher(running, tmp_path / "state", through=flaky, school=urn, dry_run=True).push(file)
    assert (outcome.code, outcome.count("created")) == (ALL_IN, 3)
    assert held(running, urn) == {}
    assert not (tmp_path / "state").exists()
    assert "idempotency-key" not in flaky.pushed[0]


def test_without_a_school_each_row_names_its_own(
    running: Server, urn: str, another_urn: str, tmp_path: Path
) -> None:
    file = tmp_path / "trust.csv"
    schools = [urn, another_urn, "999999"]
    file.write_text("\n".join([f"school,{HEADER}", *(f"{school},{rows(1)[0]}" for school in schools)]))
    pushing = pusher(running, None)
    outcome = pushing.push(file)
    assert (outcome.code, outcome.count("created")) == (SOME_REJECTED, 2)
    assert [reject.line for reject in pushing.rejects(outcome)] == [4]
    assert held(running, urn) == held(running, another_urn) == {"P0": "/"}


def test_nothing_of_a_push_is_left_on_disk_once_it_has_ended(
    running: Server, urn: str, tmp_path: Path
) -> None:
    pusher(running, tmp_path / "state", school=urn).push(export(tmp_path, rows(3)))
    assert list((tmp_path / "state").iterdir()) == []


def test_a_push_goes_on_without_a_journal_where_none_can_be_kept(
    running: Server, urn: str, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("a file of that name")
    pushing = pusher(running, tmp_path / "state", school=urn)
    assert pushing.push(export(tmp_path, rows(3))).code == ALL_IN
    assert "can't be resumed" in pushing.listener.texts[0]  # type: ignore[attr-defined]


def test_a_push_goes_on_where_its_journal_cannot_be_written_any_more(
    running: Server, urn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(journal: Journal, part: int, import_id: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Journal, "note", full)
    pushing = pusher(running, tmp_path / "state", school=urn, limits=IN_FOURS)
    assert pushing.push(export(tmp_path, rows(12))).code == ALL_IN
    heard: Any = pushing.listener
    assert "No space left" in heard.texts[0]
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        pytest.param({"token": "hw_nobody"}, NOT_ALLOWED, "the token isn't valid", id="an unknown token"),
        pytest.param({"school": "999999"}, NOT_ALLOWED, "no such school", id="an unknown school"),
        pytest.param({"layout": "tall"}, REFUSED, "tall", id="an unknown layout"),
    ],
)
def test_what_is_refused_is_said_at_once(
    running: Server, urn: str, tmp_path: Path, given: dict[str, Any], code: int, words: str
) -> None:
    outcome = pusher(running, None, **({"school": urn} | given)).push(export(tmp_path, rows(3)))
    assert outcome.code == code
    assert outcome.error is not None
    assert words in outcome.error.detail


def test_a_broken_part_is_named_by_the_line_that_it_begins_in(
    running: Server, urn: str, tmp_path: Path
) -> None:
    file = tmp_path / "marks.ndjson"
    row = json.dumps({"pupil": "P1", "date": "2026-11-19", "session": "AM", "code": "/"})
    file.write_text("\n".join([row] * 6 + ["{broken", row]))
    outcome = pusher(running, None, school=urn, limits=IN_FOURS).push(file)
    assert (outcome.code, len(outcome.answered)) == (REFUSED, 1)
    assert outcome.error is not None
    assert outcome.error.detail.startswith("part 2 of 2, which begins in line 5: refused (400): ")


def test_the_bar_grows_to_the_whole_file(running: Server, urn: str, tmp_path: Path) -> None:
    pushing = pusher(running, None, school=urn, limits=Limits(most_rows=500))
    pushing.push(export(tmp_path, rows(2000)))
    heard: Any = pushing.listener
    assert heard.places == sorted(heard.places)
    assert heard.places[-1] == heard.size > 0
    assert len(set(heard.places)) >= 4
