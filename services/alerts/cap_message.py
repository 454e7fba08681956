"""The XML of a CAP 1.2 message: its head, its blocks, its areas. Entities, network and huge trees are off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree

from contracts.alerts import Area
from services.alerts.areas import DEPARTEMENTS, departement_of_nuts3, is_commune
from services.alerts.report import ParseError, Status, Words, document_key, moment_of, plain

MAX_REFERENCES = 50
MAX_INFOS = 200
MAX_AREAS = 2000
_NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_NAME = re.compile(r"[^\s,<&]{1,200}")
_STATUS: dict[str, Status] = {
    "Actual": "actual",
    "Exercise": "exercise",
    "Test": "test",
    "System": "test",
    "Draft": "test",
}


@dataclass(frozen=True, slots=True)
class Message:
    """The head of a CAP document."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    verb: str
    references: tuple[tuple[str, datetime], ...]

    @property
    def name(self) -> str:
        """What later documents call this one."""
        return cap_name(self.sender, self.identifier)


@dataclass(slots=True)
class Info:
    """One block of a message: its words, its window, its parameters and the places it names."""

    words: Words
    starts_at: datetime
    ends_at: datetime | None
    parameters: dict[str, str]
    areas: list[Area] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def cap_name(sender: str, identifier: str) -> str:
    """The key of a CAP document among its sender's."""
    return document_key(f"cap:{sender}", identifier)


def root_of(raw: bytes) -> Any:
    """The ``alert`` element of a CAP 1.2 message, or ``ParseError``."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, dtd_validation=False, recover=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise ParseError(f"XML illisible (tronqué, mal encodé ou mal formé) : {plain(str(error), 160)}") from None
    if root is None:
        raise ParseError("XML vide")
    if root.getroottree().docinfo.internalDTD is not None:
        raise ParseError("DOCTYPE et entités ne sont pas acceptés")
    if root.tag != f"{{{_NAMESPACE}}}alert":
        raise ParseError("ce n'est pas un message CAP 1.2")
    return root


def _children(node: Any, name: str) -> Iterator[Any]:
    return node.iterchildren(f"{{{_NAMESPACE}}}{name}")  # type: ignore[no-any-return]


def _text(node: Any, name: str, limit: int = 500) -> str | None:
    return next((plain("".join(child.itertext()), limit) for child in _children(node, name)), None)


def _required(node: Any, name: str) -> str:
    text = _text(node, name)
    if not text:
        raise ParseError(f"élément « {name} » absent ou vide")
    return text


def message_of(alert: Any) -> Message:
    """The head of the message; ``ParseError`` names the element that is missing or wrong."""
    identifier, sender = _required(alert, "identifier"), _required(alert, "sender")
    if not (_NAME.fullmatch(identifier) and _NAME.fullmatch(sender)):
        raise ParseError("« identifier » et « sender » ne portent ni espace, ni virgule, ni plus de 200 caractères")
    status, verb = _required(alert, "status"), _required(alert, "msgType")
    if status not in _STATUS:
        raise ParseError(f"statut CAP inconnu « {status[:40]} »")
    if verb not in {"Alert", "Update", "Cancel", "Ack", "Error"}:
        raise ParseError(f"type de message CAP inconnu « {verb[:40]} »")
    references = tuple(_references(_text(alert, "references", 20_000) or ""))
    return Message(identifier, sender, moment_of(_required(alert, "sent")), _STATUS[status], verb, references)


def _references(text: str) -> Iterator[tuple[str, datetime]]:
    """``sender,identifier,sent`` triples; one that cannot be read refers to nothing."""
    for triple in text.split()[:MAX_REFERENCES]:
        parts = triple.split(",")
        if len(parts) == 3:
            try:
                yield cap_name(parts[0], parts[1]), moment_of(parts[2])
            except ParseError:
                continue


def chosen_infos(alert: Any) -> list[Any]:
    """The French blocks; without any, those of the first language found (English when none is stated)."""
    infos = list(_children(alert, "info"))[:MAX_INFOS]
    languages = [(_text(info, "language") or "en-US").lower() for info in infos]
    wanted = next((language for language in languages if language.startswith("fr")), languages[0] if infos else "")
    return [info for info, language in zip(infos, languages, strict=True) if language[:2] == wanted[:2]]


def info_of(info: Any, message: Message, notes: list[str]) -> Info:
    """One block read; places it does not know are noted."""
    event = _text(info, "event") or ""
    started = _text(info, "onset") or _text(info, "effective")
    expires = _text(info, "expires")
    read_info = Info(
        words=Words(_text(info, "headline") or event, _text(info, "description", 20_000)),
        starts_at=moment_of(started) if started else message.sent,
        ends_at=moment_of(expires) if expires else None,
        parameters=dict(_pairs(info, "parameter")),
    )
    for area in list(_children(info, "area"))[:MAX_AREAS]:
        for scheme, code in _pairs(area, "geocode"):
            _place(scheme, code, read_info)
    notes.extend(f"zone inconnue « {code} » laissée de côté" for code in read_info.unknown[:5])
    return read_info


def _pairs(node: Any, name: str) -> Iterator[tuple[str, str]]:
    for pair in _children(node, name):
        yield (_text(pair, "valueName") or "").lower(), _text(pair, "value") or ""


def _place(scheme: str, code: str, info: Info) -> None:
    if scheme == "nuts3":
        departement = departement_of_nuts3(code)
        if departement is None:
            info.unknown.append(f"NUTS3 {code[:20]}")
        else:
            info.areas.append(Area(departement=departement))
    elif scheme == "insee" and is_commune(code):
        info.areas.append(Area(commune=code))
    elif scheme in {"insee", "departement"} and code in DEPARTEMENTS:
        info.areas.append(Area(departement=code))
