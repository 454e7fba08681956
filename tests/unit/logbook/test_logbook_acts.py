"""An act of an authority is entered as what it does: triggers, adapts, lifts; who may not act asks or tells."""

from datetime import UTC, datetime

import pytest

from contracts.alerts import AlertKind, AlertLifted, AlertRaised, AlertUpdated, Area, Phenomenon
from contracts.base import TextRef
from services.logbook.sentences.alerts import alert_lifted, alert_raised, alert_updated
from services.logbook.sentences.words import Words

REF = TextRef(id="t", sha256="0" * 64)
WHY = TextRef(id="w", sha256="0" * 64)
AT = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)


def fact(model, kind=AlertKind.ORSAN, source="ars-idf", **more):
    return model(
        alert="a", kind=kind, source=source, headline=REF, starts_at=AT, areas=(Area(departement="91"),), **more
    )


CLIM = {"volet": "EPI-CLIM"}


@pytest.mark.parametrize(
    ("tell", "told", "sentence"),
    [
        (alert_raised, fact(AlertRaised, **CLIM), "L'ARS Île-de-France déclenche l'ORSAN EPI-CLIM – 91 : mots."),
        (alert_updated, fact(AlertUpdated, **CLIM), "L'ARS Île-de-France adapte l'ORSAN EPI-CLIM – 91 : mots."),
        (alert_lifted, fact(AlertLifted, **CLIM), "L'ARS Île-de-France lève l'ORSAN EPI-CLIM – 91 : mots."),
        (
            alert_lifted,
            fact(AlertLifted, **CLIM, reason=WHY),
            "ORSAN EPI-CLIM – 91 (ars-idf), levée : mots. Motif : fini.",
        ),
        (
            alert_raised,
            fact(AlertRaised, source="prefecture", **CLIM),
            "La préfecture demande l'ORSAN EPI-CLIM – 91 : mots.",
        ),
        (
            alert_raised,
            fact(AlertRaised, AlertKind.ORSEC, phenomenon=Phenomenon.CYBERATTAQUE),
            "L'ARS Île-de-France annonce l'ORSEC (cyberattaque) – 91 : mots.",
        ),
        (
            alert_raised,
            fact(AlertRaised, volet="VACCINATION"),
            "L'ARS Île-de-France déclenche l'ORSAN, mesure vaccination exceptionnelle – 91 : mots.",
        ),
        (
            alert_raised,
            fact(AlertRaised, AlertKind.PLAN_BLANC, "CHSF"),
            "CHSF déclenche le plan blanc – 91 : mots.",
        ),
    ],
)
def test_an_act_in_a_sentence(tell, told, sentence):
    assert tell(told, Words({"t": "mots", "w": "fini"})) == sentence
