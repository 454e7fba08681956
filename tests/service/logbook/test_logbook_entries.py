"""The journal through its Writer, on both databases."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from contracts.activity import VadKind, VadReported
from contracts.alerts import AlertKind, AlertRaised, Area, Colour, Phenomenon
from contracts.base import Envelope, Fact, Role, TextRef
from contracts.directory import DutyGiven, DutyTaken
from contracts.levels import Evidence, LevelChanged, LevelProposed
from contracts.logbook import (
    AskExport,
    AskHead,
    AskTexts,
    CorrectEntry,
    EntryCorrected,
    EntryWritten,
    ListEntries,
    RedactEntry,
    TextRedacted,
    WriteEntry,
)
from services.logbook import SERVICE
from services.logbook.verify import export_line, verify
from services.platform.batch import FactItem
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from services.platform.testing import START, person, role_token
from services.platform.texts import make_text

COORDINATOR = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
OFF_DUTY = person("coord-b", Role.COORDINATOR)
HEADLINE = "Canicule : vigilance orange dès dimanche à Épinay"


def given(desk, words: str) -> TextRef:
    """A text another service keeps and would give."""
    ref, text = make_text(words)
    desk.texts[ref.id] = text
    return ref


def raised(headline: TextRef, **more) -> AlertRaised:
    known = {
        "alert": "a1",
        "kind": AlertKind.VIGILANCE,
        "source": "meteo-france",
        "phenomenon": Phenomenon.CANICULE,
        "colour": Colour.ORANGE,
        "areas": (Area(departement="91"),),
        "starts_at": START,
        "headline": headline,
    }
    return AlertRaised(**{**known, **more})


def visits(count: int = 4) -> VadReported:
    return VadReported(
        report="r1", version=1, structure="cab-juvisy", commune="91326", day=date(2026, 6, 28),
        profession="medecin", kind=VadKind.URGENTE, count=count,
    )  # fmt: skip


async def exported(desk, territory="nord-essonne") -> list[dict]:
    found, after = [], 0
    while True:
        page = await desk.ask(AskExport(after=after, limit=2), territory=territory)
        found += page["items"]
        if page["next"] is None:
            return found
        after = int(page["next"])


async def check(desk, **how):
    verdict = verify([export_line(item) for item in await exported(desk)], **how)
    assert verdict.ok, verdict.reason
    return verdict


async def test_an_alert_is_one_entry_that_carries_its_headline(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear(raised(given(desk, HEADLINE)), source="alerts", author="role:meteo", id="fact-1")
    (item,) = (await desk.ask(ListEntries(), caller=COORDINATOR))["items"]
    assert item["kind"] == "alerte"
    assert item["text"] == f"Vigilance orange canicule – Essonne (Météo-France) : {HEADLINE}."
    assert (item["number"], item["author"], item["late"], item["fact"]) == (1, "role:meteo", False, "fact-1")
    assert item["previous_hash"] == "0" * 64
    subject, body = desk.feed[0]
    assert (subject, json.loads(body)) == ("entry.nord-essonne", item)
    assert (await check(desk)).entries == 1


async def test_a_batch_is_numbered_without_gap_in_each_territory(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear_many([visits(count) for count in range(100)])
    await desk.hear_many([visits(7), visits(8)], territory="nord-essonne~exercice")
    assert [item["number"] for item in await exported(desk)] == list(range(1, 101))
    drill = await exported(desk, "nord-essonne~exercice")
    assert [item["number"] for item in drill] == [1, 2]
    assert verify(map(export_line, drill)).ok
    assert (await check(desk)).entries == 100


async def test_the_same_fact_told_again_changes_nothing(desk_for):
    desk = await desk_for(SERVICE)
    for _ in range(2):
        await desk.hear(visits(), id="same")
    assert (await check(desk)).entries == 1


class Unheard(Fact):
    entity = "thing"
    happened = "seen"
    note: TextRef
    weird: str


async def test_a_fact_nobody_knows_is_entered_raw_with_its_type(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear(Unheard(note=given(desk, "mots"), weird="nul \x00, saut \u2028"), source="elsewhere")
    await desk.hear(visits(), type="vad.reported", source="activity", id="ok")
    broken = raised(given(desk, "x"))
    await desk.hear(broken, type="level.changed", source="levels")
    entries = await exported(desk)
    assert entries[0]["kind"] == "information"
    assert "thing.seen" in entries[0]["text"]
    assert entries[0]["text"].endswith("mots.")
    assert "level.changed" in entries[2]["text"]
    assert all(len(export_line(entry).splitlines()) == 1 for entry in entries)
    await check(desk)


async def test_a_fact_written_long_after_is_a_late_entry(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear(visits(), time=START - timedelta(minutes=2))
    await desk.hear(visits(), time=START - timedelta(minutes=2, seconds=1))
    assert [entry["late"] for entry in await exported(desk)] == [False, True]


async def test_a_level_says_who_and_why(desk_for):
    desk = await desk_for(SERVICE)
    changed = LevelChanged(
        crisis="c1", version=1, playbook="canicule", plan_sha256="ab", from_level=1, level=2,
        decided_by="referent", reason=given(desk, "appels en hausse"), changed_at=START,
    )  # fmt: skip
    await desk.hear(changed, source="levels", author="coord-a")
    (entry,) = await exported(desk)
    expected = "Niveau 1 → 2 (canicule) décidé par referent, saisi par coord-a : appels en hausse."
    assert (entry["kind"], entry["crisis"], entry["text"]) == ("niveau", "c1", expected)


async def test_a_proposal_repeats_words_the_journal_already_holds(desk_for):
    desk = await desk_for(SERVICE)
    headline = given(desk, HEADLINE)
    await desk.hear(raised(headline), source="alerts")
    desk.texts.clear()  # the service that proposes does not keep the alert's words
    evidence = Evidence(fact="f", kind="alert", label="Appel du SAMU", text=headline, at=START)
    proposed = LevelProposed(
        proposal="p", playbook="canicule", from_level=1, level=2, because="x", evidence=(evidence,)
    )
    await desk.hear(proposed, source="levels")
    assert HEADLINE in (await exported(desk))[1]["text"]


async def test_a_person_writes_and_the_fact_is_said_with_the_entry(desk_for):
    desk = await desk_for(SERVICE)
    written = await desk.do(WriteEntry(text="SAMU 91 : +22 %", verified=False), caller=COORDINATOR)
    (entry,) = await exported(desk)
    (fact,) = await desk.facts(EntryWritten)
    (envelope,) = await desk.said()
    assert written == {"id": "1", "number": 1, "hash": entry["hash"]}
    assert (entry["text"], entry["author"], entry["role"]) == ("SAMU 91 : +22 %", "coord-a", "coordinatrice")
    assert (entry["fact"], entry["verified"], fact.number) == (envelope.id, False, 1)
    assert (fact.text.id, fact.text.sha256) == (entry["text_id"], entry["text_sha256"])
    await desk.hear(fact, source="logbook", id=envelope.id)
    assert (await check(desk)).entries == 1


async def test_people_writing_at_once_keep_one_chain(desk_for):
    desk = await desk_for(SERVICE)
    replies = await desk.do_many([WriteEntry(text=f"fait {n}") for n in range(30)], caller=COORDINATOR)
    assert sorted(reply.result["number"] for reply in replies) == list(range(1, 31))
    assert all(reply.created for reply in replies)
    assert (await check(desk)).entries == 30


async def test_what_happened_earlier_is_a_late_entry_at_its_own_time(desk_for):
    desk = await desk_for(SERVICE)
    early = datetime(2026, 6, 29, 5, 20, tzinfo=UTC)
    await desk.do(WriteEntry(text="écrit après la coupure", occurred_at=early), caller=COORDINATOR)
    (entry,) = await exported(desk)
    assert (entry["late"], entry["occurred_at"]) == (True, "2026-06-29T05:20:00.000000Z")
    with pytest.raises(Invalid, match="futur"):
        await desk.do(WriteEntry(text="demain", occurred_at=START + timedelta(hours=1)), caller=COORDINATOR)


@pytest.mark.parametrize(
    ("caller", "kind", "allowed"),
    [
        pytest.param(COORDINATOR, "decision", True, id="on duty decides"),
        pytest.param(OFF_DUTY, "information", True, id="off duty informs"),
        pytest.param(OFF_DUTY, "decision", False, id="off duty does not decide"),
        pytest.param(role_token(Role.REFERENT), "decision", True, id="role token decides"),
        pytest.param(role_token(Role.READER), "information", False, id="reader only reads"),
        pytest.param(role_token(Role.PROFESSIONAL), "information", False, id="professional"),
        pytest.param(role_token(Role.ARS), "information", False, id="ars"),
        pytest.param(person("x", Role.COORDINATOR, territory="elsewhere"), "information", False, id="elsewhere"),
    ],
)
async def test_who_writes(desk_for, caller, kind, allowed):
    desk = await desk_for(SERVICE)
    if allowed:
        await desk.do(WriteEntry(kind=kind, text="x"), caller=caller)
    else:
        with pytest.raises(Forbidden):
            await desk.do(WriteEntry(kind=kind, text="x"), caller=caller)


@pytest.mark.parametrize("role", [Role.ARS, Role.SAMU, Role.METEO, Role.PROFESSIONAL])
async def test_outside_roles_do_not_read_the_journal(desk_for, role):
    desk = await desk_for(SERVICE)
    for question in (ListEntries(), AskExport(), AskTexts(ids=("x",))):
        with pytest.raises(Forbidden):
            await desk.ask(question, caller=role_token(role))
    assert (await desk.ask(AskHead(), caller=role_token(role)))["number"] == 0


async def test_a_correction_points_at_the_old_entry_which_stays(desk_for):
    desk = await desk_for(SERVICE)
    await desk.do(WriteEntry(text="9 visites", crisis="c1"), caller=COORDINATOR)
    await desk.do(CorrectEntry(number=1, text="4 visites"), caller=COORDINATOR)
    newest, oldest = (await desk.ask(ListEntries(), caller=COORDINATOR))["items"]
    assert (oldest["text"], oldest["corrected_by"]) == ("9 visites", 2)
    assert (newest["kind"], newest["corrects"], newest["crisis"]) == ("correction", 1, "c1")
    assert [fact.corrects for fact in await desk.facts(EntryCorrected)] == [1]
    with pytest.raises(NotFound):
        await desk.do(CorrectEntry(number=9, text="x"), caller=COORDINATOR)


async def test_erasing_takes_every_copy_and_the_chain_still_verifies(desk_for):
    desk = await desk_for(SERVICE)
    name = given(desk, "Mme Untel, 12 rue des Lilas")
    await desk.hear(raised(name, reported_by=None), source="alerts")
    await desk.hear(visits())
    await desk.hear(raised(name, version=2), source="alerts")
    head = await desk.ask(AskHead())
    await desk.do(RedactEntry(number=1, reason="nom saisi par erreur"), caller=COORDINATOR)
    entries = await exported(desk)
    assert [entry["text"] is None for entry in entries] == [True, False, True, False]
    assert entries[3]["erases"] == [1, 3]
    assert "Untel" not in json.dumps(entries, ensure_ascii=False)
    verdict = await check(desk, head=head["hash"])
    assert verdict.erased == (1, 3)
    (fact,) = await desk.facts(TextRedacted)
    assert {name.id, entries[0]["text_id"], entries[2]["text_id"]} == set(fact.texts)
    assert (await desk.ask(AskTexts(ids=(name.id,))))["texts"] == []
    shown = (await desk.ask(ListEntries(ascending=True), caller=COORDINATOR))["items"]
    assert (shown[0]["erased"], shown[0]["text"], shown[1]["erased"]) == (True, None, False)
    with pytest.raises(Conflict):
        await desk.do(RedactEntry(number=1, reason="encore"), caller=COORDINATOR)
    await desk.hear(raised(name, version=3), source="alerts", id="later")
    desk.texts.clear()
    await desk.hear(raised(name, version=4), source="alerts", id="latest")
    assert "[texte effacé]" in (await exported(desk))[-1]["text"]


async def test_a_typed_entry_is_erased_from_the_texts_of_its_fact_too(desk_for):
    desk = await desk_for(SERVICE)
    await desk.do(WriteEntry(text="un nom"), caller=COORDINATOR)
    (fact,) = await desk.facts(EntryWritten)
    await desk.do(RedactEntry(number=1, reason="nom"), caller=COORDINATOR)
    rows = await desk.read(lambda session: session.execute(text("SELECT text FROM platform_texts")).all())
    assert rows == []
    assert fact.text.id in (await desk.facts(TextRedacted))[0].texts


async def test_a_text_that_comes_later_completes_its_entry(desk_for):
    desk = await desk_for(SERVICE)
    give = desk.ask_texts

    async def unreachable(source, ids, *, territory):
        raise Unavailable

    headline = given(desk, HEADLINE)
    desk.ask_texts = unreachable
    await desk.hear(raised(headline), source="alerts")
    assert "[texte non reçu]" in (await exported(desk))[0]["text"]
    await desk.tick(seconds=6)
    await desk.run_once()
    assert len(await exported(desk)) == 1
    desk.ask_texts = give
    await desk.tick(minutes=1)
    await desk.run_once()
    await desk.run_once()
    entries = await exported(desk)
    assert len(entries) == 2
    assert (entries[1]["kind"], entries[1]["about"]) == ("information", 1)
    assert HEADLINE in entries[1]["text"]
    assert len((await desk.ask(AskTexts(ids=(headline.id,))))["texts"]) == 1
    await desk.do(RedactEntry(number=1, reason="x"), caller=COORDINATOR)
    assert (await check(desk)).erased == (1, 2)


async def test_words_that_are_not_those_sealed_are_refused(desk_for):
    desk = await desk_for(SERVICE)
    headline = given(desk, HEADLINE)
    desk.texts[headline.id] = desk.texts[headline.id].model_copy(update={"text": "Tout va bien"})
    await desk.hear(raised(headline), source="alerts")
    assert "[texte non conforme à son empreinte]" in (await exported(desk))[0]["text"]


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        pytest.param(ListEntries(), [4, 3, 2, 1], id="newest first"),
        pytest.param(ListEntries(ascending=True, limit=2), [1, 2], id="ascending page"),
        pytest.param(ListEntries(limit=2, cursor="3"), [2, 1], id="cursor"),
        pytest.param(ListEntries(ascending=True, after=2), [3, 4], id="after"),
        pytest.param(ListEntries(kind="decision"), [2], id="kind"),
        pytest.param(ListEntries(author="coord-b"), [3], id="author"),
        pytest.param(ListEntries(crisis="c1"), [2], id="crisis"),
        pytest.param(ListEntries(words="EPINAY"), [1], id="words without accents"),
        pytest.param(ListEntries(words="100 %_"), [4], id="signs of LIKE are letters"),
        pytest.param(ListEntries(words="%"), [4], id="percent alone"),
        pytest.param(ListEntries(first=START), [4, 3, 2], id="first"),
        pytest.param(ListEntries(last=START), [1], id="last"),
    ],
)
async def test_lists(desk_for, question, numbers):
    desk = await desk_for(SERVICE)
    early = START - timedelta(minutes=1)
    await desk.do(WriteEntry(text="appel d'Épinay", occurred_at=early), caller=COORDINATOR)
    await desk.do(WriteEntry(text="on renforce", kind="decision", crisis="c1"), caller=COORDINATOR)
    await desk.do(WriteEntry(text="vu"), caller=OFF_DUTY)
    await desk.do(WriteEntry(text="taux de 100 %_"), caller=COORDINATOR)
    assert [item["number"] for item in (await desk.ask(question, caller=COORDINATOR))["items"]] == numbers


async def test_the_head_now_and_as_it_was(desk_for):
    desk = await desk_for(SERVICE)
    assert await desk.ask(AskHead()) == {"number": 0, "hash": "0" * 64}
    for minute in range(3):
        await desk.tick(at=START + timedelta(minutes=minute))
        await desk.hear(visits(minute))
    entries = await exported(desk)
    assert (await desk.ask(AskHead()))["hash"] == entries[2]["hash"]
    assert (await desk.ask(AskHead(at_number=2)))["hash"] == entries[1]["hash"]
    assert (await desk.ask(AskHead(before=START + timedelta(seconds=90))))["number"] == 2


STATEMENTS = {
    "update": "UPDATE logbook_entries SET author = 'x'",
    "delete": "DELETE FROM logbook_entries WHERE number = 1",
    "delete all": "DELETE FROM logbook_entries",
    "truncate": "TRUNCATE logbook_entries",
    "truncate cascade": "TRUNCATE logbook_entries, logbook_heads CASCADE",
    "replace": "INSERT OR REPLACE INTO logbook_entries SELECT * FROM logbook_entries",
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
async def test_the_database_refuses_to_change_an_entry(desk_for, statement):
    desk = await desk_for(SERVICE)
    if desk.database.postgres == statement.startswith("INSERT OR REPLACE") or (
        not desk.database.postgres and statement.startswith("TRUNCATE")
    ):
        pytest.skip("not a statement of this database")
    await desk.hear(visits())
    with pytest.raises(DBAPIError, match="journal ne se"):
        await desk.database.write(lambda session: session.execute(text(statement)))
    assert (await check(desk)).entries == 1


async def test_a_proposal_that_repeats_a_typed_entry_is_erased_with_it(desk_for):
    desk = await desk_for(SERVICE)
    await desk.do(WriteEntry(text="SAMU 91 : +22 %, dit un nom"), caller=COORDINATOR)
    (fact,) = await desk.facts(EntryWritten)
    evidence = Evidence(fact="f", kind="entry", label="Appel du SAMU", text=fact.text, at=START)
    proposed = LevelProposed(
        proposal="p", playbook="canicule", from_level=1, level=2, because="x", evidence=(evidence,)
    )
    await desk.hear(proposed, source="levels")
    assert "+22 %" in (await exported(desk))[1]["text"]
    assert (await desk.ask(AskTexts(ids=(fact.text.id,))))["texts"][0]["text"].startswith("SAMU 91")
    await desk.do(RedactEntry(number=1, reason="nom"), caller=COORDINATOR)
    assert (await check(desk)).erased == (1, 2)


async def test_a_source_text_is_kept_to_the_letter(desk_for):
    desk = await desk_for(SERVICE)
    headline = given(desk, "deux\r\nlignes")
    await desk.hear(raised(headline), source="alerts")
    assert (await desk.ask(AskTexts(ids=(headline.id,))))["texts"] == [desk.texts[headline.id].model_dump()]
    desk.texts.clear()
    await desk.hear(raised(headline, version=2), source="alerts")
    assert "deux\nlignes" in (await exported(desk))[1]["text"]


async def test_a_fact_replayed_is_entered_only_if_it_was_not(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear(visits(), id="known")
    for key in ("known", "new"):
        envelope = Envelope(
            id=key, type="vad.reported", source="activity", time=START, territory="nord-essonne", correlation=key,
            data=visits().model_dump(mode="json"),
        )  # fmt: skip
        await desk.writer.hear([FactItem(envelope=envelope, model=None, replayed=True)])
    assert [entry["fact"] for entry in await exported(desk)] == ["known", "new"]
    await check(desk)


async def test_a_duty_handed_over_is_one_entry(desk_for):
    desk = await desk_for(SERVICE)
    role = {"role": "coordinatrice", "version": 2}
    await desk.hear(DutyGiven(**role, person="coord-a", to="coord-b", until=START))
    await desk.hear(DutyTaken(**role, person="coord-b", starts_at=START, taken_from="coord-a"))
    await desk.hear(DutyGiven(**role, person="coord-b", until=START))
    items = (await desk.ask(ListEntries(), caller=COORDINATOR))["items"]
    told = sorted((item["kind"], item["text"].split(" »")[0]) for item in items)
    assert told == [
        ("releve", "coord-b prend l'astreinte « coordinatrice"),
        ("releve", "coord-b quitte l'astreinte « coordinatrice"),
    ]
