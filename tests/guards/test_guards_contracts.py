"""Contracts only grow: a change that an older instance could not follow fails here, before it is told to anyone."""

from __future__ import annotations

import pytest

from deploy.freeze_contracts import breaches, current, frozen, modules

MODEL = {
    "properties": {"alert": {"type": "string"}, "colour": {"$ref": "#/$defs/Colour"}},
    "required": ["alert"],
    "$defs": {"Colour": {"enum": ["jaune", "orange"], "type": "string"}},
}


@pytest.mark.parametrize("module", modules())
def test_no_contract_breaks_what_was_frozen(module):
    found = sorted(set(breaches(frozen(module), current(module))))
    assert not found, "give the message another name (…V2) instead: " + "; ".join(found)


@pytest.mark.parametrize("module", modules())
def test_what_grew_is_frozen_again(module):
    assert frozen(module) == current(module), (
        f"contracts/{module}.py grew: run « python deploy/freeze_contracts.py » and commit contracts/schemas"
    )


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"properties": {"alert": {"type": "string"}}}, "the field is gone", id="removed"),
        pytest.param(
            {"properties": {**MODEL["properties"], "alert": {"type": "integer"}}}, "the type changed", id="retyped"
        ),
        pytest.param({"required": ["alert", "colour"]}, "the field became required", id="required"),
        pytest.param({"$defs": {"Colour": {"enum": ["jaune"], "type": "string"}}}, "'orange' is gone", id="value"),
    ],
)
def test_a_breach_is_named(changed, why):
    found = list(breaches({"Alert": MODEL}, {"Alert": {**MODEL, **changed}}))
    assert len(found) == 1
    assert why in found[0]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"properties": {**MODEL["properties"], "note": {"type": "string", "default": ""}}}, id="optional"),
        pytest.param({"$defs": {"Colour": {"enum": ["jaune", "orange", "rouge"], "type": "string"}}}, id="value"),
        pytest.param({"description": "other words"}, id="words"),
    ],
)
def test_growing_is_no_breach(changed):
    assert not list(breaches({"Alert": MODEL}, {"Alert": {**MODEL, **changed}, "Other": MODEL}))


def test_a_model_that_left_is_a_breach():
    assert list(breaches({"Alert": MODEL}, {})) == ["Alert: the model is gone"]
