"""HTTP and nothing else: one folder for each area, one file for each resource."""

from typing import Any


def blueprints() -> list[Any]:
    """All resources, in the order in which the description lists them."""
    from api.schools import schools  # imported here, so that importing a part doesn't import the whole

    return [schools.blueprint]
