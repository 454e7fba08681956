"""A meeting from its opening to its closing, as two screens see it, and what the next point says of it."""

from __future__ import annotations

import base64
import io
import json
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from contracts.base import Page, Role
from contracts.digests import AskDigest, DraftDigest
from contracts.directory import Contact, ContactsFound, HowToReach
from contracts.logbook import ListEntries, TextRedacted
from contracts.meetings import (
    AskMeeting,
    AttendanceNoted,
    Attendee,
    CloseMeeting,
    DecisionRecorded,
    MeetingClosed,
    MeetingNoted,
    MeetingOpened,
    MoveToItem,
    NoteAttendance,
    NoteInMeeting,
    OpenMeeting,
    RecordDecision,
    Someone,
)
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import person

THURSDAY = date(2026, 7, 2)
KEEPER = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
OTHER = person("coord-b", Role.COORDINATOR, on_duty=("coordinatrice",))
OFF_DUTY = person("president", Role.REFERENT)
OUTSIDE = person("ars-1", Role.ARS)
DIGEST = str(THURSDAY)
LEAD = Someone(person="referent")


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
async def desk(model_desk, model):
    """Thursday at 9:02, the point of nine published."""
    await model.move(model_desk, THURSDAY, 9)
    await model_desk.tick(at=model.at(THURSDAY, 9, 2))
    cell = (Contact(person="coord-a"), Contact(person="referent"))
    model_desk.answers[HowToReach] = lambda question: ContactsFound(contacts={"cellule": cell})
    return model_desk


async def opened(desk, **more):
    await desk.do(OpenMeeting(**{"digest": DIGEST, "led_by": LEAD, **more}), caller=KEEPER)
    return desk


async def seen(desk, caller=KEEPER):
    return await desk.ask(AskMeeting(digest=DIGEST), caller=caller)


def adopted(code="D1", **more):
    return RecordDecision(**{"digest": DIGEST, "code": code, "outcome": "adoptee", "words": "On garde le niveau 3.",
                             "decided_by": LEAD, **more})  # fmt: skip


async def test_before_it_opens_the_agenda_the_questions_and_the_cell_are_known(desk):
    found = await seen(desk)
    assert found["state"] == "a_venir"
    assert [item["minutes"] for item in found["items"]] == [1, 2, 3, 3, 3, 2, 1]
    assert found["minutes"] == 15
    assert found["led_by"]["name"] == "Dr Claire Vasseur"
    assert found["keeper"]["name"] == "Nadia Ferrand"
    first = found["decisions"][0]
    assert (first["code"], first["level"], first["outcome"]) == ("D1", True, "")
    assert "niveau 3" in plain(first["title"])
    assert "*" not in first["title"] + first["why"]
    assert first["decides"]["person"] == "referent"
    assert [someone["name"] for someone in found["attendance"]["expected"]] == ["Nadia Ferrand", "Dr Claire Vasseur"]


async def test_the_clock_follows_the_agenda_and_is_not_told(desk):
    await opened(desk)
    for item, seconds in ((2, 52), (3, 130), (2, 10), (3, 20)):
        desk.clock.advance(timedelta(seconds=seconds))
        await desk.do(MoveToItem(digest=DIGEST, item=item), caller=KEEPER)
    desk.clock.advance(timedelta(seconds=30))
    found = await seen(desk)
    assert found["state"] == "en_cours"
    assert [item["seconds_spent"] for item in found["items"]] == [52, 150, 40, 0, 0, 0, 0]
    assert [item["n"] for item in found["items"] if item["current"]] == [3]
    assert found["elapsed"] == 242
    assert found["ends_at"] == "2026-07-02T07:17:00Z"
    told = [fact.type for fact in await desk.said() if fact.type.startswith("meeting.")]
    assert told == [MeetingOpened.type_name()]


async def test_everything_written_is_seen_on_every_screen(desk):
    await opened(desk)
    desk.clock.advance(timedelta(minutes=2))
    present = (Attendee(person="referent"), Attendee(person="coord-a"),
               Attendee(words="Marc Oudin", note="pour Sophie Lemaire"))  # fmt: skip
    absent = (Attendee(words="Hugo Lambert", note="mairies"),)
    await desk.do(NoteAttendance(digest=DIGEST, present=present, absent=absent), caller=KEEPER)
    note = NoteInMeeting(digest=DIGEST, kind="a_verifier", words="Le SAMU confirme le repli.")
    await desk.do(note, caller=KEEPER)
    made = await desk.do(adopted(owner=Someone(words="Dr Benali"), due_words="aujourd'hui, 9 h 30"), caller=KEEPER)
    fresh = await desk.do(adopted(None, title="Prévenir les mairies", due_at=desk.clock.now()), caller=KEEPER)
    assert (made["code"], fresh["code"]) == ("D1", f"D{1 + len((await seen(desk))['decisions']) - 1}")
    desk.answers[ListEntries] = lambda question: Page(
        items=({"fact": made["id"], "number": 424},) if question.kind == "decision" else ()
    )
    found = await seen(desk, OTHER)
    assert [line["kind"] for line in found["lines"]] == ["decision", "decision", "a_verifier", "presences", "ouverture"]
    assert found["lines"][1]["entry"] == 424
    assert found["lines"][3]["words"] == "3 sur 4"
    marc = found["attendance"]["present"][2]
    assert (marc["person"], marc["name"], marc["note"]) == (None, "Marc Oudin", "pour Sophie Lemaire")
    assert found["attendance"]["absent"][0]["name"] == "Hugo Lambert"
    first, last = found["decisions"][0], found["decisions"][-1]
    assert (first["outcome"], first["words"]) == ("adoptee", "On garde le niveau 3.")
    assert (first["owner"]["name"], first["due_words"]) == ("Dr Benali", "aujourd'hui, 9 h 30")
    assert (first["entry"], first["fact"]) == (424, made["id"])
    assert (last["new"], last["title"]) == (True, "Prévenir les mairies")


async def test_no_word_typed_travels_in_a_fact(desk):
    await opened(desk, keeper=Someone(words="Nadia Ferrand"))
    present = (Attendee(words="Marc Oudin", note="pour Sophie Lemaire"),)
    await desk.do(NoteAttendance(digest=DIGEST, present=present), caller=KEEPER)
    await desk.do(NoteInMeeting(digest=DIGEST, words="Secret de réunion"), caller=KEEPER)
    await desk.do(adopted(title="Intitulé tapé", due_words="ce soir"), caller=KEEPER)
    await desk.do(CloseMeeting(digest=DIGEST), caller=KEEPER)
    told = "".join(fact.model_dump_json() for fact in await desk.said() if "meeting" in fact.data)
    assert all(words not in told for words in ("Ferrand", "Oudin", "Lemaire", "Secret", "Intitulé", "ce soir"))


async def test_two_keepers_the_second_is_told(desk):
    await opened(desk)
    desk.clock.advance(timedelta(minutes=9))
    replies = [await desk.reply(adopted(), caller=KEEPER, id="same", key="k") for _ in range(2)]
    assert replies[0].result == replies[1].result
    with pytest.raises(Conflict, match=r"D1 est déjà écrite, à 9.h.11"):
        await desk.do(adopted(words="Autre chose."), caller=OTHER)
    await desk.do(adopted(words="Autre chose.", corrects=True), caller=OTHER)
    facts = await desk.facts(DecisionRecorded)
    assert [(fact.version, fact.corrects) for fact in facts] == [(1, False), (2, True)]
    assert len({fact.decision for fact in facts}) == 1
    found = (await seen(desk))["decisions"][0]
    assert (found["words"], found["version"], found["recorded_by"]["person"]) == ("Autre chose.", 2, "coord-b")


async def test_two_openings_at_once_make_one_meeting(desk):
    both = [OpenMeeting(digest=DIGEST, led_by=LEAD), OpenMeeting(digest=DIGEST, without_referent=True)]
    replies = await desk.do_many(both, caller=KEEPER)
    assert [reply.created for reply in replies] == [True, False]
    assert "déjà ouvert" in replies[1].refusal.message
    assert len(await desk.facts(MeetingOpened)) == 1


async def test_it_closes_once_and_says_what_is_left(desk):
    await opened(desk)
    await desk.do(NoteAttendance(digest=DIGEST, present=(Attendee(person="referent"),)), caller=KEEPER)
    await desk.do(adopted(), caller=KEEPER)
    desk.clock.advance(timedelta(seconds=860))
    replies = await desk.do_many([CloseMeeting(digest=DIGEST), CloseMeeting(digest=DIGEST)], caller=KEEPER)
    assert replies[0].refusal is None
    assert "clos depuis 9 h 16" in plain(replies[1].refusal.message)
    (fact,) = await desk.facts(MeetingClosed)
    assert (fact.seconds, sum(fact.by_item), fact.present, fact.expected) == (860, 860, 1, 1)
    assert [item.code for item in fact.decided] == ["D1"]
    found = await seen(desk)
    assert found["state"] == "close"
    assert found["deferred"] == [item["code"] for item in found["decisions"][1:]] == list(fact.deferred)
    assert {item["outcome"] for item in found["decisions"][1:]} == {"deferred"}
    assert "D1 adoptée" in found["summary"]
    assert "14 min 20" in plain(found["summary"])
    desk.clock.advance(timedelta(minutes=10))
    assert (await seen(desk))["elapsed"] == 860
    with pytest.raises(Conflict, match="clos"):
        await desk.do(adopted("D2"), caller=KEEPER)


async def test_without_the_referent_the_level_is_deferred(desk):
    await opened(desk, led_by=None, without_referent=True)
    with pytest.raises(Conflict, match="sans le référent"):
        await desk.do(adopted(), caller=KEEPER)
    await desk.do(CloseMeeting(digest=DIGEST), caller=KEEPER)
    found = await seen(desk)
    assert found["without_referent"]
    assert "D1" in found["deferred"]
    assert "sans le référent" in found["summary"]


async def test_attendance_is_corrected(desk):
    await opened(desk)
    for names in (("referent",), ("referent", "coord-a")):
        present = tuple(Attendee(person=name) for name in names)
        await desk.do(NoteAttendance(digest=DIGEST, present=present), caller=KEEPER)
    assert [fact.corrects for fact in await desk.facts(AttendanceNoted)] == [False, True]
    assert len((await seen(desk))["attendance"]["present"]) == 2


async def test_who_may_do_what(desk):
    with pytest.raises(Forbidden, match="astreinte"):
        await desk.do(OpenMeeting(digest=DIGEST, led_by=LEAD), caller=OFF_DUTY)
    await opened(desk)
    for command in (adopted(), NoteInMeeting(digest=DIGEST, words="x"), CloseMeeting(digest=DIGEST)):
        with pytest.raises(Forbidden, match="astreinte"):
            await desk.do(command, caller=OFF_DUTY)
    assert (await seen(desk, OFF_DUTY))["state"] == "en_cours"
    with pytest.raises(Forbidden):
        await seen(desk, OUTSIDE)


async def test_what_is_refused_leaves_no_trace(desk):
    with pytest.raises(Conflict, match="ouvrez-la"):
        await desk.do(MoveToItem(digest=DIGEST, item=2), caller=KEEPER)
    with pytest.raises(NotFound):
        await desk.do(OpenMeeting(digest="inconnu", led_by=LEAD), caller=KEEPER)
    await opened(desk)
    with pytest.raises(NotFound, match="D9"):
        await desk.do(adopted("D9"), caller=KEEPER)
    with pytest.raises(Invalid, match="vérifi"):
        await desk.do(NoteInMeeting(digest=DIGEST, kind="a_verifier", words="x", verified=True), caller=KEEPER)
    assert len((await seen(desk))["lines"]) == 1


async def test_a_draft_is_not_met_on(model_desk):
    with pytest.raises(Conflict, match="brouillon"):
        await model_desk.do(OpenMeeting(digest=DIGEST, led_by=LEAD), caller=KEEPER)


async def test_erased_words_leave_the_meeting(desk):
    await opened(desk)
    await desk.do(NoteInMeeting(digest=DIGEST, words="Un nom de patient"), caller=KEEPER)
    (fact,) = await desk.facts(MeetingNoted)
    await desk.hear(TextRedacted(number=1, texts=(fact.words.id,), reason="nom"))
    assert (await seen(desk))["lines"][0]["words"] == "texte effacé"


async def next_point(desk):
    made = await desk.do(DraftDigest(), caller=KEEPER)
    found = await desk.ask(AskDigest(digest=made["id"]), caller=KEEPER)
    point = json.loads(base64.b64decode(found["body"]))
    return {section["key"]: [plain(line) for block in section["blocks"] for line in block["lines"]]
            for section in point["sections"]}  # fmt: skip


async def hear_again(desk, *types):
    """The facts of the meeting come back through the stream, as they were."""
    for envelope in await desk.said():
        for model in types:
            if envelope.type == model.type_name():
                await desk.hear(model.model_validate(envelope.data), id=envelope.id, time=envelope.time)


async def test_the_next_point_reads_the_decisions_again(desk, model, monkeypatch):
    await opened(desk)
    await desk.do(adopted(owner=Someone(person="benali"), due_at=model.at(THURSDAY, 9, 30)), caller=KEEPER)
    await desk.do(NoteInMeeting(digest=DIGEST, kind="a_verifier", words="Repli."), caller=KEEPER)
    await hear_again(desk, DecisionRecorded, MeetingNoted)
    told = [*await desk.facts(DecisionRecorded), *await desk.facts(MeetingNoted)]
    for fact, words in zip(told, ("On garde le niveau 3.", "Repli."), strict=True):
        monkeypatch.setitem(model.TEXTS, fact.words.id, words)
    await desk.tick(at=model.at(THURSDAY, 18))
    found = await next_point(desk)
    assert ("**D1 du point n° 6, adoptée :** On garde le niveau 3. Porteur : Dr Karim Benali, "
            "échéance jeu. 2, 9 h 30, **passée, suite à dire**.") in found["actions"]  # fmt: skip
    assert any("**Dit au point n° 6 :** Repli. *À vérifier" in line for line in found["situation"])


async def test_a_fact_heard_twice_counts_once(desk, model):
    await opened(desk)
    await desk.do(adopted(), caller=KEEPER)
    for _ in range(2):
        await hear_again(desk, DecisionRecorded)
    await desk.tick(at=model.at(THURSDAY, 18))
    assert sum("D1 du point" in line for line in (await next_point(desk))["actions"]) == 1


async def test_a_point_with_four_decisions_to_read_again_still_fits(desk, model, monkeypatch):
    await opened(desk)
    words = "Ouvrir de 17 h à 20 h deux cabinets et la maison de santé, appel à cinq médecins puis élargi. " * 2
    for _ in range(4):
        new = adopted(None, title="Les soirées", words=words, owner=Someone(person="benali"), due_words="vendredi")
        await desk.do(new, caller=KEEPER)
        await desk.do(NoteInMeeting(digest=DIGEST, words=words), caller=KEEPER)
    await hear_again(desk, DecisionRecorded, MeetingNoted)
    for fact in [*await desk.facts(DecisionRecorded), *await desk.facts(MeetingNoted)]:
        monkeypatch.setitem(model.TEXTS, fact.words.id, words)
    await desk.tick(at=model.at(THURSDAY, 18))
    made = await desk.do(DraftDigest(), caller=KEEPER)
    found = await desk.ask(AskDigest(digest=made["id"], form="pdf"), caller=KEEPER)
    pages = PdfReader(io.BytesIO(base64.b64decode(found["body"]))).pages
    meeting = next(number for number, page in enumerate(pages, 1) if "7. Relecture" in page.extract_text())
    assert meeting <= 2
