"""Texts: one SMS segment, the link whole, and nothing that names anybody."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.base import TextRef
from contracts.cell import FUNCTIONS
from contracts.certificates import DeathCertificateNeeded
from contracts.levels import CrisisClosed, LevelChanged, LevelProposed
from services.messages import drafts, words
from services.messages.asks import proposed
from services.messages.channels import mail_url, phone_number, sms_url
from services.platform import french
from services.platform.territory import Commune, Territory
from services.playbook.loader import load_library
from services.playbook.model import Plan

PLANS = load_library().plans

TERRITORY = Territory(
    territory="nord-essonne", name="CPTS Nord-Essonne", departements=("91",),
    communes=(Commune(code="91027", name="Athis-Mons"),),
)  # fmt: skip
LINK = "https://crise.cpts-nord-essonne.example/a/abcdefgh12345678"
AT = datetime(2026, 6, 27, 6, 15, tzinfo=UTC)


def test_the_sms_of_a_certificate_says_the_commune_and_the_place_only():
    fact = DeathCertificateNeeded(
        certificate="c1", version=1, commune="91027", place="domicile", requester="samu", nurse_route=True,
        treating_doctor_called=True, requested_at=AT, status="ouvert", asked=("idel-1",), sealed=True,
    )  # fmt: skip
    text = words.one_segment(words.asked(fact, TERRITORY)["sms"], LINK)
    assert text == f"Certificat de décès demandé à Athis-Mons, domicile. Répondre : {LINK}"
    assert words.segment_length(text) <= 160


def test_the_sms_of_a_proposal():
    fact = LevelProposed(
        proposal="p1", playbook="canicule", from_level=0, level=1, because="Vigilance jaune canicule annoncée dimanche"
    )
    text = words.one_segment(words.proposal(fact, TERRITORY)["sms"], "https://t.example/a/abcdefgh12345678")
    assert text == (
        "Tocsin : niveau 1 canicule proposé. Vigilance jaune canicule annoncée dimanche. "
        "Répondre : https://t.example/a/abcdefgh12345678"
    )


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


@given(st.text(max_size=400))
def test_any_text_fits_one_segment_with_its_link_whole(text):
    sms = words.one_segment(text, LINK)
    assert words.segment_length(sms) <= 160
    assert sms.endswith(LINK)
    assert set(sms) <= french.GSM7


def changed(level):
    return LevelChanged(
        crisis="x", version=level, playbook="canicule", plan_sha256="0", from_level=level - 1, level=level,
        decided_by="coord-a", reason=TextRef(id="t", sha256="0"), changed_at=AT,
    )  # fmt: skip


@pytest.mark.parametrize("level", [1, 2, 3])
def test_the_text_to_paste_says_level_time_and_what_is_proposed(level):
    body = plain(drafts.level_raised(changed(level), TERRITORY, "https://t.example"))
    assert f"canicule, niveau {level}" in body
    assert "samedi 27 juin à 8 h 15" in body
    assert "https://t.example" in body
    assert "Officines" in body
    assert "coord-a" not in body


def test_the_message_of_end():
    fact = CrisisClosed(crisis="x", version=6, playbook="canicule", opened_at=AT, closed_at=AT.replace(day=28))
    body = plain(drafts.crisis_over(fact, TERRITORY, "https://t.example"))
    assert "canicule, fin" in body
    assert "dimanche 28 juin à 8 h 15" in body
    assert "pendant 7 jours" in body


@pytest.mark.parametrize(
    ("gateway", "number", "expected"),
    [
        ("json://sms.example/envoi?+X-Cle=a", "06 39 98 00 01", "json://sms.example/envoi/+33639980001?+X-Cle=a"),
        ("octopush://login/cle", "+33639980001", "octopush://login/cle/+33639980001"),
        ("form://sms.example/?:dest={to}", "sms:+33639980001", "form://sms.example/?:dest=+33639980001"),
    ],
)
def test_the_number_joins_the_address_of_the_gateway(gateway, number, expected):
    assert sms_url(gateway, number) == expected


def test_the_recipient_replaces_the_one_of_the_server():
    url = mail_url("mailtos://u:p@smtp.example?from=a@b.example&to=old@b.example", "c@d.example", html=True)
    assert url == "mailtos://u:p@smtp.example?from=a%40b.example&to=c%40d.example&format=html"


@pytest.mark.parametrize(
    ("text", "expected"), [("06 39 98 00 01", "+33639980001"), ("+33 6 39", "+33639"), ("tel:0033639", "0033639")]
)
def test_numbers(text, expected):
    assert phone_number(text) == expected


HEAT_WORDS = ("fragiles", "surveillance", "traitements à risque", "signes d'alerte", "canicule", "chaleur")


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_plan_other_than_heat_is_told_in_its_own_name(level):
    changed = LevelChanged(
        crisis="x2", version=1, playbook="afflux-de-victimes", plan_sha256="0", from_level=level - 1, level=level,
        decided_by="coord-a", reason=TextRef(id="r", sha256="0"), changed_at=AT,
    )  # fmt: skip
    text = drafts.level_raised(changed, TERRITORY, "https://cpts.example", PLANS["afflux-de-victimes"])
    assert f"afflux de victimes, niveau {level}" in text
    assert not [word for word in HEAT_WORDS if word in text.lower()]
    heat = drafts.level_raised(changed, TERRITORY, "https://cpts.example", PLANS["canicule"])
    assert heat.splitlines()[4:] != text.splitlines()[4:]


def raised_to(level: int, playbook: str) -> str:
    changed = LevelChanged(
        crisis="x3", version=1, playbook=playbook, plan_sha256="0", from_level=level - 1, level=level,
        decided_by="coord-a", reason=TextRef(id="r", sha256="0"), changed_at=AT,
    )  # fmt: skip
    return drafts.level_raised(changed, TERRITORY, "https://cpts.example", PLANS.get(playbook))


@pytest.mark.parametrize("level", [1, 2])
def test_nobody_is_called_out_by_the_draft_of_a_plan_that_keeps_people_where_they_are(level):
    assert "personne ne se rend sur place sans demande du SAMU" in raised_to(level, "afflux-de-victimes")
    indoors = raised_to(level, "risque-nrc")
    assert "suit la consigne du préfet" in indoors
    assert "des visites" not in indoors
    assert "débriefing" in raised_to(1, "blesses-psychiques")


def test_a_level_the_plan_says_nothing_of_is_told_in_neutral_words():
    assert "aucun iode sans ordre du préfet" in raised_to(1, "risque-nrc")
    beyond = raised_to(3, "risque-nrc")
    assert "on mobilise un renfort exceptionnel" in beyond
    assert "préfet" not in beyond
    assert raised_to(3, "notre-plan").splitlines()[4:] == beyond.splitlines()[4:]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_neutral_words_suppose_no_danger(level):
    told = raised_to(level, "notre-plan")
    assert "Infirmières" in told
    assert not [word for word in (*HEAT_WORDS, "accepter les visites", "domicile") if word in told.lower()]


def saying(**changes: object) -> Plan:
    """The plan for pollution, its first level changed."""
    plan = PLANS["pollution"]
    return plan.model_copy(update={"levels": plan.levels | {1: plan.levels[1].model_copy(update=changes)}})


def test_a_plan_writes_to_the_groups_it_names_and_the_territory_has():
    groups = {"msp": "Coordonnateurs", "kines": "Les kinés", "sages-femmes": "Sages-femmes"}
    territory = TERRITORY.model_copy(update={"groups": groups})
    assert drafts.groups_for(PLANS["pollution"], 1, territory) == ("msp", "kines")
    told = drafts.level_raised(changed(1), territory, "https://t.example", PLANS["pollution"])
    assert "• Les kinés : déplacer le matin" in told
    assert "Officines" not in told
    own = saying(asks={"sages-femmes": "dire vos visites."})
    assert drafts.groups_for(own, 1, territory) == ("sages-femmes",)


def test_what_a_plan_leaves_unsaid_is_neutral_word_by_word():
    assert proposed(saying(aim=""), 1)[0] == "on se tient prêt"
    assert proposed(saying(asks={}), 1)[0] == PLANS["pollution"].levels[1].aim
    assert set(proposed(saying(asks={}), 1)[1]) == set(drafts.GROUPS)
    nobody = TERRITORY.model_copy(update={"groups": {"sages-femmes": "Sages-femmes"}})
    assert drafts.groups_for(PLANS["pollution"], 1, nobody) == drafts.GROUPS


def called(starts_at=AT, plans=("canicule", "afflux-de-victimes", "canicule")):
    return words.convened(plans, starts_at, AT, TERRITORY)


def test_the_sms_of_the_cell_says_when_and_what_it_is_for_then_the_function_known_at_sending():
    told = called()
    assert plain(told["sms"]) == (
        "Cellule de crise convoquée à 8 h 15. Votre présence est attendue. Canicule et afflux de victimes."
    )
    seated = words.with_seat(told, [FUNCTIONS["liaison"], FUNCTIONS["logistique"]], "Salle des fêtes")
    sms = words.one_segment(seated["sms"], "https://crise.cpts.example/poste/nord-essonne/cellule")
    assert sms.startswith("Cellule de crise convoquée à 8 h 15. Fonctions : liaison avec les autorités et logistique.")
    assert sms.endswith(" https://crise.cpts.example/poste/nord-essonne/cellule")
    assert words.segment_length(sms) <= 160
    assert "Salle" not in sms
    assert "Lieu ou lien : Salle des fêtes" in seated["text"]
    assert told["sms"] != seated["sms"], "the first words are left as they were"


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [
        (AT.replace(hour=21, minute=30), "convoquée à 23 h 30"),
        (AT.replace(hour=22), "convoquée dimanche 28 juin à 0 h 15"),
        (None, "réunie"),
    ],
)
def test_the_hour_of_the_cell_names_its_day_when_it_is_another(starts_at, expected):
    assert plain(called(starts_at)["subject"]) == f"Tocsin : cellule de crise {expected}"


def test_a_cell_without_a_plan_known_is_still_a_call():
    assert called(plans=())["sms"].endswith("Crise en cours.")
