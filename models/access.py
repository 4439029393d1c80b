"""Who may ask: API keys; answers that are given again; what this installation is."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Id, Instant


class ApiKey(Base):
    """A key by the hash of its token: 256 random bits need no salt and no slow hash."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    schools: Mapped[list[str]] = mapped_column(JSON)
    """URNs or aliases; `*` stands for all."""
    person_id: Mapped[str | None] = mapped_column(Id())
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class IdempotentAnswer(Base):
    """A POST with an Idempotency-Key: claimed while it runs, then the answer that it gave."""

    __tablename__ = "idempotent_answers"

    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"), primary_key=True)
    method: Mapped[str] = mapped_column(String(8), primary_key=True)
    path: Mapped[str] = mapped_column(String(500), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(255), primary_key=True)
    claimed_at: Mapped[datetime] = mapped_column(Instant, index=True)
    claimed_by: Mapped[str] = mapped_column(String(100))
    body_hash: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(SmallInteger)
    headers: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class Installation(Base):
    """One row: the fingerprint of the secret that this database's pseudonyms were made with."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_fingerprint: Mapped[str] = mapped_column(String(32))
