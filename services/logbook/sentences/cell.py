"""Sentences of the crisis cell: roster, sessions, reliefs, contacts with partners, needs, judgements."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.cell import (
    FUNCTIONS,
    GRAVITIES,
    PROPORTIONS,
    CellBody,
    CellConvened,
    CellDismissed,
    CellFunction,
    CellMemberArrived,
    CellMemberRelieved,
    CellWidened,
    FunctionAssigned,
    GravityJudged,
    NeedBody,
    NeedClosed,
    NeedStated,
    NeedSum,
    NeedUpdated,
    PartnerContacted,
)
from contracts.logbook import EntryKind
from services.logbook.sentences.words import Words, joined, listing, plural, tells
from services.platform.french import plan_words

NOBODY = "personne"


def _chair(function: CellFunction) -> str:
    return FUNCTIONS[function][0].lower()


def _serving(fact: CellBody) -> str:
    return listing([plan_words(one) for one in fact.playbooks]) or plural(len(fact.crises), "crise")


def _partner(name: str, words: Words) -> str:
    return (words.territory.partners if words.territory else {}).get(name, name)


def _chairs(functions: Iterable[CellFunction]) -> str:
    return listing([_chair(function) for function in functions])


@tells(FunctionAssigned, EntryKind.INFORMATION)
def function_assigned(fact: FunctionAssigned, words: Words) -> str:
    """Who holds a function of the cell from now on."""
    deputies = f", suppléance : {listing(fact.deputies)}" if fact.deputies else ""
    return joined(f"Cellule de crise, {_chair(fact.function)} : {fact.holder or NOBODY}{deputies}")


@tells(CellConvened, EntryKind.INFORMATION)
def cell_convened(fact: CellConvened, words: Words) -> str:
    """The cell is called."""
    place = words.text(fact.place)
    return joined(
        f"Cellule de crise convoquée par {fact.by} {words.at(fact.starts_at)}, pour : {_serving(fact)}",
        f"Lieu : {place}" if place else "",
        f"Fonctions : {_chairs(fact.functions)}",
        f"Personnes appelées : {listing(fact.called)}" if fact.called else "Personne n'est prévu à ces fonctions",
    )


@tells(CellWidened, EntryKind.INFORMATION)
def cell_widened(fact: CellWidened, words: Words) -> str:
    """The session serves a crisis more, one fewer, or calls other functions."""
    if fact.left:
        return joined(f"Une crise est close : la cellule de crise continue pour {_serving(fact)}")
    called = f"Personnes appelées en plus : {listing(fact.called)}" if fact.called else ""
    if fact.joined:
        return joined(f"Une seule cellule de crise pour {_serving(fact)}", called)
    return joined(f"La cellule de crise appelle aussi ses fonctions : {_chairs(fact.functions)}", called)


@tells(CellMemberArrived, EntryKind.INFORMATION)
def member_arrived(fact: CellMemberArrived, words: Words) -> str:
    """Somebody is there."""
    who = fact.person or words.text(fact.outsider)
    return joined(f"Cellule de crise : {who} présent {words.at(fact.at)}, {_chair(fact.function)}")


@tells(CellMemberRelieved, EntryKind.RELEVE)
def member_relieved(fact: CellMemberRelieved, words: Words) -> str:
    """A function passes on."""
    before = fact.person or words.text(fact.left_by) or "une personne hors annuaire"
    after = fact.to or words.text(fact.outsider) or NOBODY
    handover = words.text(fact.handover)
    return joined(
        f"Relève à la cellule de crise {words.at(fact.at)}, {_chair(fact.function)} : {before}, puis {after}",
        f"Consigne : {handover}" if handover else "",
    )


@tells(CellDismissed, EntryKind.INFORMATION)
def cell_dismissed(fact: CellDismissed, words: Words) -> str:
    """The session is over."""
    why = "sa dernière crise est close" if fact.crisis_over else words.text(fact.reason)
    return joined(f"Cellule de crise levée {words.at(fact.at)}", f"Motif : {why}" if why else "")


@tells(PartnerContacted, EntryKind.MESSAGE)
def partner_contacted(fact: PartnerContacted, words: Words) -> str:
    """An exchange with a partner."""
    turn = "Reçu de" if fact.direction == "recu" else "Dit à"
    person, channel = words.text(fact.person), fact.channel
    how = ", ".join(filter(None, (person, channel)))
    name = _partner(fact.partner, words)
    return joined(f"{turn} {name}{f' ({how})' if how else ''}, {words.at(fact.at)} : {words.text(fact.text)}")


def _need(fact: NeedBody, words: Words) -> str:
    asked = f"{fact.asked} {fact.unit}, demandé par {_partner(fact.asked_by, words)}"
    return f"{words.text(fact.what).rstrip('.')} ({asked})"


def _found(fact: NeedBody) -> str:
    rest, extra = max(0, fact.asked - fact.available), max(0, fact.available - fact.asked)
    end = f"il manque {rest}" if rest else (f"marge de {extra}" if extra else "rien ne manque")
    return f"Disponible : {fact.available} sur {fact.asked}, {end}"


@tells(NeedStated, EntryKind.DEMANDE)
def need_stated(fact: NeedStated, words: Words) -> str:
    """Something countable is asked for."""
    due = f"Pour {words.at(fact.wanted_by)}" if fact.wanted_by else ""
    return joined(f"Besoin énoncé {words.at(fact.asked_at)} : {_need(fact, words)}", _found(fact), due)


@tells(NeedUpdated, EntryKind.DEMANDE)
def need_updated(fact: NeedUpdated, words: Words) -> str:
    """What was found, or what is asked, changed."""
    return joined(f"Besoin mis à jour : {_need(fact, words)}", _found(fact), words.text(fact.how))


@tells(NeedClosed, EntryKind.DEMANDE)
def need_closed(fact: NeedClosed, words: Words) -> str:
    """Met or dropped; what was short is known for good."""
    end = "couvert" if fact.status == "met" else "abandonné"
    reason = words.text(fact.reason)
    return joined(f"Besoin {end} : {_need(fact, words)}", _found(fact), f"Motif : {reason}" if reason else "")


@tells(GravityJudged, EntryKind.DECISION)
def gravity_judged(fact: GravityJudged, words: Words) -> str:
    """A person judged, on these sums."""
    judged = f"Gravité {GRAVITIES[fact.gravity]}, moyens {PROPORTIONS[fact.proportion]}, jugé par {fact.by}"
    sums = " ; ".join(_sum(each) for each in fact.sums)
    needs = f"{plural(fact.needs_open, 'besoin')} en cours, {fact.needs_short} à couvrir"
    return joined(f"{judged} : {words.text(fact.reason)}", f"{needs} : {sums}" if sums else needs)


def _sum(each: NeedSum) -> str:
    return f"{each.kind.replace('_', ' ')} ({each.unit}), {each.available} sur {each.asked}, manque {each.missing}"
