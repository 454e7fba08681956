"""An invented heat wave fed to the digests: the sums of the model day, by structure, slot and commune."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.actions import ActionDone, ActionOpened, ActionTaken
from contracts.activity import ActivityReported, PartnerRequested, TensionReported, VadReported
from contracts.alerts import AlertRaised, AlertUpdated, ColourPeriod, ReportedBy
from contracts.base import Page, Text, TextRef, TextsFound
from contracts.certificates import DeathCertificateNeeded, DeathCertificateSigned
from contracts.directory import (
    Closure,
    DutyHeld,
    DutyTaken,
    PeopleFound,
    PersonName,
    Reporting,
    StructureEnrolled,
    WhoAre,
    WhoIsOnDuty,
)
from contracts.levels import CrisisOpened, LevelChanged
from contracts.logbook import AskHead, AskTexts, HeadFound
from contracts.messages import DraftPrepared, MessageAcknowledged, MessageSent
from contracts.slots import SlotBooked
from services.digests import SERVICE

PARAY, ATHIS, JUVISY, SAVIGNY, VIRY, MORANGIS, WISSOUS, CHILLY = (
    "91479", "91027", "91326", "91589", "91687", "91432", "91689", "91161",
)  # fmt: skip
OPENED = datetime(2026, 6, 27, 6, 15, tzinfo=UTC)
TUESDAY, WEDNESDAY, THURSDAY = date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2)
DOCTORS = [f"cab-{n}" for n in range(1, 12)]
NURSES = [f"idel-{n}" for n in range(1, 7)]
TEXTS = {
    "samu": "Appels en hausse de 31 % sur un mercredi de juillet habituel, pointe de 18 h à 23 h",
    "ehpad": "EHPAD de Savigny-sur-Orge : climatisation en panne",
    "renfort": "Renfort de la régulation libérale, vendredi 18 h–minuit.",
    "draft": "Vigilance rouge aujourd’hui. Urgence vitale : le 15. Sinon, les places de crise de la CPTS.",
    "reason": "Pression forte.",
}
NAMES = {"coord-a": "Nadia Ferrand", "referent": "Dr Claire Vasseur", "benali": "Dr Karim Benali"}


def ref(name):
    return TextRef(id=name, sha256="0" * 64)


def at(day, hour, minute=0):
    """A local time of that summer, as an aware moment."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=2)


def split(total, parts):
    base, rest = divmod(total, parts)
    return [base + (1 if n < rest else 0) for n in range(parts)]


def structure(name, kind, commune, indicators, weekdays, closures=()):
    reporting = Reporting(indicators=indicators, weekdays=weekdays)
    return StructureEnrolled(
        structure=name, kind=kind, name=f"Structure {name}", commune=commune, reporting=reporting, closures=closures
    )


def structures():
    week = (0, 1, 2, 3, 4)
    doctors = ("vad_medecin", "consultations_non_programmees")
    found = [structure(name, "cabinet", ATHIS, doctors, week) for name in DOCTORS]
    found += [structure(name, "cabinet_infirmier", JUVISY, ("vad_infirmier", "perfusions"), week) for name in NURSES]
    found += [structure(f"off-{n}", "officine", PARAY, ("conseils_chaleur",), (0,)) for n in range(1, 4)]
    closed = (Closure(first=date(2026, 6, 20), last=date(2026, 7, 31)),)
    return found + [structure(f"ferme-{n}", "cabinet", VIRY, doctors, week, closed) for n in range(1, 3)]


def vad(name, day, profession, kind, count, **extra):
    return VadReported(report=f"v-{name}-{day}-{kind}", version=extra.pop("version", 1), structure=name, commune=ATHIS,
                       day=day, profession=profession, kind=kind, count=count, **extra)  # fmt: skip


def activity(name, day, indicator, value):
    return ActivityReported(report=f"a-{name}-{day}-{indicator}", version=1, structure=name, commune=ATHIS, day=day,
                            indicator=indicator, value=value)  # fmt: skip


def doctors_of(day, names, consultations, visits):
    both = zip(names, consultations, visits, strict=True)
    return [
        fact
        for name, seen, visited in both
        for fact in (
            activity(name, day, "consultations_non_programmees", seen),
            vad(name, day, "medecin", "urgente", visited),
        )
    ]


def nurses_of(day, names, visits, drips):
    both = zip(names, visits, drips, strict=True)
    return [
        fact
        for name, visited, given in both
        for fact in (vad(name, day, "infirmier", "non_urgente", visited), activity(name, day, "perfusions", given))
    ]


def tuesday_reports():
    """Ten doctors of eleven (181 consultations, 29 visits), six nurses of six (141 visits, 6 perfusions)."""
    return doctors_of(TUESDAY, DOCTORS[:10], [*split(152, 8), 20, 9], [*split(25, 8), 2, 2]) + nurses_of(
        TUESDAY, NURSES, [*split(118, 5), 23], [*split(5, 5), 1]
    )


def wednesday_reports():
    """Nine doctors of eleven (212, 37), five nurses of six (164, 9); eight doctors and five nurses on both days."""
    names = [*DOCTORS[:8], DOCTORS[10]]
    return doctors_of(WEDNESDAY, names, [*split(198, 8), 14], [*split(35, 8), 2]) + nurses_of(
        WEDNESDAY, NURSES[:5], split(164, 5), split(9, 5)
    )


def slot(name, day, commune, places, booked, hour=9):
    start = at(day, hour)
    return SlotBooked(slot=name, version=2, professional="med-1", profession="medecin", commune=commune,
                      starts_at=start, ends_at=start + timedelta(hours=2), places=places, booked=booked,
                      mode="consultation", state="ouvert", booking="b", count=1, asked_by="samu")  # fmt: skip


def slots():
    today = [(SAVIGNY, 8), (JUVISY, 7), (PARAY, 7), (ATHIS, 4), (VIRY, 1), (CHILLY, 2)]
    found = [slot("mar", TUESDAY, PARAY, 48, 33), slot("mer", WEDNESDAY, PARAY, 64, 57)]
    found += [slot(f"jeu-{code}", THURSDAY, code, free + 4, 4) for code, free in today]
    return [*found, slot("jeu-soir-1", THURSDAY, ATHIS, 2, 0, 17), slot("jeu-soir-2", THURSDAY, VIRY, 3, 0, 18)]


def tensions(day, by_kind, communes):
    places = [code for code, times in communes for _ in range(times)]
    kinds = [kind for kind, times in by_kind for _ in range(times)]
    return [
        TensionReported(tension=f"t-{day}-{n}", structure="cab-1", commune=code, kind=kind, seen_at=at(day, 14))
        for n, (kind, code) in enumerate(zip(kinds, places, strict=True))
    ]


def all_tensions():
    now = [("deshydratation", 12), ("acces_aux_soins", 5), ("coup_de_chaleur", 4), ("rupture_de_continuite", 2)]
    before = [("deshydratation", 7), ("acces_aux_soins", 4), ("coup_de_chaleur", 3), ("rupture_de_continuite", 1)]
    communes = [(ATHIS, 7), (SAVIGNY, 6), (VIRY, 4), (JUVISY, 3), (MORANGIS, 2), (PARAY, 1)]
    return tensions(WEDNESDAY, now, communes) + tensions(TUESDAY, before, [(ATHIS, 15)])


def certificate(name, asked_at, commune, minutes=None, profession="medecin"):
    body = {"certificate": name, "version": 1, "commune": commune, "place": "domicile", "requester": "samu",
            "nurse_route": True, "treating_doctor_called": True, "requested_at": asked_at, "status": "demande",
            "asked": ("med-1", "med-2", "med-3"), "hole": minutes is None}  # fmt: skip
    if minutes is None:
        return DeathCertificateNeeded(**body)
    return DeathCertificateSigned(**body, by="med-1", profession=profession, minutes=minutes,
                                  signed_at=asked_at + timedelta(minutes=minutes))  # fmt: skip


def certificates():
    return [
        certificate("c1", at(TUESDAY, 10), PARAY, 60),
        certificate("c2", at(TUESDAY, 15), PARAY, 90),
        certificate("c3", at(WEDNESDAY, 9), ATHIS, 100),
        certificate("c4", at(WEDNESDAY, 11), JUVISY, 110, "infirmier"),
        certificate("c5", at(WEDNESDAY, 14), VIRY, 120),
        certificate("c6", at(WEDNESDAY, 22), MORANGIS, 280),
    ]


def action(name, title, fact=ActionOpened, due=None, **extra):
    return fact(run=name, version=extra.pop("version", 1), action=f"CAN-{name}", crises=("c",), playbook="canicule",
                level=3, title=title, side=extra.pop("side", "cpts"), modality=extra.pop("modality", "firm"),
                owner="coordinatrice", due_at=due, **extra)  # fmt: skip


def actions():
    found = [action("1", "Relais de nuit pour les certificats", due=at(WEDNESDAY, 18))]
    for n, title in enumerate(
        ("Plages du week-end", "Appel des EHPAD et résidences autonomie", "Fiche médicaments et chaleur")
    ):
        found.append(action(f"2{n}", title, ActionTaken, due=at(THURSDAY, 17), by="benali"))
    titles = ("Réunir la cellule", "Message unique v3", "Note de capacités n° 3", "Rappel des registres",
              "Canal infirmières-médecins", "Places de mercredi", "Relance des structures", "Affiche")  # fmt: skip
    for n, title in enumerate(titles):
        found.append(action(f"3{n}", title, ActionDone, by="coord-a"))
    found.append(action("4", "Adapter les horaires", side="structures", modality="optional", due=at(WEDNESDAY, 8)))
    return found


def alert(fact, version, *spans):
    periods = tuple(
        ColourPeriod(colour=colour, starts_at=at(day, 0), ends_at=at(day + timedelta(days=1), 0))
        for colour, day in spans
    )
    return fact(alert="vigi", version=version, kind="vigilance", source="meteo-france", phenomenon="canicule",
                headline=ref("carte"), starts_at=at(spans[0][1], 0), periods=periods)  # fmt: skip


async def move(desk, day, hour, minute=0):
    await desk.tick(at=at(day, hour, minute))
    await desk.run_once()


@pytest.fixture
def model():
    """This module, for tests that need its parts."""
    return sys.modules[__name__]


@pytest.fixture
async def crisis_desk(desk_for):
    """A digests desk on Saturday 27 June, 08:15 local, with a level-1 crisis just opened and the other services up."""
    desk = await desk_for(SERVICE, start=OPENED)
    doctor = DutyHeld(role="referent", person="referent", name=NAMES["referent"], phone="01 99 00 00 01")
    keeper = DutyHeld(role="coordinatrice", person="coord-a", name=NAMES["coord-a"], phone="01 99 00 00 02")
    held = [doctor.model_copy(update={"deputies": ("benali",)}), keeper]
    desk.answers[WhoIsOnDuty] = lambda question: Page(items=tuple(item.model_dump(mode="json") for item in held))
    desk.answers[WhoAre] = lambda question: PeopleFound(
        people=tuple(PersonName(person=who, name=NAMES.get(who, "")) for who in question.people)
    )
    desk.answers[AskTexts] = lambda question: TextsFound(
        texts=tuple(Text(id=key, salt="", text=TEXTS[key]) for key in question.ids if key in TEXTS)
    )
    desk.answers[AskHead] = lambda question: HeadFound(number=412, hash="7c1e94ab20d7e3f5" * 4)
    await desk.hear_many(structures())
    await desk.hear(DutyTaken(role="referent", person="referent", version=1, starts_at=OPENED))
    await desk.hear(
        CrisisOpened(crisis="c", playbook="canicule", plan_version=1, plan_sha256="x", typology="T2", opened_at=OPENED)
    )
    await desk.hear(level(1, 0, 1, OPENED))
    return desk


def level(version, before, after, when):
    return LevelChanged(crisis="c", version=version, playbook="canicule", plan_sha256="x", from_level=before,
                        level=after, decided_by="coord-a", reason=ref("reason"), changed_at=when)  # fmt: skip


@pytest.fixture
async def model_desk(crisis_desk):
    """The same desk on Thursday 2 July at 08:50, the week heard as it came and each point published."""
    desk = crisis_desk
    days = [date(2026, 6, 27) + timedelta(days=n) for n in range(6)]
    await move(desk, days[0], 9)
    await desk.hear(alert(AlertRaised, 1, ("jaune", days[1]), ("orange", days[2])))
    for day in days[1:3]:
        await move(desk, day, 8, 45)
        await move(desk, day, 9)
    await desk.hear(alert(AlertUpdated, 2, ("orange", days[2]), ("orange", days[3])))
    await move(desk, TUESDAY, 8, 45)
    await move(desk, TUESDAY, 9)
    await desk.hear(alert(AlertUpdated, 3, ("orange", TUESDAY), ("rouge", WEDNESDAY)))
    await desk.tick(at=at(TUESDAY, 10, 40))
    await desk.hear(level(2, 1, 2, at(TUESDAY, 10, 40)))
    await desk.tick(at=at(TUESDAY, 18))
    await desk.hear(
        AlertRaised(
            alert="orsan", kind="orsan", source="ars", volet="EPI-CLIM", headline=ref("x"), starts_at=at(TUESDAY, 18)
        )
    )
    await move(desk, WEDNESDAY, 8, 45)
    await desk.hear_many(tuesday_reports())
    await move(desk, WEDNESDAY, 9)
    await desk.tick(at=at(WEDNESDAY, 9, 12))
    await desk.hear(level(3, 2, 3, at(WEDNESDAY, 9, 12)))
    await desk.tick(at=at(WEDNESDAY, 11, 20))
    await desk.hear(
        PartnerRequested(request="r1", partner="l’ARS", text=ref("renfort"), asked_at=at(WEDNESDAY, 11, 20))
    )
    await desk.hear_many([*slots(), *all_tensions(), *certificates(), *actions()])
    await desk.tick(at=at(THURSDAY, 6, 0))
    await desk.hear(alert(AlertUpdated, 4, ("rouge", THURSDAY), ("orange", THURSDAY + timedelta(days=1))))
    await desk.tick(at=at(THURSDAY, 6, 50))
    await desk.hear(certificate("c7", at(THURSDAY, 6, 50), WISSOUS))
    await desk.hear_many(wednesday_reports())
    await desk.tick(at=at(THURSDAY, 7, 55))
    call = ReportedBy(function="SAMU 91", at=at(THURSDAY, 7, 55), verified=True)
    other = ReportedBy(function="infirmière", at=at(THURSDAY, 7, 20))
    await desk.hear(
        AlertRaised(
            alert="a2", kind="samu", source="tel", headline=ref("samu"), starts_at=at(THURSDAY, 7, 55), reported_by=call
        )
    )
    await desk.hear(
        AlertRaised(
            alert="a3",
            kind="autre",
            source="tel",
            headline=ref("ehpad"),
            starts_at=at(THURSDAY, 7, 20),
            reported_by=other,
        )
    )
    await desk.hear(MessageSent(message="m1", about="d", purpose="point", to="g", channel="email"))
    await desk.hear(MessageAcknowledged(about="d", by="coord-a", at=at(THURSDAY, 8)))
    await desk.hear(DraftPrepared(draft="v4", about="c", groups=("medecins", "infirmiers"), body=ref("draft")))
    await move(desk, THURSDAY, 8, 45)
    await desk.tick(at=at(THURSDAY, 8, 50))
    return desk
