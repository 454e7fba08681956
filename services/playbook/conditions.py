"""Conditions of a trigger: a union told apart by the key each kind alone carries."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from contracts.alerts import Phenomenon


class Block(BaseModel):
    """A piece of a plan: frozen, and a word it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


PhenomenonName = Literal[
    "vent_violent",
    "pluie_inondation",
    "orages",
    "crues",
    "neige_verglas",
    "canicule",
    "grand_froid",
    "avalanches",
    "vagues_submersion",
]
#: What a plan may be about, and an alert may name: weather, and what no weather card tells.
SubjectName = Literal[
    "vent_violent",
    "pluie_inondation",
    "orages",
    "crues",
    "neige_verglas",
    "canicule",
    "grand_froid",
    "avalanches",
    "vagues_submersion",
    "pollution",
    "epidemie_saisonniere",
    "agent_emergent",
    "afflux_de_blesses",
    "blesses_psychiques",
    "risque_nrc",
    "penurie",
    "panne",
    "cyberattaque",
]
ColourName = Literal["jaune", "orange", "rouge"]


class VigilanceAnnounced(Block):
    """Météo-France announces ``at_least`` this colour: today (``J``), or today or tomorrow (``J1``)."""

    vigilance: PhenomenonName
    at_least: ColourName
    horizon: Literal["J", "J1"] = "J1"

    @property
    def phenomenon(self) -> Phenomenon:
        """The phenomenon as alerts name it."""
        return Phenomenon(self.vigilance)


class AlertTold(Block):
    """Somebody told a fact: an alert of this kind in force, received or typed after a call.

    With ``phenomenon``, the alert names it, or names none while a crisis of this plan is open: a call
    about the crisis under way seldom repeats its name. ``grade`` narrows to one step of a procedure without
    colours (pollution, seasonal epidemic). ``toute_source`` is any kind but a vigilance.
    """

    alert: Literal["orsan", "orsec", "plan_blanc", "ars", "samu", "autre", "toute_source"]
    phenomenon: SubjectName | None = None
    grade: Literal["information", "alerte", "pre_epidemique", "epidemique", "post_epidemique"] | None = None


class IndicatorRises(Block):
    """A daily count rose by ``rises_percent`` per cent or more over the day before, on the same structures."""

    indicator: str = Field(pattern=r"^[a-z0-9_]+$")
    rises_percent: int = Field(ge=1, le=1000)


class LevelRequested(Block):
    """An authority asks for this level (``requests_level`` of its alert).

    ``autorite`` is any sender, the préfet included.
    """

    request: Literal["ars", "samu", "autorite"]
    level: int = Field(ge=1, le=3)


class AxisTriggered(Block):
    """An outside axis stands *déclenché*; ``volet`` narrows ORSAN to a component, ``phenomenon`` ORSEC to a cause."""

    axis: Literal["orsan", "orsec", "plan_blanc"]
    volet: str | None = Field(default=None, max_length=40)
    phenomenon: SubjectName | None = None


class SlotsTaken(Block):
    """At least ``slots_taken_percent`` per cent of the crisis places open today are taken."""

    slots_taken_percent: int = Field(ge=1, le=100)


class TensionsReported(Block):
    """At least ``tensions`` tensions of this kind (any kind without ``kind``) were reported on one local day."""

    tensions: int = Field(ge=1)
    kind: (
        Literal["deshydratation", "coup_de_chaleur", "acces_aux_soins", "rupture_de_continuite", "surcharge", "autre"]
        | None
    ) = None


#: The key that tells each kind of condition; the order is the one of the README.
KINDS: dict[str, type[Block]] = {
    "vigilance": VigilanceAnnounced,
    "alert": AlertTold,
    "indicator": IndicatorRises,
    "request": LevelRequested,
    "axis": AxisTriggered,
    "slots_taken_percent": SlotsTaken,
    "tensions": TensionsReported,
}


def _kind_of(value: Any) -> str | None:
    if isinstance(value, Block):
        return next((key for key, model in KINDS.items() if isinstance(value, model)), None)
    return next((key for key in KINDS if key in value), None) if isinstance(value, dict) else None


Condition = Annotated[
    Annotated[VigilanceAnnounced, Tag("vigilance")]
    | Annotated[AlertTold, Tag("alert")]
    | Annotated[IndicatorRises, Tag("indicator")]
    | Annotated[LevelRequested, Tag("request")]
    | Annotated[AxisTriggered, Tag("axis")]
    | Annotated[SlotsTaken, Tag("slots_taken_percent")]
    | Annotated[TensionsReported, Tag("tensions")],
    Discriminator(
        _kind_of,
        custom_error_type="unknown_condition",
        custom_error_message="unknown condition",
    ),
]
