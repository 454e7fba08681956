"""The service object that the other modules register their functions on."""

from __future__ import annotations

from contracts import crisis_plan, readiness, yearly
from contracts.base import Role
from services.platform.service import Service
from services.readiness import store

#: Off duty too: what is kept ready is prepared between crises, and opens nothing.
KEEPERS = (Role.COORDINATOR, Role.REFERENT)
READERS = (*KEEPERS, Role.READER)
SERVICE = Service(
    name="readiness",
    purpose="What is kept ready between crises, what is due every year, and the plan de crise as a document",
    says=(
        readiness.GovernanceNoted, readiness.StockKept, readiness.StockFlagged, readiness.PremisesKept,
        readiness.TrainingNoted, readiness.RecordChecked, readiness.RecordRemoved,
        yearly.ExercisePlanned, yearly.ExerciseHeld, yearly.ExerciseMissed, yearly.ExerciseCancelled,
        yearly.DutyDone, yearly.DutyMissed, crisis_plan.CrisisPlanDelivered,
    ),
    owns=store.TABLES,
    projections=(store.PersonRow,),
)  # fmt: skip
