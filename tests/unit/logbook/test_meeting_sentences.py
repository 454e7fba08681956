"""What the logbook says of a meeting."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contracts.base import Envelope, TextRef
from contracts.meetings import (
    AttendanceNoted,
    Attended,
    DecisionRecorded,
    MeetingClosed,
    MeetingNoted,
    MeetingOpened,
    Named,
    Outcome,
    Settled,
)
from services.logbook.decide import draft_of_fact

AT = datetime(2026, 7, 2, 7, 30, tzinfo=UTC)
BODY = {"meeting": "m", "digest": "d", "number": 6, "day": date(2026, 7, 2)}
LEAD, KEEPER = Named(person="referent"), Named(person="coord-a")


def words(name):
    return TextRef(id=name, sha256="0")


def decision(**more):
    return DecisionRecorded(**{**BODY, "decision": "m:D2", "version": 1, "code": "D2", "title": words("Les soirées"),
                               "outcome": Outcome.ADOPTEE, "words": words("Ouvrir jusqu'à 20 h"), "decided_by": LEAD,
                               **more})  # fmt: skip


SENTENCES = {
    "opened": (
        MeetingOpened(**BODY, started_at=AT, led_by=LEAD, keeper=KEEPER),
        "point", "Point n° 6 ouvert, conduite referent, journal de bord coord-a.",
    ),
    "opened without the référent": (
        MeetingOpened(**BODY, started_at=AT, keeper=KEEPER, without_referent=True),
        "point", "Point n° 6 ouvert, tenu sans le référent, journal de bord coord-a.",
    ),
    "attendance": (
        AttendanceNoted(
            **BODY, present=(Attended(person="referent"), Attended(name=words("M. Oudin"), note=words("pour S. L."))),
            absent=(Attended(name=words("H. Lambert")),),
        ),
        "point", "Présents : 2 sur 3 : referent et M. Oudin (pour S. L.). Absent : H. Lambert.",
    ),
    "decision with an hour": (
        decision(owner=Named(name=words("Dr B.")), due_at=AT),
        "decision", "Décision D2, adoptée : Les soirées. Ouvrir jusqu'à 20 h. Décide : referent. Porteur : Dr B. "
        "Échéance : le 2 juillet 2026 à 9 h 30.",
    ),
    "decision corrected, in words": (
        decision(corrects=True, outcome=Outcome.REPORTEE, due_words=words("vendredi midi")),
        "decision", "Décision D2 corrigée, reportée : Les soirées. Ouvrir jusqu'à 20 h. Décide : referent. "
        "Échéance : vendredi midi.",
    ),
    "closed": (
        MeetingClosed(**BODY, closed_at=AT, seconds=860, present=8, expected=9, deferred=("D3", "D4"),
                      decided=(Settled(code="D1", outcome=Outcome.MODIFIEE),)),
        "point", "Point n° 6 clos en 14 min 20. Décisions : D1 modifiée. Différé : D3 et D4. Présents : 8 sur 9.",
    ),
}  # fmt: skip


def entry(fact, territories):
    envelope = Envelope(id="f", type=fact.type_name(), source="digests", time=AT, territory="nord-essonne",
                        correlation="f", data=fact.model_dump(mode="json"))  # fmt: skip
    named = ("Les soirées", "Ouvrir jusqu'à 20 h", "Dr B.", "M. Oudin", "pour S. L.", "H. Lambert", "vendredi midi",
             "Repli")  # fmt: skip
    return draft_of_fact(envelope, {name: name for name in named if name in envelope.model_dump_json()},
                         territories["nord-essonne"])  # fmt: skip


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_the_sentence(name, territories):
    fact, kind, told = SENTENCES[name]
    draft = entry(fact, territories)
    assert (draft.kind, draft.text) == (kind, told)


@pytest.mark.parametrize(
    ("kind", "verified", "told"),
    [
        ("a_verifier", False, "À vérifier : Repli."),
        ("information", True, "Dit au point n° 6 : Repli. Vérifié."),
        ("information", None, "Dit au point n° 6 : Repli."),
    ],
)
def test_a_line_says_whether_it_was_verified(kind, verified, told, territories):
    draft = entry(MeetingNoted(**BODY, item=2, kind=kind, words=words("Repli"), verified=verified), territories)
    assert (draft.kind, draft.text, draft.verified) == ("information", told, verified)
