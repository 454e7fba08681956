"""A newer plan taken in a running crisis, as the journal says it."""

from datetime import UTC, datetime

from contracts.actions import ActionRevised
from contracts.adoptions import PlanApplied
from contracts.base import TextRef
from contracts.levels import PlanAdopted
from services.logbook.sentences import TELLINGS, Words

AT = datetime(2026, 6, 30, 8, 5, tzinfo=UTC)


def said(fact, territories):
    return TELLINGS[fact.type_name()].sentence(fact, Words({"r1": "relu"}, "coord-a", territories["nord-essonne"]))


def test_who_took_it_what_it_did_and_each_step_said_otherwise(territories):
    adopted = PlanAdopted(
        crisis="c1", version=2, playbook="canicule", level=1, from_sha256="1" * 64, plan_sha256="2" * 64,
        from_version=1, plan_version=2, decided_by="referent", reason=TextRef(id="r1", sha256="0"), adopted_at=AT,
    )  # fmt: skip
    assert said(adopted, territories).startswith(
        "La crise canicule, niveau 1, reprend le plan version 2 à la place de la version 1, décidé par referent, "
        "saisi par coord-a : relu."
    )
    applied = PlanApplied(
        crisis="c1", version=2, playbook="canicule", plan_version=2, from_version=1, level=1, opened=2, closed=1,
        changed=3, kept=28,
    )  # fmt: skip
    assert said(applied, territories) == (
        "Plan canicule, version 2 suivi à la place de la version 1 : "
        "2 actions ouvertes, 1 fermée, 3 changées, 28 inchangées."
    )
    revised = ActionRevised(
        run="u", version=2, action="CAN-1", crises=("c1",), playbook="canicule", level=1, title="Diffuser",
        side="cpts", modality="firm", owner="referent", changes=("where", "due"), plan_version=2,
    )  # fmt: skip
    assert said(revised, territories) == (
        "Action CAN-1 changée par le plan version 2 : Diffuser (change : place, échéance)."
    )
