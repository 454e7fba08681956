"""Facts as the other services say them, and receivers on loopback."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller

from contracts.access import IssueLink, LinkIssued
from contracts.alerts import AlertKind, AlertRaised, Colour
from contracts.base import Page, TextRef
from contracts.certificates import DeathCertificateNeeded
from contracts.digests import DigestPublished
from contracts.directory import Contact, ContactsFound, DutyTaken, HowToReach, ListTokens
from contracts.levels import LevelChanged, LevelProposed
from services.messages import SERVICE

HOME = "nord-essonne"
EXERCISE = "nord-essonne~exercice"
TEXT = TextRef(id="t1", sha256="0" * 64)
SIX = datetime(2026, 6, 27, 4, 0, tzinfo=UTC)  # 06:00 in Paris, a Saturday


def utc(hour, minute=0, day=27):
    """Local time of Paris in June, as UTC."""
    return datetime(2026, 6, day, hour - 2, minute, tzinfo=UTC)


def duty(person="coord-a", *deputies, role="coordinatrice", version=1):
    return DutyTaken(
        role=role, person=person, version=version, deputies=deputies, starts_at=datetime(2026, 6, 1, tzinfo=UTC)
    )


def proposed(proposal="p1", level=1, **changes):
    fields = {
        "proposal": proposal, "playbook": "canicule", "from_level": level - 1, "level": level,
        "because": "Vigilance jaune canicule annoncée dimanche", "decided_by": ("coordinatrice", "referent"),
    }  # fmt: skip
    return LevelProposed(**(fields | changes))


def changed(level=1, from_level=0, **changes):
    fields = {
        "crisis": "x1", "version": level, "playbook": "canicule", "plan_sha256": "0", "from_level": from_level,
        "level": level, "decided_by": "coord-a", "reason": TEXT, "proposal": "p1", "changed_at": utc(8, 15),
    }  # fmt: skip
    return LevelChanged(**(fields | changes))


def raised(model=AlertRaised, **changes):
    fields = {
        "alert": "a1", "kind": AlertKind.VIGILANCE, "source": "meteo-france", "colour": Colour.ROUGE,
        "phenomenon": "canicule", "headline": TEXT, "starts_at": SIX,
    }  # fmt: skip
    return model(**(fields | changes))


def needed(model=DeathCertificateNeeded, **changes):
    fields = {
        "certificate": "c1", "version": 1, "commune": "91027", "place": "domicile", "requester": "samu",
        "nurse_route": True, "treating_doctor_called": True, "requested_at": SIX, "status": "ouvert",
        "asked": ("idel-1", "med-2"), "sealed": True,
    }  # fmt: skip
    return model(**(fields | changes))


def published(model=DigestPublished, **changes):
    fields = {
        "digest": "d1", "number": 6, "day": date(2026, 7, 2), "up_to": 120, "head": "0" * 64, "as_of": SIX,
    }  # fmt: skip
    return model(**(fields | changes))


def contacts_of(people):
    """What the directory would answer: a mapping of target to contacts."""

    def reach(question: HowToReach) -> ContactsFound:
        return ContactsFound(contacts={target: people[target] for target in question.targets if target in people})

    return reach


def issued(command: IssueLink) -> LinkIssued:
    """A personal link just made."""
    return LinkIssued(id="n", code=f"neuf-{command.person}.signature", expires_at=datetime(2026, 7, 27, tzinfo=UTC))


PEOPLE = {
    "coord-a": (Contact(person="coord-a", email="coord-a@cpts.example", phone="06 39 98 00 01"),),
    "coord-b": (Contact(person="coord-b", email="coord-b@cpts.example", phone="06 39 98 00 02"),),
    "idel-1": (Contact(person="idel-1", phone="06 39 98 00 11"),),
    "med-1": (Contact(person="med-1", email="med-1@cabinet.example"),),
    "msp": (Contact(person="med-1", email="med-1@cabinet.example"),),
    "idel": (Contact(person="idel-1", phone="06 39 98 00 11"),),
}


@dataclass
class Mailbox:
    """What an SMTP server on loopback received; ``refuse`` makes it answer 550."""

    port: int = 0
    refuse: bool = False
    mails: list = field(default_factory=list)

    @property
    def url(self):
        return f"mailto://127.0.0.1:{self.port}?from=tocsin@cpts.example"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - name wanted by aiosmtpd
        if self.refuse:
            return "550 refused"
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.rcpt_tos, parsed))
        return "250 OK"


@pytest.fixture
def mailbox(unused_port):
    box = Mailbox(port=unused_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@dataclass
class Gateway:
    """What an HTTP server on loopback received: (path, JSON body); ``status`` is what it answers."""

    port: int = 0
    status: int = 200
    calls: list = field(default_factory=list)


@pytest.fixture
def gateway():
    received = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.calls.append((self.path, json.loads(body)))
            self.send_response(received.status)
            self.end_headers()

        def log_message(self, *_):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    received.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield received
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def unused_port():
    def pick():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    return pick


@pytest.fixture
async def desk(desk_for):
    """A desk where coord-a holds duty, coord-b deputy, at 06:00 on Saturday 27 June."""
    desk = await desk_for(SERVICE, start=SIX)
    for territory in (HOME, EXERCISE):
        await desk.hear(duty("coord-a", "coord-b"), territory=territory)
        await desk.hear(duty("referent", "president", role="referent"), territory=territory)
    desk.answers[HowToReach] = contacts_of(PEOPLE)
    desk.answers[ListTokens] = lambda _: Page()
    desk.answers[IssueLink] = issued
    return desk


@pytest.fixture
def settings_with(settings):
    """Settings completed with servers; the tests change the desk's own copy."""

    def make(desk, **changes):
        desk.settings = settings.model_copy(update=changes)
        desk.around = desk.writer.around = replace(desk.around, settings=desk.settings)

    return make


@pytest.fixture
def facts():
    """Factories of facts, with plausible fields that a test changes as it needs."""
    return SimpleNamespace(
        duty=duty, proposed=proposed, changed=changed, raised=raised, needed=needed, published=published
    )
