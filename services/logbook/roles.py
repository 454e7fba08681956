"""Who writes in the journal, who reads it."""

from contracts.base import Role

KEEPERS = (Role.COORDINATOR, Role.REFERENT)
#: Not the ARS nor the SAMU: the journal names structures, and they receive totals by commune.
READERS = (*KEEPERS, Role.READER)
DUTY = ("coordinatrice", "referent")
