"""How much memory a server process takes at most while a body of the largest size goes in."""

from collections.abc import Iterator
from pathlib import Path

from bench.limit import RowPerMark
from bench.made import BULK, School, bulk_csv
from bench.results import Result
from bench.servers import Headway, PostgreSQL, serving

MIB = 1 << 20
LARGEST = 64 * MIB
MOST_ROWS = 1_000_000
MB = 1_000_000
AT_MOST = {"JSON": 250.0, "NDJSON": 250.0, "CSV": 300.0}
"""A million rows of CSV, each with its own time, hold more than fits into 64 MiB of JSON."""


def measure_memory(folder: Path, postgresql: PostgreSQL, _: RowPerMark, *, quick: bool) -> Iterator[Result]:
    """Each form in a fresh server, as the peak of a process never falls again.

    JSON and NDJSON come to the limit of bytes. CSV comes to the limit of rows before that, here with the time of each.
    """
    for name in ("JSON",) if quick else BULK:
        school = School(9000, pupils=2630 if name == "CSV" else 2430)
        media_type, body_of = BULK[name]
        sessions = range(380)
        body = bulk_csv(school, sessions, times=True) if name == "CSV" else body_of(school, sessions)
        rows = len(sessions) * school.pupils
        if len(body) > LARGEST or rows > MOST_ROWS:
            raise RuntimeError(f"a body of {len(body):,} bytes and {rows:,} rows is over the limit")
        with serving(folder, postgresql.new_database()) as headway:
            headway.add_schools([school])
            before = _peak(headway)
            headway.ask("POST", f"/v1/schools/{school.urn}/marks", body, media_type)
            peak = _peak(headway)
        yield Result(
            f"Peak memory, bulk {name}",
            f"{len(body) / MIB:.0f} MiB, {rows:,} rows; {before:.0f} MB before it",
            ratio=peak,
            unit=" MB",
            at_most=AT_MOST[name],
        )


def _peak(headway: Headway) -> float:
    """Megabytes: the highest resident size that any worker ever had."""
    sizes = []
    for worker in headway.workers():
        status = Path(f"/proc/{worker}/status").read_text()
        sizes.append(int(status.partition("VmHWM:")[2].split()[0]) * 1024 / MB)
    return max(sizes)
