"""The fast way into a register and the schema that describes it: two ways, one answer, on generated bodies."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.attendance.registers import RegisterSchema
from api.http.bodies import json_of
from api.http.fields import loaded
from domain.errors import Invalid
from intake.register_body import decode_register

REFERENCES = st.text(min_size=0, max_size=6)
ODD = (
    st.none()
    | st.booleans()
    | st.integers(-2, 1001)
    | st.sampled_from([0.5, 12.0, -1.25])
    | st.text(max_size=3)
    | st.just([])
)
CODES = st.sampled_from(["/", "\\", "L", "I", "C1", "", "-", "QQ"]) | st.none()
TIMES = st.sampled_from(
    [
        "2026-11-20T08:55:00Z",
        "2026-11-20T08:55:00+01:00",
        "2026-11-20T08:55:00.123456Z",
        "2026-11-20T08:55:00",
        "soon",
    ]
)
BODIES = st.fixed_dictionaries(
    {"marks": st.dictionaries(REFERENCES, CODES | ODD, max_size=4) | ODD},
    optional={
        "minutes_late": st.dictionaries(REFERENCES, st.integers(0, 999) | ODD, max_size=3) | ODD,
        "source_updated_at": TIMES | ODD,
        "name": ODD,
    },
)


def described(raw: bytes) -> dict[str, Any] | None:
    """What the schema makes of a body; None where it refuses it."""
    try:
        return dict(loaded(RegisterSchema(), json_of(raw)))
    except Invalid:
        return None


@given(body=BODIES)
def test_what_the_fast_way_takes_the_schema_takes_alike(body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    fast, slow = decode_register(raw), described(raw)

    if fast is not None:
        assert slow is not None
        assert (fast.marks, fast.minutes_late) == (slow["marks"], slow["minutes_late"])
        assert fast.source_updated_at == slow["source_updated_at"]


@given(
    marks=st.dictionaries(REFERENCES, CODES, max_size=5),
    minutes=st.dictionaries(REFERENCES, st.integers(0, 999), max_size=3),
    time=TIMES,
)
def test_what_the_schema_takes_goes_the_fast_way(
    marks: dict[str, Any], minutes: dict[str, int], time: str
) -> None:
    raw = json.dumps({"marks": marks, "minutes_late": minutes, "source_updated_at": time}).encode()

    assert (decode_register(raw) is None) == (described(raw) is None)
