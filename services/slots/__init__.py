"""Crisis capacity: hears offers, bookings and the end of crises; says what became of each slot; owns ``slots_*``."""

from services.slots.answers import SERVICE

__all__ = ["SERVICE"]
