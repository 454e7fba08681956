"""What is kept ready: records, the calendar of exercises, yearly duties."""

from __future__ import annotations

from contracts.readiness import CheckRecord, KeepGovernance, KeepPremises, KeepStock, NoteTraining, RemoveRecord
from contracts.yearly import AskReadiness, CancelExercise, HoldExercise, NoteDuty, PlanExercise, ReadinessFound
from services.gateway.operations import API, ask, do

THEME = "Préparation"
READY = f"{API}/readiness"

OPERATIONS = (
    ask(READY, AskReadiness, "Ce qui est tenu prêt et les obligations de l'année", THEME, answer=ReadinessFound),
    do("POST", f"{READY}/governance", KeepGovernance, "Noter une fonction, un accord", THEME, created=True),
    do("POST", f"{READY}/stock", KeepStock, "Noter une ligne de stock", THEME, created=True),
    do("POST", f"{READY}/premises", KeepPremises, "Noter un local mobilisable", THEME, created=True),
    do("POST", f"{READY}/trainings", NoteTraining, "Noter une formation", THEME, created=True),
    do("POST", f"{READY}/records/{{id}}/check", CheckRecord, "Dire qu'une ligne a été vérifiée", THEME, id="record"),
    do("POST", f"{READY}/records/{{id}}/remove", RemoveRecord, "Retirer une ligne", THEME, id="record"),
    do("POST", f"{READY}/exercises", PlanExercise, "Prévoir un exercice", THEME, created=True),
    do("POST", f"{READY}/exercises/{{id}}/held", HoldExercise, "Noter un exercice tenu", THEME, id="exercise"),
    do("POST", f"{READY}/exercises/{{id}}/cancel", CancelExercise, "Annuler un exercice", THEME, id="exercise"),
    do("POST", f"{READY}/duties", NoteDuty, "Noter une obligation annuelle tenue", THEME, created=True),
)
