"""Every error as `application/problem+json` (RFC 9457): one table from our errors to statuses."""

import logging
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from domain import errors
from render.json import exact_json

log = logging.getLogger("headway.problems")

STATUSES: dict[type[errors.HeadwayError], tuple[int, str]] = {
    errors.NotAuthenticated: (401, "A valid token is needed"),
    errors.ScopeMissing: (403, "This key may not do that"),
    errors.NotFound: (404, "Not found"),
    errors.NotOffered: (405, "Not offered"),
    errors.TooLarge: (413, "Too large"),
    errors.WrongMediaType: (415, "Media type not taken"),
    errors.Malformed: (400, "Not well-formed"),
    errors.PreconditionMissing: (428, "If-Match is needed"),
    errors.Outdated: (412, "Changed in between"),
    errors.Invalid: (422, "Not valid"),
    errors.Conflict: (409, "Conflicts with what is held"),
    errors.TooMany: (429, "Too many already"),
    errors.Unavailable: (503, "Not available just now"),
}
"""Status and title of each error; its `type` is made of its class's name."""

MOST_FAULTS_SHOWN = 1_000
"""Past so many nobody reads on; `errors_in_all` says how many there were."""

TYPE_ROOT = "urn:headway:problem:"

SECONDS_BEFORE_TRYING_AGAIN = "2"


def register_problem_handlers(app: Flask) -> None:
    """Answer with a problem document whatever goes wrong, Flask's own errors among it."""
    app.register_error_handler(errors.HeadwayError, problem_of)
    app.register_error_handler(HTTPException, _of_http_exception)
    app.register_error_handler(Exception, _of_fault_of_ours)


def problem_of(error: errors.HeadwayError) -> Response:
    """The answer to one of our own errors."""
    status, title = STATUSES[type(error)]
    answer = problem(
        status,
        title,
        error.detail,
        kind=_kebab(type(error).__name__),
        faults=[fault.as_dict() for fault in error.faults],
        extra=error.extra,
    )
    if isinstance(error, errors.NotAuthenticated):
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.Unavailable):
        answer.headers["Retry-After"] = SECONDS_BEFORE_TRYING_AGAIN
        log.warning("unavailable", exc_info=error.__cause__, extra=_of_this_request())
    if isinstance(error, errors.Conflict) and "retry_after" in error.extra:
        answer.headers["Retry-After"] = str(error.extra["retry_after"])
    return answer


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    kind: str,
    faults: list[dict[str, Any]] | None = None,
    extra: dict[str, Any] | None = None,
) -> Response:
    """A problem document: `instance` is the id of the request, so that it can be found in the log."""
    document: dict[str, Any] = {
        "type": TYPE_ROOT + kind,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": str(g.get("request_id", "")),
    }
    if faults:
        document["errors"] = faults[:MOST_FAULTS_SHOWN]
    if len(faults or []) > MOST_FAULTS_SHOWN:
        document["errors_in_all"] = len(faults or [])
    document |= extra or {}
    # What a client sent may be quoted here; a UPN in it isn't, whatever way it came. Text by text, not in the finished
    # JSON: there an escaped line end puts a letter right before it, and it no longer looks like one.
    body = exact_json(request_pseudonyms().throughout(document))
    return Response(body, status=status, content_type="application/problem+json")


def request_pseudonyms() -> Any:
    """The installation's pseudonyms, which the application puts where a request finds them."""
    from flask import current_app  # the application of this request, not of this module

    return current_app.extensions["headway"].pseudonyms


def _of_http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    if status == 404:
        detail = "there is nothing at this address; /docs lists what there is"
    elif status == 405:
        offered = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
        detail = f"{request.method} isn't offered here; offered are {offered}"
    else:
        detail = error.description or error.name
    answer = problem(status, error.name, detail, kind=error.name.lower().replace(" ", "-"))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _of_fault_of_ours(error: Exception) -> Response:
    log.error("fault", exc_info=error, extra=_of_this_request())
    detail = "something went wrong on our side; nothing was stored; the log has the details under this request's id"
    return problem(500, "A fault of ours", detail, kind="fault")


def _of_this_request() -> dict[str, Any]:
    return {"fields": {"request_id": g.get("request_id")}}


def _kebab(name: str) -> str:
    return "".join("-" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("-")
