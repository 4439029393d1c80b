"""Events of absence and lateness, where no event means that the pupil was there: negative attendance."""

from collections.abc import Mapping
from dataclasses import dataclass

from intake.marks import Marks

PRESENT = "present"
"""What a category may stand for besides a code: the mark of the session for a pupil who is there."""


@dataclass
class AbsenceEvents:
    """Events as the marks of the sessions that they speak of; a mark's `code` is the category as the source calls it.

    `usual` says which code each category, in small letters, stands for (or `PRESENT`) unless the school's own map says
    otherwise; `schools` what the event in each row, by its number, calls its school.
    """

    marks: Marks
    usual: Mapping[str, str]
    schools: dict[int, str]

    @property
    def layout(self) -> str:
        """The layout that the events came in."""
        return self.marks.layout
