"""Hears: its own commands. Says: who is enrolled, who is on duty. Owns: people, structures, duty, tokens."""

from services.directory.handlers import SERVICE

__all__ = ["SERVICE"]
