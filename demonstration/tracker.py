"""Three invented challenges with their people, actions, milestones, updates, evidence, indicators and reviews."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from demonstration.calendar import Year
from demonstration.call import Call, the


def calls(urn: str, year: Year, today: date) -> Iterator[Call]:
    """Everybody first, then each challenge with all that hangs on it."""
    yield from _people(urn)
    yield from _attendance(urn, year, today)
    yield from _recruitment(urn, year, today)
    yield from _inclusion(urn, year, today)


def _people(urn: str) -> Iterator[Call]:
    staff = {
        "head": ("Amina Ward", "Headteacher"),
        "deputy": ("Tom Ellery", "Deputy headteacher, attendance"),
        "senco": ("Grace Okafor", "SENCO"),
        "business": ("Priya Nair", "School business leader"),
        "tutor": ("Daniel Reyes", "Head of Year 9"),
    }
    for key, (name, role) in staff.items():
        email = name.lower().replace(" ", ".") + "@example.org"
        yield Call("POST", "/v1/people", {"name": name, "role": role, "email": email, "schools": [urn]}, key)


def _attendance(urn: str, year: Year, today: date) -> Iterator[Call]:
    start = _opened(year, today, 64)
    challenge = {
        "school": urn,
        "kind": "attendance",
        "title": "Pupils who receive the Pupil Premium miss more than their classmates",
        "context": "Two bus routes were cut in the summer, and Fridays are thin in every year group.",
        "cohorts": ["pupil_premium:true"],
        "areas": ["ofsted2025.attendance-and-behaviour", "ofsted2025.inclusion"],
        "lead": the("deputy"),
        "origin": "data",
        "origin_detail": "Last year's figures, by cohort",
        "opened_on": str(start),
    }
    yield Call("POST", "/v1/challenges", challenge, "attendance")
    yield _action(
        "attendance",
        "calling",
        "First-day calling before ten",
        "tutor",
        start,
        start + timedelta(days=270),
        intent="Every family hears from somebody they know on the first morning.",
        cohorts=["pupil_premium:true"],
        success_criteria=[
            {"text": "Every first-day absence is followed by a call before 10:00", "met": "partly"}
        ],
    )
    yield _action(
        "attendance",
        "minibus",
        "A school minibus on the two lost routes",
        "business",
        start + timedelta(days=5),
        today + timedelta(days=60),
        intent="Forty-one pupils lost their way to school in July.",
    )
    yield _action(
        "attendance",
        "fridays",
        "Clubs and practical lessons moved to Friday",
        "head",
        today - timedelta(days=5),
        today + timedelta(days=90),
        intent="A reason to come on the thinnest day.",
    )
    yield from _milestones("calling", start, ["Call list built from the register", "Tutors trained"], today)
    yield from _milestones(
        "minibus", start, ["Drivers cleared", "First run", "Review after four weeks"], today
    )
    yield _update(
        "calling",
        start + timedelta(days=20),
        "tutor",
        today,
        status="in_progress",
        progress=35,
        note="Calls are made by 9:40 on most days; Thursdays are still short of a caller.",
    )
    yield _update(
        "calling",
        today - timedelta(days=8),
        "tutor",
        today,
        progress=60,
        note="A second caller covers Thursdays. Families say they prefer a text first.",
        next_step="Try a text at 9:15, then the call.",
    )
    yield _update(
        "minibus",
        start + timedelta(days=26),
        "business",
        today,
        status="in_progress",
        progress=50,
        note="First run with 23 pupils on board; the second route starts after half term.",
    )
    yield _update(
        "minibus",
        today - timedelta(days=12),
        "business",
        today,
        progress=70,
        note="The western route runs too: 37 pupils on both, and five who walk again.",
        next_step="Ask families again before Christmas.",
    )
    yield _evidence(
        "Call log, first half term",
        "link",
        "calling",
        start + timedelta(days=45),
        today,
        url="https://files.example.org/attendance/call-log",
    )
    yield _evidence(
        "What families told us about mornings",
        "note",
        "minibus",
        start + timedelta(days=30),
        today,
        text="Twelve families answered: nine name the bus, two the cost of breakfast, one a carer's shift.",
    )
    yield _indicator("attendance", "absence", "pupil_premium:true", start, today, "4.5")
    yield _indicator("attendance", "persistent_absence", None, start, today, "14")
    yield Call(
        "POST",
        "/v1/challenges/{attendance}/reviews",
        {
            "held_on": str(min(start + timedelta(days=42), today)),
            "attended": [the("head"), the("deputy")],
            "what_we_saw": "Calls work where tutors make them; the bus matters more than we thought.",
            "decisions": "Second caller on Thursdays. Ask the council about the western route.",
            "next_review_on": str(today + timedelta(days=20)),
        },
        "attendance_review",
    )


def _recruitment(urn: str, year: Year, today: date) -> Iterator[Call]:
    start = _opened(year, today, 70)
    challenge = {
        "school": urn,
        "kind": "recruitment",
        "title": "Physics and mathematics posts stay open",
        "context": "Two posts were advertised three times last year; each drew fewer than two applications.",
        "areas": ["ofsted2025.leadership-and-governance", "ofsted2025.curriculum-and-teaching"],
        "lead": the("head"),
        "origin": "own_review",
        "opened_on": str(start),
    }
    yield Call("POST", "/v1/challenges", challenge, "recruitment")
    yield _action(
        "recruitment",
        "trainees",
        "Host four trainee teachers with the university",
        "deputy",
        start,
        start + timedelta(days=200),
        intent="Half of last year's trainees stayed where they trained.",
    )
    yield _action(
        "recruitment",
        "workload",
        "Take marking and data entry off new teachers",
        "head",
        today + timedelta(days=6),
        today + timedelta(days=110),
        intent="Leavers named workload before pay.",
    )
    yield _update(
        "trainees",
        start + timedelta(days=35),
        "deputy",
        today,
        status="in_progress",
        progress=40,
        note="Three trainees placed, one of them in physics; the fourth place is open until January.",
    )
    yield _update(
        "trainees",
        today - timedelta(days=15),
        "deputy",
        today,
        progress=55,
        note="The physics trainee has asked about a post for September.",
    )
    yield _evidence(
        "Partnership agreement with the university",
        "link",
        "trainees",
        today - timedelta(days=20),
        today,
        url="https://files.example.org/recruitment/partnership",
    )
    points = [(start, "3"), (start + timedelta(days=30), "3"), (start + timedelta(days=55), "2")]
    yield Call(
        "POST",
        "/v1/challenges/{recruitment}/indicators",
        {
            "measure": "custom",
            "title": "Teaching posts open",
            "unit": "posts",
            "baseline_on": str(start),
            "target": _number("0"),
            "target_on": str(_next_july(today)),
            "direction": "down",
            "points": [{"on": str(on), "value": _number(value)} for on, value in points if on <= today],
        },
        "posts",
    )


def _inclusion(urn: str, year: Year, today: date) -> Iterator[Call]:
    start = _opened(year, today, 60)
    challenge = {
        "school": urn,
        "kind": "inclusion",
        "title": "Pupils with SEND lose lessons to part-time timetables",
        "context": "Seven pupils were on reduced timetables in June, four of them for more than a term.",
        "cohorts": ["sen_provision:E,K"],
        "areas": ["ofsted2025.inclusion", "ofsted2025.achievement"],
        "lead": the("senco"),
        "origin": "external_review",
        "opened_on": str(start),
    }
    yield Call("POST", "/v1/challenges", challenge, "inclusion")
    yield _action(
        "inclusion",
        "timetables",
        "Review every part-time timetable each fortnight",
        "senco",
        start,
        today + timedelta(days=40),
        intent="No timetable runs on because nobody looked.",
        cohorts=["sen_provision:E,K"],
    )
    yield _action(
        "inclusion",
        "plans",
        "One-page plans that teachers use",
        "senco",
        start + timedelta(days=10),
        max(start + timedelta(days=11), today - timedelta(days=4)),
        intent="Teachers asked for one page, not eleven.",
    )
    yield _milestones_one("plans", "Plans written with pupils", start + timedelta(days=40), today)
    yield _update(
        "timetables",
        start + timedelta(days=28),
        "senco",
        today,
        status="in_progress",
        progress=45,
        note="Three pupils are back full time; each of the others has a date.",
    )
    yield _update(
        "timetables",
        today - timedelta(days=5),
        "senco",
        today,
        progress=70,
        note="Five of the seven are back full time. One family has asked for a slower return.",
    )
    yield _update(
        "plans",
        today - timedelta(days=16),
        "senco",
        today,
        status="in_progress",
        progress=80,
        note="Plans are in use in Years 7 to 9; two departments still have the old form.",
    )
    yield _evidence(
        "Notes of the fortnightly review",
        "note",
        "timetables",
        today - timedelta(days=6),
        today,
        text="Every reduced timetable has an end date and a named adult.",
    )
    yield _indicator("inclusion", "absence", "sen_provision:E,K", start, today, "6")


def _opened(year: Year, today: date, days: int) -> date:
    """So many days ago, but not before there were registers to take a baseline from."""
    return max(year.first + timedelta(days=6), today - timedelta(days=days))


def _next_july(today: date) -> date:
    july = date(today.year, 7, 10)
    return july if july > today + timedelta(days=30) else july.replace(year=today.year + 1)


def _action(challenge: str, key: str, title: str, owner: str, start: date, due: date, **more: Any) -> Call:
    body = {"title": title, "owner": the(owner), "start_on": str(start), "due_on": str(due)} | more
    return Call("POST", f"/v1/challenges/{{{challenge}}}/actions", body, key)


def _milestones(action: str, start: date, titles: list[str], today: date) -> Iterator[Call]:
    for number, title in enumerate(titles, start=1):
        yield _milestones_one(action, title, start + timedelta(days=18 * number), today)


def _milestones_one(action: str, title: str, due: date, today: date) -> Call:
    done = {"done_on": str(due)} if due + timedelta(days=7) < today else {}
    return Call("POST", f"/v1/actions/{{{action}}}/milestones", {"title": title, "due_on": str(due)} | done)


def _update(action: str, on: date, by: str, today: date, **said: Any) -> Call:
    return Call(
        "POST", f"/v1/actions/{{{action}}}/updates", {"on": str(min(on, today)), "by": the(by)} | said
    )


def _evidence(title: str, kind: str, action: str, on: date, today: date, **content: str) -> Call:
    captured = min(on, today)
    body = {
        "title": title,
        "kind": kind,
        "captured_on": str(captured),
        "speaks_for": {"from": str(captured - timedelta(days=28)), "to": str(captured)},
        "about": [{"type": "action", "id": the(action)}],
    }
    return Call("POST", "/v1/evidence", body | content)


def _indicator(
    challenge: str, measure: str, cohort: str | None, start: date, today: date, target: str
) -> Call:
    body = {
        "measure": measure,
        "baseline_on": str(start),
        "target": _number(target),
        "target_on": str(_next_july(today)),
        "direction": "down",
    }
    return Call(
        "POST", f"/v1/challenges/{{{challenge}}}/indicators", body | ({"filter": cohort} if cohort else {})
    )


def _number(text: str) -> float | int:
    return float(text) if "." in text else int(text)
