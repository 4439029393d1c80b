"""What happens to every request before and after its view: no UPN gets in, an id goes out, a line goes to the log."""

import logging
import re
import sys
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import msgspec
from flask import Flask, Response
from prometheus_client import Counter, Histogram

from api.http.current import kept_with_it, the_request
from domain.privacy import UPN, Pseudonyms
from services.ids import new_id

log = logging.getLogger("headway.requests")

REQUEST_ID = re.compile(r"^[A-Za-z0-9._:-]{1,100}$")

DIGITS_OF_A_UPN = re.compile(r"[0-9]{11}")
"""A line without so many has no UPN, however what stands round them is escaped."""

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"})

REQUESTS = Counter("headway_requests_total", "Requests answered", ["method", "endpoint", "status"])
SECONDS = Histogram(
    "headway_request_seconds",
    "Seconds from a request's arrival to its answer",
    ["method", "endpoint"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
_requests_like = lru_cache(maxsize=4096)(REQUESTS.labels)
_seconds_like = lru_cache(maxsize=4096)(SECONDS.labels)


class Arrivals:
    """WSGI: replaces what looks like a UPN in path, query and headers before the application sees the request."""

    def __init__(self, application: Callable[..., Iterable[bytes]], pseudonyms: Pseudonyms) -> None:
        self._application = application
        self._pseudonyms = pseudonyms

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        for name in ("REQUEST_URI", "RAW_URI"):  # the same address again, undecoded: nothing needs it
            environ.pop(name, None)
        for name, value in environ.items():
            if isinstance(value, str) and len(value) >= 13 and name.isupper() and UPN.search(value):
                environ[name] = self._pseudonyms(value)
        return self._application(environ, start_response)


def register_arrivals(app: Flask) -> None:
    """Give every request an id, and every answer the headers, the log line and the figures that all answers have."""

    @app.before_request
    def arrive() -> None:
        given, kept = the_request().environ.get("HTTP_X_REQUEST_ID", ""), kept_with_it()
        kept.request_id = given if REQUEST_ID.match(given) else new_id()
        kept.began = time.perf_counter()

    @app.after_request
    def leave(response: Response) -> Response:
        asked, kept, headers = the_request(), kept_with_it(), response.headers
        headers["X-Request-ID"] = kept.request_id
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Cache-Control", "no-store" if asked.path.startswith("/v1") else "no-cache")
        seconds = time.perf_counter() - kept.began
        endpoint = asked.url_rule.rule if asked.url_rule else "unknown"
        # A method may be any word, and each would be a figure of its own for ever.
        method = asked.method if asked.method in METHODS else "other"
        _requests_like(method, endpoint, response.status_code).inc()
        _seconds_like(method, endpoint).observe(seconds)
        if log.isEnabledFor(logging.INFO):
            actor = kept.get("actor")
            log.info(
                "request",
                extra={
                    "fields": {
                        "request_id": kept.request_id,
                        "method": method,
                        # The rule, not the path: a path may name a pupil.
                        "endpoint": endpoint,
                        "status": response.status_code,
                        "milliseconds": round(seconds * 1000, 1),
                        "key": actor.key_id if actor else None,
                    }
                },
            )
        return response


class JsonLines(logging.Formatter):
    """One JSON object a line, with no pupil, no token and no body in it."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        super().__init__()
        self._pseudonyms = pseudonyms

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _where(record.exc_info[1])
        text = msgspec.json.encode(line).decode()
        if DIGITS_OF_A_UPN.search(text):
            text = msgspec.json.encode(self._pseudonyms.throughout(line)).decode()
        return text


def _where(error: BaseException) -> str:
    """The kind of an error and the way to it; not its text, which may quote what a client sent."""
    frames = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return f"{type(error).__name__} at {' > '.join(frames[-6:])}"


def set_up_logging(level: str, pseudonyms: Pseudonyms) -> None:
    """Send Headway's own log to standard error, one JSON object a line.

    A line names neither thread nor process nor where in the code it comes from, so `logging` needn't find them out.
    """
    logging._srcfile = None  # as its own documentation advises
    logging.logThreads = logging.logMultiprocessing = logging.logProcesses = False
    root = logging.getLogger("headway")
    root.setLevel(level.upper())
    root.propagate = False
    if not root.handlers:
        root.addHandler(logging.StreamHandler(sys.stderr))
    for handler in root.handlers:
        handler.setFormatter(JsonLines(pseudonyms))
