"""The crisis cell: hears crises, people and duty; says who sits, contacts, needs, judgements; owns ``cell_*``."""

from services.cell.answers import SERVICE

__all__ = ["SERVICE"]
