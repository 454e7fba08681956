"""The JSON alert as documented. The gateway does not read alerts: their owner does, and says what is wrong."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class AlertPlace(BaseModel):
    """Un département (``91``, ``2A``, ``974``) ou une commune (code INSEE)."""

    departement: str | None = Field(default=None, examples=["91"])
    commune: str | None = Field(default=None, examples=["91479"])


class AlertReporter(BaseModel):
    """Un appel saisi : qui parle, sa fonction, à quelle heure, vérifié ou non."""

    name: str | None = None
    function: str = Field(default="", examples=["permanencière SAMU 91"])
    at: AwareDatetime
    verified: bool = False


class AlertDocument(BaseModel):
    """Une alerte. Un appel saisi (``reported_by``) peut se limiter à ses mots ; un système dit tout."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "ars-idf",
                    "external_id": "2026-0187",
                    "kind": "orsan",
                    "volet": "EPI-CLIM",
                    "areas": [{"departement": "91"}],
                    "headline": "Déclenchement du plan ORSAN EPI-CLIM",
                    "starts_at": "2026-06-30T18:00:00+02:00",
                    "status": "actual",
                }
            ]
        }
    )

    source: str = ""
    external_id: str | None = None
    kind: Literal["vigilance", "orsan", "orsec", "plan_blanc", "ars", "samu", "autre"] = "autre"
    phenomenon: str | None = Field(
        default=None,
        examples=["canicule"],
        description="ce qui arrive : un phénomène de Météo-France, ou pollution, epidemie_saisonniere, agent_emergent, "
        "afflux_de_blesses, blesses_psychiques, risque_nrc, penurie, panne, cyberattaque, autre ; "
        "une vigilance porte sur les neuf phénomènes de Météo-France",
    )
    colour: Literal["vert", "jaune", "orange", "rouge"] | None = None
    volet: str | None = Field(
        default=None,
        description="volet ORSAN (AMAVI, MEDICO-PSY, EPI-CLIM, REB, NRC) ou disposition transversale ; "
        "les mots d'avant 2024 (CLIM, BIO, EPI-VAC) sont lus",
    )
    grade: Literal["information", "alerte", "pre_epidemique", "epidemique", "post_epidemique"] | None = Field(
        default=None, description="étape d'une procédure sans couleur : pollution, épidémie saisonnière"
    )
    areas: tuple[AlertPlace, ...] = ()
    headline: str | None = None
    description: str | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    issued_at: AwareDatetime | None = None
    status: Literal["actual", "exercise", "test"] = "actual"
    requests_level: int | None = Field(default=None, ge=0, le=3)
    requests: str | None = None
    reported_by: AlertReporter | None = None
    lifts: bool = Field(default=False, description="annonce la fin d'un ORSAN, d'un ORSEC ou d'un plan blanc")
