"""What the ARS and the SAMU read of a published review: figures and moments, no person, no structure. Pure.

Everything somebody typed stays inside: the reasons, the words of a meeting, the title of an improvement may name
someone. Owners of late steps are roles, and stay; people go.
"""

from __future__ import annotations

from contracts.base import PLATFORM, Envelope, Principal, Role
from contracts.reviews import ReviewFacts, ReviewFound
from services.platform.errors import Forbidden

DESK = (Role.COORDINATOR, Role.REFERENT, Role.READER)
INSIDE = (*DESK, Role.PROFESSIONAL)
OUTSIDE = (Role.ARS, Role.SAMU)
#: Kinds of moments that are about people or words alone: nothing is left of them outside.
HIDDEN = ("releve", "contact", "exercice")


def allow(envelope: Envelope) -> Principal:
    """The caller, refused without this territory or a role that reads reviews."""
    caller = envelope.caller or PLATFORM
    if caller.kind == "platform":
        return caller
    if envelope.territory not in caller.territories:
        raise Forbidden(f"Votre accès ne couvre pas le territoire « {envelope.territory} ».")
    if not caller.has(*INSIDE, *OUTSIDE):
        raise Forbidden()
    return caller


def is_inside(caller: Principal) -> bool:
    """Whether the caller reads a review whole: the CPTS, or Tocsin itself."""
    return caller.kind == "platform" or caller.has(*INSIDE)


def outside(found: ReviewFound) -> ReviewFound:
    """The same review, for a partner."""
    meetings = tuple(meeting.model_copy(update={"worked": "", "lacked": "", "by": ""}) for meeting in found.meetings)
    return found.model_copy(
        update={
            "facts": _facts(found.facts), "meetings": meetings, "improvements": (), "plan_versions": (),
            "outside": True,
        }
    )  # fmt: skip


def _facts(facts: ReviewFacts) -> ReviewFacts:
    timeline = tuple(
        moment.model_copy(update={"by": "", "text": "", "words": ""})
        for moment in facts.timeline
        if moment.kind not in HIDDEN
    )
    needs = tuple(need.model_copy(update={"asked_by": "", "text": "", "what": ""}) for need in facts.unmet_needs)
    return facts.model_copy(update={"timeline": timeline, "unmet_needs": needs})
