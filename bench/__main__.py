"""Runs the benchmarks and prints one table. It measures, so it ends well whatever the figures are."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from bench.bulk import measure_bulk
from bench.limit import RowPerMark
from bench.memory import measure_memory
from bench.morning import measure_morning
from bench.overload import measure_overload
from bench.puts import measure_puts
from bench.reads import measure_reads
from bench.results import Result, table
from bench.servers import PostgreSQL, scratch
from bench.tracker import measure_tracker
from bench.whole import measure_whole
from bench.workforce import measure_workforce
from bench.year import measure_year

PARTS: dict[str, Callable[..., Iterable[Result]]] = {
    "puts": measure_puts,
    "bulk": measure_bulk,
    "reads": measure_reads,
    "year": measure_year,
    "memory": measure_memory,
    "tracker": measure_tracker,
    "workforce": measure_workforce,
    "overload": measure_overload,
}
BY_NAME_ONLY: dict[str, Callable[..., Iterable[Result]]] = {
    "morning": measure_morning,
    "whole": measure_whole,
}
"""Parts that take long, run only where they are asked for."""


def main() -> None:
    """Run the parts that were chosen, each on its own."""
    chosen = _arguments()
    parts = [name.strip() for name in chosen.only.split(",")] if chosen.only else list(PARTS)
    known = PARTS | BY_NAME_ONLY
    if unknown := sorted(set(parts) - set(known)):
        sys.exit(f"unknown part {', '.join(unknown)}; there are {', '.join(known)}")
    began = time.monotonic()
    results: list[Result] = []
    with scratch(chosen.folder) as folder:
        postgresql = PostgreSQL(folder)
        try:
            limit = RowPerMark(postgresql.new_database())
            for name in parts:
                for result in known[name](folder, postgresql, limit, quick=chosen.quick):
                    results.append(result)
                    print(f"{time.monotonic() - began:5.0f} s  {result.what}: {result.measured}", flush=True)
        finally:
            postgresql.stop()
    load = os.getloadavg()[0]
    print(f"\n{table(results)}\n")
    print(
        f"{time.monotonic() - began:.0f} s on {os.cpu_count()} cores, load {load:.1f};"
        " client, server and database share them."
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few seconds for each part")
    parser.add_argument("--only", metavar="PART,…", help=f"some of {', '.join(PARTS | BY_NAME_ONLY)}")
    parser.add_argument(
        "--folder",
        type=Path,
        help="where the databases lie while it runs; a real disk, or durability costs nothing",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
