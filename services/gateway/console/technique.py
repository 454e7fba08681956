"""The technical journal, in words to pass on by phone: health of each part, what waits for a person, what to do."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from contracts.alerts import ListQuarantine
from contracts.messages import ListMessages
from services.gateway.console import words
from services.gateway.console.pages import Act, Done, Form, Page, send
from services.gateway.console.visit import Visit
from services.gateway.routes_operation import MAX_ANSWERED, SERVICES, WELL
from services.platform import french
from services.platform.errors import Forbidden, Invalid, NotFound, Refused
from services.platform.parking import ListParked, SettleParked
from services.platform.version import version

#: Each part: its name on screen, and what people lose while it does not answer.
PARTS: dict[str, tuple[str, str]] = {
    "gateway": ("Les pages", "Sans elles, rien ne s'affiche ; les alertes et les échéances continuent."),
    "directory": ("L'annuaire et l'astreinte", "Sans lui, personne ne se connecte et l'astreinte ne change pas."),
    "logbook": ("Le journal de bord", "Sans lui, rien ne s'y écrit tout de suite ; les entrées arrivent au retour."),
    "alerts": ("Les alertes", "Sans elles, une vigilance ou un appel de l'ARS n'arrive pas : appelez."),
    "levels": ("Les niveaux", "Sans eux, aucun niveau ne se propose ni ne se décide : notez sur papier."),
    "engine": ("Les plans et les actions", "Sans eux, les actions ne s'ouvrent ni ne se closent."),
    "slots": ("Les places", "Sans elles, les places ne s'offrent ni ne se prennent : passez par téléphone."),
    "activity": ("L'activité et les tensions", "Sans elles, les chiffres du jour n'arrivent pas."),
    "certificates": ("Les certificats", "Sans eux, les demandes ne partent pas aux médecins : appelez-les."),
    "messages": ("Les messages", "Sans eux, personne n'est prévenu par SMS ni courriel : appelez."),
    "digests": ("Les points de situation", "Sans eux, le point ne se prépare pas : suivez le journal."),
    "readiness": ("La préparation", "Sans elle, le plan de crise ne s'établit pas ; rien d'autre n'en dépend."),
    "exercises": ("Les exercices", "Sans eux, aucun exercice ne se lance ; le réel n'en dépend pas."),
    "bus": ("La liaison entre les parties", "Sans elle, plus rien ne se décide sur ce poste : notez sur papier."),
    "disque": ("Le disque", "Plein, il empêche d'écrire quoi que ce soit."),
    "horloge": ("L'horloge", "Fausse, elle fausse les heures du journal."),
}  # fmt: skip
STUCK = {"echec": ("en échec", "en échec"), "incertain": ("incertain", "incertains")}
#: Letters of a document or a message shown on the page.
BEGINNING = 600
MESSAGES_READ = 500
#: Causes told in the text to pass on: it is read aloud.
MAX_WHY = 8


async def view(visit: Visit) -> dict[str, Any]:
    """Everything that waits for a person, and the text to pass on."""
    found = await visit.together(
        quarantine=visit.part("quarantaine", ListQuarantine(limit=MAX_ANSWERED)),
        messages=visit.part("messages", ListMessages(limit=MESSAGES_READ)),
        parked=asyncio.gather(*(_parked(visit, name) for name in SERVICES)),
    )
    quarantined = [shown(item) for item in (found["quarantine"] or {}).get("items", [])]
    stuck = [one for one in (found["messages"] or {}).get("items", []) if one["state"] in STUCK]
    parked = [(name, items) for name, items in zip(SERVICES, found["parked"], strict=True) if items]
    states = health(visit.edge.readiness())
    counts = {
        "documents en quarantaine": len(quarantined) if found["quarantine"] else None,
        "messages internes mis de côté": sum(len(items) for _, items in parked),
        "messages en échec ou incertains": len(stuck) if found["messages"] else None,
    }
    names = await visit.names(one["to"] for one in stuck)
    causes = by_cause([one | {"receiver": receiver(one["to"], names, visit)} for one in stuck])
    why = [f"{group['said']} : {group['cause']}" for group in causes]
    why += [f"quarantaine, {words.near(one['received_at'], visit)} : {one['reason']}" for one in quarantined]
    return {
        "states": states, "quarantined": quarantined, "parked": parked, "stuck": len(stuck), "parts": PARTS,
        "causes": causes,
        "silent": [PARTS[name][0] for name in SERVICES if visit.missing.get(f"mis de côté : {name}")],
        "report": report(
            visit.territory.name, version() or "version inconnue", french.when(visit.now), states, counts, why[:MAX_WHY]
        ),
    }  # fmt: skip


async def _parked(visit: Visit, name: str) -> list[dict[str, Any]]:
    """What a service put aside; a service that does not answer is told by its name."""
    try:
        page = await visit.edge.ask(ListParked(limit=MAX_ANSWERED), visit.call, service=name, patience=2.0)
    except Refused as error:
        reason = "réservé" if isinstance(error, Forbidden) else "indisponible"
        visit.missing[f"mis de côté : {name}"] = reason
        return []
    return list(page.get("items", []))


def health(states: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each part with its state in plain words, those in trouble first."""
    found = [
        {
            "key": name,
            "name": PARTS.get(name, (french.capital(name), ""))[0],
            "role": PARTS.get(name, ("", ""))[1],
            "state": state,
            "well": state.startswith(WELL),
        }
        for name, state in states.items()
    ]
    order = list(PARTS)
    return sorted(found, key=lambda one: (one["well"], order.index(one["key"]) if one["key"] in PARTS else 99))


def receiver(to: str, names: Mapping[str, str], visit: Visit) -> str:
    """Who a message was for, as said: a person, a duty, a group of the CPTS, a partner."""
    kind, _, rest = to.partition(":")
    if kind in ("role", "groupe") and rest:
        return french.capital(words.owner(rest))
    name = to.partition("#")[0]
    return names.get(to) or french.capital(words.partner(words.owner(name) if name != to else to, visit))


def by_cause(stuck: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Messages that did not leave, under what stopped them: one thing to mend for many people to call."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in stuck:
        found.setdefault((one["state"], one["error"] or ""), []).append(one)
    return [
        {
            "said": french.count(len(held), *STUCK[state]),
            "failed": state == "echec",
            "cause": cause or "Cause inconnue",
            "messages": held,
        }
        for (state, cause), held in found.items()
    ]


def shown(item: dict[str, Any]) -> dict[str, Any]:
    """A quarantined document with the beginning of its text."""
    text = base64.b64decode(item["body"]).decode("utf-8", "replace").replace("\x00", "\ufffd")
    source = item["caller"] or ""
    return item | {
        "beginning": text[:BEGINNING], "longer": len(text) > BEGINNING,
        "source": words.authority(source) if source else "une machine non nommée",
    }  # fmt: skip


def report(
    territory: str,
    release: str,
    at: str,
    states: Iterable[Mapping[str, Any]],
    counts: Mapping[str, int | None],
    why: Sequence[str] = (),
) -> str:
    """What to send to the person who runs the server: hour, version, parts in trouble, counts and their causes."""
    states = list(states)
    trouble = [f"- {one['name']} : {one['state']}" for one in states if not one["well"]]
    well = sum(1 for one in states if one["well"])
    waiting = [
        f"- {label} : {'non lus, le service ne répond pas' if count is None else count}"
        for label, count in counts.items()
    ]
    lines = [
        f"Poste de crise {territory}, {at}. Tocsin {release}.",
        f"Parties en service : {well} sur {len(states)}." + (" En défaut :" if trouble else ""),
        *trouble,
        "En attente d'une personne :",
        *waiting,
        *(["Causes :", *(f"- {line}" for line in why)] if why else []),
    ]
    return "\n".join(french.insecable(line) for line in lines)


async def settle(visit: Visit, form: Form) -> Done:
    """Replay what was put aside, or discard it with a reason."""
    name, replay = visit.path["service"], form.get("geste") == "rejouer"
    if name not in SERVICES:
        raise NotFound("Aucune partie du poste ne porte ce nom ; reprenez la page.")
    reason = form.get("motif", "")
    if not replay and not reason:
        raise Invalid("À compléter : écrivez pourquoi ce message est écarté.")
    command = SettleParked(parked=visit.path["parked"], replay=replay, reason=reason[:300])
    await send(visit, command, form, service=name)
    return Done("/technique", "Message rejoué." if replay else "Message écarté, motif gardé.")


async def raw(visit: Visit) -> Response:
    """The bytes of a quarantined document, to be attached to a message: never shown as a page."""
    cursor: str | None = None
    for _ in range(20):
        page = await visit.ask(ListQuarantine(limit=MAX_ANSWERED, cursor=cursor))
        for item in page["items"]:
            if item["id"] == visit.path["id"]:
                headers = {
                    "content-disposition": f'attachment; filename="quarantaine-{item["sha256"][:12]}.bin"',
                    "cache-control": "no-store",
                    "x-content-type-options": "nosniff",
                }
                return Response(base64.b64decode(item["body"]), headers=headers, media_type="application/octet-stream")
        cursor = page.get("next")
        if not cursor:
            break
    raise NotFound("Ce document n'est pas en quarantaine ; reprenez la page.")


PAGE = Page("/technique", "technique.html", "Journal technique", view, nav="technique")
PAGES = (PAGE,)
ACTS = (Act("/technique/{service}/{parked}/regler", settle, PAGE),)
FILES = (("/technique/quarantaine/{id}", raw),)
