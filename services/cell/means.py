"""« Gravité et proportion des moyens » of one crisis: its content, gathered here and from the others; its two forms."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from contracts.base import PLATFORM, Envelope
from contracts.cell import FUNCTIONS, SEATS, AskMeansPage, AskPartners, PartnersFound, PartnerStanding
from contracts.digests import Document
from services.cell import decide, store
from services.cell.asking import Brought, bring, open_requests
from services.cell.hearing import SERVICE
from services.cell.items import ERASED, judgement_item, need_item
from services.cell.means_page import render_means
from services.cell.service import DESK, numbers
from services.cell.tables import ContactRow, CrisisRow, MemberRow, NeedRow, SessionRow
from services.platform.errors import Forbidden, NotFound
from services.platform.territory import Territory
from services.platform.unit import Worker

__all__ = ["SERVICE"]

#: Needs of one crisis that a page can name or add up.
NEEDS = 200


@dataclass(frozen=True, slots=True)
class Own:
    """What the cell itself holds about a crisis."""

    crisis: CrisisRow
    crises: dict[str, CrisisRow]
    needs: Sequence[NeedRow]
    judgement: dict[str, Any] | None
    sitting: SessionRow | None
    there: Sequence[MemberRow]
    words: dict[str, str]


def _allow(worker: Worker, envelope: Envelope) -> Territory:
    """The territory asked about, for the desk only: the page names people and repeats free words."""
    caller, found = envelope.caller or PLATFORM, worker.territories.get(envelope.territory)
    if found is None:
        raise NotFound(f"Le territoire « {envelope.territory} » n'est pas tenu par ce poste de crise.")
    if caller.kind != "platform" and envelope.territory not in caller.territories:
        raise Forbidden(f"Votre accès ne couvre pas le territoire « {envelope.territory} ».")
    if caller.kind != "platform" and not caller.has(*DESK):
        raise Forbidden("Cette page reste à la cellule ; demandez-la à la personne d'astreinte.")
    return found


@SERVICE.answers(AskPartners)
async def partners_board(worker: Worker, envelope: Envelope, question: AskPartners) -> PartnersFound:
    """Each partner: the last exchange and its age, and what we asked that waits."""
    territory, now = _allow(worker, envelope), worker.clock.now()

    def read(session: Session) -> tuple[list[tuple[ContactRow, int]], dict[str, str]]:
        rows = store.last_contacts(session, envelope.territory)
        return rows, store.texts(session, [row.text for row, _ in rows])

    rows, words = await worker.read(read)
    requests = await open_requests(worker, envelope.territory)
    asked: dict[str, list[int]] = {}
    for item in requests or ():
        asked.setdefault(decide.partner_key(item["partner"], territory.partners), []).append(item["age_minutes"])
    last = {row.partner: (row, held) for row, held in rows}
    names = dict.fromkeys((*territory.partners, *sorted({*last, *asked})))
    standings = tuple(_standing(name, territory, last.get(name), words, asked.get(name, []), now) for name in names)
    return PartnersFound(partners=standings, requests_known=requests is not None)


def _standing(
    name: str,
    territory: Territory,
    last: tuple[ContactRow, int] | None,
    words: dict[str, str],
    waiting: list[int],
    now: datetime,
) -> PartnerStanding:
    known: dict[str, Any] = {}
    if last is not None:
        row, held = last
        known = {
            "contacts": held, "last_at": row.at, "last_minutes": decide.minutes(row.at, now),
            "last_direction": row.direction, "last_text": words.get(row.text, ERASED),
        }  # fmt: skip
    return PartnerStanding(
        partner=name, name=territory.partners.get(name, name), requests=len(waiting),
        oldest_request_minutes=max(waiting, default=None), **known,
    )  # fmt: skip


@SERVICE.answers(AskMeansPage)
async def means_page(worker: Worker, envelope: Envelope, question: AskMeansPage) -> Document:
    """The page, printed or as the content it is printed from."""
    territory, now = _allow(worker, envelope), worker.clock.now()
    own = await worker.read(lambda session: _own(session, envelope.territory, question.crisis))
    day = now.astimezone(territory.zone).date()
    brought = await bring(worker, envelope.territory, day, now, _people(own))
    content = content_of(own, brought, territory, now)
    if question.form == "pdf":
        body = await asyncio.to_thread(render_means, content)
    else:
        body = json.dumps(content, ensure_ascii=False, indent=1).encode()
    return Document(
        media_type="application/pdf" if question.form == "pdf" else "application/json",
        filename=f"moyens-{own.crisis.playbook}-{day}.{question.form}",
        body=base64.b64encode(body).decode(),
    )


def _own(session: Session, territory: str, crisis: str) -> Own:
    crises = store.crises(session, territory)
    if crisis not in crises:
        raise NotFound("Cette crise n'existe pas ; choisissez une crise de ce territoire.")
    needs = store.need_page(session, territory, crisis=crisis, open_only=False, after=None, limit=NEEDS)[:NEEDS]
    judged, sitting = store.last_judgement(session, territory, crisis), store.sitting(session, territory)
    there = store.present(session, sitting.id) if sitting else ()
    texts = [text for row in needs for text in (row.what, row.how, row.reason)]
    texts += [member.outsider for member in there] + [sitting.place if sitting else None]
    words = store.texts(session, [*texts, judged.reason if judged else None])
    judgement = judgement_item(judged, words) if judged else None
    return Own(crises[crisis], crises, needs, judgement, sitting, there, words)


def _people(own: Own) -> list[str]:
    named = [member.person for member in own.there] + [own.judgement["by"] if own.judgement else None]
    return [name for name in named if name]


def content_of(own: Own, brought: Brought, territory: Territory, now: datetime) -> dict[str, Any]:
    """The whole page as data; local times, names where the directory gave them."""
    judged = own.judgement
    return {
        "as_of": now.astimezone(territory.zone).isoformat(),
        "place": territory.name,
        "exercise": territory.exercise,
        "crisis": {
            "id": own.crisis.id, "playbook": own.crisis.playbook, "level": own.crisis.level,
            "opened_at": own.crisis.opened_at.astimezone(territory.zone).isoformat(),
            "closed": own.crisis.closed_at is not None,
        },
        "needs": [need_item(row, own.words, now) | {"asker": _partner(row.asked_by, territory)} for row in own.needs],
        "sums": [each.model_dump() for each in decide.sums(numbers(row) for row in own.needs if row.rank == 0)],
        "places": _places(own, brought),
        "requests": _requests(own, brought, territory),
        "cell": _cell(own, brought, territory),
        "judgement": judged | {"author": brought.names.get(judged["by"], judged["by"])} if judged else None,
        "head": brought.head.model_dump() if brought.head else None,
        "silent": brought.silent,
    }  # fmt: skip


def _partner(name: str, territory: Territory) -> str:
    return territory.partners.get(name, name)


def _places(own: Own, brought: Brought) -> list[dict[str, Any]] | None:
    """Places of the day by crisis they are tagged for: this one first, then the others, then no crisis."""
    if brought.slots is None:
        return None
    groups: dict[str | None, dict[str, Any]] = {own.crisis.id: _group(own.crisis.playbook)}
    for slot in sorted(brought.slots, key=lambda each: (each["crisis"] is None, str(each["crisis"]))):
        other = own.crises.get(slot["crisis"] or "")
        group = groups.setdefault(slot["crisis"], _group(other.playbook if other else None))
        if slot["state"] == "activable":
            group["activable"] += slot["places"]
        else:
            for name in ("places", "booked", "free"):
                group[name] += slot[name]
    return list(groups.values())


def _group(playbook: str | None) -> dict[str, Any]:
    return {"playbook": playbook, "places": 0, "booked": 0, "free": 0, "activable": 0}


def _requests(own: Own, brought: Brought, territory: Territory) -> list[dict[str, Any]] | None:
    """What waits for this crisis or for none in particular, the oldest first."""
    if brought.requests is None:
        return None
    kept = [item for item in brought.requests if item["crisis"] in (own.crisis.id, None)]
    return [
        {
            "partner": _partner(item["partner"], territory), "asked_at": item["asked_at"],
            "minutes": item["age_minutes"], "text": item.get("text", ""), "reminders": item["reminders"],
        }
        for item in sorted(kept, key=lambda each: str(each["asked_at"]))
    ]  # fmt: skip


def _cell(own: Own, brought: Brought, territory: Territory) -> dict[str, Any] | None:
    """Who holds what now; a function called and empty is said. Nothing when no cell sits for this crisis."""
    row = own.sitting
    if row is None or own.crisis.id not in row.crises:
        return None
    there = {member.function: member for member in own.there}
    chairs = [str(seat) for seat in SEATS if str(seat) in row.functions or str(seat) in there]
    return {
        "since": row.starts_at.astimezone(territory.zone).isoformat(),
        "place": own.words.get(row.place or "", ""),
        "functions": [
            {"function": name, "label": FUNCTIONS[seat][0],
             "who": _name(there.get(name), own, brought)} for seat in SEATS if (name := str(seat)) in chairs
        ],
        "guests": [_name(member, own, brought) for member in own.there if member.function not in SEATS],
    }  # fmt: skip


def _name(member: MemberRow | None, own: Own, brought: Brought) -> str:
    if member is None:
        return ""
    if member.person:
        return brought.names.get(member.person, member.person)
    return own.words.get(member.outsider or "", ERASED)
