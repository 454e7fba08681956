"""Hears every fact; says EntryWritten, EntryCorrected, TextRedacted; owns the chain of the journal de bord."""

from services.logbook.handlers import SERVICE

__all__ = ["SERVICE"]
