"""Each fact has a sentence and a kind; the sentences that carry a decision or a figure read well."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime

import contracts
from contracts.actions import ActionClosed, ActionOpened
from contracts.activity import VadKind, VadReported
from contracts.alerts import AlertExpired, AlertKind, AlertRaised, ReportedBy
from contracts.base import Envelope, Fact, TextRef
from contracts.certificates import DeathCertificateAccepted, DeathCertificateNeeded, Requester
from contracts.directory import DutyGiven, DutyTaken
from contracts.logbook import EntryKind
from services.logbook.decide import OWN_FACTS, draft_of_fact, references
from services.logbook.sentences import TELLINGS

AT = datetime(2026, 6, 30, 8, 5, tzinfo=UTC)
REF = TextRef(id="r1", sha256="0" * 64)


def every_fact() -> list[type[Fact]]:
    """Facts of every contract that name a subject."""
    for module in pkgutil.iter_modules(contracts.__path__):
        importlib.import_module(f"contracts.{module.name}")
    found, waiting = [], [Fact]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if "entity" in vars(model) and model.__module__.startswith("contracts."):
            found.append(model)
    return sorted(found, key=lambda model: model.type_name())


def enveloped(fact: Fact, **more: Any) -> Envelope:
    known = {"id": "f1", "source": "test", "time": AT, "territory": "nord-essonne", "correlation": "f1"}
    return Envelope(type=fact.type_name(), data=fact.model_dump(mode="json"), **{**known, **more})


def said(fact: Fact, territories, texts: dict[str, str] | None = None, **more: Any) -> str:
    envelope = enveloped(fact, **more)
    known = dict.fromkeys(references(envelope.data), "mots") | (texts or {})
    return draft_of_fact(envelope, known, territories["nord-essonne"]).text


@pytest.mark.parametrize("model", every_fact(), ids=lambda model: model.type_name())
def test_every_fact_has_a_sentence_and_a_kind(model):
    if model.type_name() in OWN_FACTS:
        assert model.type_name() not in TELLINGS
        return
    telling = TELLINGS[model.type_name()]
    assert telling.model is model
    assert telling.kind in EntryKind
    assert telling.kind is not EntryKind.AUTRE


st.register_type_strategy(AwareDatetime, st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
st.register_type_strategy(TextRef, st.builds(TextRef, id=st.text(), sha256=st.text()))


@pytest.mark.parametrize("name", sorted(TELLINGS))
def test_every_sentence_says_something_of_any_fact_with_its_words(name, territories):
    model = TELLINGS[name].model

    @settings(max_examples=12, deadline=None)
    @given(st.from_type(model))
    def check(fact):
        envelope = enveloped(fact)
        refs = references(envelope.data)
        draft = draft_of_fact(envelope, dict.fromkeys(refs, "MOTS LIBRES"), territories["nord-essonne"])
        assert "illisible" not in draft.text
        assert draft.text.strip()
        assert "None" not in draft.text or "None" in fact.model_dump_json()
        assert not refs or "MOTS LIBRES" in draft.text

    check()


def action(model: type[Fact], **more: Any) -> Fact:
    known = {
        "run": "u", "version": 1, "action": "CAN-1.2-C1", "crises": ("c1", "c2"), "playbook": "canicule", "level": 1,
        "title": "Diffuser l'affiche", "side": "cpts", "modality": "firm", "owner": "coordinatrice",
        "due_at": AT + timedelta(hours=4),
    }  # fmt: skip
    return model(**{**known, **more})


def certificate(model: type[Fact], **more: Any) -> Fact:
    known = {
        "certificate": "c", "version": 1, "commune": "91432", "place": "domicile", "requester": Requester.SAMU,
        "nurse_route": True, "treating_doctor_called": True, "requested_at": AT, "status": "open",
    }  # fmt: skip
    return model(**{**known, **more})


SENTENCES = {
    "action opened": (
        action(ActionOpened),
        "Action CAN-1.2-C1 ouverte : Diffuser l'affiche (ferme, CPTS, porteur : coordinatrice, "
        "échéance le 30 juin 2026 à 14 h 05).",
    ),
    "action closed with a reason": (
        action(ActionClosed, reason=REF, because="niveau 1"),
        "Action CAN-1.2-C1 close : Diffuser l'affiche. Motif : niveau 1 – mots.",
    ),
    "a call, to be checked": (
        AlertRaised(
            alert="a", kind=AlertKind.SAMU, source="samu", headline=REF, starts_at=AT, requests_level=2,
            reported_by=ReportedBy(function="régulateur", at=AT),
        ),
        "Message du SAMU (SAMU) : mots. Niveau demandé : 2. "
        "Rapporté par régulateur, le 30 juin 2026 à 10 h 05 (à vérifier).",
    ),
    "expired is not lifted": (
        AlertExpired(alert="a", kind=AlertKind.ORSAN, volet="EPI-CLIM", source="ars", headline=REF, starts_at=AT),
        "ORSAN EPI-CLIM (ARS), expirée sans confirmation : mots.",
    ),
    "corrected visits": (
        VadReported(
            report="r", version=2, structure="cab-juvisy", commune="91326", day=date(2026, 7, 1),
            profession="medecin", kind=VadKind.URGENTE, count=4, previous=9, entered_by="coord-a",
        ),
        "Visites à domicile urgentes du 1er juillet 2026, cab-juvisy (Juvisy-sur-Orge), médecin : "
        "4 au lieu de 9 (correction). Saisi par coord-a.",
    ),
    "hole in the census": (
        certificate(DeathCertificateNeeded, hole=True),
        "Certificat de décès demandé par le SAMU le 30 juin 2026 à 10 h 05 (Morangis, à domicile). "
        "Médecin traitant appelé. Aucun certificateur inscrit pour cette commune à cette heure. "
        "Personne n'a pu être sollicité.",
    ),
    "a name typed for an outsider does not enter": (
        certificate(DeathCertificateAccepted, accepted_by="Dr Untel", outside=True),
        "Certificat (Morangis, à domicile) accepté par un professionnel hors annuaire.",
    ),
    "duty handed over": (
        DutyGiven(role="coordinatrice", person="coord-a", to="coord-b", version=2, until=AT),
        "coord-a transmet l'astreinte « coordinatrice » à coord-b le 30 juin 2026 à 10 h 05.",
    ),
    "duty left to nobody": (
        DutyGiven(role="coordinatrice", person="coord-a", version=2, until=AT),
        "coord-a quitte l'astreinte « coordinatrice » le 30 juin 2026 à 10 h 05, sans successeur désigné.",
    ),
    "duty taken from somebody": (
        DutyTaken(role="coordinatrice", person="coord-b", version=2, starts_at=AT, taken_from="coord-a"),
        "coord-b prend l'astreinte « coordinatrice » de coord-a le 30 juin 2026 à 10 h 05.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fact", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_sentences(fact, sentence, territories):
    assert said(fact, territories) == sentence


def test_a_fact_of_two_crises_names_the_first_and_a_call_says_if_it_is_checked(territories):
    opened = draft_of_fact(enveloped(action(ActionOpened)), {}, None)
    assert (opened.kind, opened.crisis, opened.verified) == ("action", "c1", None)
    call = AlertRaised(
        alert="a", kind=AlertKind.SAMU, source="samu", headline=REF, starts_at=AT, reported_by=ReportedBy(at=AT)
    )
    assert draft_of_fact(enveloped(call), {}, None).verified is False


def test_references_are_found_wherever_they_stand():
    ref, other = {"id": "a", "sha256": "b"}, {"id": "c", "sha256": "d"}
    data = {"x": [{"y": ref}, 3, [other]], "z": {"id": "no", "sha256": "no", "more": 1}, "id": "n", "t": ref}
    assert references(data) == {"a": "b", "c": "d"}


@settings(max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from([*sorted(TELLINGS), "x.y"]),
)
def test_no_body_stops_the_journal(body, name):
    envelope = Envelope(
        id="f", type=name, source="s", time=AT, territory="t", correlation="f", data={"alert": body, "count": body}
    )
    assert name in draft_of_fact(envelope, {}, None).text or name in TELLINGS
