"""Everything that changes in the tracker, one change after the other, so that a script never misses one.

Times are no safe order: transactions of two schools commit in another order than they began. Within the chain of one
school's audit entries the numbers have no gap and commit in their order; so a place in this feed is a number for each
chain that the key sees, and what is committed later always lies behind it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, select, union_all

from domain.errors import invalid
from models import AuditEntry, Ledger, StrandPosition
from services.audit import NO_SCHOOL
from services.schools.schools import SchoolRef, visible_schools
from services.tracker import kinds
from services.tracker.held import Held
from services.tracker.kinds import STRAND_POSITION, Content, Kind
from services.tracker.sight import in_sight, of_school, schools_in_sight
from services.unit_of_work import UnitOfWork

KINDS = {kind.name: kind for kind in vars(kinds).values() if isinstance(kind, Kind)}
"""Every kind of the tracker by its name."""

MOST_SCHOOLS = 200
"""A place in the feed names a number for each school; more would be too long for an address."""

CHAINS_AT_A_TIME = 100
"""So many chains are read in one statement."""

ENTRIES_LOOKED_THROUGH = 1_000
"""So many entries of what isn't one school's are looked through in one call for those that the key may see."""

Positions = dict[int, int]
"""The number of the last entry that was passed, by the number of the chain's school."""

_columns = (
    AuditEntry.school_id,
    AuditEntry.sequence,
    AuditEntry.at,
    AuditEntry.who,
    AuditEntry.verb,
    AuditEntry.kind,
    AuditEntry.subject,
    AuditEntry.revision,
)


@dataclass(frozen=True)
class FeedQuestion:
    """Which changes: of one school or of all that the key sees, of one kind or of all."""

    school: SchoolRef | None = None
    kind: str | None = None


@dataclass(frozen=True)
class FeedPage:
    """Some changes, where the next ones begin, and whether some are there already.

    Each is {"school", "at", "who", "verb", "type", "id", "revision"}, and "area" for a strand position.
    """

    items: list[dict[str, Any]]
    positions: Positions
    more: bool


@dataclass(frozen=True)
class _Found:
    """Entries of some chains in their order, and up to which number each of the chains was looked through."""

    entries: list[Any]
    through: Positions


def start_of_feed(work: UnitOfWork, question: FeedQuestion, since: datetime | None) -> Positions:
    """Where the changes from a time on begin, or all that there are.

    What is committed after this, is behind it, though it began before that time.
    """
    ends = _ends(work, _chains(work, question))
    asked = (
        select(AuditEntry.school_id, func.min(AuditEntry.sequence))
        .where(AuditEntry.school_id.in_(ends), *_of_the_tracker(question))
        .group_by(AuditEntry.school_id)
    )
    if since is not None:
        asked = asked.where(AuditEntry.at >= since)
    first: Positions = dict(work.connection.execute(asked).all())
    return {school_id: first.get(school_id, end + 1) - 1 for school_id, end in ends.items()}


def read_changes(work: UnitOfWork, question: FeedQuestion, start: Mapping[int, int], limit: int) -> FeedPage:
    """The changes behind a place in the feed, at most `limit`; fewer where the key may not see what was looked through.

    A chain that the place doesn't name has come into the key's sight since, and is read from its first entry. Raises
    `Invalid` for a place that is ahead of what is held.
    """
    chains = _chains(work, question)
    ends = _ends(work, chains)
    place = {school_id: start.get(school_id, 0) for school_id in ends}
    if any(place[school_id] > end for school_id, end in ends.items()):
        raise invalid("/query/cursor", "the cursor is ahead of what is held here; begin again with since")
    behind = {school_id: at for school_id, at in place.items() if at < ends[school_id]}
    found = _looked_through(work, question, behind, ends, limit)
    shown = found.entries[:limit]
    passed = place | _passed(found, shown, place)
    items = [_item(entry, chains[entry.school_id]) for entry in shown]
    return FeedPage(_with_areas(work, items), passed, any(passed[one] < end for one, end in ends.items()))


def _chains(work: UnitOfWork, question: FeedQuestion) -> dict[int, str | None]:
    """The URN of each chain's school, null for the one of what isn't one school's."""
    schools = visible_schools(work) if question.school is None else [question.school]
    if len(schools) > MOST_SCHOOLS:
        raise invalid(
            "/query/school",
            f"this key sees {len(schools):,} schools, and a feed goes over {MOST_SCHOOLS} at most; ask for one school",
        )
    return {NO_SCHOOL: None} | {school.id: school.urn for school in schools}


def _ends(work: UnitOfWork, chains: Iterable[int]) -> Positions:
    asked = select(Ledger.school_id, Ledger.sequence).where(Ledger.school_id.in_(chains))
    return dict(work.connection.execute(asked).all())


def _of_the_tracker(question: FeedQuestion) -> list[ColumnElement[bool]]:
    names = list(KINDS) if question.kind is None else [question.kind]
    return [AuditEntry.kind.in_(names), AuditEntry.subject.is_not(None)]


def _looked_through(
    work: UnitOfWork, question: FeedQuestion, behind: Positions, ends: Positions, limit: int
) -> _Found:
    """Entries behind these places, in the order of time and within a chain in its own, of which that is one."""
    picks = question.school is not None or not work.actor.sees_every_school
    apart = {NO_SCHOOL} & behind.keys() if picks else set()
    whole = {school_id: at for school_id, at in behind.items() if school_id not in apart}
    found = _whole_chains(work, question, whole, ends, limit)
    if not apart:
        return found
    shared = _shared_chain(work, question, behind[NO_SCHOOL], ends[NO_SCHOOL])
    return _Found(
        sorted([*found.entries, *shared.entries], key=_in_time), {**found.through, **shared.through}
    )


def _whole_chains(
    work: UnitOfWork, question: FeedQuestion, behind: Positions, ends: Positions, limit: int
) -> _Found:
    """The first entries of chains of which the key may see all; one more than `limit` where there are as many."""
    entries: list[Any] = []
    some = list(behind.items())
    for start in range(0, len(some), CHAINS_AT_A_TIME):
        parts = [
            _first_of(question, school_id, at, limit + 1).subquery()
            for school_id, at in some[start : start + CHAINS_AT_A_TIME]
        ]
        entries += work.connection.execute(union_all(*(select(part) for part in parts))).all()
    entries = sorted(entries, key=_in_time)[: limit + 1]
    if len(entries) <= limit:
        return _Found(entries, {school_id: ends[school_id] for school_id in behind})
    return _Found(entries, {entry.school_id: entry.sequence for entry in entries})


def _first_of(question: FeedQuestion, school_id: int, after: int, count: int) -> Any:
    of_chain = (AuditEntry.school_id == school_id, AuditEntry.sequence > after)
    asked = select(*_columns).where(*of_chain, *_of_the_tracker(question))
    return asked.order_by(AuditEntry.sequence).limit(count)


def _shared_chain(work: UnitOfWork, question: FeedQuestion, after: int, end: int) -> _Found:
    """What the key may see of the chain of what isn't one school's: people, and what several schools share."""
    statement = _first_of(question, NO_SCHOOL, after, ENTRIES_LOOKED_THROUGH).add_columns(AuditEntry.content)
    rows = work.connection.execute(statement).all()
    through = rows[-1].sequence if len(rows) == ENTRIES_LOOKED_THROUGH else end
    return _Found(_seen(work, question, rows), {NO_SCHOOL: through})


def _seen(work: UnitOfWork, question: FeedQuestion, rows: Sequence[Any]) -> list[Any]:
    sight = schools_in_sight(work)
    conditions = {
        kind.name: [in_sight(kind, sight)] + ([of_school(kind, question.school)] if question.school else [])
        for kind in KINDS.values()
    }
    now = _now(work, [row for row in rows if row.content is None])
    told = ((row, msgspec.json.decode(row.content) if row.content else now.get(row.subject)) for row in rows)
    return [
        row
        for row, content in told
        if content is not None and all(condition.holds(content) for condition in conditions[row.kind])
    ]


def _now(work: UnitOfWork, rows: Sequence[Any]) -> dict[str, Content]:
    """How things are now whose entries were erased: the log can't tell any more whose they were."""
    held = Held(work)
    found: dict[str, Content] = {}
    for name in {row.kind for row in rows}:
        found |= held.with_ids(KINDS[name], {row.subject for row in rows if row.kind == name})
    return found


def _passed(found: _Found, shown: Sequence[Any], place: Positions) -> Positions:
    """Up to which number each chain is passed once these entries are shown."""
    last: Positions = {entry.school_id: entry.sequence for entry in shown}
    left = {entry.school_id for entry in found.entries[len(shown) :]}
    return {
        school_id: last.get(school_id, place[school_id]) if school_id in left else through
        for school_id, through in found.through.items()
    }


def _in_time(entry: Any) -> tuple[datetime, int, int]:
    return entry.at, entry.school_id, entry.sequence


def _item(entry: Any, urn: str | None) -> dict[str, Any]:
    return {
        "school": urn,
        "at": entry.at,
        "who": entry.who,
        "verb": entry.verb,
        "type": entry.kind,
        "id": entry.subject,
        "revision": entry.revision,
    }


def _with_areas(work: UnitOfWork, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Strand positions are found by their area, and have it beside their id."""
    ids = {item["id"] for item in items if item["type"] == STRAND_POSITION.name}
    if not ids:
        return items
    asked = select(StrandPosition.id, StrandPosition.area).where(StrandPosition.id.in_(ids))
    areas = dict(work.connection.execute(asked).all())
    return [item | {"area": areas[item["id"]]} if item["id"] in areas else item for item in items]
