"""A made-up tracker of many schools, written straight into the database as the API would have written it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select

from models import (
    Action,
    Challenge,
    Evidence,
    EvidenceAbout,
    EvidenceSchool,
    Milestone,
    Person,
    PersonSchool,
    ProgressUpdate,
    School,
    SearchEntry,
)
from render.json import exact_json
from services.audit import OpenLedger, lock_ledger, write_entries
from services.database import Database
from services.ids import new_id
from services.tracker.held import content_of
from services.tracker.kinds import ACTION, CHALLENGE, EVIDENCE, MILESTONE, PERSON, UPDATE, Kind
from services.tracker.search import SEARCHED

BEGAN = datetime(2025, 9, 1, 8, tzinfo=UTC)
STATUSES = ("planned", "in_progress", "in_progress", "in_progress", "blocked", "done", "stopped")
WORDS = ("club", "calls", "letter", "tutor", "bus", "phonics", "advert", "mentor", "review", "visit")
CHALLENGES_OF_A_SCHOOL = 12
IN_ORDER = (
    Person, PersonSchool, Challenge, Action, Milestone, ProgressUpdate,
    Evidence, EvidenceAbout, EvidenceSchool, SearchEntry,
)  # fmt: skip
"""Tables, each after those that it points to."""


@dataclass(frozen=True)
class Size:
    """How much of each, over all schools."""

    schools: int = 30
    actions: int = 10_000
    updates: int = 100_000
    evidence: int = 50_000


def fill(url: str, size: Size) -> None:
    """Write the trackers of all schools that are in the database."""
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"), connections=1)
    with database.looking_up() as connection:
        schools = list(connection.execute(select(School.id, School.urn).order_by(School.id)))
    for school in schools[: size.schools]:
        with database.writing() as connection:
            _School(connection, school.id, school.urn, size).write()
            connection.commit()
    if not database.is_sqlite:
        with database.looking_up() as connection:
            connection.exec_driver_sql("ANALYZE")
    database.close()


class _School:
    def __init__(self, connection: Connection, id: int, urn: str, size: Size) -> None:
        self.connection, self.id, self.urns, self.size = connection, id, {id: urn}, size
        self.rows: dict[Any, list[dict[str, Any]]] = {}
        ledger = lock_ledger(connection, id)
        assert ledger is not None
        self.ledger: OpenLedger = ledger

    def write(self) -> None:
        """All of it: people, challenges, their actions with updates and milestones, evidence."""
        shares = {
            name: -(-getattr(self.size, name) // self.size.schools)
            for name in ("actions", "updates", "evidence")
        }
        people = [self._person(number) for number in range(12)]
        challenges = [self._challenge(number, people) for number in range(CHALLENGES_OF_A_SCHOOL)]
        actions = [self._action(number, challenges, people) for number in range(shares["actions"])]
        for number in range(shares["updates"]):
            self._update(number, actions[number % len(actions)], people)
        for number in range(shares["evidence"]):
            self._evidence(number, actions[number % len(actions)])
        for model in IN_ORDER:
            self.connection.execute(insert(model), self.rows[model])
        write_entries(self.connection, [self.ledger])

    def _person(self, number: int) -> str:
        id = self._add(
            PERSON, Person(name=f"Person {number}", role="Teacher", active=True, school_ids=[self.id])
        )
        self.rows.setdefault(PersonSchool, []).append({"person_id": id, "school_id": self.id})
        return id

    def _challenge(self, number: int, people: list[str]) -> str:
        return self._add(
            CHALLENGE,
            Challenge(
                school_id=self.id,
                kind=("attendance", "recruitment", "inclusion", "curriculum")[number % 4],
                title=f"Challenge {number}",
                context="Why it weighs on the school, in a few sentences. " * 4,
                cohorts=["pupil_premium:true"],
                areas=["ofsted2025.attendance-and-behaviour"],
                lead=people[number % len(people)],
                opened_on=BEGAN.date(),
                academic_years=["2025/26"],
            ),
        )

    def _action(self, number: int, challenges: list[str], people: list[str]) -> str:
        challenge = challenges[number % len(challenges)]
        action = Action(
            school_id=self.id,
            challenge=challenge,
            title=f"Action {number} {WORDS[number % len(WORDS)]}",
            intent="What it is to bring about. " * 4,
            owner=people[number % len(people)],
            supporters=[people[(number + 1) % len(people)]],
            start_on=date(2025, 9, 8),
            due_on=date(2026, 9, 1) + timedelta(days=number % 300),
            status=STATUSES[number % len(STATUSES)],
            success_criteria=[{"text": "We will know by this.", "met": "not_yet"}],
            cohorts=["sen_provision:E"],
            depends_on=[],
        )
        id = self._add(ACTION, action)
        self._add(
            MILESTONE,
            Milestone(school_id=self.id, action=id, title="Half-way", due_on=date(2026, 2, 1), done_on=None),
            challenge=challenge,
        )
        return id

    def _update(self, number: int, action: str, people: list[str]) -> None:
        self._add(
            UPDATE,
            ProgressUpdate(
                school_id=self.id,
                action=action,
                on=date(2025, 9, 15) + timedelta(days=number % 400),
                by=people[number % len(people)],
                note=f"What was done and seen about the {WORDS[number % len(WORDS)]}. " * 3,
                progress=number % 100,
            ),
        )

    def _evidence(self, number: int, action: str) -> None:
        piece = Evidence(
            title=f"Evidence {number}",
            kind="note",
            text="What it shows. " * 8,
            captured_on=date(2025, 10, 1) + timedelta(days=number % 400),
            cohorts=[],
            about=[{"type": "action", "id": action}],
            school_ids=[self.id],
        )
        id = self._add(EVIDENCE, piece)
        about = {"evidence_id": id, "position": 0, "type": "action", "target": action}
        self.rows.setdefault(EvidenceAbout, []).append(about)
        self.rows.setdefault(EvidenceSchool, []).append({"evidence_id": id, "school_id": self.id})

    def _add(self, kind: Kind, row: Any, challenge: str | None = None) -> str:
        self.ledger.now += timedelta(microseconds=1)
        row.id, row.revision, row.created_by = new_id(), 1, "bench"
        row.created_at = row.updated_at = self.ledger.now
        content = msgspec.Raw(exact_json(content_of(kind, row, self.urns)))
        self.ledger.add("bench", "created", kind.name, subject=row.id, revision=1, content=content)
        columns = [column.key for column in kind.model.__mapper__.column_attrs]
        self.rows.setdefault(kind.model, []).append({name: getattr(row, name) for name in columns})
        self._search(kind, row, challenge)
        return str(row.id)

    def _search(self, kind: Kind, row: Any, challenge: str | None) -> None:
        thread = {
            "challenge": row.id if kind is CHALLENGE else challenge or getattr(row, "challenge", None),
            "action": row.id if kind is ACTION else getattr(row, "action", None),
        }
        words = "\n".join(said for name in SEARCHED[kind] if (said := getattr(row, name)))
        entry = {"subject": row.id, "kind": kind.name, "text": words} | thread
        self.rows.setdefault(SearchEntry, []).append(entry)
