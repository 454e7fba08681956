"""The paper kit: what the desk works from when the machine is down. Printed each morning by those who wish."""

from __future__ import annotations

import asyncio
import base64
from datetime import datetime, timedelta
from typing import Any

from contracts.base import Envelope
from contracts.digests import AskKit, Document
from contracts.directory import ContactsFound, HowToReach
from services.digests import known
from services.digests.answers import allow, is_inside
from services.digests.gather import make
from services.digests.known import World
from services.digests.outside import everything_shown
from services.digests.point import Point, fill, plain
from services.digests.render_pdf import compile_pdf, rich
from services.digests.service import SERVICE
from services.platform import french
from services.platform.errors import Forbidden, Refused
from services.platform.territory import Territory
from services.platform.unit import Worker

JOURNAL_ROWS = 22
PHONES = 60
OPEN = 20
DUTY = ("role:coordinatrice", "role:referent")


@SERVICE.answers(AskKit)
async def ask_kit(worker: Worker, envelope: Envelope, question: AskKit) -> Document:
    """Situation, phone list, open requests and certificates, a blank page; for the cell, as it holds numbers."""
    if not is_inside(allow(envelope)):
        raise Forbidden("Le nécessaire papier contient des numéros : il est réservé à la cellule de coordination.")
    territory, now = worker.territories[envelope.territory], worker.clock.now()
    day = now.astimezone(territory.zone).date()
    world = await worker.read(
        lambda session: known.read_world(session, envelope.territory, now + known.INSTANT, day - timedelta(days=2), day)
    )
    point = await _point(worker, territory, now)
    data = _data(territory, now, point, await _phones(worker, territory), world)
    body, _ = await asyncio.to_thread(compile_pdf, "kit.typ", data)
    return Document(media_type="application/pdf", filename=f"necessaire-papier-{day}.pdf",
                    body=base64.b64encode(body).decode())  # fmt: skip


async def _point(worker: Worker, territory: Territory, now: datetime) -> Point | None:
    try:
        made = await make(worker, territory, now.astimezone(territory.zone).date(), now + known.INSTANT)
    except Refused:
        return None
    return fill(made.content, made.words, everything_shown)


async def _phones(worker: Worker, territory: Territory) -> list[list[str]]:
    """Group, name, number: those on duty first, then each group."""
    targets = (*DUTY, *territory.groups)
    try:
        found = await worker.ask(HowToReach(targets=targets), ContactsFound, territory=territory.territory)
    except Refused:
        return []
    labels = {"role:coordinatrice": "Astreinte, coordination", "role:referent": "Astreinte, référent"}
    return [
        [
            labels.get(target) or territory.groups.get(target, target),
            contact.name,
            french.phone(contact.phone) if contact.phone else "—",
        ]
        for target in targets
        for contact in found.contacts.get(target, ())
    ]


def _data(
    territory: Territory, now: datetime, point: Point | None, phones: list[list[str]], world: World
) -> dict[str, Any]:
    local = now.astimezone(territory.zone)
    none = ["Aucune crise n’est ouverte : ce nécessaire sert à en commencer une sans machine."]
    return {
        "title": f"Nécessaire papier · {territory.name}",
        "place": territory.name,
        "date": [local.year, local.month, local.day],
        "mode": "EXERCICE" if territory.exercise else "RÉEL",
        "printed": f"Situation connue {french.weekday_day(local.date())}, {french.clock_time(local)}",
        "situation": [rich(line) for line in (point.essentiel if point else none)],
        "axes": _axes(point),
        "phones": phones[:PHONES],
        "requests": [_request(territory, row.data, now) for row in world.standing("request")[:OPEN]],
        "certificates": [_certificate(territory, row.data, now) for row in world.standing("certificate")[:OPEN]],
        "fallback": territory.fallback,
        "pdsa": territory.pdsa_line,
        "journal": JOURNAL_ROWS,
        "head": plain(point.foot) if point else "",
    }


def _axes(point: Point | None) -> list[list[str]]:
    table = next((block for section in (point.sections if point else ()) if section.key == "situation"
                  for block in section.blocks if block.kind == "table"), None)  # fmt: skip
    return [[plain(cell) for cell in row[:4]] for row in (table.rows if table else ())]


def _since(moment: str, territory: Territory, now: datetime) -> list[str]:
    at = datetime.fromisoformat(moment)
    minutes = int((now - at).total_seconds() // 60)
    return [french.when(at.astimezone(territory.zone)), french.wait(minutes)]


def _request(territory: Territory, data: dict[str, Any], now: datetime) -> list[str]:
    return [territory.partners.get(data["partner"], str(data["partner"])), *_since(data["asked_at"], territory, now)]


def _certificate(territory: Territory, data: dict[str, Any], now: datetime) -> list[str]:
    state = "accepté" if data.get("accepted_by") else "en attente"
    route = "médecin ou infirmier" if data.get("nurse_route") else "médecin seulement"
    return [territory.commune_name(data["commune"]), *_since(data["requested_at"], territory, now), state, route]
