"""``tocsin adopt``: a newer version of a plan in a running crisis, shown, then taken."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from contracts.adoptions import AskAdoption
from contracts.levels import AdoptPlan, AskSituation
from contracts.plans import ListPlans
from services.cli.common import JsonOption, TerritoryOption, send, show_json, show_table
from services.cli.crisis import show_steps
from services.platform.errors import BadSettings


def adopt(
    playbook: Annotated[str, typer.Argument(help="Plan de la crise en cours.")] = "canicule",
    *,
    since: Annotated[int | None, typer.Option("--from", help="Version suivie, telle que vous la voyez.")] = None,
    to: Annotated[int | None, typer.Option(help="Version à reprendre ; la plus récente sans cela.")] = None,
    reason: Annotated[str | None, typer.Option(help="Motif, une phrase ; sans lui, rien ne change.")] = None,
    decided_by: Annotated[str | None, typer.Option(help="Personne qui décide.")] = None,
    territory: TerritoryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Montre ce que reprendre une autre version du plan changerait ; avec --from et --reason, la reprend."""
    if (reason is None) != (since is None):
        raise BadSettings("Pour reprendre une version, donnez --from et --reason ensemble ; sans eux, rien ne change.")
    crisis = _crisis(playbook, territory)
    versions = {one["version"]: one["sha256"] for one in send(ListPlans(playbook=playbook), territory)["items"]}
    wanted = _sha(versions, max(versions) if to is None else to)
    if reason is None or since is None:
        _show(send(AskAdoption(crisis=crisis, sha256=wanted), territory), as_json=as_json)
        return
    command = AdoptPlan(
        crisis=crisis, from_sha256=_sha(versions, since), sha256=wanted, reason=reason, decided_by=decided_by
    )
    send(command, territory)
    print("Version reprise ; le journal de bord dit ce qui s'ouvre, se ferme et change.")


def _crisis(playbook: str, territory: str | None) -> str:
    """The crisis under way with this plan."""
    for crisis in send(AskSituation(), territory)["crises"]:
        if crisis["playbook"] == playbook and crisis["level"] > 0:
            return str(crisis["id"])
    raise BadSettings(f"Aucune crise n'est ouverte avec le plan « {playbook} ».")


def _sha(versions: dict[int, str], version: int) -> str:
    if version not in versions:
        raise BadSettings(f"Version {version} inconnue ; connues : {', '.join(map(str, sorted(versions)))}.")
    return versions[version]


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    print(
        f"{found['newer']['title']}, niveau {found['level']} : "
        f"version {found['newer']['version']} à la place de la version {found['older']['version']}."
    )
    show_steps(found)
    rows = [
        change | {"title": step["title"], **{part: " / ".join(change[part]) for part in ("before", "after")}}
        for step in found["changed"]
        for change in step["changes"]
    ]
    show_table("Change", rows, {"title": "Action", "name": "Quoi", "before": "Avant", "after": "Après"})
