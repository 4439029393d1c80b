"""Answers that are given again: a POST with an Idempotency-Key is claimed, run, and remembered with what it did."""

import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from domain.errors import Conflict, Invalid, Unavailable
from models import IdempotentAnswer
from services.unit_of_work import Actor, Tools, UnitOfWork

REMEMBERED = timedelta(hours=24)
CLAIM_HOLDS = timedelta(minutes=10)
"""A claim older than this was left by a machine that is gone."""

_table = IdempotentAnswer


@dataclass(frozen=True)
class Call:
    """What makes a POST the same as another one."""

    key_id: int
    method: str
    path: str
    idempotency_key: str

    def where(self) -> Any:
        """The condition that finds its row."""
        return (
            (IdempotentAnswer.key_id == self.key_id)
            & (IdempotentAnswer.method == self.method)
            & (IdempotentAnswer.path == self.path)
            & (IdempotentAnswer.idempotency_key == self.idempotency_key)
        )


@dataclass(frozen=True)
class Remembered:
    """An answer as it was given the first time."""

    status: int
    headers: dict[str, str]
    body: bytes


def claim(tools: Tools, call: Call, body_hash: str) -> Remembered | None:
    """Claim a call before it runs. Answers what was remembered of it, or None where it is to run now.

    Raises `Conflict` while the first still runs, and `Invalid` where it had another body.
    """
    now = tools.clock()
    with tools.database.writing() as connection:
        connection.execute(delete(_table).where(IdempotentAnswer.claimed_at < now - REMEMBERED))
        held = connection.execute(
            select(*IdempotentAnswer.__table__.columns).where(call.where())
        ).one_or_none()
        if held is not None and held.status is not None:
            return _again(held, body_hash)
        if held is not None:
            if not _left_behind(held.claimed_by) and held.claimed_at > now - CLAIM_HOLDS:
                raise Conflict(
                    "the first call with this Idempotency-Key still runs", extra={"retry_after": 1}
                )
            connection.execute(delete(_table).where(call.where()))
        _insert_claim(
            connection, call, {"claimed_at": now, "claimed_by": _this_process(), "body_hash": body_hash}
        )
        connection.commit()
    return None


def remember(work: UnitOfWork, call: Call, answer: Remembered) -> None:
    """Keep the answer, in the same transaction as what it tells of."""
    work.connection.execute(
        update(_table)
        .where(call.where())
        .values(status=answer.status, headers=answer.headers, body=answer.body)
    )


def release(tools: Tools, call: Call) -> None:
    """Give a claim back whose call stored nothing, so that it can be tried again.

    Where the database went away meanwhile, the answer stands as it is, and the claim ends with this process.
    """
    with suppress(Unavailable), tools.database.writing() as connection:
        connection.execute(delete(_table).where(call.where() & IdempotentAnswer.status.is_(None)))
        connection.commit()


def call_of(actor: Actor, method: str, path: str, idempotency_key: str) -> Call:
    """The call that a request makes; raises `Invalid` for a key of no or more than 255 characters."""
    if not 1 <= len(idempotency_key) <= 255:
        raise Invalid("Idempotency-Key takes 1 to 255 characters")
    assert actor.key_id is not None  # noqa: S101  a request without a key was refused long before
    return Call(actor.key_id, method, path[:500], idempotency_key)


def _insert_claim(connection: Connection, call: Call, values: dict[str, Any]) -> None:
    try:
        connection.execute(insert(_table).values(**vars(call), **values))
    except IntegrityError as error:
        raise Conflict(
            "the first call with this Idempotency-Key still runs", extra={"retry_after": 1}
        ) from error


def _again(held: Any, body_hash: str) -> Remembered:
    if held.body_hash != body_hash:
        raise Invalid("this Idempotency-Key came with another body before; use a new one for a new request")
    return Remembered(held.status, held.headers or {}, held.body or b"")


def _this_process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def _left_behind(claimed_by: str) -> bool:
    """Whether the process that made a claim on this machine is gone: killed while it worked.

    Another may have its number by now (in a container the first one always has the same), so its start counts too.
    """
    host, process, started = claimed_by.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return started != _started(int(process))


def _started(process: int) -> str:
    """When a process started, in ticks since the machine did; empty where the system doesn't tell."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""
