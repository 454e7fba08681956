"""Settings: the environment, read once at the composition root and handed down."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything an operator may set, each with its ``TOCSIN_`` variable."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_", extra="ignore", frozen=True)

    http_host: str = Field(default="127.0.0.1", description="Adresse d'écoute HTTP")
    http_port: int = Field(default=8000, description="Port HTTP")
    public_url: str = Field(default="", description="Adresse publique, pour les liens des messages")
    root_path: str = Field(
        default="",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        description="Préfixe de chemin derrière un mandataire ; vide : à la racine",
    )
    data_dir: Path = Field(default=Path("data"), description="Dossier des données")
    nats_url: str = Field(
        default="", description="Serveurs NATS, séparés par des virgules ; vide : le serveur embarqué"
    )
    nats_port: int = Field(default=0, description="Port du serveur NATS embarqué ; 0 : un port libre")
    nats_replicas: int = Field(default=1, description="Copies du flux dans une grappe")
    database_url: str = Field(
        default="", description="PostgreSQL (postgresql://…) ; vide : SQLite, un fichier par service"
    )
    database_schema: str = Field(
        default="", description="Préfixe des schémas PostgreSQL, pour plusieurs postes sur un serveur"
    )
    territory: str = Field(default="nord-essonne", description="Territoires tenus, séparés par des virgules")
    playbooks_dir: Path | None = Field(default=None, description="Dossier des plans ; vide : ceux du projet")
    bus_secret: str = Field(default="", description="Secret interne du bus ; vide : tiré au premier démarrage")
    mail_url: str = Field(
        default="", description="Serveur de courriel, forme Apprise (mailtos://…) ; vide : rien ne part"
    )
    sms_url: str = Field(default="", description="Passerelle SMS, forme Apprise ; vide : aucun SMS")
    vigilance_url: str = Field(default="", description="Carte de vigilance Météo-France à lire ; vide : non lue")
    vigilance_key: str = Field(default="", description="Clé de l'interface de Météo-France")
    vigilance_file: Path | None = Field(default=None, description="Carte lue dans un fichier local")
    log_level: str = Field(default="INFO", description="Niveau du journal technique")
    log_json: bool = Field(default=False, description="Journal technique en JSON")

    @cached_property
    def territory_names(self) -> tuple[str, ...]:
        """Names asked for, without their exercise twins."""
        return tuple(name.strip() for name in self.territory.split(",") if name.strip())

    @property
    def nats_servers(self) -> list[str]:
        """Every server of the cluster: each address carries its user, so none is learnt from another."""
        return [server.strip() for server in self.nats_url.split(",") if server.strip()]

    @property
    def base_url(self) -> str:
        """Address put in links."""
        return self.public_url or f"http://{self.http_host}:{self.http_port}"
