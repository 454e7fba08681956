"""Links an operator hands over: one that opens the console once, and a professional's page."""

from __future__ import annotations

from typing import Annotated, Any

import structlog
import typer

from contracts.access import IssueLink, IssueSignIn, LinkIssued
from contracts.base import PLATFORM, Command, Question, Role
from contracts.directory import ListPeople, ListTokens, WhoIsOnDuty
from services.cli.common import TerritoryOption, send
from services.platform import signing
from services.platform.bus import Bus
from services.platform.errors import TocsinError, from_refusal
from services.platform.runner import Tocsin
from services.platform.settings import Settings

log = structlog.get_logger()


def link(
    person: Annotated[str, typer.Argument(help="Référence d'un professionnel de l'annuaire.")],
    territory: TerritoryOption = None,
) -> None:
    """Crée le lien de la page d'un professionnel, valable 30 jours, et l'écrit sur la sortie."""
    made = LinkIssued.model_validate(send(IssueLink(person=person), territory))
    print(signing.address(Settings(), signing.PROFESSIONAL, made.code))


def sign_in(
    person: Annotated[str, typer.Argument(help="Référence d'une personne de l'annuaire.")],
    territory: TerritoryOption = None,
) -> None:
    """Crée un lien qui ouvre la console une fois, dans l'heure, sans second facteur : à remettre en main propre."""
    made = LinkIssued.model_validate(send(IssueSignIn(person=person), territory))
    print(signing.address(Settings(), signing.SIGN_IN, made.code))


async def print_ways_in(tocsin: Tocsin) -> None:
    """Once the desk is started, print a link to the console and one to a professional's page.

    A desk that cannot make them still serves: the reason goes to the technical log.
    """
    try:
        await tocsin.started(patience=60)
        for line in await _ways_in(tocsin.bus, tocsin.settings):
            print(line, flush=True)
    except (TocsinError, TimeoutError) as error:
        log.warning("no link to print", error=str(error))


async def _ways_in(bus: Bus, settings: Settings) -> list[str]:
    territory, lines = settings.territory_names[0], []
    duty = (await _send(bus, WhoIsOnDuty(), territory))["items"]
    holder = next((held["person"] for held in duty if held["role"] == "coordinatrice"), None)
    if holder:
        made = LinkIssued.model_validate(await _send(bus, IssueSignIn(person=holder), territory))
        lines.append(f"Console : {signing.address(settings, signing.SIGN_IN, made.code)}")
    people = (await _send(bus, ListPeople(limit=500), territory))["items"]
    professional = next((one["person"] for one in people if one["roles"] == [Role.PROFESSIONAL]), None)
    if professional:
        code = await _page_code(bus, settings, territory, professional)
        lines.append(f"Page d'un professionnel : {signing.address(settings, signing.PROFESSIONAL, code)}")
    return lines


async def _page_code(bus: Bus, settings: Settings, territory: str, person: str) -> str:
    """The link they have already, made again from its id: a new start makes no new one."""
    known = await _send(bus, ListTokens(use=signing.PROFESSIONAL, person=person, limit=1), territory)
    if known["items"]:
        return signing.sign(settings, signing.PROFESSIONAL, known["items"][0]["id"])
    return LinkIssued.model_validate(await _send(bus, IssueLink(person=person), territory)).code


async def _send(bus: Bus, message: Command | Question, territory: str) -> dict[str, Any]:
    reply = await bus.request(message, territory=territory, caller=PLATFORM)
    if reply.refusal:
        raise from_refusal(reply.refusal)
    return reply.result or {}
