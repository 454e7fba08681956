"""Governance and triggers, the cell, an extract of the directory, means of alert and communication. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from contracts.readiness import GovernanceItem, GovernanceKind
from services.platform import french
from services.readiness.known import NOT_GIVEN, Known, day, profession
from services.readiness.paper import Block, Section, grid, lines, words

KINDS = {
    GovernanceKind.REFERENT: "Référent crise",
    GovernanceKind.PRESIDENT: "Président",
    GovernanceKind.SUPPLEANT: "Suppléant",
    GovernanceKind.COPIL: "COPIL",
    GovernanceKind.ACTIVATION: "Activation",
    GovernanceKind.DELEGATION: "Délégation",
    GovernanceKind.CONVENTION: "Convention",
    GovernanceKind.AUTRE: "Autre",
}
DUTIES = {"coordinatrice": "Coordination", "referent": "Référent crise sanitaire"}
#: Kinds a person holds; the others may name nobody.
HELD = (GovernanceKind.REFERENT, GovernanceKind.PRESIDENT, GovernanceKind.SUPPLEANT, GovernanceKind.COPIL)


def sections(known: Known) -> tuple[Section, ...]:
    """How the CPTS is organised."""
    return (_governance(known), _cell(known), _directory(known), _communication(known))


def _governance(known: Known) -> Section:
    blocks: list[Block] = [
        words("Les autorités qualifient une situation de crise. La CPTS s’adapte, relaie et coordonne, dans la limite "
              "de ses moyens. Elle n’active ni ORSAN, ni plan blanc : son niveau, de 0 à 3, est la décision d’une "
              "personne, écrite avec sa raison."),
    ]  # fmt: skip
    rows = [(KINDS.get(one.kind, "Autre"), _function(one), _holder(known, one), _term(one))
            for one in sorted(known.ready.governance, key=lambda one: list(KINDS).index(one.kind))]  # fmt: skip
    if rows:
        blocks.append(grid(("Rôle", "Fonction ou accord", "Tenu par", "Du, au"), rows, (1.2, 3, 2.4, 1.5)))
    else:
        blocks.append(words(f"Gouvernance : {NOT_GIVEN}."))
    blocks += [
        words("Qui décide de chaque niveau, et sur quels faits : voyez chaque plan, plus loin. La levée se propose "
              "quand ce qui a déclenché ne tient plus ; le niveau 0 clôt la crise et ouvre le retour d’expérience."),
    ]  # fmt: skip
    return Section(title="Gouvernance et déclencheurs", blocks=tuple(blocks), new_page=True)


def _function(one: GovernanceItem) -> str:
    return f"{one.function}. {one.note}" if one.note else one.function


def _holder(known: Known, one: GovernanceItem) -> str:
    if one.person or one.kind in HELD:
        return known.who(one.person)
    return ""


def _term(one: GovernanceItem) -> str:
    said = ", ".join(part for part in (day(one.signed_on), day(one.valid_until)) if part)
    return f"{said} (échu)" if one.expired else said


def _cell(known: Known) -> Section:
    blocks: list[Block] = [
        words("La cellule est convoquée par le référent ou la coordination. Chaque fonction a un titulaire et, pour la "
              "relève, des suppléants. La main courante est le journal de bord."),
    ]  # fmt: skip
    if known.cell is None or not known.cell.functions:
        blocks.append(words(f"Fonctions de la cellule : {NOT_GIVEN}."))
    else:
        rows = [
            (french.capital(one.label), known.who(one.holder),
             french.join(known.who(ref) for ref in one.deputies) if one.deputies else NOT_GIVEN)
            for one in known.cell.functions
        ]  # fmt: skip
        blocks.append(grid(("Fonction", "Titulaire", "Suppléants"), rows, (1.6, 2.4, 2.4)))
    return Section(title="Cellule de crise", blocks=tuple(blocks))


def _directory(known: Known) -> Section:
    people = known.professionals
    blocks: list[Block] = [
        words("Sont comptés les professionnels volontaires inscrits à l’annuaire du poste. Leurs noms et leurs numéros "
              "n’en sortent pas ; en crise, l’astreinte les joint par leur groupe."),
    ]  # fmt: skip
    if not people:
        blocks.append(words(f"Professionnels volontaires : {NOT_GIVEN}."))
        return Section(title="Annuaire", blocks=tuple(blocks))
    kinds = [kind for kind, _ in Counter(str(one["profession"]) for one in people).most_common()]
    heads = ("Commune servie", *(french.capital(profession(kind)) for kind in kinds), "Certificats de décès")
    rows = [_commune(known, place.code, place.name, kinds) for place in known.territory.communes]
    total = ["Personnes inscrites", *(str(sum(one["profession"] == kind for one in people)) for kind in kinds),
             str(sum(bool(one.get("certifies")) for one in people))]  # fmt: skip
    blocks += [
        grid(heads, [total, *rows], (2.2, *(1.3 for _ in heads[1:]))),
        words("Une personne qui sert plusieurs communes y est comptée à chaque fois : seule la première ligne compte "
              "des personnes.", "note"),
        words(_tests(known)),
    ]  # fmt: skip
    return Section(title="Annuaire", blocks=tuple(blocks))


def _commune(known: Known, code: str, name: str, kinds: list[str]) -> list[str]:
    here = [one for one in known.professionals if code in one.get("communes", ())]
    counts = (sum(one["profession"] == kind for one in here) for kind in kinds)
    return [name, *(str(value) if value else "" for value in counts),
            str(sum(bool(one.get("certifies")) for one in here) or "")]  # fmt: skip


def _tests(known: Known) -> str:
    last = next((state.last_on for state in known.ready.duties if state.duty == "annuaire"), None)
    tested = f"Dernier test de l’annuaire : le {day(last)}." if last else "Aucun test de l’annuaire n’est noté."
    old = len(known.unverified())
    return f"{tested} {french.count(old, 'fiche')} sans vérification depuis six mois, sur {len(known.people)}."


def _communication(known: Known) -> Section:
    counts = Counter(group for one in known.people for group in one.get("groups", ()))
    groups = [(label, french.count(counts[key], "personne")) for key, label in known.territory.groups.items()]
    blocks: list[Block] = [
        words("Astreinte", "lead"), grid(("Astreinte", "Tenue par", "Suppléants"), _duty(known), (1.6, 2.4, 2.4)),
        words("Groupes joints d’un geste", "lead"), grid(("Groupe", "Inscrits"), groups, (3, 1)),
        words("Canaux et règles", "lead"), lines(_rules(known)),
    ]  # fmt: skip
    return Section(title="Alerte et communication", blocks=tuple(blocks))


def _duty(known: Known) -> Iterator[tuple[str, str, str]]:
    if not known.duty:
        yield ("Astreintes", NOT_GIVEN, "")
    for held in known.duty:
        deputies = french.join(known.who(ref) for ref in held.deputies) or NOT_GIVEN
        yield (DUTIES.get(held.role, held.role), known.who(held.person), deputies)


def _rules(known: Known) -> list[str]:
    limits = known.territory.thresholds
    quiet = french.clock_time(known.territory.hours.quiet_until)
    partners = french.join(known.territory.partners.values())
    return [
        f"Une alerte, une proposition de niveau ou un certificat part par SMS et par courriel à l’astreinte ; sans "
        f"accusé de lecture en {limits.acknowledge_minutes} min, elle passe au suppléant.",
        f"Avant {quiet}, seuls une vigilance rouge, une demande d’autorité ou un certificat réveillent quelqu’un.",
        "Aux professionnels : un message par groupe, et un lien personnel pour proposer une place ou répondre.",
        "Au public : un message unique, celui des autorités, validé par le référent avant d’être relayé.",
        f"Point de situation chaque jour de crise à {french.clock_time(known.territory.hours.point)}, envoyé à l’ARS, "
        "au SAMU et aux mairies une fois validé.",
        f"Partenaires tenus au poste : {partners or NOT_GIVEN}.",
    ]
