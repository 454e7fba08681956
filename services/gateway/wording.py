"""Faults of a body or of parameters, in French: the field, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

DATE_REMEDY = "donnez une date et une heure avec leur décalage, par exemple 2026-06-29T16:00:00+02:00"
DAY_REMEDY = "donnez un jour, par exemple 2026-06-29"

#: Pydantic's error type -> (what is wrong, what to do); braces are filled from the error's context.
SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("champ obligatoire absent", "ajoutez ce champ"),
    "extra_forbidden": ("champ inconnu", "retirez-le ou vérifiez son nom dans /docs"),
    "string_type": ("texte attendu", "mettez la valeur entre guillemets"),
    "string_too_short": ("texte trop court", "écrivez au moins {min_length} caractère(s)"),
    "string_too_long": ("texte trop long", "tenez en {max_length} caractères"),
    "string_pattern_mismatch": ("forme non valable", "suivez le motif {pattern}"),
    "string_unicode": ("texte mal encodé", "envoyez le texte en UTF-8"),
    "int_type": ("nombre entier attendu", "donnez un nombre entier, sans guillemets"),
    "int_parsing": ("nombre entier attendu", "donnez un nombre entier"),
    "int_parsing_size": ("nombre démesuré", "donnez un nombre plus petit"),
    "int_from_float": ("nombre entier attendu", "donnez un nombre sans décimales"),
    "greater_than_equal": ("nombre trop petit", "donnez au moins {ge}"),
    "greater_than": ("nombre trop petit", "donnez plus que {gt}"),
    "less_than_equal": ("nombre trop grand", "donnez au plus {le}"),
    "less_than": ("nombre trop grand", "donnez moins que {lt}"),
    "bool_type": ("oui ou non attendu", "donnez true ou false"),
    "bool_parsing": ("oui ou non attendu", "donnez true ou false"),
    "literal_error": ("valeur inconnue", "choisissez parmi {expected}"),
    "enum": ("valeur inconnue", "choisissez parmi {expected}"),
    "too_long": ("trop d'éléments", "donnez-en {max_length} au plus"),
    "too_short": ("pas assez d'éléments", "donnez-en {min_length} au moins"),
    "tuple_type": ("liste attendue", "donnez une liste JSON, entre crochets"),
    "list_type": ("liste attendue", "donnez une liste JSON, entre crochets"),
    "model_type": ("objet attendu", "donnez un objet JSON, entre accolades"),
    "model_attributes_type": ("objet attendu", "donnez un objet JSON, entre accolades"),
    "dict_type": ("objet attendu", "donnez un objet JSON, entre accolades"),
    "json_invalid": ("JSON illisible (tronqué, mal encodé ou mal formé)", "vérifiez les guillemets et les virgules"),
    "timezone_aware": ("date sans décalage horaire", DATE_REMEDY),
}
UNKNOWN = ("valeur non valable", "corrigez-la ; la forme attendue est dans /docs")


def faults(error: ValidationError, names: Mapping[str, str]) -> list[dict[str, str]]:
    """At most twenty faults, each with ``field`` (as the caller knows it), ``message`` and ``remedy``."""
    found = error.errors(include_url=False, include_input=False)[:20]
    return [
        _fault(str(item["type"]), [names.get(str(part), part) for part in item["loc"]], item.get("ctx") or {})
        for item in found
    ]


def _fault(kind: str, loc: Iterable[int | str], context: dict[str, Any]) -> dict[str, str]:
    message, remedy = _sentence(kind)
    words = {name: str(value).replace(" or ", " ou ") for name, value in context.items()}
    field = ".".join(str(part) for part in loc)[:200]
    return {"field": field or "corps", "message": message, "remedy": remedy.format_map(words)}


def _sentence(kind: str) -> tuple[str, str]:
    if kind in SENTENCES:
        return SENTENCES[kind]
    if kind.startswith(("datetime", "timezone")):
        return "date et heure non valables", DATE_REMEDY
    if kind.startswith("date"):
        return "jour non valable", DAY_REMEDY
    return UNKNOWN


def summary(found: list[dict[str, str]]) -> str:
    """The first fault as a sentence, and how many follow."""
    first = found[0]
    more = f" (et {len(found) - 1} autre(s) champ(s))" if len(found) > 1 else ""
    return f"« {first['field']} » : {first['message']} ; {first['remedy']}{more}."
