"""Item 4 of the meeting: what the actions of the CPTS have become since the last point. Pure.

Counted: what was done or left aside since then, firm or possible; firm ones still open; possible ones in hand.
Ideas of the structures are never counted, and only a firm action is ever late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.digests.agenda import is_late, is_this_meeting
from services.digests.brief import Brief
from services.digests.decide import point_hour
from services.digests.essentials import words
from services.digests.known import Known
from services.digests.point import Block, person, safe
from services.platform import french

ACTION_ROWS = 7
ACTION_COLUMNS = ("État", "Action", "Porteur", "Échéance", "Où l’on en est")
OWNERS = {"coordinatrice": "coordinatrice", "referent": "référent", "cellule": "cellule"}
LATE = "**En retard**"


@dataclass(frozen=True, slots=True)
class Board:
    """Each action once, where it stands for the meeting."""

    late: list[Known]
    taken: list[Known]
    waiting: list[Known]
    done: list[Known]
    skipped: list[Known]

    @property
    def ahead(self) -> list[tuple[str, Known]]:
        """What the meeting looks at one by one: state and action, the late ones first."""
        return (
            [(LATE, row) for row in self.late]
            + [("En cours", row) for row in self.taken]
            + [("À prendre", row) for row in self.waiting]
        )

    @property
    def all(self) -> list[tuple[str, Known]]:
        """Every counted action with its state."""
        return self.ahead + [("Faite", row) for row in self.done] + [("Laissée", row) for row in self.skipped]


def board(brief: Brief) -> Board:
    """Sort the actions of the CPTS. A daily one done yesterday and open again today counts as done."""
    since = _last_point(brief)
    found = Board([], [], [], [], [])
    for row in _by_due([row for row in brief.world.all("action") if _countable(row)]):
        firm, status = row.data["modality"] == "firm", row.data["status"]
        if is_late(brief, row):
            found.late.append(row)
        elif _since(brief, row, "done_at", since):
            found.done.append(row)
        elif _since(brief, row, "skipped_at", since):
            found.skipped.append(row)
        elif row.open and status == "taken":
            found.taken.append(row)
        elif row.open and firm:
            found.waiting.append(row)
    return found


def _countable(row: Known) -> bool:
    return row.data["side"] == "cpts" and row.data["modality"] in {"firm", "possible"}


def _last_point(brief: Brief) -> datetime:
    return point_hour(brief.territory, brief.day - timedelta(days=1))


def _since(brief: Brief, row: Known, stamp: str, since: datetime) -> bool:
    return bool(row.data.get(stamp)) and brief.local(row.data[stamp]) >= since


def _by_due(rows: list[Known]) -> list[Known]:
    return sorted(rows, key=lambda row: (row.data.get("due_at") or "9", row.data["action"]))


def actions_blocks(brief: Brief) -> tuple[Block, ...]:
    """``Douze actions : 8 faites, 3 en cours, 1 en retard``, then those not done, then the done ones in a line."""
    found = board(brief)
    if not found.all:
        return (Block(kind="text", lines=("Aucune action de la CPTS depuis le dernier point.",)),)
    ahead = found.ahead
    table = Block(
        kind="table", caption="Actions, les retards d’abord", columns=ACTION_COLUMNS,
        rows=tuple(action_row(brief, state, row) for state, row in ahead[:ACTION_ROWS]),
        widths=(11, 40, 15, 14, 20), left_out=max(0, len(ahead) - ACTION_ROWS),
    )  # fmt: skip
    opening = Block(kind="text", lines=(_count(found),))
    return tuple(block for block in (opening, table if ahead else None, _finished(found)) if block)


def _count(found: Board) -> str:
    total = len(found.all)
    parts = [french.count(len(found.done), "faite")]
    parts += [f"{len(found.taken)} en cours"] if found.taken else []
    parts += [f"{len(found.waiting)} à prendre"] if found.waiting else []
    parts += [french.count(len(found.skipped), "laissée")] if found.skipped else []
    parts += [f"**{len(found.late)} en retard**" if found.late else "aucune en retard"]
    return f"{french.capital(words(total))} {french.plural(total, 'action')} : {', '.join(parts)}."


def action_row(brief: Brief, state: str, row: Known) -> tuple[str, ...]:
    """State, action, who has it, deadline, where it stands."""
    data, due = row.data, row.data.get("due_at")
    # A repeated action comes back open: who did it yesterday does not have it in hand today.
    by = data.get("by") if data["status"] != "open" else None
    held = brief.holder(data["owner"])
    bearer = person(by or held) if by or held else OWNERS.get(data["owner"], data["owner"])
    served = brief.served(row)
    title = f"{safe(data['title'])} *({served})*" if served else safe(data["title"])
    return (state, title, bearer, french.when(brief.local(due)) if due else "—",
            _where(brief, state, row) or "—")  # fmt: skip


def _where(brief: Brief, state: str, row: Known) -> str:
    data, parts = row.data, []
    if state == "Faite":
        return f"faite {french.when(brief.local(data['done_at']))}"
    if row.open and is_this_meeting(brief, row):
        return "c’est cette réunion"
    if row.open and data["status"] == "taken":
        parts.append(f"prise {french.when(brief.local(data['taken_at']))}")
    if state == LATE:
        parts.append(f"retard {french.wait(brief.minutes_since(data['due_at']))}")
    return ", ".join(parts)


def _finished(found: Board) -> Block | None:
    names = [safe(row.data["title"]) for row in found.done]
    shown = french.clip(" ; ".join(name[:1].lower() + name[1:] for name in names[:6]), 420)
    rest = f" … et {french.count(len(names) - 6, 'autre')} en annexe" if len(names) > 6 else ""
    lines = [f"**Faites :** {shown}{rest}."] if names else []
    if found.skipped:
        lines.append(f"{french.count(len(found.skipped), 'action laissée', 'actions laissées')}, motif au journal.")
    return Block(kind="text", lines=tuple(lines)) if lines else None
