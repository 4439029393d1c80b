"""`/visit/{token}`: the report behind a visitor link as a plain page, and a form to ask the school for something.

It needs no script. The token is in the address, so the address goes nowhere: not to the log (which names the rule, not
the path), not with a `Referer`, not to a search engine.
"""

import secrets
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, render_template, request, url_for

from api.http.fields import loaded
from api.tracker.requests import AskedSchema
from domain.cohorts import label_of_filter, parse_cohort_filter
from domain.errors import HeadwayError, Invalid, NotAuthenticated, TooMany
from domain.frameworks import AREAS
from domain.tracker.phrases import spoken_day
from domain.workforce.question import NARROWED_BY, label_of_posts, parse_posts
from services.access import visits
from services.access.visits import Visitor, visitor_of
from services.clock import school_day
from services.figures import MEASURES
from services.unit_of_work import unit_of_work

blueprint = Blueprint("visit", __name__)

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}

POLICY = (
    "default-src 'none'; style-src 'nonce-{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

LONGEST_FORM = 64 << 10


def register_visits(app: Flask) -> None:
    """The page for people who click on a visitor link."""
    app.register_blueprint(blueprint)


@blueprint.get("/visit/<token>")
def read(token: str) -> Response:
    """The report of the link's challenges."""
    return _page(_visitor(token), token)


@blueprint.post("/visit/<token>/requests")
def ask(token: str) -> Response:
    """Take what a visitor asks for, and show the page again, which says so."""
    visitor, tools = _visitor(token), current_app.extensions["headway"].tools
    request.max_content_length = LONGEST_FORM
    typed = {
        name: text
        for name in ("text", "asked_by", "challenge")
        if (text := request.form.get(name, "").replace("\r\n", "\n").strip())
    }
    try:
        asked = loaded(AskedSchema(), tools.pseudonyms.throughout(typed))
        with unit_of_work(tools, visitor, writes=True) as work:
            visits.ask(work, asked)
            work.commit()
    except (Invalid, TooMany) as error:
        return _page(visitor, token, refused=error, typed=typed)
    address = url_for("visit.read", token=token, asked="yes", _anchor="asked")
    return Response(status=303, headers={"Location": address})


@blueprint.errorhandler(NotAuthenticated)
def gone(error: NotAuthenticated) -> Response:
    """The same page for a link that never was, one past its time and one revoked."""
    return Response(render_template("visit_gone.html", nonce=_nonce()), status=404)


@blueprint.after_request
def close_off(response: Response) -> Response:
    """What every answer here says to browsers."""
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = POLICY.format(_nonce())
    return response


def _visitor(token: str) -> Visitor:
    tools = current_app.extensions["headway"].tools
    with tools.database.looking_up() as connection:
        g.actor = visitor = visitor_of(connection, token, tools.clock())
    return visitor


def _page(
    visitor: Visitor, token: str, refused: HeadwayError | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    tools = current_app.extensions["headway"].tools
    with unit_of_work(tools, visitor, writes=False) as work:
        report = visits.report_on_all(work)
        today = work.today
    visits.record_view(tools, visitor, None)
    page = render_template(
        "visit.html",
        report=report,
        today=today,
        until=school_day(visitor.until) if visitor.until else None,
        form=url_for("visit.ask", token=token),
        asked=request.args.get("asked") == "yes",
        fault=_in_words(refused),
        typed=typed or {},
        nonce=_nonce(),
    )
    return Response(page, status=200 if refused is None else 429 if isinstance(refused, TooMany) else 422)


def _in_words(refused: HeadwayError | None) -> str | None:
    if refused is None:
        return None
    if isinstance(refused, TooMany):
        return refused.detail
    if any(fault.pointer == "/text" for fault in refused.faults):
        return "Please write what you would like to ask for, in 10,000 characters at most."
    return "Please look at what you filled in: " + refused.detail.removeprefix("/").replace("_", " ") + "."


def _nonce() -> str:
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


@blueprint.app_template_filter("day")
def _day(day: str | date) -> str:
    return spoken_day(date.fromisoformat(day) if isinstance(day, str) else day)


@blueprint.app_template_filter("short_day")
def _short_day(day: str) -> str:
    on = date.fromisoformat(day)
    return f"{on.day}\N{NO-BREAK SPACE}{on:%b}\N{NO-BREAK SPACE}{on.year}"


@blueprint.app_template_filter("cohort")
def _cohort(text: str) -> str:
    """A filter in words, whether it is of pupils or of posts."""
    if text.partition(":")[0].strip() in NARROWED_BY:
        return label_of_posts(parse_posts(text, "/filter"))
    return label_of_filter(parse_cohort_filter(text))


@blueprint.app_template_filter("area")
def _area(id: str) -> str:
    return AREAS[id].name if id in AREAS else id


@blueprint.app_template_filter("measure")
def _measure(indicator: Mapping[str, Any]) -> str:
    id = indicator["measure"]
    title = MEASURES[id].title if id in MEASURES else id.replace("_", " ").capitalize()
    return str(indicator["title"] or title)


@blueprint.app_template_filter("figure")
def _figure(number: Decimal | None, unit: str | None) -> str:
    if number is None:
        return "not known"
    return f"{number:f}" + (f"\N{NO-BREAK SPACE}{unit}" if unit else "")


@blueprint.app_template_filter("way")
def _way(indicator: Mapping[str, Any]) -> dict[str, int | None] | None:
    """How much of the way from the baseline to the target has been gone, and would have been on a straight line."""
    baseline, target = indicator["baseline"], indicator["target"]
    if baseline is None or target is None or baseline == target or indicator["latest"] is None:
        return None

    def at(number: Decimal | None) -> int | None:
        if number is None:
            return None
        gone: int = round((number - baseline) * 100 / (target - baseline))
        return min(100, max(0, gone))

    return {"latest": at(indicator["latest"]), "expected": at(indicator["expected_today"])}
