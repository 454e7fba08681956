"""What the duty page says of an absence: colours against yesterday, closures, who was called, what did not move."""

from datetime import UTC, date, datetime, timedelta

from services.gateway.console import changes
from services.gateway.console.astreinte import since_yesterday
from services.gateway.console.depuis import choices, title_of
from services.gateway.console.niveau import act_words, outcome
from services.platform.territory import Territory

TERRITORY = Territory(
    territory="essai", name="Essai", departements=("91",),
    communes=(
        {"code": "91001", "name": "Aval", "tile": (0, 0)}, {"code": "91002", "name": "Bourg", "tile": (1, 0)},
        {"code": "91003", "name": "Clos", "tile": (3, 0)},
    ),
)  # fmt: skip
THURSDAY = datetime(2026, 7, 2, 7, 2, tzinfo=UTC)


def alert(phenomenon="canicule", status="en vigueur", **colours):
    days = {f"colour_{day}": "vert" for day in ("yesterday", "today", "tomorrow")}
    told = {f"colour_{day}": colour for day, colour in colours.items()}
    return {
        "kind": "vigilance",
        "phenomenon": phenomenon,
        "status": status,
        "document_status": "actual",
        **days,
        **told,
    }


def structure(name, commune, *closures, professions=("medecin",)):
    spans = [{"first": str(first), "last": str(last)} for first, last in closures]
    return {"name": name, "commune": commune, "professions": professions, "closures": spans}


def test_vigilance_is_compared_with_yesterday_and_green_is_not_told():
    found = changes.sky([alert(yesterday="jaune", today="orange", tomorrow="orange"), alert("orages")])
    assert [(one.label, one.changed) for one in found] == [("canicule", True)]
    assert not changes.sky([alert(yesterday="orange", today="orange", tomorrow="orange")])[0].changed


def test_an_alert_that_is_over_only_tells_yesterday():
    found = changes.sky([alert(status="levée", yesterday="rouge", today="rouge", tomorrow="rouge")])
    assert (found[0].yesterday, found[0].today, found[0].tomorrow) == ("rouge", "vert", "vert")


def test_the_worst_phenomenon_comes_first():
    found = changes.sky([alert("orages", today="jaune"), alert(today="rouge")])
    assert [one.label for one in found] == ["canicule", "orages"]


def test_a_closed_structure_says_until_when_and_who_stands_near():
    today = date(2026, 7, 2)
    closed = structure("Fermé", "91001", (today, today + timedelta(days=3)))
    near, far = structure("Voisin", "91002"), structure("Loin", "91003")
    nurse = structure("Infirmier", "91001", professions=("infirmier",))
    found, yesterday = changes.closures([closed, near, far, nurse], today, TERRITORY)
    assert [(one.name, one.until, one.towards) for one in found] == [
        ("Fermé", date(2026, 7, 5), (("Voisin", "Bourg"),))
    ]
    assert yesterday == 0


def test_the_same_commune_comes_before_its_neighbours():
    closed, beside = structure("Fermé", "91001"), structure("À côté", "91002")
    here = structure("Ici", "91001")
    assert changes.towards(closed, [beside, here], TERRITORY) == (("Ici", "Aval"), ("À côté", "Bourg"))


def message(to, state, at, **more):
    return {"id": f"{to}{at}", "about": "p1", "category": "proposition", "to": to, "state": state, "at": at, **more}


def test_who_was_called_and_who_read():
    sent = [message("coord-b", "parti", "2026-07-02T07:35"), message("coord-a", "lu", "2026-07-02T07:02")]
    found = changes.called(sent, {"id": "p1", "supersedes": None}, ["coord-a"], "coord-a")
    assert found == changes.Called("2026-07-02T07:02", "coord-a", "2026-07-02T07:02", ("coord-b",))


def test_who_has_not_read_may_say_so_and_a_failed_call_is_said():
    found = changes.called(
        [message("coord-a", "echec", "2026-07-02T07:00")], {"id": "p2", "supersedes": "p1"}, ["coord-a"], "coord-a"
    )
    assert found.failed
    assert found.waiting == "coord-a2026-07-02T07:00"
    assert changes.called([], {"id": "p1", "supersedes": None}, [], "coord-a") is None


def entry(number, kind, fact_type, text="…"):
    return {"number": number, "kind": kind, "fact_type": fact_type, "text": text}


def test_decisions_stay_when_there_is_too_much_to_say():
    entries = [
        entry(1, "niveau", "level.changed"),
        *(entry(n, "certificat", "certificate.needed") for n in range(2, 9)),
    ]
    entries += [entry(9, "alerte", "alert.updated", "Vigilance rouge"), entry(10, "proposition", "level.proposed")]
    lines, more = changes.told_apart(entries, 3)
    assert [one["number"] for one in lines] == [1, 7, 8]
    assert more == 5


def test_the_last_decision_is_the_newest_level_or_refusal():
    crisis = {"closed_at": None, "since": "2026-07-01T09:12:00+00:00", "decided_by": "referent", "level": 3}
    declined = {"status": "declined", "at": "2026-07-01T18:00:00+00:00", "decided_by": "coord-a", "level": 2}
    assert changes.last_decision([crisis], [declined])["by"] == "coord-a"
    assert changes.last_decision([crisis], [])["level"] == 3
    assert changes.last_decision([], []) is None


def test_moments_people_come_back_from():
    said = [(words, title_of(moment, THURSDAY.date())) for words, moment in choices(THURSDAY)]
    assert [title.replace("\u00a0", " ") for _, title in said] == [
        "hier, 20 h 00",
        "vendredi, 17 h 30",
        "lundi, 8 h 00",
    ]
    assert all(moment < THURSDAY for _, moment in choices(THURSDAY))
    assert since_yesterday(THURSDAY) == datetime(2026, 7, 1, 20, tzinfo=UTC)


def test_buttons_name_the_act():
    assert act_words(1, 3) == "Passer au niveau 3"
    assert act_words(3, 2) == "Descendre au niveau 2"
    assert act_words(0, 1) == "Ouvrir la crise au niveau 1"
    assert act_words(2, 0) == "Fermer la crise, niveau 0"
    assert outcome(2, 0, "9 h 12")[0] == "/astreinte"
