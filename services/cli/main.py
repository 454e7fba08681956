"""Entry point: settings from the environment, errors told in French, exit code 1 when a command fails."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from contracts.base import Role
from contracts.directory import IssueToken, ListTokens, RevokeToken, TokenIssued
from services.cli import adopting, crisis, journal, operating, plans, ways_in
from services.platform.errors import BadSettings, TocsinError
from services.platform.settings import Settings
from services.platform.telemetry import configure_logging
from services.registry import SERVICES

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tocsin, le poste de crise d'une CPTS.",
)
token_app = typer.Typer(no_args_is_help=True, help="Jetons d'accès.")
app.add_typer(token_app, name="token")
app.add_typer(journal.app, name="logbook")
app.add_typer(plans.app, name="playbook")
app.add_typer(operating.territory_app, name="territory")
for command in (
    crisis.alert,
    crisis.situation,
    crisis.plan,
    crisis.level,
    adopting.adopt,
    crisis.duty,
    crisis.digest,
    crisis.figures,
    crisis.kit,
    ways_in.link,
    ways_in.sign_in,
    operating.migrate,
    operating.backup,
    operating.restore,
    operating.doctor,
    operating.replay,
    operating.asyncapi,
):
    app.command()(command)
app.command("map")(operating.code_map)


@app.command()
def up() -> None:
    """Démarre tout le poste : NATS, services et HTTP, dans un seul processus."""
    from services.cli.serving import up as start

    start(Settings(), list(SERVICES.values()))


@app.command()
def run(
    names: Annotated[list[str], typer.Argument(help="Services à démarrer ; « gateway » ajoute HTTP.")],
) -> None:
    """Démarre une partie du poste, sur un NATS et une base communs."""
    from services.cli.serving import up as start

    unknown = [name for name in names if name not in SERVICES and name != "gateway"]
    if unknown:
        raise BadSettings(f"Service inconnu : {', '.join(unknown)}. Connus : {', '.join(SERVICES)}, gateway.")
    settings = Settings()
    if not settings.nats_url:
        raise BadSettings("Un poste réparti a besoin d'un NATS commun : réglez TOCSIN_NATS_URL.")
    start(settings, [SERVICES[name] for name in names if name != "gateway"], http="gateway" in names)


@token_app.command("create")
def token_create(
    role: Annotated[
        str | None, typer.Option(help="Fonction : ars, samu, meteo, coordinator, referent, professional, reader.")
    ] = None,
    person: Annotated[str | None, typer.Option(help="Référence d'une personne de l'annuaire.")] = None,
    territory: Annotated[str | None, typer.Option(help="Territoire, « …~exercice » compris.")] = None,
) -> None:
    """Crée un jeton et n'écrit que lui sur la sortie."""
    from services.cli.connection import with_line

    if (role is None) == (person is None):
        raise BadSettings("Donnez --role ou --person, l'un des deux.")
    if role is not None and role not in {known.value for known in Role if known not in (Role.AUTRE, Role.PLATFORM)}:
        raise BadSettings(f"Fonction inconnue : {role}.")
    command = IssueToken(role=Role(role) if role else None, person=person)
    issued = TokenIssued.model_validate(with_line(Settings(), territory, lambda line: line.send(command)))
    print(issued.token)
    if sys.stderr.isatty():  # for a person alone: a script gets the token and nothing else
        print(f"Identifiant, à garder pour le révoquer : {issued.id}", file=sys.stderr)


@app.command()
def bench(
    seconds: Annotated[float, typer.Option(help="Durée de la charge.")] = 10.0,
    connections: Annotated[int, typer.Option(help="Connexions HTTP.")] = 64,
    postgres: Annotated[str, typer.Option(help="Adresse PostgreSQL à mesurer aussi.")] = "",
    out: Annotated[Path | None, typer.Option(help="Fichier JSON où laisser les chiffres.")] = None,
    console: Annotated[bool, typer.Option("--console", help="Mesure les écrans, à côté de leurs budgets.")] = False,
) -> None:
    """Mesure ce que cette machine accepte, à côté de ses limites nues."""
    if console:
        from services.cli.bench_console import bench_console

        bench_console(out)
        return
    from services.cli.bench import bench as run_bench

    run_bench(seconds, connections, postgres, out)


@app.command()
def drill(
    scenario: Annotated[str, typer.Argument(help="Fichier, ou nom d'un scénario livré.")],
    start: Annotated[str | None, typer.Option("--from", help="Autre date de début, 2026-06-26.")] = None,
    speed: Annotated[
        float | None, typer.Option(help="Vitesse par rapport au temps réel ; sans elle, au plus vite.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Dossier où laisser journal, points et score.")] = None,
    serve: Annotated[
        int | None, typer.Option(help="Servir aussi les pages de ce poste sur ce port local ; 0 : un port libre.")
    ] = None,
    paused: Annotated[bool, typer.Option("--paused", help="Avec --serve : attendre « resume » pour jouer.")] = False,
) -> None:
    """Joue un exercice sur un poste à part, sans rien envoyer à personne."""
    if serve is not None:
        from services.cli.drill_serving import serve as serve_drill

        held = serve_drill(scenario, start, speed, out, serve, paused=paused)
    else:
        from services.cli.drilling import drill as run_drill

        held = run_drill(scenario, start, speed, out)
    if not held:
        raise typer.Exit(1)


@token_app.command("list")
def token_list(
    territory: Annotated[str | None, typer.Option(help="Territoire, « …~exercice » compris.")] = None,
) -> None:
    """Montre les jetons en service, sans leur secret."""
    from services.cli.common import send, show_table

    columns = {"id": "Jeton", "use": "Usage", "role": "Fonction", "person": "Personne", "expires_at": "Expire"}
    show_table("Jetons en service", send(ListTokens(limit=500), territory)["items"], columns)


@token_app.command("revoke")
def token_revoke(
    token: Annotated[str, typer.Argument(help="Identifiant du jeton, donné par « token list ».")],
    territory: Annotated[str | None, typer.Option(help="Territoire, « …~exercice » compris.")] = None,
) -> None:
    """Révoque un jeton ; il ne sert plus dans les cinq secondes."""
    from services.cli.common import send

    send(RevokeToken(token=token), territory)
    print("Révoqué.")


def main() -> None:
    """Run the command line."""
    configure_logging("ERROR", as_json=False)  # a command's own output stands alone on standard output
    try:
        code = app(standalone_mode=False)  # a command that ends with typer.Exit gives its code back here
    except TocsinError as error:
        print(f"tocsin : {error.message}", file=sys.stderr)
        sys.exit(1)
    except typer.Abort:
        sys.exit(130)
    except Exception as error:
        if hasattr(error, "show"):
            error.show()
            sys.exit(2)
        raise
    sys.exit(code if isinstance(code, int) else 0)
