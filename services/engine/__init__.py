"""The engine: unrolls the plan.

Hears CrisisOpened, LevelChanged, PlanAdopted, CrisisClosed and the clock. Says ActionOpened, ActionTaken,
ActionDone, ActionSkipped, ActionClosed, ActionLate, ActionRepeated, ActionShared, ActionRevised, IdeaAdopted,
PlanApplied. Owns action runs, ideas
adopted, and every content of a plan ever loaded, by its SHA-256.
"""

from services.engine.handlers import SERVICE

__all__ = ["SERVICE"]
