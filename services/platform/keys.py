"""Keys of sealed data, in a store of their own: erasing a key erases what it sealed, wherever copies of it lie.

One SQLite file, ``keys.db`` in the data directory, whatever the services' database is. Its backups are
kept apart from theirs and must expire before the erasure delay of the territory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken


class KeyStore:
    """Seals and opens texts under named keys. Opened at each use: it is needed a few times a day.

    A key made in a transaction that then rolls back seals nothing; a key erased in one seals no more.
    """

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "keys.db"

    def seal(self, name: str, text: str) -> str:
        """Encrypt ``text`` under the key ``name``, made at first use."""
        return Fernet(self._key(name) or self._make(name)).encrypt(text.encode()).decode()

    def unseal(self, name: str, sealed: str) -> str | None:
        """The text, or nothing once its key is erased."""
        key = self._key(name)
        if key is None:
            return None
        try:
            return Fernet(key).decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    def erase(self, names: Iterable[str]) -> None:
        """Destroy keys: overwritten in their pages, and the write-ahead file emptied."""
        with self._open() as connection:
            connection.executemany("DELETE FROM keys WHERE name = ?", [(name,) for name in names])
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _key(self, name: str) -> bytes | None:
        with self._open() as connection:
            found = connection.execute("SELECT key FROM keys WHERE name = ?", (name,)).fetchone()
        return bytes(found[0]) if found else None

    def _make(self, name: str) -> bytes:
        key = Fernet.generate_key()
        with self._open() as connection:
            connection.execute("INSERT INTO keys (name, key) VALUES (?, ?)", (name, key))
            connection.commit()
        return key

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        with closing(sqlite3.connect(self.path, timeout=5)) as connection:
            # secure_delete holds for one connection: set at each opening, before anything is deleted.
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, key BLOB NOT NULL)")
            yield connection
