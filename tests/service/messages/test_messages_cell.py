"""The cell is called: each person told once by SMS and e-mail, nobody when it is over."""

from datetime import timedelta

import pytest

from contracts.base import Envelope
from contracts.cell import AskCell, CellConvened, CellDismissed, CellFound, CellWidened, FunctionHeld
from contracts.directory import HowToReach
from contracts.messages import ListMessages, MessageFailed, MessageSent
from services.messages import SERVICE
from services.platform.batch import FactItem
from tests.service.messages.conftest import EXERCISE, PEOPLE, SIX, TEXT, contacts_of, utc

BODY = {"cell": "k1", "version": 1, "crises": ("x1", "x2"), "playbooks": ("canicule", "afflux-de-victimes")}


def convened(**changes):
    fields = {"starts_at": utc(6, 30), "place": TEXT, "called": ("coord-a", "coord-b"), "by": "coord-a"}
    return CellConvened(**(BODY | fields | changes))


def widened(**changes):
    return CellWidened(**(BODY | {"version": 2} | changes))


def sitting(session="k1"):
    held = {"logistique": "coord-b", "pilote": "coord-a", "liaison": "coord-a"}
    functions = tuple(
        FunctionHeld(function=name, label=name, called=name != "liaison", expected=who) for name, who in held.items()
    )
    return CellFound(session=session, functions=functions, place="Visioconférence, salle 3")


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


async def send_all(desk):
    for _ in range(40):
        if not await desk.read(SERVICE.backlog):
            return
        await desk.run_once()
    raise AssertionError("still something to send")


@pytest.fixture
def reached(desk, mailbox, gateway, settings_with):
    """The desk at six in the morning, both servers set, the cell answering."""
    settings_with(
        desk, mail_url=mailbox.url, sms_url=f"json://127.0.0.1:{gateway.port}", public_url="https://crise.example"
    )
    desk.answers[AskCell] = lambda _: sitting()
    return desk


async def test_each_person_called_is_told_at_once_with_their_function_and_the_place(reached, mailbox, gateway):
    await reached.hear(convened())  # before seven: a cell wakes
    await send_all(reached)
    sms = {path[-2:]: plain(call["message"]) for path, call in gateway.calls}
    assert sms["02"] == (
        "Cellule de crise convoquée à 6 h 30. Fonction : logistique. Canicule et afflux de victimes. "
        "https://crise.example/poste/nord-essonne/cellule"
    )
    assert "Fonction : pilote." in sms["01"], "a function that is not called is not told"
    mails = {to[0]: mail for to, mail in mailbox.mails}
    assert set(mails) == {"coord-a@cpts.example", "coord-b@cpts.example"}
    assert plain(mails["coord-b@cpts.example"]["subject"]) == "Tocsin : cellule de crise convoquée à 6 h 30"
    body = plain(mails["coord-b@cpts.example"].get_content())
    for words in (
        "Votre fonction : Logistique.",
        "Lieu ou lien : Visioconférence, salle 3",
        "/poste/nord-essonne/cellule",
    ):
        assert words in body
    assert not [text for text in sms.values() if "salle 3" in text]
    sent = [(fact.to, fact.channel, fact.about) for fact in await reached.facts(MessageSent)]
    assert sorted(sent) == [(who, way, "k1") for who in ("coord-a", "coord-b") for way in ("email", "sms")]


async def test_told_again_nobody_is_called_twice_and_a_wider_cell_calls_the_new_ones_alone(reached, mailbox, gateway):
    await reached.hear(convened(called=("coord-a",)))
    await reached.hear(convened(called=("coord-a",)))
    await send_all(reached)
    await reached.hear(widened(called=("coord-b", "coord-a")))
    await reached.hear(widened(version=3, joined=("x3",)))
    await send_all(reached)
    assert [to for to, _ in mailbox.mails] == [["coord-a@cpts.example"], ["coord-b@cpts.example"]]
    assert len(gateway.calls) == 2
    assert "Cellule de crise réunie. Fonction : logistique." in plain(gateway.calls[1][1]["message"])


async def test_somebody_erased_is_left_out_and_the_others_are_reached(reached, mailbox, gateway):
    known = {name: found for name, found in PEOPLE.items() if name != "coord-a"}
    reached.answers[HowToReach] = contacts_of(known)
    await reached.hear(convened())
    await send_all(reached)
    assert [to for to, _ in mailbox.mails] == [["coord-b@cpts.example"]]
    failed = await reached.facts(MessageFailed)
    assert {(fact.to, "annuaire" in fact.reason) for fact in failed} == {("coord-a", True)}


@pytest.mark.parametrize("answer", [None, lambda _: sitting("k0")], ids=["no answer", "another session"])
async def test_a_call_does_not_wait_for_the_cell_to_answer(reached, mailbox, answer):
    reached.answers.pop(AskCell)
    if answer:
        reached.answers[AskCell] = answer
    await reached.hear(convened(called=("coord-b",)))
    await send_all(reached)
    ((_, mail),) = mailbox.mails
    body = plain(mail.get_content())
    assert "Votre présence est attendue." in body
    assert "Votre fonction" not in body
    assert "salle 3" not in body


async def test_what_has_not_left_is_dropped_when_the_cell_is_over(reached, mailbox):
    await reached.hear(convened())
    await reached.hear(convened(cell="k2", called=("coord-b",)))
    await reached.hear(CellDismissed(**BODY, at=utc(6, 5)))
    await send_all(reached)
    assert [to for to, _ in mailbox.mails] == [["coord-b@cpts.example"]]
    states = {(item["about"], item["state"]) for item in (await reached.ask(ListMessages()))["items"]}
    assert states == {("k1", "echec"), ("k2", "parti")}


async def test_a_cell_of_two_days_ago_calls_nobody(reached):
    fact, old = convened(), SIX - timedelta(days=2)
    told = Envelope(
        id="old", type=fact.type_name(), source="test", time=old, recorded=old, territory="nord-essonne",
        correlation="old", data=fact.model_dump(mode="json"),
    )  # fmt: skip
    await reached.writer.hear([FactItem(told, fact)])
    assert (await reached.ask(ListMessages()))["items"] == []


async def test_an_exercise_calls_nobody_outside(reached, mailbox, gateway):
    await reached.hear(convened(), territory=EXERCISE)
    await send_all(reached)
    assert (mailbox.mails, gateway.calls) == ([], [])
    sent = [(fact.to, fact.channel, fact.purpose) for fact in await reached.facts(MessageSent)]
    assert sorted(sent) == [
        (who, "exercice", "EXERCICE – Cellule de crise : convocation") for who in ("coord-a", "coord-b")
    ]


async def test_neither_the_place_nor_an_address_is_kept_here(reached):
    await reached.hear(convened())
    listed = str(await reached.ask(ListMessages()))
    assert "salle 3" not in listed
    assert "@" not in listed
