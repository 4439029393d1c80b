"""What the OpenAPI description says of an endpoint, made from what the endpoint declares."""

import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

PROBLEMS = {
    400: "The body isn't well-formed.",
    401: "No valid token.",
    403: "The key lacks the scope.",
    404: "It doesn't exist, or the key may not see it.",
    409: "It conflicts with what is held.",
    412: "It was changed since the ETag in If-Match; `changes` says how.",
    413: "The body is over the limit.",
    415: "The media type isn't taken.",
    422: "Well-formed, but not valid; `errors` says where.",
    428: "If-Match is needed.",
    503: "Not available just now; try again after `Retry-After` seconds. Nothing was stored.",
}


def operation(
    scopes: tuple[str, ...],
    query: type[ma.Schema] | None,
    body: Any,
    answer: type[ma.Schema] | None,
    paged: bool,
    status: int,
    precondition: bool,
    tagged: bool,
    method: str,
    also: Mapping[int, str],
    media: Mapping[str, Any] | None,
    loads: Any,
) -> dict[str, Any]:
    """The parts of an operation that follow from its declaration, as flask-smorest takes them."""
    doc: dict[str, Any] = {"security": [{"token": list(scopes)}], "x-scopes": list(scopes)}
    parameters: list[Any] = [{"in": "query", "schema": query}] if query else []
    parameters += ["IfMatch"] if precondition else []
    parameters += ["IfNoneMatch"] if tagged and method == "get" else []
    parameters += ["IdempotencyKey"] if method == "post" else []
    if parameters:
        doc["parameters"] = parameters
    if body is not None:
        doc["requestBody"] = _request_body(body)
    doc["responses"] = _responses(
        query, body, answer, paged, status, precondition, tagged, method, also, media, loads
    )
    return {"manual_doc": doc}


def _request_body(body: Any) -> dict[str, Any]:
    if isinstance(body, type):
        return {
            "required": True,
            "content": {"application/json": {"schema": body, "example": example_of(body())}},
        }
    content: dict[str, Any] = {}
    for media_type in body.types:
        if media_type in body.media:
            content[media_type] = body.media[media_type]
        elif "json" in media_type and "nd" not in media_type and body.schema is not None:
            content[media_type] = {"schema": body.schema, "example": example_of(body.schema())}
        else:
            content[media_type] = {"schema": {"type": "string"}}
    return {"required": True, "description": body.description, "content": content}


def _responses(
    query: Any, body: Any, answer: Any, paged: bool, status: int, precondition: bool, tagged: bool, method: str,
    also: Mapping[int, str], media: Mapping[str, Any] | None, loads: Any,
) -> dict[str, Any]:  # fmt: skip
    good: dict[str, Any] = {"description": "Done." if method != "get" else "What was asked for."}
    if status != 204:
        schema: Any = answer or {"type": "object"}
        example = example_of(answer()) if answer else None
        if paged:
            schema = {
                "type": "object",
                "required": ["items", "next"],
                "properties": {
                    "items": {"type": "array", "items": schema},
                    "next": {"type": ["string", "null"]},
                },
            }
            example = None if example is None else {"items": [example], "next": None}
        content: dict[str, Any] = {"schema": schema}
        if example is not None:
            content["example"] = example
        good["content"] = ({"application/json": content} if answer or not media else {}) | dict(media or {})
    if tagged:
        good["headers"] = {"ETag": "ETag"}
    responses: dict[str, Any] = {str(status): good}
    responses |= {str(code): {"description": text} for code, text in also.items() if code < 400}
    if tagged and method == "get":
        responses["304"] = {"description": "Unchanged since the ETag in If-None-Match."}
    expected = {401, 403, 503}
    expected |= {404} if loads else set()
    expected |= {422} if query or body else set()
    expected |= {400, 413, 415} if body else set()
    expected |= {409} if method in ("put", "post", "patch") else set()
    expected |= {412, 428} if precondition else set()
    problems = {code: PROBLEMS[code] for code in expected} | {c: t for c, t in also.items() if c >= 400}
    responses |= {
        str(code): {
            "description": text,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for code, text in sorted(problems.items())
    }
    return responses


def example_of(schema: ma.Schema) -> dict[str, Any] | None:
    """An example of a body, put together from those of its fields."""
    example: dict[str, Any] = {}
    for name, field in schema.fields.items():
        if "example" in field.metadata:
            example[field.data_key or name] = field.metadata["example"]
        elif isinstance(field, ma.fields.Nested):
            inner = example_of(field.schema)
            if inner:
                example[field.data_key or name] = [inner] if field.many else inner
    return example or None


def schema_name(schema: Any) -> str:
    """The name that a schema bears in the description: its class's, without the word Schema."""
    return re.sub("Schema$", "", type(schema).__name__ if isinstance(schema, ma.Schema) else schema.__name__)


COMPONENTS: dict[str, dict[str, Any]] = {
    "parameters": {
        "IfMatch": {
            "in": "header",
            "name": "If-Match",
            "required": True,
            "schema": {"type": "string"},
            "description": "The ETag that GET gave. Only its revision counts.",
            "example": '"3.9f86d081884c7d659a2f"',
        },
        "IfNoneMatch": {
            "in": "header",
            "name": "If-None-Match",
            "schema": {"type": "string"},
            "description": "The ETag of the answer that you hold; 304 where it still stands.",
        },
        "IdempotencyKey": {
            "in": "header",
            "name": "Idempotency-Key",
            "schema": {"type": "string", "maxLength": 255},
            "description": "The same key with the same body gives the first answer again, for 24 hours.",
        },
    },
    "headers": {
        "ETag": {
            "schema": {"type": "string"},
            "description": 'The revision and a digest: `"REVISION.DIGEST"`.',
        },
    },
    "schemas": {
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status", "detail", "instance"],
            "properties": {
                "type": {"type": "string", "format": "uri"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "instance": {"type": "string", "description": "The id of the request, for the log."},
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "pointer": {"type": "string"},
                            "row": {"type": "integer"},
                            "detail": {"type": "string"},
                        },
                    },
                },
            },
            "example": {
                "type": "urn:headway:problem:invalid",
                "title": "Not valid",
                "status": 422,
                "detail": "/due_on: the due date is before the start",
                "instance": "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11",
                "errors": [{"pointer": "/due_on", "detail": "the due date is before the start"}],
            },
        }
    },
    "securitySchemes": {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key's token: `Authorization: Bearer hw_…`.",
        }
    },
}

INTRODUCTION = (
    "Headway records how a school addresses each of its challenges, as actions with owners, evidence and progress, "
    "beside the figures that the school's own systems push in. Every call takes `Authorization: Bearer TOKEN`; every "
    "error is a problem document (RFC 9457) whose `errors` point at what is wrong; every list has `items` and `next`."
)
LICENSE = {"name": "MIT", "identifier": "MIT"}
