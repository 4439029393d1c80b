"""Builds the application: settings, database, API, page, commands."""

import gc
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask_smorest import Api

import demonstration
import migrations
from api import blueprints
from api.access.visit_page import register_visits
from api.http import describe
from api.http.application import Application
from api.http.arrivals import Arrivals, register_arrivals, set_up_logging
from api.http.problems import register_problem_handlers
from api.http.work_in_hand import WorkInHand
from api.ops import register_ops
from commands import register_commands
from domain.errors import HeadwayError
from domain.privacy import Pseudonyms
from services import clock
from services.access.installation import secret_kept_in
from services.database import Database
from services.files.store import Bucket, Store
from services.files.uploads import Files
from services.unit_of_work import Tools
from settings import Settings, SettingsError, settings_from

VERSION = "0.1.0"

ROUNDS_BEFORE_THE_OLD = 300
"""So often the collector looks through what is no longer young before it looks through all that is remembered."""

SECONDS_TILL_ANOTHERS_TURN = 0.001
"""A thread that reads gets the interpreter back from one that works on a bulk push after this long, not Python's 5 ms:
it gives the interpreter up at each trip to the database, and would wait as long again after each."""


@dataclass(frozen=True)
class Headway:
    """What one running application has one of."""

    settings: Settings
    tools: Tools
    pseudonyms: Pseudonyms
    secret: bytes
    cursor_secret: bytes
    api: Any
    demonstration_urn: str
    work_in_hand: WorkInHand


def create_app(settings: Settings | None = None, *, now: Any = clock.now, **overridden: Any) -> Flask:
    """The application. Tests give settings and a clock; otherwise both come from where they usually do."""
    settings = replace(settings or settings_from(os.environ), **overridden)
    secret = _secret_of(settings)
    pseudonyms = Pseudonyms(secret)
    set_up_logging(settings.log_level, pseudonyms)
    tools = Tools(
        database=_database_of(settings),
        pseudonyms=pseudonyms,
        clock=now,
        max_body=settings.max_body,
        max_rows=settings.max_rows,
        max_extract=settings.max_extract,
        files=_files_of(settings),
        newest_migration=migrations.newest(),
    )
    app = Application("headway", template_folder="web/templates", static_folder=None)
    app.url_map.strict_slashes = False
    register_arrivals(app)
    api = describe_api(app)
    register_problem_handlers(app)
    for blueprint in blueprints():
        api.register_blueprint(blueprint, url_prefix="/v1")
    register_visits(app)
    register_ops(app)
    register_commands(app)
    app.extensions["headway"] = Headway(
        settings,
        tools,
        pseudonyms,
        secret,
        b"cursor:" + secret,
        api,
        demonstration.URN,
        WorkInHand(most=settings.in_hand, at_once=settings.threads),
    )
    app.wsgi_app = Arrivals(app.wsgi_app, pseudonyms)  # type: ignore[method-assign]
    return app


def create_worker() -> Flask:
    """The application in a process of the server's own.

    What it is made of stays until the end, so the collector never looks through it again: that would hold up a
    request for a tenth of a second every few hundred. Nor does it look through all that is remembered since as often as
    it usually would: what a request leaves behind is found among the young.
    """
    app = create_app()
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, ROUNDS_BEFORE_THE_OLD)
    sys.setswitchinterval(SECONDS_TILL_ANOTHERS_TURN)
    return app


def _secret_of(settings: Settings) -> bytes:
    try:
        return settings.secret.encode() or secret_kept_in(settings.instance)
    except (OSError, HeadwayError) as error:
        raise SettingsError(f"HEADWAY_INSTANCE is {settings.instance}, but {error}") from error


def _database_of(settings: Settings) -> Database:
    try:
        return Database(settings.url, connections=settings.threads + 1)
    except OSError as error:
        raise SettingsError(f"DATABASE_URL: the folder of the database can't be made: {error}") from error


def _files_of(settings: Settings) -> Files:
    store = Store(_bucket_of(settings) or Path(settings.files_place))
    return Files(
        store, settings.max_file, settings.file_types, waiting=(settings.instance / "arriving").resolve()
    )


def _bucket_of(settings: Settings) -> Bucket | None:
    if not settings.files_place.startswith("s3://"):
        return None
    if bool(settings.files_key) != bool(settings.files_secret):
        raise SettingsError("HEADWAY_FILES_KEY and HEADWAY_FILES_SECRET go together; give both or neither")
    name, _, prefix = settings.files_place.removeprefix("s3://").partition("/")
    return Bucket(
        name,
        prefix.strip("/"),
        endpoint=settings.files_endpoint,
        key=settings.files_key,
        secret=settings.files_secret,
        region=settings.files_region,
    )


class Described(Api):  # type: ignore[misc]
    """flask-smorest's, without its own form of errors: ours are problem documents, and each operation lists them."""

    DEFAULT_ERROR_RESPONSE_NAME = None


def describe_api(app: Flask) -> Api:
    """flask-smorest's part: it gathers what the endpoints declare into one description."""
    app.config |= {"API_TITLE": "Headway", "API_VERSION": VERSION, "OPENAPI_VERSION": "3.1.0"}
    api = Described(
        app, spec_kwargs={"info": {"description": describe.INTRODUCTION, "license": describe.LICENSE}}
    )
    for name, member in describe.COMPONENTS["schemas"].items():
        api.spec.components.schema(name, member)
    for name, member in describe.COMPONENTS["parameters"].items():
        api.spec.components.parameter(name, member["in"], member)
    for name, member in describe.COMPONENTS["headers"].items():
        api.spec.components.header(name, member)
    for name, member in describe.COMPONENTS["securitySchemes"].items():
        api.spec.components.security_scheme(name, member)
    return api
