"""How every action and challenge of a school is doing, worked out once and kept until anything of the school is
written, or the day turns: for lists that are narrowed or sorted by it.
"""

from sqlalchemy import bindparam, select

from models import Ledger
from services.memory import Memory
from services.prepared import Prepared
from services.tracker.held import Answers, Held
from services.tracker.kinds import Content, Kind

MOST_IN_MEMORY = 50_000
"""Actions and challenges."""

_head = Prepared(select(Ledger.head).where(Ledger.school_id == bindparam("school_id")))
_memory: Memory[tuple[str, int, str], dict[str, Content]] = Memory(MOST_IN_MEMORY)


def standing_of_school(held: Held, kind: Kind, school_id: int, answers: Answers) -> dict[str, Content]:
    """What is worked out for each of a kind in a school, by id."""
    key = (held.work.tools.database.url, school_id, kind.name)
    version = (_head.one_or_none(held.work.connection, {"school_id": school_id}), held.today)
    found = _memory.find(key, version)
    if found is None:
        contents = held.matching(kind, kind.model.school_id == school_id)
        found = {
            content["id"]: {name: content.get(name) for name in ("health", "progress")}
            for content in answers(held, contents)
        }
        _memory.keep(key, version, found, len(found) + 1)
    return found
