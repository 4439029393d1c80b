"""From when on it is time to worry about an action: the usual limits, in place of which a school may set its own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HealthLimits:
    """In days and per cent."""

    stalled_after_days: int = 28
    due_soon_days: int = 14
    due_soon_progress: int = 75
    late_start_days: int = 14
