"""The formats in which a progress report can be had: one file for each, and one line for it here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from render.csv import render_csv
from render.json import exact_json


@dataclass(frozen=True)
class Renderer:
    """How one format is asked for (`media_type`), saved (`extension`, without a dot) and made."""

    media_type: str
    extension: str
    render: Callable[[dict[str, Any]], bytes]


FORMATS: dict[str, Renderer] = {
    "json": Renderer("application/json", "json", exact_json),
    "csv": Renderer("text/csv; charset=utf-8", "csv", render_csv),
}
"""By the name that `?format=` takes; the first is what is given where nothing is asked for."""
