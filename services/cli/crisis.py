"""Commands of the crisis itself: what stands, what is proposed, levels, actions of the day."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from contracts.actions import AskPlan
from contracts.alerts import AlertReceipt, ReportAlert
from contracts.axes import AxisState
from contracts.digests import AskDigest, AskFigures, AskKit, Document, DraftDigest, ListDigests
from contracts.directory import ChangeDuty, WhoIsOnDuty
from contracts.levels import AskSituation, ChangeLevel, SituationFound
from services.cli.common import JsonOption, TerritoryOption, send, show_json, show_table
from services.platform.errors import BadSettings

MEDIA_TYPES = {".xml": "application/cap+xml", ".cap": "application/cap+xml", ".json": "application/json"}


def alert(
    file: Annotated[Path, typer.Argument(help="Alerte JSON, message CAP (.xml) ou carte de vigilance.")],
    territory: TerritoryOption = None,
) -> None:
    """Dépose une alerte, comme le ferait un système extérieur."""
    if not file.is_file():
        raise BadSettings(f"{file} : fichier introuvable.")
    content = file.read_bytes()
    media_type = MEDIA_TYPES.get(file.suffix.lower(), "application/json")
    if b'"product"' in content[:2000]:
        media_type = "application/vnd.meteofrance.vigilance+json"
    command = ReportAlert(media_type=media_type, body=base64.b64encode(content).decode())
    receipt = AlertReceipt.model_validate(send(command, territory))
    words = {"new": "nouvelle", "updated": "mise à jour", "lifted": "levée", "known": "déjà connue", "test": "essai"}
    print(f"{receipt.id} : {words.get(receipt.status, 'mise en quarantaine')}. {receipt.reason or ''}".rstrip())
    if receipt.status == "quarantined":
        raise typer.Exit(1)  # kept and shown to a person, but a script must know that nothing was raised


def situation(territory: TerritoryOption = None, as_json: JsonOption = False) -> None:
    """Dit où en est le territoire : les trois axes, les crises, ce qui attend une décision."""
    answer = send(AskSituation(), territory)
    if as_json:
        show_json(answer)
        return
    found = SituationFound.model_validate(answer)
    print(f"{found.territory} · {'EXERCICE' if found.exercise else 'RÉEL'} · {found.at:%d/%m/%Y %H:%M} UTC")
    for crisis in found.crises:
        print(f"Crise {crisis.playbook} : niveau {crisis.level} de la CPTS depuis le {crisis.since:%d/%m à %H:%M} UTC.")
    if not found.crises:
        print("Aucune crise ouverte.")
    for request in found.unassigned:
        about = (
            f"pour « {request.about} », dont aucun plan ne parle" if request.about else "sans dire pour quelle crise"
        )
        print(f"{request.source} demande le niveau {request.level} {about} : choisissez le plan.")
    _show_axes(found.axes)
    columns = {"id": "Proposition", "playbook": "Plan", "level": "Niveau", "because": "Pourquoi"}
    show_table("En attente de décision", [dict(row) for row in found.proposals], columns)


def show_steps(found: dict[str, Any]) -> None:
    """What opens, stays and closes; a step that another crisis has is said with its name."""
    columns = {"action": "Action", "title": "Intitulé", "side": "Côté", "modality": "Modalité", "due_at": "Échéance"}
    for part, title in (("opens", "S'ouvre"), ("keeps", "Reste ouvert"), ("closes", "Se ferme")):
        rows = [step | {"shared_with": ", ".join(step.get("shared_with", ()))} for step in found.get(part, [])]
        shared = {"shared_with": "Partagée avec"} if any(row["shared_with"] for row in rows) else {}
        show_table(title, rows, columns | shared)


def _show_axes(axes: Iterable[AxisState]) -> None:
    """Vigilance with its colours, then the acts of authorities with who acted, from when to when."""
    weather = [axis.model_dump(mode="json") for axis in axes if axis.axis == "vigilance"]
    columns = {"label": "Vigilance", "status": "État", "today": "Aujourd'hui", "tomorrow": "Demain"}
    show_table("Vigilance Météo-France", weather, columns)
    acts = [
        {
            "label": f"ORSAN {axis.label}" if axis.axis == "orsan" and axis.label != "ORSAN" else axis.label,
            "status": axis.status,
            "authority": axis.authority,
            "from": _utc(axis.triggered_at or axis.starts_at),
            "to": _utc(axis.lifted_at or axis.ends_at),
        }
        for axis in axes
        if axis.axis != "vigilance"
    ]
    columns = {"label": "Axe", "status": "État", "authority": "Autorité", "from": "Depuis (UTC)", "to": "Jusqu'à (UTC)"}
    show_table("ORSAN, ORSEC, plans blancs", acts, columns)


def _utc(moment: datetime | None) -> str:
    return f"{moment:%d/%m %H:%M}" if moment else ""


def plan(
    level: Annotated[int, typer.Argument(help="Niveau visé, 0 à 3.")],
    playbook: Annotated[str, typer.Option(help="Plan.")] = "canicule",
    territory: TerritoryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Montre ce qu'un changement de niveau ouvrirait, garderait et fermerait, sans rien changer."""
    found = send(AskPlan(playbook=playbook, level=level), territory)
    if as_json:
        show_json(found)
        return
    show_steps(found)


def level(
    to: Annotated[int, typer.Argument(help="Niveau décidé, 0 à 3.")],
    since: Annotated[int, typer.Option("--from", help="Niveau actuel, tel que vous le voyez.")],
    reason: Annotated[str, typer.Option(help="Motif, une phrase.")],
    playbook: Annotated[str, typer.Option(help="Plan.")] = "canicule",
    decided_by: Annotated[str | None, typer.Option(help="Personne qui décide.")] = None,
    territory: TerritoryOption = None,
) -> None:
    """Change le niveau de la CPTS, avec son motif."""
    send(ChangeLevel(playbook=playbook, from_level=since, level=to, reason=reason, decided_by=decided_by), territory)
    print(f"Niveau {to} enregistré.")


def duty(
    role: Annotated[str | None, typer.Argument(help="Rôle à confier : coordinatrice, referent.")] = None,
    person: Annotated[str | None, typer.Argument(help="Personne qui prend l'astreinte.")] = None,
    territory: TerritoryOption = None,
) -> None:
    """Dit qui est d'astreinte, ou confie un rôle à quelqu'un."""
    if role and person:
        send(ChangeDuty(role=role, person=person), territory)
    rows = send(WhoIsOnDuty(), territory)["items"]
    columns = {"role": "Rôle", "person": "Personne", "name": "Nom", "phone": "Téléphone", "deputies": "Suppléants"}
    show_table("Astreinte", rows, columns)


def digest(
    day: Annotated[str | None, typer.Argument(help="Jour, 2026-07-02 ; le dernier point sans cela.")] = None,
    make: Annotated[bool, typer.Option("--make", help="Fait le point maintenant.")] = False,
    form: Annotated[str, typer.Option(help="txt, html, pdf ou json.")] = "txt",
    out: Annotated[Path | None, typer.Option(help="Fichier à écrire.")] = None,
    territory: TerritoryOption = None,
) -> None:
    """Lit ou fait un point de situation."""
    if make:
        made = send(DraftDigest(day=date.fromisoformat(day) if day else None), territory)
        chosen = str(made["id"])
    else:
        items = [item for item in send(ListDigests(limit=200), territory)["items"] if day in (None, item["day"])]
        if not items:
            raise BadSettings("Aucun point de situation pour ce jour ; ajoutez --make pour le faire.")
        chosen = str(items[0]["id"])
    _deliver(send(AskDigest(digest=chosen, form=form), territory), out)


def kit(
    out: Annotated[Path, typer.Option(help="Fichier PDF à écrire.")] = Path("kit-papier.pdf"),
    territory: TerritoryOption = None,
) -> None:
    """Imprime le kit papier du matin : situation, téléphones, demandes ouvertes, page de journal vierge."""
    _deliver(send(AskKit(), territory), out)


def figures(
    first: Annotated[str | None, typer.Option("--from", help="Premier jour.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Dernier jour.")] = None,
    by: Annotated[str, typer.Option(help="day, commune, profession, crisis, séparés par des virgules.")] = "day",
    territory: TerritoryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Donne les chiffres d'une période, avec qui a répondu sur qui devait répondre."""
    today = date.today()  # noqa: DTZ011  # the operator's own day
    question = AskFigures(
        first=date.fromisoformat(first) if first else today - timedelta(days=7),
        last=date.fromisoformat(last) if last else today,
        by=tuple(by.split(",")),
    )
    found: dict[str, Any] = send(question, territory)
    if as_json:
        show_json(found)
        return
    columns = {
        "label": "Indicateur",
        "day": "Jour",
        "commune": "Commune",
        "profession": "Profession",
        "value": "Valeur",
        "reported": "Reçus",
        "due": "Attendus",
    }
    show_table("Chiffres", found["rows"], columns)


def _deliver(answer: dict[str, Any], out: Path | None) -> None:
    document = Document.model_validate(answer)
    content = base64.b64decode(document.body)
    if out is None and document.media_type.startswith(("text/plain", "application/json")):
        print(content.decode())
        return
    path = out or Path(document.filename)
    path.write_bytes(content)
    print(f"Écrit : {path}")
