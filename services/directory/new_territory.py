"""A commented starter file for a territory of one's own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from services.platform.errors import BadSettings
from services.platform.territory import Territory, load_territory

_TEMPLATE = """\
# {name} : à compléter avant le premier démarrage.
# Une modification de ce fichier est reprise au démarrage suivant, sauf l'astreinte, qui vit ensuite dans l'annuaire.
territory: {slug}
name: {quoted}
timezone: Europe/Paris
departements: [{departements}]
# Noms des départements, tels que les messages les écrivent.
departement_names: {{}}

# Code INSEE (pas le code postal), nom, et place sur la carte en carreaux (colonne, ligne).
communes:
{communes}

# Heures locales. working_days : 0 pour lundi, 6 pour dimanche.
hours:
  draft: "08:45"
  point: "09:00"
  quiet_until: "07:00"
  working_start: "08:00"
  working_end: "19:00"
  working_days: [0, 1, 2, 3, 4, 5]

# À adapter : il n'existe pas de seuil officiel.
thresholds:
  acknowledge_minutes: 15
  second_channel_minutes: 20
  certificate_wait_minutes: 30
  lowering_tail_hours: 72
  store_address: false

# Adresses de ceux qui reçoivent les points de situation.
recipients:
  ars: []
  samu: []
  mairies: []
  cellule: []

groups:
  medecins: Médecins
  idel: Infirmières et infirmiers libéraux
  officines: Pharmaciens d'officine
  msp: Coordonnateurs des maisons de santé
  cellule: Cellule de coordination

partners:
  ars: ARS
  samu: SAMU et SAS
  mairies: Mairies et CCAS

seed:
  structures: []
  # - structure: msp-exemple          # référence courte, sans accent
  #   kind: msp
  #   name: Maison de santé d'exemple
  #   commune: "{first}"
  #   professions: [medecin, infirmier]
  #   reporting: {{indicators: [vad_medecin], weekdays: [0, 1, 2, 3, 4], holidays: false}}
  people:
    - person: coord-a
      name: À compléter
      function: Coordinatrice
      roles: [coordinator]
      groups: [cellule]
      # email: …
      # phone: "+33…"
    - person: referent
      name: À compléter
      function: Référent crise sanitaire
      roles: [referent]
      groups: [cellule]
  # Qui tient l'astreinte au premier démarrage, et qui est appelé ensuite, dans l'ordre.
  duty:
    - {{role: coordinatrice, person: coord-a, deputies: []}}
    - {{role: referent, person: referent, deputies: []}}
  # Qui tient chaque fonction de la cellule de crise : pilote, coordination, main_courante, communication,
  # mobilisation, logistique, liaison.
  cell:
    - {{function: pilote, holder: referent, deputies: []}}
    - {{function: coordination, holder: coord-a, deputies: []}}
"""


def slug_of(name: str) -> str:
    """The short name of a territory: lower case, no accent, hyphens. ``CPTS du Lac`` gives ``cpts-du-lac``."""
    name = name.replace("’", " ").replace("'", " ")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:63]


def write_territory(
    path: Path, slug: str, name: str, communes: Sequence[tuple[str, str]] = (("01001", "À remplacer"),)
) -> Territory:
    """Write a starter file at ``path`` and give it back loaded.

    ``slug`` is the short name of the territory, ``name`` what its CPTS is called; ``communes`` are (INSEE
    code, name) pairs, from which the départements follow. Raises ``BadSettings`` when the file exists
    already, or when the result would not load.
    """
    if path.exists():
        raise BadSettings(f"{path} existe déjà ; choisissez un autre nom ou effacez-le.")
    if slug != slug_of(slug):
        raise BadSettings(f"« {slug} » n'est pas un nom court ; essayez « {slug_of(slug)} ».")
    if not communes:
        raise BadSettings("Un territoire a au moins une commune : donnez son code INSEE et son nom.")
    lines = [f'  - {{code: "{code}", name: {_quote(label)}}}' for code, label in communes]
    departements = dict.fromkeys(departement_of(code) for code, _ in communes)
    text = _TEMPLATE.format(
        name=name.replace("\n", " "),
        quoted=_quote(name),
        slug=slug,
        departements=", ".join(f'"{code}"' for code in departements),
        communes="\n".join(lines),
        first=communes[0][0],
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        return load_territory(path)
    except BadSettings:
        path.unlink()
        raise


def departement_of(code: str) -> str:
    """Département of an INSEE code; overseas codes have three digits."""
    return code[:3] if code.startswith("97") else code[:2]


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
