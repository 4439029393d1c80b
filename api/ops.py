"""Health, readiness, metrics, the description of the API and its page."""

import os
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask_swagger_ui import get_swaggerui_blueprint
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from render.json import exact_json
from services.access.installation import check_ready
from services.clock import school_day

blueprint = Blueprint("ops", __name__)


def register_ops(app: Flask) -> None:
    """The addresses outside /v1 that machines ask."""
    app.register_blueprint(blueprint)
    docs = get_swaggerui_blueprint(
        "/docs", "/openapi.json", config={"app_name": "Headway", "deepLinking": True}
    )
    app.register_blueprint(docs)


@blueprint.get("/")
def welcome() -> str:
    """A plain page with where to go and three commands to paste, until the leaders' page takes its place."""
    headway = current_app.extensions["headway"]
    today = school_day(headway.tools.clock())
    address = request.host_url.rstrip("/")
    return render_template("welcome.html", address=address, urn=headway.demonstration_urn, today=today)


@blueprint.get("/healthz")
def up() -> Response:
    """The process answers."""
    return _json({"status": "up"})


@blueprint.get("/readyz")
def ready() -> Response:
    """The database is reached, its migrations are current, and its secret is this installation's."""
    headway = current_app.extensions["headway"]
    check_ready(headway.tools, headway.secret)
    return _json({"status": "ready"})


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus, of all server processes together."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@blueprint.get("/openapi.json")
def description() -> Response:
    """The description of this API."""
    return _json(current_app.extensions["headway"].api.spec.to_dict())


def _json(value: Any) -> Response:
    return Response(exact_json(value), content_type="application/json")
