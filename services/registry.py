"""Every service of a whole desk, in the order they are started."""

from __future__ import annotations

from services import (
    activity,
    alerts,
    cell,
    certificates,
    digests,
    directory,
    engine,
    exercises,
    levels,
    logbook,
    messages,
    readiness,
    reviews,
    slots,
)
from services.platform.service import Service

SERVICES: dict[str, Service] = {
    module.SERVICE.name: module.SERVICE
    for module in (
        directory,
        logbook,
        alerts,
        levels,
        engine,
        slots,
        activity,
        certificates,
        cell,
        messages,
        digests,
        reviews,
        exercises,
        readiness,
    )
}
