"""What the field gave and what was asked of it: reports, visits, places, needs, certificates. Pure."""

from __future__ import annotations

from datetime import date
from statistics import median

from contracts.directory import Closure, Reporting
from contracts.reviews import ReviewIndicator, UnmetNeed
from services.platform import french
from services.platform.calendar import is_due
from services.reviews.case import Case, Thing
from services.reviews.measure import SHARED, measured, nothing, unknown
from services.reviews.words import length, spread


def due_on(case: Case, day: date) -> set[str]:
    """Structures whose cadence asks for a report on this day."""
    return {
        thing.entity
        for thing in case.all("structure")
        if is_due(
            Reporting.model_validate(thing.data.get("reporting", {})),
            [Closure.model_validate(closure) for closure in thing.data.get("closures", ())],
            day,
        )
    }


def reported_on(case: Case, day: date) -> set[str]:
    """Structures that reported something for this day, due or not."""
    count = case.days.get(day)
    return set(count.data.get("reporters", ())) if count else set()


def coverage(case: Case) -> ReviewIndicator:
    """Reports received out of those due, over the days of the crisis."""
    key, label = "remontees", "Remontées reçues"
    due = reported = 0
    for day in case.every_day()[:-1] or [case.first]:
        expected = due_on(case, day)
        due += len(expected)
        reported += len(expected & reported_on(case, day))
    if not due:
        return nothing(key, label, "Aucune structure ne devait de remontée ces jours-là.")
    value = f"{reported} sur {due} attendues ({french.percent(reported, due)})"
    note = "Chaque structure compte selon son rythme, fermetures exclues ; le jour de la clôture n’est plus attendu."
    return measured(key, label, value, round(100 * reported / due, 1), note, unit="%")


def _counted(case: Case, name: str) -> tuple[int | None, str]:
    counts = [case.days[day] for day in case.every_day() if day in case.days]
    held = [count for count in counts if name in count.data]
    shared = f" {SHARED}" if any(count.shared for count in held) else ""
    return (sum(int(count.data[name]) for count in held) if held else None), shared


def visits(case: Case) -> ReviewIndicator:
    """Home visits reported for the days of the crisis."""
    key, label = "visites", "Visites à domicile"
    total, shared = _counted(case, "visits")
    if total is None:
        return unknown(key, label, "Aucune structure n’a remonté de visites pour ces jours.")
    note = f"Somme des remontées, corrections comprises, tous métiers.{shared}"
    return measured(key, label, french.count(total, "visite"), total, note)


def tensions(case: Case) -> ReviewIndicator:
    """Tensions seen in practices."""
    key, label = "tensions", "Tensions signalées"
    total, shared = _counted(case, "tensions")
    if total is None:
        return unknown(key, label, "Aucun cabinet n’a signalé de tension ; cela ne dit pas qu’il n’y en eut pas.")
    return measured(key, label, french.count(total, "tension"), total, f"Signalements des cabinets.{shared}")


def free_of(thing: Thing) -> int:
    """Places nobody took and nobody withdrew."""
    return max(0, int(thing.data.get("places", 0)) - int(thing.data.get("booked", 0)))


def places(case: Case) -> ReviewIndicator:
    """Places offered for the days of the crisis, taken, left."""
    key, label = "places", "Places de crise"
    slots = case.all("slot")
    if not slots:
        return nothing(key, label, "Aucune place n’a été offerte pour ces jours.")
    offered = sum(max(int(thing.data.get("offered", 0)), int(thing.data.get("places", 0))) for thing in slots)
    booked = sum(int(thing.data.get("booked", 0)) for thing in slots)
    free = sum(free_of(thing) for thing in slots if thing.data.get("state") != "retire")
    value = f"{french.count(offered, 'offerte')}, {french.count(booked, 'prise')}, {french.count(free, 'inutilisée')}"
    withdrawn = max(0, offered - booked - free)
    note = f"Places des jours de la crise ; {french.count(withdrawn, 'retirée')} avant d’être prises."
    return measured(key, label, value, offered, note, of=slots)


def unmet(case: Case) -> tuple[UnmetNeed, ...]:
    """What was asked and not found, the most missing first."""
    rows = [_unmet(thing) for thing in case.all("need") if thing.data.get("status") != "met"]
    return tuple(sorted((row for row in rows if row.missing > 0), key=lambda row: (-row.missing, row.asked_at)))


def _unmet(thing: Thing) -> UnmetNeed:
    asked, available = int(thing.data["asked"]), int(thing.data["available"])
    return UnmetNeed(
        need=thing.entity, kind=thing.data["kind"], unit=thing.data["unit"], asked=asked, available=available,
        missing=max(0, asked - available), asked_by=thing.data.get("asked_by", ""),
        asked_at=thing.moment("asked_at") or thing.at, status=thing.data["status"], text=thing.data.get("what", ""),
    )  # fmt: skip


def needs(case: Case) -> ReviewIndicator:
    """Needs stated, met, short."""
    key, label = "besoins", "Besoins face aux moyens"
    stated = case.all("need")
    if not stated:
        return unknown(key, label, "Aucun besoin n’a été noté pendant la crise.")
    short = unmet(case)
    value = f"{len(stated) - len(short)} couverts sur {len(stated)}"
    worst = f" Le plus court : il a manqué {short[0].missing} {short[0].unit}." if short else ""
    return measured(key, label, value, len(short), f"Un besoin est couvert quand les moyens trouvés l’égalent.{worst}")


def certificates(case: Case) -> ReviewIndicator:
    """Death certificates: how long from the request to the signature."""
    key, label = "certificats", "Certificats de décès à domicile"
    requests = case.all("certificate")
    if not requests:
        return nothing(key, label, "Aucun certificat n’a été demandé ces jours-là.")
    minutes = [int(thing.data["minutes"]) for thing in requests if "minutes" in thing.data]
    escalated = sum(1 for thing in requests if thing.data.get("escalated_at"))
    nurses = sum(1 for thing in requests if thing.data.get("profession") in ("infirmier", "idel"))
    unsigned = len(requests) - len(minutes)
    note = (
        f"{french.count(len(requests), 'demandé')}, {french.count(len(minutes), 'signé')} dont {nurses} par un "
        f"infirmier, {french.count(escalated, 'escaladé')} à l’astreinte, {unsigned} sans signature."
    )
    if not minutes:
        return measured(key, label, "aucun signé", 0, note, of=requests)
    value = spread(minutes) if len(minutes) > 1 else length(minutes[0])
    return measured(key, label, value, median(minutes), note, unit="minutes", of=requests)
