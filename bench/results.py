"""What was measured, and the table at the end."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One line of the table; `target` is met when `ratio` is at least or at most it, None where there is none."""

    what: str
    measured: str
    limit: str = ""
    ratio: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    """Of `ratio`, where it is a figure with a unit."""

    @property
    def figure(self) -> str:
        """The ratio in words."""
        return "" if self.ratio is None else f"{self.ratio:.3g}{self.unit}"

    @property
    def target(self) -> str:
        """The target in words."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}{self.unit}"
        return f"≤ {self.at_most:g}{self.unit}" if self.at_most is not None else ""

    @property
    def met(self) -> str:
        """Yes or no; nothing where it was measured for information only."""
        if self.ratio is None or not self.target:
            return ""
        above = self.at_least is None or self.ratio >= self.at_least
        below = self.at_most is None or self.ratio <= self.at_most
        return "yes" if above and below else "NO"


HEADINGS = ("what", "measured", "limit", "ratio", "target", "met")


def table(results: Sequence[Result]) -> str:
    """All results under one another, and a sentence on targets that were missed."""
    rows = [
        (each.what, each.measured, each.limit, each.figure,
         each.target, each.met)
        for each in results
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in [HEADINGS, *rows]) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [HEADINGS, tuple("-" * width for width in widths), *rows]
    ]
    missed = [each.what for each in results if each.met == "NO"]
    asked = sum(1 for each in results if each.met)
    verdict = f"{asked - len(missed)} of {asked} targets met."
    return "\n".join([*lines, "", verdict + (f" MISSED: {'; '.join(missed)}." if missed else "")])


def rate(marks_a_second: float) -> str:
    """A rate as the table shows it."""
    return f"{marks_a_second / 1000:,.0f} k marks/s"
