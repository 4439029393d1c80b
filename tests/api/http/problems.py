"""What every refusal looks like, whichever part of the product says it."""

from typing import Any

from werkzeug.test import TestResponse


def problem_in(answer: TestResponse, status: int) -> dict[str, Any]:
    """The problem document of an answer, after it was found to be a whole one with this status."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    said: dict[str, Any] = answer.json
    assert said["type"].startswith("urn:headway:problem:")
    assert said["title"]
    assert said["status"] == status
    assert said["detail"]
    assert said["instance"] == answer.headers["X-Request-ID"]
    assert "Traceback" not in answer.text
    assert "SELECT" not in answer.text
    return said
