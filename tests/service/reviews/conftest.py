"""An invented crisis told to the reviews: an alert, a decision, steps, places, a partner, an end."""

from __future__ import annotations

import contextlib
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from contracts.actions import ActionDone, ActionLate, ActionOpened, ActionTaken
from contracts.activity import PartnerAnswered, PartnerRequested, TensionReported, VadReported
from contracts.alerts import AlertRaised
from contracts.base import Envelope, Page, Role, Text, TextRef, TextsFound
from contracts.directory import Reporting, StructureEnrolled
from contracts.levels import CrisisClosed, CrisisOpened, Evidence, LevelChanged, LevelProposed
from contracts.logbook import AskHead, AskTexts, HeadFound
from contracts.plans import ListPlans
from contracts.slots import SlotBooked, SlotOffered
from services.platform.batch import FactItem
from services.platform.testing import HOME, person
from services.reviews import SERVICE

OPENED = datetime(2026, 6, 30, 8, 0, tzinfo=UTC)
CLOSED = datetime(2026, 7, 3, 10, 0, tzinfo=UTC)
COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
WORDS = {"reason": "Vague de chaleur confirmée.", "alert-words": "Vigilance orange en Essonne"}


def ref(name):
    return TextRef(id=name, sha256="0" * 64)


def after(minutes=0, **more):
    """A moment counted from the opening of the crisis."""
    return OPENED + timedelta(minutes=minutes, **more)


def opened(crisis="c1", playbook="canicule", at=OPENED):
    return CrisisOpened(
        crisis=crisis, playbook=playbook, plan_version=1, plan_sha256="a" * 64, typology="T2", opened_at=at
    )


def closed(crisis="c1", playbook="canicule", at=CLOSED, opened_at=OPENED):
    return CrisisClosed(crisis=crisis, version=9, playbook=playbook, opened_at=opened_at, closed_at=at)


def moved(version, from_level, level, at, crisis="c1", *, playbook="canicule", proposal=None):
    return LevelChanged(
        crisis=crisis, version=version, playbook=playbook, plan_sha256="a" * 64, from_level=from_level, level=level,
        decided_by="coord-a", reason=ref("reason"), proposal=proposal, changed_at=at,
    )  # fmt: skip


def proposed(name, level, evidence_at, *, playbook="canicule", alert="a1", supersedes=None):
    piece = Evidence(fact="f1", kind="vigilance", label="Vigilance orange", alert=alert, at=evidence_at)
    return LevelProposed(
        proposal=name, playbook=playbook, from_level=level - 1, level=level, because="Vigilance orange canicule",
        evidence=(piece,), supersedes=supersedes,
    )  # fmt: skip


def step(kind, version, *, run="r1", crises=("c1",), due=None, modality="firm", occurrence=1, **more):
    return kind(
        run=run, version=version, action=f"CAN-{run}", crises=crises, playbook="canicule", level=1,
        title=f"Étape {run}", side="cpts", modality=modality, owner="coordinatrice", due_at=due,
        occurrence=occurrence, **more,
    )  # fmt: skip


def slot(kind, version, *, places=6, booked=0, name="s1", starts=None, crisis=None, **more):
    starts = starts or after(hours=24)
    return kind(
        slot=name, version=version, professional="med-1", profession="medecin", commune="91479", starts_at=starts,
        ends_at=starts + timedelta(hours=4), places=places, booked=booked, mode="consultation", state="ouvert",
        crisis=crisis, **more,
    )  # fmt: skip


def structure(name="msp-1"):
    return StructureEnrolled(
        structure=name, kind="msp", name="Maison de santé", commune="91479",
        reporting=Reporting(indicators=("vad_medecin",), weekdays=(0, 1, 2, 3, 4)),
    )  # fmt: skip


def visits(count, day, version=1, previous=None, name="msp-1"):
    return VadReported(
        report=f"{name}-{day}", version=version, structure=name, commune="91479", day=day, profession="medecin",
        kind="urgente", count=count, previous=previous,
    )  # fmt: skip


def story():
    """(fact, when it happened) of one crisis, in order."""
    return [
        (structure(), after(-5000)),
        (
            AlertRaised(alert="a1", kind="vigilance", source="meteo-france", phenomenon="canicule", colour="orange",
                        headline=ref("alert-words"), starts_at=after(-60)),
            after(-60),
        ),
        (proposed("p1", 1, after(-60)), after(-57)),
        (opened(), OPENED),
        (moved(1, 0, 1, OPENED, proposal="p1"), OPENED),
        (step(ActionOpened, 1, due=after(60)), OPENED),
        (step(ActionOpened, 1, run="r2", due=after(120)), OPENED),
        (step(ActionTaken, 2, by="coord-a", due=after(60)), after(10)),
        (step(ActionDone, 3, by="coord-a", due=after(60)), after(25)),
        (step(ActionLate, 2, run="r2", due=after(120)), after(120)),
        (step(ActionDone, 3, run="r2", by="coord-a", due=after(120)), after(200)),
        (slot(SlotOffered, 1), after(45)),
        (slot(SlotBooked, 2, booked=4, booking="b1", count=4, asked_by="samu"), after(300)),
        (PartnerRequested(request="q1", partner="ars", text=ref("q"), asked_at=after(400)), after(400)),
        (PartnerAnswered(request="q1", version=2, partner="ars", answer=ref("q2"), answered_at=after(490)),
         after(490)),
        (visits(9, date(2026, 6, 30)), after(1500)),
        (visits(4, date(2026, 6, 30), version=2, previous=9), after(1600)),
        (TensionReported(tension="t1", structure="msp-1", commune="91479", kind="surcharge", count=3,
                         seen_at=after(700)), after(700)),
        (moved(2, 1, 0, CLOSED), CLOSED),
        (closed(), CLOSED),
    ]  # fmt: skip


async def tell_together(desk, facts):
    """Facts with their own moments, in one fetch."""
    items = []
    for fact, when in facts:
        key = uuid.uuid4().hex
        envelope = Envelope(id=key, type=fact.type_name(), source="test", time=when, recorded=when, territory=HOME,
                            correlation=key, data=fact.model_dump(mode="json"))  # fmt: skip
        items.append(FactItem(envelope=envelope, model=type(fact).model_validate(envelope.data)))
    await desk.writer.hear(items)


@contextlib.contextmanager
def statements():
    """Every SQL statement run meanwhile."""
    seen = []

    def note(connection, cursor, statement, *more):
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def tell(desk, facts):
    """Each fact at its moment, one fetch each, in the order they happened."""
    for fact, when in sorted(facts, key=lambda one: one[1]):
        desk.clock.set(when)
        await desk.hear(fact, time=when)


@pytest.fixture
async def desk(desk_for):
    """The reviews, with a journal and an engine that answer."""
    desk = await desk_for(SERVICE, start=after(-6000))
    desk.answers[AskHead] = lambda question: HeadFound(number=42, hash="f" * 64)
    desk.answers[AskTexts] = lambda question: TextsFound(
        texts=tuple(Text(id=name, salt="s", text=WORDS[name]) for name in question.ids if name in WORDS)
    )
    desk.answers[ListPlans] = lambda question: Page(items=({"version": 2, "reviews": ["c1"]}, {"version": 1}))
    return desk
