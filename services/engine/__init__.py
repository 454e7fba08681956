"""The engine: unrolls the plan.

Hears CrisisOpened, LevelChanged, CrisisClosed and the clock. Says ActionOpened, ActionTaken, ActionDone,
ActionSkipped, ActionClosed, ActionLate, ActionRepeated, ActionShared, IdeaAdopted. Owns action runs, ideas
adopted, and every content of a plan ever loaded, by its SHA-256.
"""

from services.engine.handlers import SERVICE

__all__ = ["SERVICE"]
