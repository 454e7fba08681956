"""The fields of a JSON alert, and what to do about each one that is wrong, in words its sender can act on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from services.alerts.areas import DEPARTEMENTS, is_commune
from services.alerts.report import ParseError, SchemaError

MAX_AREAS = 2000
#: What Météo-France's card is about; « autre » stands for a phenomenon it may add one day.
WEATHER = (
    "vent_violent", "pluie_inondation", "orages", "crues", "neige_verglas", "canicule", "grand_froid", "avalanches",
    "vagues_submersion", "autre",
)  # fmt: skip
_REMEDIES = {
    "missing": "champ obligatoire absent ; ajoutez-le",
    "string_type": "texte attendu entre guillemets",
    "string_too_short": "texte vide ; remplissez-le ou retirez le champ",
    "string_too_long": "texte trop long ({max_length} caractères au plus)",
    "literal_error": "valeurs admises : {expected}",
    "int_type": "nombre entier attendu, sans guillemets",
    "int_from_float": "nombre entier attendu",
    "greater_than_equal": "{ge} au moins",
    "less_than_equal": "{le} au plus",
    "bool_type": "true ou false attendu",
    "too_long": "{max_length} éléments au plus",
    "model_type": "objet JSON attendu",
    "tuple_type": "liste attendue",
    "remedy": "{remedy}",
}
_DATE_REMEDY = "date et heure avec décalage attendues, par exemple 2026-06-29T16:00:00+02:00"


def _fault(remedy: str) -> PydanticCustomError:
    return PydanticCustomError("remedy", "{remedy}", {"remedy": remedy})


def _no_control(text: str) -> str:
    if any(sign not in "\n\r\t" and (ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0) for sign in text):
        raise _fault("contient des caractères de contrôle ; retirez-les")
    if not text.strip():
        raise _fault("texte vide ; remplissez-le ou retirez le champ")
    return text


def _sensible(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2100:
        raise _fault("date invraisemblable ; vérifiez l'année")
    return moment.astimezone(UTC)


Short = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_no_control)]
Headline = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_no_control)]
Medium = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_no_control)]
Long = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_no_control)]
Moment = Annotated[AwareDatetime, AfterValidator(_sensible)]


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class PlaceIn(_Block):
    """A département or a commune, one of the two."""

    departement: str | None = None
    commune: str | None = None

    @model_validator(mode="after")
    def _one_known_place(self) -> Self:
        if (self.departement is None) == (self.commune is None):
            raise _fault("indiquez soit departement, soit commune (code INSEE)")
        if self.departement is not None and self.departement not in DEPARTEMENTS:
            raise _fault("département inconnu ; attendu par exemple 91, 2A ou 974")
        if self.commune is not None and not is_commune(self.commune):
            raise _fault("code INSEE de commune attendu, par exemple 91479 (pas un code postal)")
        return self


class ReporterIn(_Block):
    """Who told what was typed."""

    name: Short | None = None
    function: Short = ""
    at: Moment
    verified: bool = False


class AlertIn(_Block):
    """The document. A typed call (``reported_by``) needs only its words; a system states everything."""

    source: Short = ""
    external_id: Short | None = None
    kind: Literal["vigilance", "orsan", "orsec", "plan_blanc", "ars", "samu", "autre"] = "autre"
    phenomenon: (
        Literal[
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
            "autre",
        ]
        | None
    ) = None
    colour: Literal["vert", "jaune", "orange", "rouge"] | None = None
    volet: Short | None = None
    grade: Literal["information", "alerte", "pre_epidemique", "epidemique", "post_epidemique"] | None = None
    areas: Annotated[tuple[PlaceIn, ...], Field(max_length=MAX_AREAS)] = ()
    headline: Headline | None = None
    description: Long | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    issued_at: Moment | None = None
    status: Literal["actual", "exercise", "test"] = "actual"
    requests_level: Annotated[int, Field(ge=0, le=3)] | None = None
    requests: Medium | None = None
    reported_by: ReporterIn | None = None
    lifts: bool = False


def explain(error: ValidationError) -> ParseError:
    """Our error for a body that pydantic refused: unreadable, or fields to mend."""
    faults = error.errors(include_url=False, include_input=False)
    if any(fault["type"] == "json_invalid" for fault in faults):
        return ParseError("le corps n'est pas du JSON lisible en UTF-8 (tronqué, mal encodé ou mal formé)")
    return SchemaError((_place(fault["loc"]), _remedy(fault)) for fault in faults[:20])


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc)[:80] or "document"


def _remedy(fault: Any) -> str:
    context = {name: str(value).replace(" or ", " ou ") for name, value in (fault.get("ctx") or {}).items()}
    if fault["type"].startswith(("datetime", "timezone", "date_")):
        return _DATE_REMEDY
    return _REMEDIES.get(fault["type"], "valeur non valable ; corrigez-la").format_map(context)


def faults_of(document: AlertIn) -> Iterable[tuple[str, str]]:
    """What the shape alone cannot tell: a system owes more than a typed call."""
    typed = document.reported_by is not None
    for name in () if typed else ("source", "external_id", "kind", "areas", "headline", "starts_at"):
        if name not in document.model_fields_set or not getattr(document, name):
            yield name, _REMEDIES["missing"]
    if typed and not (document.headline or document.description):
        yield "headline", "écrivez ce qui a été dit, dans headline ou description"
    if document.starts_at and document.ends_at and document.ends_at <= document.starts_at:
        yield "ends_at", "la fin doit suivre le début"
    if document.kind == "vigilance":
        for name in ("phenomenon", "colour", "areas"):
            if not getattr(document, name):
                yield name, "obligatoire pour une vigilance ; ajoutez-le"
        if document.phenomenon and document.phenomenon not in WEATHER:
            yield "phenomenon", "une vigilance de Météo-France porte sur l'un de ses neuf phénomènes ; changez kind"
