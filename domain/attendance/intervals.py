"""How sure one can be of a share, and of the difference of two, where sessions come in pupils.

One pupil's sessions are alike, so a thousand sessions of ten pupils say little more than ten pupils do. A share is
sums divided once, as everywhere. Its interval is Wilson's with the number of sessions that would say as much if each
stood alone: the share's binomial variance over its variance between pupils (linearised, pupils as clusters), never
more than there are sessions, less for few pupils by Student's t (Korn and Graubard, 1998). Where every pupil counts
once, as in persistent absence, that is Wilson's interval itself. Where no session is of the measure, or all are, the
pupils' spread can't be seen and each pupil counts as one observation.

A difference puts the distances of both intervals together by squares (Newcombe, 1998; Zou and Donner, 2008), with the
correlation of what each pupil adds to either side: most pupils are on both sides of a before and after.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from domain.attendance.cells import Sums

Floats = npt.NDArray[np.float64]

CONFIDENCE = 95
"""Per cent."""

Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 200)

_T_OF_FEW = {1: 12.706205, 2: 4.302653, 3: 3.182446}
"""Where the expansion below is still off."""


@dataclass(frozen=True, eq=False)
class Counts:
    """What is counted of each pupil, by place: `numerator` of `denominator`; 0 of 0 of those who don't belong."""

    numerator: Sums
    denominator: Sums

    @property
    def pupils(self) -> int:
        """How many belong."""
        return int(np.count_nonzero(self.denominator))


@dataclass(frozen=True, eq=False)
class Estimate:
    """A share or a difference of shares, from 0 to 1, with its interval; `influence`: what each pupil moves it by."""

    value: Fraction
    lower: float
    upper: float
    influence: Floats


def share_of(counts: Counts) -> Estimate | None:
    """The share of all pupils together; None where nothing is counted."""
    part, whole = int(counts.numerator.sum()), int(counts.denominator.sum())
    if whole == 0:
        return None
    influence = (counts.numerator * whole - part * counts.denominator) / whole**2
    share = Fraction(part, whole)
    lower, upper = wilson(float(share), _effective_size(counts, share, influence))
    return Estimate(share, lower, upper, influence)


def difference(one: Estimate, other: Estimate) -> Estimate:
    """One less the other, of the same places; either may itself be a difference."""
    value = one.value - other.value
    together = _correlation(one.influence, other.influence)
    down = _put_together(_below(one), _above(other), together)
    up = _put_together(_above(one), _below(other), together)
    return Estimate(value, float(value) - down, float(value) + up, one.influence - other.influence)


def wilson(share: float, size: float) -> tuple[float, float]:
    """Wilson's score interval of a share of `size` independent observations; without any it may be anything."""
    if size == 0:
        return 0.0, 1.0
    weight = Z * Z / size
    centre = (share + weight / 2) / (1 + weight)
    half = sqrt(share * (1 - share) * weight + weight * weight / 4) / (1 + weight)
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def student_t(freedom: int) -> float:
    """The quantile of Student's t that `Z` is of the normal distribution (Cornish and Fisher's expansion)."""
    if freedom in _T_OF_FEW:
        return _T_OF_FEW[freedom]
    z, v = Z, float(freedom)
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )


def _effective_size(counts: Counts, share: Fraction, influence: Floats) -> float:
    """How many independent observations would say as much."""
    pupils, whole = counts.pupils, int(counts.denominator.sum())
    if pupils == whole or share in (0, 1):
        return pupils
    if pupils == 1:
        return 0  # there is no spread between one
    variance = float(influence @ influence) * pupils / (pupils - 1)
    binomial = float(share * (1 - share))
    size = whole if variance * whole <= binomial else binomial / variance
    return size * (Z / student_t(pupils - 1)) ** 2


def _correlation(one: Floats, other: Floats) -> float:
    scale = sqrt(float(one @ one) * float(other @ other))
    return max(-1.0, min(1.0, float(one @ other) / scale)) if scale else 0.0


def _below(estimate: Estimate) -> float:
    return float(estimate.value) - estimate.lower


def _above(estimate: Estimate) -> float:
    return estimate.upper - float(estimate.value)


def _put_together(one: float, other: float, correlation: float) -> float:
    return sqrt(max(0.0, one * one - 2 * correlation * one * other + other * other))
