"""One transaction: the database session, who acts, the time, and the audit entries that go with it.

Opened by whoever serves a request or runs a command, committed there once, rolled back by default.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.privacy import Pseudonyms
from services import audit
from services.clock import school_day
from services.database import Database
from services.files.uploads import Files
from services.guarded import write_if_unmoved
from services.prepared import Prepared


@dataclass(frozen=True)
class Actor:
    """Who asks: a key, perhaps standing for a person, with its scopes and the schools that it was made for."""

    key_id: int | None
    name: str
    scopes: frozenset[str]
    schools: frozenset[str]
    person_id: str | None = None

    @property
    def who(self) -> str:
        """How history names the actor: the person that the key stands for, else the key by its name."""
        return self.person_id or self.name

    @property
    def sees_every_school(self) -> bool:
        """Whether the key was made for all schools."""
        return "*" in self.schools

    def may(self, scope: str) -> bool:
        """Whether the key has a scope."""
        return scope in self.scopes


@dataclass(frozen=True)
class Tools:
    """What an installation has one of, handed to every unit of work."""

    database: Database
    pseudonyms: Pseudonyms
    clock: Callable[[], datetime]
    max_body: int
    max_rows: int
    max_extract: int
    files: Files
    newest_migration: str = ""


@dataclass
class UnitOfWork:
    """What a service is given. Its `db` joins the transaction; `commit` is for whoever opened it."""

    tools: Tools
    lookup: Connection
    """For a single statement that needs nothing to be of one state with another, and so no transaction to begin."""
    actor: Actor
    now: datetime
    writes: bool
    locks: bool = True
    """False for work that is written in one guarded statement, if its school's ledger hasn't moved by then."""
    ahead: dict[object, Sequence[Any]] = field(default_factory=dict)
    """Rows that were read in one trip with the key, by what each is of: true for work that doesn't lock."""
    begins: bool = False
    """True until a reading transaction, which begins with the first that is asked of `connection`, has begun."""
    _ledgers: dict[int, audit.OpenLedger] = field(default_factory=dict)
    _later: list[tuple[Prepared, Sequence[Mapping[str, Any]]]] = field(default_factory=list)
    _kept: bool = True

    @property
    def connection(self) -> Connection:
        """The connection to the database, within the transaction that this is."""
        if self.begins:
            self.begins = False
            self.tools.database.begin_reading(self.lookup)
        return self.lookup

    @cached_property
    def db(self) -> Session:
        """The database session; made when it is first asked for, because the hot path does without."""
        self.needs_lock()
        return Session(bind=self.connection, expire_on_commit=False, join_transaction_mode="control_fully")

    @property
    def today(self) -> date:
        """The day at school, by the clock of Europe/London."""
        return school_day(self.now)

    @property
    def tomorrow(self) -> date:
        """The day after: the last that marks may be for."""
        return self.today + timedelta(days=1)

    def ledger(self, school_id: int) -> audit.OpenLedger:
        """The school's ledger, locked for this transaction; its `now` is later than that of any write before.

        In a unit of work that doesn't lock, it is the ledger as it was read.
        """
        if school_id not in self._ledgers:
            open_ledger = audit.lock_ledger if self.locks else audit.read_ledger
            held = open_ledger(self.connection, school_id)
            if held is None:
                raise NotFound("there is no such school")
            self.hold_ledger(held)
        return self._ledgers[school_id]

    def note(
        self,
        school_id: int,
        verb: str,
        kind: str,
        *,
        subject: str | None = None,
        revision: int | None = None,
        content: Any,
    ) -> datetime:
        """Add an entry to the school's audit log (school 0: to what belongs to none); answers its time."""
        ledger = self.ledger(school_id)
        ledger.add(self.actor.who, verb, kind, subject=subject, revision=revision, content=content)
        return ledger.now

    def hold_ledger(self, ledger: audit.OpenLedger) -> None:
        """Take a ledger that was opened, perhaps along with something else, as the one that this work is noted in."""
        ledger.now = max(self.now, ledger.last_at + timedelta(microseconds=1))
        self._ledgers[ledger.school_id] = ledger

    def needs_lock(self) -> None:
        """Raises `LockNeeded` in a unit of work that doesn't lock: whoever opened it does the work again with one."""
        if not self.locks:
            raise audit.LockNeeded

    def later(self, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement with the commit: for writes whose answer nobody needs, so that all go in one trip."""
        self._later.append((statement, rows))

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Takes back what is done within where that fails, and nothing else."""
        ledgers = {id: replace(ledger, entries=list(ledger.entries)) for id, ledger in self._ledgers.items()}
        later = len(self._later)
        savepoint = self.db.begin_nested()
        try:
            yield
        except BaseException:
            savepoint.rollback()
            self.db.expire_all()
            # What was locked within is locked no longer.
            self._ledgers, self._later = ledgers, self._later[:later]
            raise
        savepoint.commit()

    def discard(self) -> None:
        """Nothing of this unit is to be kept: a dry run."""
        self._kept = False

    def commit(self) -> None:
        """Make everything durable, the audit entries with it; after `discard`, take everything back instead.

        Raises `LockNeeded` where that can't be done without, because another has written meanwhile.
        """
        if not self._kept:
            self.connection.rollback()
            return
        if not self.locks:
            self._commit_if_unmoved()
            return
        if "db" in vars(self):
            self.db.flush()
        with self.tools.database.in_one_trip(self.connection):
            for statement, rows in self._later:
                statement.run(self.connection, rows)
            audit.write_entries(self.connection, self._ledgers.values())
            self.connection.commit()

    def _commit_if_unmoved(self) -> None:
        (ledger,) = self._ledgers.values()
        if not write_if_unmoved(self.tools.database, self.connection, ledger, self._later):
            raise audit.LockNeeded

    def close(self) -> None:
        """Give back what the session holds, if one was made."""
        if "db" in vars(self):
            self.db.close()


@contextmanager
def unit_of_work(tools: Tools, actor: Actor, *, writes: bool) -> Iterator[UnitOfWork]:
    """Opens one transaction, which is rolled back unless it was committed; a reading one once anything is read."""
    opened = tools.database.writing() if writes else tools.database.looking_up()
    with opened as connection:
        work = UnitOfWork(tools, connection, actor, tools.clock(), writes, begins=not writes)
        try:
            yield work
        finally:
            work.close()
