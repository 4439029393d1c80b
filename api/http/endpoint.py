"""The one way that a request takes: each view declares what it needs, and this gives it in the contract's order.

401, 403, 404 for what path or query names, 413 and 415, 400, 428 and 412, 422 and 409; then the view, the commit, and
the answer with its tags. Views hold none of this.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any

import marshmallow as ma
from flask import Request, Response, g, request

from api.http import auth, describe, paging, shaping
from api.http.bodies import JSON_TYPES, Arrived, Body, json_of, read_ahead
from api.http.current import the_request, tools_and_work
from api.http.fields import CONTROL, check_query, loaded
from api.http.preconditions import check_precondition
from api.http.replies import Reply
from api.http.responses import READING, response_of, with_secrets
from api.http.work_in_hand import WorkInHand
from domain.errors import Conflict, Invalid, Malformed, NotFound
from services.access import idempotency
from services.audit import LockNeeded
from services.unit_of_work import Actor, Tools, UnitOfWork, unit_of_work

__all__ = ["Reader", "Reply", "endpoint"]


@dataclass(frozen=True)
class Reader:
    """How a body that isn't a small JSON object is read, before any transaction: its types, and bytes to a value.

    A value that is a context manager is left once the answer is made. `beside(value, tools)` is round the transaction
    that writes: it does what is to be done outside of the database before it begins, and undoes it where that failed.
    """

    types: tuple[str, ...]
    read: Callable[[Body, Tools], Any]
    description: str = ""
    schema: Any = None
    limit: Callable[[Tools], int] = field(default=lambda tools: tools.max_body)
    advice: str = "send it in parts"
    packed: bool = True
    bulk: bool = True
    """Whether it may take long, so that only some of the turns are for such bodies."""
    beside: Callable[[Any, Tools], AbstractContextManager[Any]] | None = None
    media: Mapping[str, Any] = field(default_factory=dict)


def endpoint(
    *,
    scope: str | tuple[str, ...],
    loads: Callable[..., Any] | None = None,
    names: Callable[..., Any] | None = None,
    query: type[ma.Schema] | None = None,
    body: type[ma.Schema] | Reader | None = None,
    answer: type[ma.Schema] | None = None,
    paged: bool = False,
    status: int = 200,
    precondition: bool = False,
    tagged: bool = False,
    settled: bool = False,
    lightly: bool = False,
    ahead: Callable[..., Actor | None] | None = None,
    reads: bool = False,
    also: Mapping[int, str] = {},
    media: Mapping[str, Any] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a view of a method that is given the unit of work, then what it declares, in this order.

    `loads(work, **path)`: what the path names, or `NotFound`. `names(work, args)`: what the query names, or `NotFound`.
    `query`, `body`: schemas (or a `Reader`). `answer`: the schema that writes the value, for each item where `paged`.
    `precondition`: needs If-Match. `tagged`: answers an ETag by the value's `revision`. `settled`: what `loads` gives
    is plain and never changes, so it isn't loaded again in the writing transaction. `lightly`, for PUT and PATCH: the
    view mostly needs no lock, so it is tried without one first, if the body is short. `ahead(work, token, **path)`: who
    asks, reading in one trip with the key what the view begins with, or None where that can't be done. `reads`: though
    it brings a body it changes nothing. `also`: further answers, and `media`: further media types of the answer.
    """
    scopes = (scope,) if isinstance(scope, str) else scope

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        plan = _Plan(
            view, scopes, loads, names, query() if query else None, body, answer() if answer else None,
            paged, status, precondition, tagged, settled, lightly, ahead, reads,
        )  # fmt: skip

        @wraps(view)
        def run(self: Any, **path: str) -> Response:
            asked = the_request()
            return plan.read(self, asked, path) if asked.method in READING else plan.write(self, asked, path)

        run.scopes = scopes  # type: ignore[attr-defined]
        run.query, run.names = query, names  # type: ignore[attr-defined]
        run._apidoc = describe.operation(  # type: ignore[attr-defined]
            scopes,
            query,
            body,
            answer,
            paged,
            status,
            precondition,
            tagged,
            view.__name__,
            also,
            media,
            loads,
        )
        return run

    return decorate


@dataclass(frozen=True)
class _Plan:
    view: Callable[..., Any]
    scopes: tuple[str, ...]
    loads: Callable[..., Any] | None
    names: Callable[..., Any] | None
    query: ma.Schema | None
    body: type[ma.Schema] | Reader | None
    answer: ma.Schema | None
    paged: bool
    status: int
    precondition: bool
    tagged: bool
    settled: bool
    lightly: bool
    ahead: Callable[..., Actor | None] | None
    reads: bool

    @property
    def _in_bulk(self) -> bool:
        return isinstance(self.body, Reader) and self.body.bulk

    def read(self, resource: Any, request: Request, path: dict[str, str]) -> Response:
        """One transaction that sees one state of the database."""
        tools, hands = tools_and_work()
        token = auth.token_in(request)
        with hands.taken(bulk=False), hands.turn(), unit_of_work(tools, auth.NOBODY, writes=False) as work:
            work.actor = self._authorised(work, token, path)
            given = self._found(work, path)
            asked = self._asked()
            only = shaping.fields_in(self.answer, asked)
            return self._reply(self.view(resource, work, *given, *asked), only)

    def write(self, resource: Any, request: Request, path: dict[str, str]) -> Response:
        """Look up first, then take in the body, then write: neither lock nor turn is held while a client sends."""
        tools, hands = tools_and_work()
        token = auth.token_in(request)
        with hands.taken(bulk=self._in_bulk):
            return self._taken_on(resource, request, path, token, tools, hands)

    def _taken_on(
        self,
        resource: Any,
        request: Request,
        path: dict[str, str],
        token: str,
        tools: Tools,
        hands: WorkInHand,
    ) -> Response:
        arrived = Arrived(hands.arriving(request.stream) if self._in_bulk else request.stream, whole=False)
        if self.lightly:
            arrived = read_ahead(request, tools.max_body)
        with hands.turn(light=arrived.whole), tools.database.looking_up() as connection:
            work = UnitOfWork(tools, connection, auth.NOBODY, tools.clock(), writes=False)
            actor = work.actor = self._authorised(work, token, path if arrived.whole else None)
            given, not_valid = self._found_if_valid(work, path)
            work.close()
            if arrived.whole and not_valid is None:
                body, value = self._taken_in(tools, request, arrived)
                with suppress(LockNeeded, Conflict):
                    light = UnitOfWork(
                        tools, connection, actor, work.now, writes=True, locks=False, ahead=work.ahead
                    )
                    return self._done(resource, light, given, value, None)
        if not arrived.whole or not_valid is not None:
            body, value = self._taken_in(tools, request, arrived)
        with _left_at_the_end(value):
            if not_valid is not None:
                raise not_valid
            with hands.turn():
                if self.reads:
                    return self._answered(resource, path, tools, actor, given, value)
                return self._written_down(resource, path, tools, actor, given, body, value)

    def _answered(
        self,
        resource: Any,
        path: dict[str, str],
        tools: Tools,
        actor: Actor,
        given: list[Any],
        value: tuple[Any, ...],
    ) -> Response:
        """What changes nothing waits for no writer, and needn't be remembered: asked again, it is answered again."""
        with unit_of_work(tools, actor, writes=False) as work:
            if not self.settled:
                given = self._found(work, path)
            return self._reply(self._said(resource, work, given, value))

    def _written_down(
        self,
        resource: Any,
        path: dict[str, str],
        tools: Tools,
        actor: Actor,
        given: list[Any],
        body: Body | None,
        value: tuple[Any, ...],
    ) -> Response:
        with self._once(tools, actor, body) as remembered:
            if isinstance(remembered, Response):
                return remembered
            with self._beside(tools, value), unit_of_work(tools, actor, writes=True) as work:
                if not self.settled:
                    given = self._found(work, path)
                return self._done(resource, work, given, value, remembered)

    def _done(
        self,
        resource: Any,
        work: UnitOfWork,
        given: list[Any],
        value: tuple[Any, ...],
        remembered: idempotency.Call | None,
    ) -> Response:
        if self.precondition:
            check_precondition(work, given[0])
        said = self._said(resource, work, given, value)
        answer = self._reply(said)
        if remembered is not None and (answer.status_code < 300 or getattr(said, "stored", False)):
            idempotency.remember(work, remembered, _to_remember(answer))
        work.commit()
        return with_secrets(answer, said.once if isinstance(said, Reply) else {})

    def _said(self, resource: Any, work: UnitOfWork, given: list[Any], value: tuple[Any, ...]) -> Any:
        if isinstance(self.body, type):
            value = (loaded(self.body(), value[0]),)
        return self.view(resource, work, *given, *self._asked(), *value)

    def _authorised(self, work: UnitOfWork, token: str, path: dict[str, str] | None) -> Actor:
        """Who asks. With the path, what the view begins with is read in the same trip, where that can be done."""
        actor = None
        if self.ahead and path is not None and not _has_control(path):
            actor = self.ahead(work, token, **path)
        actor = actor or auth.who_asks(work.lookup, token, self.scopes, work.now)
        g.actor = actor
        auth.check_scope(actor, self.scopes)
        return actor

    def _found_if_valid(self, work: UnitOfWork, path: dict[str, str]) -> tuple[list[Any], Invalid | None]:
        """What is named, or why it can't be: 422 has its turn only once the body was found to be well-formed."""
        try:
            return self._found(work, path), None
        except Invalid as error:
            return [], error

    def _found(self, work: UnitOfWork, path: dict[str, str]) -> list[Any]:
        if _has_control(path):
            raise NotFound("nothing is named with control characters")
        found = [self.loads(work, **path)] if self.loads else []
        if self.names:
            check_query(request.args)
            found.append(self.names(work, request.args))
        return found

    def _asked(self) -> list[Any]:
        if self.query is None:
            return []
        if not request.args and not self.paged:
            return [copy(self._asked_for_nothing)]
        tools, _ = tools_and_work()
        lists = {name for name, field in self.query.load_fields.items() if getattr(field, "is_list", False)}
        args = {
            name: request.args.getlist(name) if name in lists else request.args[name] for name in request.args
        }
        check_query(request.args)
        asked = loaded(self.query, tools.pseudonyms.throughout(args), root="/query")
        if self.paged:
            asked["page"] = paging.page_request(asked.pop("limit", None), asked.pop("cursor", None))
        return [asked]

    @cached_property
    def _asked_for_nothing(self) -> Any:
        """What a call without a query asks for: most calls, most of the time."""
        assert self.query is not None  # noqa: S101  asked only where there is one
        return loaded(self.query, {}, root="/query")

    def _taken_in(
        self, tools: Tools, request: Request, arrived: Arrived
    ) -> tuple[Body | None, tuple[Any, ...]]:
        try:
            return self._read(tools, request, arrived)
        except RecursionError as error:
            raise Malformed("the JSON of the body is nested too deeply") from error

    def _read(self, tools: Tools, request: Request, arrived: Arrived) -> tuple[Body | None, tuple[Any, ...]]:
        if self.body is None:
            return None, ()
        if isinstance(self.body, Reader):
            body = Body(request, self.body.limit(tools), self.body.advice, arrived.stream)
            body.check(self.body.types, packed=self.body.packed)
            try:
                return body, (self.body.read(body, tools),)
            except (Malformed, Invalid):
                body.read_out()  # a body that is too large is refused for that, whatever else is wrong with it
                raise
        body = Body(request, tools.max_body, stream=arrived.stream)
        body.check(JSON_TYPES)
        return body, (tools.pseudonyms.throughout(json_of(body.whole())),)

    def _beside(self, tools: Tools, value: tuple[Any, ...]) -> AbstractContextManager[Any]:
        if isinstance(self.body, Reader) and self.body.beside is not None:
            return self.body.beside(value[0], tools)
        return nullcontext()

    @contextmanager
    def _once(self, tools: Tools, actor: Actor, body: Body | None) -> Any:
        """With an Idempotency-Key: the first answer again, or the claim that this answer is kept under.

        Answers are kept for keys; a visitor has none, and what they ask for twice is kept once anyway.
        """
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST" or actor.key_id is None:
            yield None
            return
        call = idempotency.call_of(actor, request.method, request.path, key)
        held = idempotency.claim(tools, call, body.digest() if body else "")
        if held is not None:
            yield Response(
                held.body, status=held.status, headers=held.headers | {"Idempotency-Replayed": "true"}
            )
            return
        try:
            yield call
        finally:
            idempotency.release(tools, call)

    def _reply(self, value: Any, only: frozenset[str] | None = None) -> Response:
        if isinstance(value, Response):
            return value
        reply = value if isinstance(value, Reply) else Reply(value, self.status)
        return response_of(reply, self.answer, tagged=self.tagged, only=only)


def _has_control(path: Mapping[str, str]) -> bool:
    return CONTROL.search("".join(path.values())) is not None


def _left_at_the_end(value: tuple[Any, ...]) -> AbstractContextManager[Any]:
    return value[0] if value and isinstance(value[0], AbstractContextManager) else nullcontext()


def _to_remember(reply: Response) -> idempotency.Remembered:
    kept = {
        name: value for name, value in reply.headers.items() if name in ("Content-Type", "ETag", "Location")
    }
    return idempotency.Remembered(reply.status_code, kept, reply.get_data())
