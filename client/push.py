"""One push of one file: its parts go one by one, each until the server has answered for it."""

import urllib.parse
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from client.endings import ALL_IN, REFUSED, SOME_REJECTED, NotReadable, PushError
from client.journal import Journal, journal_of
from client.lines import lines_of_rows
from client.parts import Limits, Part, content_of, parts_of
from client.patience import Patience
from client.server import Answer, Server, refusal_in
from client.source import BLOCK, Source, source_of

Receipt = dict[str, Any]

_GZIP_FORMAT = (
    31  # zlib's number for a gzip header without a time, so that the same part gives the same bytes
)
_PAGE = 200
_SHOWN_FAULTS = 1_000
"""So many errors a receipt shows; one with fewer shows them all."""


@dataclass(frozen=True)
class Options:
    """Where a push goes, and how it is to be taken; `school` None where each row names its own."""

    school: str | None = None
    layout: str | None = None
    replace: str | None = None
    atomic: bool = False
    strict_roll: bool = False
    force: bool = False
    dry_run: bool = False

    @property
    def together(self) -> bool:
        """Whether all rows must go in one push, because what isn't among them counts as well."""
        return self.atomic or self.replace is not None

    @property
    def path(self) -> str:
        """The path and the query that rows are posted to."""
        school = "" if self.school is None else f"/schools/{urllib.parse.quote(self.school, safe='')}"
        named = {"layout": self.layout, "replace": self.replace}
        flags = {name: getattr(self, name) for name in ("atomic", "strict_roll", "force", "dry_run")}
        query = {name: text for name, text in named.items() if text} | {
            n: "true" for n, on in flags.items() if on
        }
        return f"/v1{school}/marks" + (f"?{urllib.parse.urlencode(query)}" if query else "")


class Listener(Protocol):
    """Who is told how far a push is."""

    def begin(self, name: str, size: int) -> None:
        """A file of that name goes, so many bytes of it."""
        ...

    def reached(self, place: int) -> None:
        """So many of them have gone; fewer than before where some must go again."""
        ...

    def say(self, text: str) -> None:
        """Something that a person may want to know."""
        ...

    def end(self) -> None:
        """Nothing more will come of this file."""
        ...


@dataclass(frozen=True)
class Reject:
    """A row that wasn't taken: its number in the file, and the line that it begins in where it has one."""

    row: int | None
    line: int | None
    pupil: str
    code: str
    detail: str


@dataclass
class Outcome:
    """How a push ended: the receipts of the parts that the server answered for, and what stopped it, if anything."""

    path: Path
    source: Source | None = None
    parts: list[Part] = field(default_factory=list)
    answered: list[tuple[Part, Receipt]] = field(default_factory=list)
    error: PushError | None = None

    def count(self, name: str) -> int:
        """So many rows of all parts."""
        return sum(int(receipt.get(name, 0)) for _, receipt in self.answered)

    @property
    def faults(self) -> int:
        """So many errors there are: where all or nothing was asked for, fewer than rows that were rejected."""
        shown = [
            (len(receipt.get("errors", [])), int(receipt.get("rejected", 0))) for _, receipt in self.answered
        ]
        return sum(errors if errors < _SHOWN_FAULTS else max(errors, rejected) for errors, rejected in shown)

    @property
    def code(self) -> int:
        """The exit code."""
        if self.error is not None:
            return self.error.code
        if self.count("rejected") == 0:
            return ALL_IN
        return REFUSED if self.count("rejected") == self.count("received") else SOME_REJECTED


@dataclass
class Pusher:
    """Pushes files to one server; `folder` is where it keeps how far it came, None to keep it in memory alone."""

    server: Server
    options: Options
    patience: Patience
    listener: Listener
    folder: Path | None = None
    limits: Limits = field(default_factory=Limits)

    def push(self, path: Path) -> Outcome:
        """Push a file, or what of it hasn't arrived yet. What goes wrong is told by the outcome."""
        outcome = Outcome(path)
        try:
            self._push(outcome)
        except PushError as error:
            outcome.error = error
        finally:
            self.listener.end()
            self.server.close()
        return outcome

    def rejects(self, outcome: Outcome, *, most: int | None = None) -> list[Reject]:
        """The rows that were rejected, by the lines of the whole file: the first ones, or all of them."""
        faults: list[tuple[Part, dict[str, Any]]] = []
        for part, receipt in outcome.answered:
            for fault in self._faults_of(receipt, most):
                if most is not None and len(faults) >= most:
                    break
                faults.append((part, fault))
        rows = [_row_of(part, fault) for part, fault in faults]
        lines: dict[int, int] = {}
        with suppress(NotReadable):  # it was changed since: rows are still rows of what was sent
            if outcome.source is not None:
                lines = lines_of_rows(outcome.source, {row for row in rows if row is not None})
        return [
            Reject(
                row,
                None if row is None else lines.get(row),
                str(fault.get("pupil") or ""),
                str(fault.get("code") or ""),
                str(fault.get("detail") or ""),
            )
            for row, (_, fault) in zip(rows, faults, strict=True)
        ]

    def _push(self, outcome: Outcome) -> None:
        source = outcome.source = source_of(outcome.path)
        parts = outcome.parts = parts_of(source, self.limits, together=self.options.together)
        self.listener.begin(source.name, sum(part.size for part in parts))
        journal = self._journal_of(source)
        gone = 0
        for part in parts:
            receipt = self._arrived_before(part, journal) or self._sent(source, part, gone, journal, parts)
            outcome.answered.append((part, receipt))
            gone += part.size
            self.listener.reached(gone)
        journal.forget()

    def _journal_of(self, source: Source) -> Journal:
        target = f"{self.server.url}{self.options.path}"
        identity = {
            "to": target,
            "digest": source.digest,
            "when": source.when,
            "limits": [self.limits.most_bytes, self.limits.most_rows],
        }
        journal = journal_of(None if self.options.dry_run else self.folder, target, identity)
        with self._keeping(journal):
            journal.keep()
        return journal

    @contextmanager
    def _keeping(self, journal: Journal) -> Iterator[None]:
        """A push goes on where its journal can't be written any more, without one."""
        try:
            yield
        except OSError as error:
            self.listener.say(f"can't keep how far the push comes ({error.strerror}): it can't be resumed")
            journal.forget()  # what it says isn't so any more
            journal.path = None

    def _arrived_before(self, part: Part, journal: Journal) -> Receipt | None:
        """The receipt of a part that an earlier run sent, where the server still has it."""
        import_id = journal.done.get(part.number)
        if import_id is None:
            return None
        path = f"/v1/imports/{urllib.parse.quote(import_id, safe='')}"
        answer = self.patience.ask(partial(self.server.get, path))
        if answer.is_receipt:
            self.listener.say(f"part {part.number} had arrived already")
            return answer.document
        if answer.status != 404:
            raise refusal_in(answer)
        return None

    def _sent(self, source: Source, part: Part, gone: int, journal: Journal, parts: list[Part]) -> Receipt:
        body = _packed(content_of(source, part))
        headers = {
            "Content-Type": source.kind.value,
            "Content-Encoding": "gzip",
            "Content-Length": str(len(body)),
        }
        if not self.options.dry_run:
            headers["Idempotency-Key"] = journal.key(part.number, body)

        def send() -> Answer:
            return self.server.post(self.options.path, self._told(body, part, gone), headers)

        answer = self.patience.ask(send)
        if not answer.is_receipt:
            raise _placed(refusal_in(answer), part, parts)
        receipt = answer.document
        with self._keeping(journal):
            if answer.status == 422:
                journal.rename()
            else:
                journal.note(part.number, str(receipt["import_id"]))
        return receipt

    def _told(self, body: bytes, part: Part, gone: int) -> Iterator[bytes]:
        for start in range(0, len(body), BLOCK):
            yield body[start : start + BLOCK]
            self.listener.reached(gone + part.size * min(start + BLOCK, len(body)) // len(body))

    def _faults_of(self, receipt: Receipt, most: int | None) -> Iterator[dict[str, Any]]:
        """The faults that the receipt shows; all that the server keeps, where it shows fewer than are wanted."""
        shown = [fault for fault in receipt.get("errors", []) if isinstance(fault, dict)]
        enough = len(shown) < _SHOWN_FAULTS or (most is not None and most <= len(shown))
        if enough or self.options.dry_run:
            yield from shown
            return
        with closing(self.server):
            yield from self._kept_faults(receipt["import_id"])

    def _kept_faults(self, import_id: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        while cursor is not None:
            query = urllib.parse.urlencode({"limit": _PAGE} | ({"cursor": cursor} if cursor else {}))
            path = f"/v1/imports/{import_id}/errors?{query}"
            answer = self.patience.ask(partial(self.server.get, path))
            if answer.status != 200:
                raise refusal_in(answer)
            yield from answer.document["items"]
            cursor = answer.document["next"]


def _row_of(part: Part, fault: dict[str, Any]) -> int | None:
    row = fault.get("row")
    return part.first_row + row if isinstance(row, int) else None


def _placed(error: PushError, part: Part, parts: list[Part]) -> PushError:
    """The same error with the place of the part, because the server knows nothing of the others."""
    if len(parts) == 1:
        return error
    return type(error)(
        f"part {part.number} of {len(parts)}, which begins in line {part.line}: {error.detail}"
    )


def _packed(content: Iterator[bytes]) -> bytes:
    packer = zlib.compressobj(wbits=_GZIP_FORMAT)
    return b"".join([*map(packer.compress, content), packer.flush()])
