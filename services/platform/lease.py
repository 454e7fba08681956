"""The lease: one instance of a service at a time pulls, relays and ticks; every writer locks its row first."""

from __future__ import annotations

import time
import uuid

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from services.platform.database import Database
from services.platform.errors import LeaseLost
from services.platform.tables import LEASE, LeaseRow

#: Seconds a holder may stay silent before another instance takes over; renewed three times in that span.
TERM = 6.0
RENEW_EVERY = 2.0
_LOCK = select(LEASE.c.holder, LEASE.c.epoch).where(LEASE.c.id == 1).with_for_update()


class Lease:
    """What this instance knows of the lease. ``epoch`` is 0 while it does not hold it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.holder = uuid.uuid4().hex
        self.epoch = 0

    @property
    def held(self) -> bool:
        """Whether this instance believes it holds the lease; each write checks again."""
        return self.epoch > 0

    async def keep(self) -> bool:
        """Take the lease if it is free or over, renew it if it is ours. True when it was just gained."""
        before = self.epoch
        self.epoch = await self._database.write(self._take_or_renew)
        return self.epoch > 0 and self.epoch != before

    async def release(self) -> None:
        """Let the next instance take over at once."""
        if self.held:
            await self._database.write(self._give_up)
            self.epoch = 0

    def lock(self, session: Session, *, must_hold: bool) -> None:
        """Lock the row for this transaction; with ``must_hold``, refuse if another instance took over."""
        row = session.execute(_LOCK).first()
        if must_hold and (row is None or row.holder != self.holder or row.epoch != self.epoch or not self.held):
            self.epoch = 0
            raise LeaseLost(f"{self._database.service}: held by {row.holder if row else 'nobody'}")

    def _take_or_renew(self, session: Session) -> int:
        row = _locked(session)
        now = _database_time(session)
        if row is None:
            row = LeaseRow(id=1)
            session.add(row)
        if row.holder != self.holder:
            # The data directory's lock already keeps a second process away from a SQLite file.
            if self._database.postgres and row.expires_at > now:
                return 0
            row.holder, row.epoch = self.holder, row.epoch + 1
        row.expires_at = now + TERM
        return row.epoch

    def _give_up(self, session: Session) -> None:
        row = _locked(session)
        if row is not None and row.holder == self.holder:
            row.expires_at = 0.0
            row.holder = ""


def _locked(session: Session) -> LeaseRow | None:
    return session.execute(select(LeaseRow).where(col(LeaseRow.id) == 1).with_for_update()).scalar_one_or_none()


def _database_time(session: Session) -> float:
    """The database's own clock where several machines meet, this machine's otherwise."""
    if session.get_bind().dialect.name == "postgresql":
        return float(session.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
    return time.time()
