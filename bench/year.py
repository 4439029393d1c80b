"""Whether a register costs the same at the end of a school's year as at its start."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.bulk import push_year
from bench.client import time_of
from bench.limit import RowPerMark
from bench.made import School
from bench.puts import put_of
from bench.results import Result
from bench.servers import Headway, PostgreSQL, serving, sqlite_in

RUNS = 5
REGISTERS = 5
"""Timed at either end of the year in each run."""


def measure_year(folder: Path, postgresql: PostgreSQL, _: RowPerMark, *, quick: bool) -> Iterator[Result]:
    """The last registers of a year against the first, on PostgreSQL and (for information) on SQLite."""
    with serving(folder, postgresql.new_database()) as headway:
        yield _last_against_first("The 380th session ÷ the first", headway, at_most=1.10)
    if not quick:
        with serving(folder, sqlite_in(folder)) as headway:
            yield _last_against_first("The 380th session ÷ the first, SQLite", headway)


def _last_against_first(what: str, headway: Headway, at_most: float | None = None) -> Result:
    ratios, firsts, lasts = [], [], []
    for run in range(RUNS):
        first, last = School(8000 + run), School(8100 + run)
        headway.add_schools([first, last])
        push_year(headway, last, until=375)
        # The year's first register gives the pupils their places, and each worker reads the roll once: not timed.
        warm_up = [put_of(headway, first, 0), put_of(headway, last, 375 - 1)]
        in_turn = [
            put_of(headway, school, session)
            for number in range(REGISTERS)
            for school, session in ((first, 1 + number), (last, 375 + number))
        ]
        [opened] = headway.connections(1)
        each = time_of([opened], [[*warm_up, *in_turn]]).each[len(warm_up) :]
        opened.close()
        firsts.append(np.median(each[0::2]) * 1000)
        lasts.append(np.median(each[1::2]) * 1000)
        ratios.append(lasts[-1] / firsts[-1])
    return Result(
        what,
        f"{np.median(lasts):.1f} ms ÷ {np.median(firsts):.1f} ms, median of {RUNS} runs",
        ratio=float(np.median(ratios)),
        at_most=at_most,
    )
