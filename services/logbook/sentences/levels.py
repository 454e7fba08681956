"""Sentences of the levels and of the actions they open."""

from __future__ import annotations

from contracts.actions import (
    ActionBody,
    ActionClosed,
    ActionDone,
    ActionLate,
    ActionOpened,
    ActionRepeated,
    ActionRevised,
    ActionShared,
    ActionSkipped,
    ActionTaken,
    IdeaAdopted,
)
from contracts.adoptions import PlanApplied
from contracts.levels import (
    CrisisClosed,
    CrisisOpened,
    Evidence,
    LevelChanged,
    LevelProposed,
    PlanAdopted,
    ProposalDeclined,
    ProposalWithdrawn,
)
from contracts.logbook import EntryKind
from services.logbook.sentences.words import ROLES, Words, joined, plural, tells
from services.platform.french import plan_words
from services.playbook.differences import STEP_FIELDS, WHERE

SIDES = {"cpts": "CPTS", "structures": "structures"}
MODALITIES = {"firm": "ferme", "possible": "possible", "optional": "au choix"}
CHANGES = {"where": WHERE, **STEP_FIELDS}
CHOICES = {"retenue": "retenue", "adaptee": "adaptée", "ecartee": "écartée"}


@tells(LevelProposed, EntryKind.PROPOSITION)
def level_proposed(fact: LevelProposed, words: Words) -> str:
    """What the rules derive, and from what."""
    evidence = " ; ".join(_evidence(piece, words) for piece in fact.evidence)
    return joined(
        f"Niveau {fact.level} proposé ({plan_words(fact.playbook)}, niveau actuel {fact.from_level}) : {fact.because}",
        f"Éléments : {evidence}" if evidence else "",
        "Remplace la proposition précédente" if fact.supersedes else "",
    )


def _evidence(piece: Evidence, words: Words) -> str:
    return " – ".join(filter(None, (piece.label, words.text(piece.text).rstrip("."))))


@tells(ProposalWithdrawn, EntryKind.PROPOSITION)
def proposal_withdrawn(fact: ProposalWithdrawn, words: Words) -> str:
    """It no longer stands."""
    return joined(f"Proposition de niveau {fact.level} ({plan_words(fact.playbook)}) retirée : {fact.reason}")


@tells(ProposalDeclined, EntryKind.DECISION)
def proposal_declined(fact: ProposalDeclined, words: Words) -> str:
    """A person said no."""
    turn = f"Proposition de niveau {fact.level} ({plan_words(fact.playbook)}) refusée par {fact.decided_by}"
    return joined(f"{turn} : {words.text(fact.reason)}")


@tells(CrisisOpened, EntryKind.NIVEAU)
def crisis_opened(fact: CrisisOpened, words: Words) -> str:
    """A plan is activated."""
    orsan = f", volet ORSAN {fact.orsan}" if fact.orsan else ""
    return joined(
        f"Crise ouverte {words.at(fact.opened_at)} : plan {plan_words(fact.playbook)}, version {fact.plan_version}, "
        f"typologie {fact.typology}{orsan}",
        f"Empreinte du plan : {fact.plan_sha256[:16]}",
    )


@tells(LevelChanged, EntryKind.NIVEAU)
def level_changed(fact: LevelChanged, words: Words) -> str:
    """A person moved the level."""
    turn = f"Niveau {fact.from_level} → {fact.level} ({plan_words(fact.playbook)}) décidé par {fact.decided_by}"
    typed = _typed(fact.decided_by, words)
    return joined(f"{turn}{typed} : {words.text(fact.reason)}", "Proposition acceptée" if fact.proposal else "")


def _typed(by: str, words: Words) -> str:
    return "" if words.author in (by, "tocsin") else f", saisi par {words.author}"


@tells(PlanAdopted, EntryKind.NIVEAU)
def plan_adopted(fact: PlanAdopted, words: Words) -> str:
    """A running crisis follows another version of its plan."""
    turn = (
        f"La crise {plan_words(fact.playbook)}, niveau {fact.level}, reprend le plan version {fact.plan_version} "
        f"à la place de la version {fact.from_version}, décidé par {fact.decided_by}"
    )
    return joined(
        f"{turn}{_typed(fact.decided_by, words)} : {words.text(fact.reason)}",
        f"Empreinte du plan : {fact.plan_sha256[:16]}",
    )


@tells(PlanApplied, EntryKind.NIVEAU)
def plan_applied(fact: PlanApplied, words: Words) -> str:
    """What the version taken did to the steps."""
    done = [
        f"{plural(fact.opened, 'action')} {'ouvertes' if fact.opened >= 2 else 'ouverte'}",
        plural(fact.closed, "fermée"),
        plural(fact.changed, "changée"),
        plural(fact.kept, "inchangée"),
    ]
    return joined(
        f"Plan {plan_words(fact.playbook)}, version {fact.plan_version} suivi à la place de la version "
        f"{fact.from_version} : {', '.join(done)}"
    )


@tells(CrisisClosed, EntryKind.NIVEAU)
def crisis_closed(fact: CrisisClosed, words: Words) -> str:
    """Back to level 0."""
    closed = f"Crise {plan_words(fact.playbook)} close {words.at(fact.closed_at)}"
    return f"{closed} ; elle était ouverte depuis {words.at(fact.opened_at)}."


def _owner(role: str) -> str:
    return ROLES.get(role, role)


def _named(fact: ActionBody, turn: str) -> str:
    return f"Action {fact.action} {turn} : {fact.title}"


@tells(ActionOpened, EntryKind.ACTION)
def action_opened(fact: ActionOpened, words: Words) -> str:
    """A step is open: whose, by when."""
    turn = "ouverte" if fact.side == "cpts" else "proposée aux structures"
    bearing = f"{MODALITIES[fact.modality]}, {SIDES[fact.side]}, porteur : {_owner(fact.owner)}"
    due = f", échéance {words.at(fact.due_at)}" if fact.due_at else ""
    return joined(f"{_named(fact, turn).rstrip('.')} ({bearing}{due})")


@tells(ActionTaken, EntryKind.ACTION)
def action_taken(fact: ActionTaken, words: Words) -> str:
    """Somebody has it."""
    return joined(_named(fact, f"prise en charge par {fact.by}"))


@tells(ActionDone, EntryKind.ACTION)
def action_done(fact: ActionDone, words: Words) -> str:
    """Done, with its proof."""
    proof = words.text(fact.proof)
    return joined(_named(fact, f"faite par {fact.by}"), f"Preuve : {proof}" if proof else "")


@tells(ActionSkipped, EntryKind.ACTION)
def action_skipped(fact: ActionSkipped, words: Words) -> str:
    """Left aside, and why."""
    return joined(_named(fact, f"écartée par {fact.by}"), f"Motif : {words.text(fact.reason)}")


@tells(ActionClosed, EntryKind.ACTION)
def action_closed(fact: ActionClosed, words: Words) -> str:
    """Its level is over, or its plan no longer asks for it."""
    reason = " – ".join(filter(None, (fact.because, words.text(fact.reason))))
    return joined(_named(fact, "close"), f"Motif : {reason}" if reason else "")


@tells(ActionRevised, EntryKind.ACTION)
def action_revised(fact: ActionRevised, words: Words) -> str:
    """The newer plan says it otherwise."""
    fields = ", ".join(CHANGES.get(field, field) for field in fact.changes)
    due = f". Échéance : {words.at(fact.due_at)}" if fact.due_at else ""
    return joined(
        f"{_named(fact, f'changée par le plan version {fact.plan_version}').rstrip('.')} (change : {fields}){due}"
    )


@tells(ActionLate, EntryKind.ACTION)
def action_late(fact: ActionLate, words: Words) -> str:
    """A firm step passed its deadline."""
    due = f", échéance {words.at(fact.due_at)}" if fact.due_at else ""
    return joined(f"{_named(fact, 'en retard').rstrip('.')} (porteur : {_owner(fact.owner)}{due})")


@tells(ActionRepeated, EntryKind.ACTION)
def action_repeated(fact: ActionRepeated, words: Words) -> str:
    """A daily step starts again."""
    due = f" (échéance {words.at(fact.due_at)})" if fact.due_at else ""
    return joined(f"{_named(fact, 'à refaire').rstrip('.')}{due}")


@tells(ActionShared, EntryKind.ACTION)
def action_shared(fact: ActionShared, words: Words) -> str:
    """One run for several crises."""
    return joined(_named(fact, f"portée désormais par {plural(len(fact.crises), 'crise')}"))


@tells(IdeaAdopted, EntryKind.ACTION)
def idea_adopted(fact: IdeaAdopted, words: Words) -> str:
    """What a structure does with an idea."""
    choice = CHOICES.get(fact.choice, fact.choice)
    return joined(f"Idée {fact.action} {choice} par {fact.structure}", words.text(fact.note))
