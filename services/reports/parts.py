"""What reports say of each challenge, written once and remembered until that is touched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.tracker.records import ChallengeRecord, PersonRecord
from domain.tracker.report import compose_challenge
from render.json import exact_json
from services.tracker.held import Held
from services.tracker.kinds import PERSON, Content
from services.tracker.remembered import Remembered
from services.tracker.threads import awaited_by, challenge_records
from services.tracker.touched import Entry, touched_challenges

MOST_BYTES_IN_MEMORY = 32 << 20


@dataclass(frozen=True)
class Part:
    """What a report says of one challenge."""

    json: bytes
    clarity: dict[str, int]
    doers: frozenset[str]
    people: frozenset[str]
    """All that it names, the doers among them."""


def parts_of(held: Held, contents: Sequence[Content], *, first: date | None, last: date | None) -> list[Part]:
    """The parts of some challenges as they are now, in their order."""
    numbers = held.school_ids({content["school"] for content in contents})
    # One key may see less evidence than another.
    about = held.work.actor.schools, first, last
    known = _parts.of(held, set(numbers.values()), about)
    whose = {content["id"]: numbers[content["school"]] for content in contents}
    missing = [content for content in contents if content["id"] not in known[whose[content["id"]]].told]
    fresh: dict[int, dict[str, Part]] = {}
    for id, part in _composed(held, missing, first, last).items():
        fresh.setdefault(whose[id], {})[id] = part
    for school, parts in fresh.items():
        known[school] = known[school].with_told(parts)
        _parts.keep(held, school, about, known[school])
    return [known[school].told[id] for id, school in whose.items()]


def doers_of(challenge: ChallengeRecord) -> frozenset[str]:
    """Who leads a challenge, or owns or supports one of its actions."""
    actions = [person for action in challenge.actions for person in (action.owner, *action.supporters)]
    return _ids(challenge.lead, *actions)


def forget_parts() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    _parts.forget()


def _composed(
    held: Held, contents: Sequence[Content], first: date | None, last: date | None
) -> dict[str, Part]:
    if not contents:
        return {}
    records = challenge_records(held, contents)
    others = awaited_by(held, [action for record in records for action in record.actions])
    return {
        record.id: _part(
            record, compose_challenge(record, first=first, last=last, today=held.today, others=others)
        )
        for record in records
    }


def _part(record: ChallengeRecord, composed: dict[str, Any]) -> Part:
    doers = doers_of(record)
    said_by = [update.by for action in record.actions for update in action.updates]
    attended = [person for review in record.reviews for person in review.attended]
    people = doers | _ids(*said_by, *attended)
    return Part(exact_json(composed), composed["clarity"], doers, people)


def _ids(*people: PersonRecord | None) -> frozenset[str]:
    return frozenset(person.id for person in people if person is not None)


def _touched(
    held: Held, school_id: int, entries: Sequence[Entry], told: Mapping[str, Part]
) -> set[str] | None:
    """The challenges that entries touch, and those whose parts name somebody who was changed."""
    challenges = touched_challenges(held, school_id, entries)
    changed = {entry.subject for entry in entries if entry.kind == PERSON.name}
    naming = {id for id, part in told.items() if part.people & changed}
    return None if challenges is None else challenges | naming


def _weight(told: Mapping[str, Part]) -> int:
    return sum(len(part.json) for part in told.values())


_parts: Remembered[Part] = Remembered(MOST_BYTES_IN_MEMORY, _touched, _weight)
