"""Hears: alerts, field reports, duty. Says: proposals, crises, levels. Owns: crises, proposals, the three axes."""

from services.levels.handlers import SERVICE

__all__ = ["SERVICE"]
