"""An edited file always gets a verdict: its problems with line and remedy, or the plan."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.playbook import reading
from services.playbook.checking import check_text
from services.playbook.loader import PACKAGED, plan_files

CANICULE = (PACKAGED / "canicule.yaml").read_text(encoding="utf-8")
LINES = CANICULE.splitlines()
HOSTILE = {
    "nothing": ("", 1),
    "a bomb of references": ("a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n", 2),
    "a tabulation": ("playbook: x\nlevels:\n\t1: y\n", 3),
    "an instrument panel": ("playbook: x\nversion: \x07\n", 2),
    "a null": ("playbook: x\n\x00", 2),
    "not UTF-8": ("playbook: x\ntitle: t\ufffd\n", 2),
    "a key that is a list": ("playbook: x\n? [a]\n: b\n", 2),
    "a key that is a mapping": ("{{a: 1}: 2}", 1),
    "a type by hand": ("playbook: x\nversion: !!bool peut-etre\n", 2),
    "a date by hand": ("playbook: !!timestamp demain\n", 1),
    "a python object": ("!!python/object:os.system {}", 1),
    "a letter past the last one": ('playbook: "\\UFFFFFFFF"\n', 1),
    "half a letter": ('playbook: x\n"\\ud800": 1\n', 1),
    "half a letter as a value": (CANICULE.replace("typology: T2", 'typology: "\\udfff"'), 6),
    "a deep nest": ("[" * 50_000, 1),
    "a deep nest of keys": ("{a: " * 20_000, 1),
    "two documents": ("a: 1\n---\nb: 2\n", 2),
    "an open quote": ('a: "b\nc: d\n', 3),
    "a number without end": (CANICULE.replace("version: 1", "version: " + "9" * 5000), 1),
    "a large number": (CANICULE.replace("version: 1", "version: " + "9" * 30), 5),
    "a length without end": (CANICULE.replace("due: P1D", "due: P" + "9" * 30 + "D", 1), 78),
    "a length too long": (CANICULE.replace("due: P1D", "due: P99999999W", 1), 78),
    "a wide placeholder": (CANICULE.replace("{colour}", "{colour:>999999999}", 1), 26),
    "a placeholder that looks inside": (CANICULE.replace("{colour}", "{colour.__class__}", 1), 26),
    "a heavy file": ("# " + "x" * 200_001, 1),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_gets_its_line_and_a_remedy(case):
    text, line = HOSTILE[case]
    began = time.process_time()
    verdict = check_text(text)
    assert time.process_time() - began < 5
    assert verdict.plan is None
    assert line in [problem.line for problem in verdict.problems], verdict.problems
    for problem in verdict.problems:
        assert problem.message
        problem.model_dump_json()


def test_a_mapping_of_many_unknown_keys_is_told_in_short():
    began = time.process_time()
    verdict = check_text("\n".join(f"cle{number}: 1" for number in range(12_000)))
    assert time.process_time() - began < 10
    assert len(verdict.problems) == 50
    assert verdict.left_out > 11_000


def test_a_problem_says_place_fault_and_remedy_apart():
    wrong = CANICULE.replace("modality: firm", "modality: ferme", 1)
    (problem,) = check_text(wrong).problems
    assert problem.line == wrong.splitlines().index("        modality: ferme") + 1
    assert problem.where == "levels › 1 › actions › n° 3 › modality"
    assert problem.message == "«\u00a0ferme\u00a0» n’est pas admis"
    assert problem.remedy.startswith("choisissez parmi")


def test_a_good_file_gives_its_plan():
    verdict = check_text("\ufeff" + CANICULE)
    assert verdict.plan is not None
    assert not verdict.problems


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
@example("%YAML 9.9\n---\na: b")
@example("? ")
@example("{")
def test_any_text_gets_a_verdict(text):
    verdict = check_text(text)
    assert verdict.plan or verdict.problems
    for problem in verdict.problems:
        assert problem.line >= 1
        problem.model_dump_json()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, len(LINES) - 1),
    st.sampled_from(["replace", "insert", "remove", "double", "indent"]),
    st.text(max_size=40),
)
def test_a_plan_with_any_line_spoilt_gets_a_verdict(place, how, words):
    lines = list(LINES[:120])  # the first level and its trigger: enough to spoil, quick to read
    place %= len(lines)
    spoilt = {
        "replace": [words],
        "insert": [lines[place], words],
        "remove": [],
        "double": [lines[place]] * 2,
        "indent": ["  " + lines[place]],
    }[how]
    lines[place : place + 1] = spoilt
    verdict = check_text("\n".join(lines))
    assert verdict.plan or verdict.problems


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_get_a_verdict(raw):
    assert check_text(raw.decode("utf-8", "replace")) is not None


@pytest.mark.parametrize("name", [path.name for path in plan_files(PACKAGED)])
def test_both_readers_of_yaml_read_a_plan_alike(name):
    text = (PACKAGED / name).read_text(encoding="utf-8")
    assert reading._read_fast(text) == reading._read_saying_why(text)


@pytest.mark.parametrize("case", HOSTILE)
def test_the_fast_reader_never_accepts_what_the_other_refuses(case):
    text, _ = HOSTILE[case]
    fast = reading._read_fast(text)
    if fast is not None:
        assert fast == reading._read_saying_why(text)
