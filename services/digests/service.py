"""The service object that the other modules register their functions on."""

from __future__ import annotations

from contracts import meetings
from contracts.digests import DigestDrafted, DigestPublished, DigestValidated
from contracts.statements import CapacityStatementIssued
from services.digests import meeting_store, statement_store, store
from services.platform.service import Service

SERVICE = Service(
    name="digests",
    purpose="Prepares the daily point de situation and holds the figures",
    says=(
        DigestDrafted,
        DigestPublished,
        DigestValidated,
        meetings.MeetingOpened,
        meetings.AttendanceNoted,
        meetings.DecisionRecorded,
        meetings.MeetingNoted,
        meetings.MeetingClosed,
        CapacityStatementIssued,
    ),
    owns=(*store.TABLES, *meeting_store.TABLES, *statement_store.TABLES),
    projections=store.PROJECTIONS,
)
SERVICE.next_due = store.next_due
SERVICE.backlog = store.backlog
