"""Where the territory stands, what is proposed, what a person decides, what the plan opens."""

from __future__ import annotations

from contracts.actions import AdoptIdea, AskPlan, FinishAction, ListActions, PlanFound, SkipAction, TakeAction
from contracts.adoptions import AdoptionFound, AskAdoption
from contracts.levels import AdoptPlan, ChangeLevel, Decided, DecideProposal, ListProposals
from services.gateway.operations import API, TERRITORY, Operation, ask, do
from services.gateway.situation import situation

THEME = "Décisions"
BOARD = "Actions"

OPERATIONS = (
    Operation("GET", f"{API}/situation", "Où en est le territoire", situation, THEME, parameters=(TERRITORY,)),
    ask(f"{API}/proposals", ListProposals, "Propositions de niveau", THEME),
    do(
        "POST",
        f"{API}/proposals/{{id}}/decision",
        DecideProposal,
        "Accepter ou écarter une proposition",
        THEME,
        answer=Decided,
        id="proposal",
    ),
    do(
        "POST",
        f"{API}/levels",
        ChangeLevel,
        "Changer de niveau de sa propre décision",
        THEME,
        answer=Decided,
    ),
    ask(f"{API}/plan", AskPlan, "Ce qu'un changement de niveau ouvrirait et fermerait", THEME, answer=PlanFound),
    ask(
        f"{API}/plan/adoption",
        AskAdoption,
        "Ce que reprendre une autre version du plan ouvrirait, fermerait et changerait dans une crise",
        THEME,
        answer=AdoptionFound,
    ),
    do(
        "POST",
        f"{API}/crises/{{id}}/plan",
        AdoptPlan,
        "Reprendre une autre version du plan dans une crise en cours",
        THEME,
        answer=Decided,
        id="crisis",
    ),
    ask(f"{API}/actions", ListActions, "Tableau des actions", BOARD),
    do("POST", f"{API}/actions/{{id}}/take", TakeAction, "Prendre une action en charge", BOARD, id="run"),
    do("POST", f"{API}/actions/{{id}}/done", FinishAction, "Dire qu'une action est faite", BOARD, id="run"),
    do("POST", f"{API}/actions/{{id}}/skip", SkipAction, "Laisser une action de côté, avec un motif", BOARD, id="run"),
    do(
        "POST",
        f"{API}/actions/{{id}}/adopt",
        AdoptIdea,
        "Dire ce qu'une structure fait d'une idée",
        BOARD,
        id="run",
    ),
)
