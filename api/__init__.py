"""HTTP and nothing else: one folder for each area, one file for each resource."""

from typing import Any


def blueprints() -> list[Any]:
    """All resources, in the order in which the description lists them."""
    # Imported here, so that importing a part doesn't import the whole.
    from api.access import audit, visitor_links, visits
    from api.attendance import (
        attendance,
        code_maps,
        coverage,
        marks,
        pupils,
        receipts,
        reconciliations,
        registers,
        session_counts,
    )
    from api.reports import progress
    from api.schools import calendars, rolls, school_imports, schools
    from api.tracker import (
        actions,
        bulk,
        challenges,
        changes,
        checks,
        comments,
        effects,
        evidence,
        evidence_files,
        external,
        freezing,
        hand_over,
        health_limits,
        indicators,
        milestones,
        people,
        practice,
        requests,
        reviews,
        roll_over,
        strand_positions,
        templates,
        updates,
        views,
        workload,
    )
    from api.workforce import leavers, snapshots, staff_absence, vacancies

    return [
        schools.blueprint,
        school_imports.blueprint,
        calendars.blueprint,
        rolls.blueprint,
        registers.blueprint,
        marks.blueprint,
        receipts.blueprint,
        session_counts.blueprint,
        code_maps.blueprint,
        coverage.blueprint,
        reconciliations.blueprint,
        attendance.blueprint,
        pupils.blueprint,
        people.blueprint,
        workload.blueprint,
        hand_over.blueprint,
        challenges.blueprint,
        roll_over.blueprint,
        actions.blueprint,
        effects.blueprint,
        milestones.blueprint,
        updates.blueprint,
        evidence.blueprint,
        evidence_files.blueprint,
        indicators.blueprint,
        freezing.blueprint,
        reviews.blueprint,
        comments.blueprint,
        checks.blueprint,
        bulk.blueprint,
        health_limits.blueprint,
        external.blueprint,
        strand_positions.blueprint,
        practice.blueprint,
        templates.blueprint,
        progress.blueprint,
        audit.blueprint,
        visitor_links.blueprint,
        visits.blueprint,
        requests.blueprint,
        views.blueprint,
        changes.blueprint,
        leavers.blueprint,
        snapshots.blueprint,
        staff_absence.blueprint,
        vacancies.blueprint,
    ]
