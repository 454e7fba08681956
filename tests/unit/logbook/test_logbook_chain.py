"""The chain: its frozen string, and any change of an export found by both verifiers."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.logbook.chain import GENESIS, Sealed, canonical, chained, clean, instant, link
from services.logbook.verify import FIELDS, REPEATED, export_line, verify, verify_file
from services.platform.texts import text_digest

VERIFIER = Path(__file__).parents[3] / "deploy" / "verify_logbook.py"
START = datetime(2026, 6, 29, 6, 0, tzinfo=UTC)
WORDS = ("Alerte orange à Épinay", "Niveau 1 → 2", "Deux lignes\net « guillemets »", "Texte de l'entrée n° 2 effacé")


def sealed(number: int, text: str = "x", **more) -> Sealed:
    known = {
        "territory": "nord-essonne", "number": number, "occurred_at": START, "written_at": START + timedelta(minutes=1),
        "kind": "information", "author": "coord-a", "role": "coordinatrice", "text_id": f"t{number}",
        "text_sha256": text_digest("salt", text),
    }  # fmt: skip
    return Sealed(**{**known, **more})


def chain_of(*entries: tuple[Sealed, str | None]) -> list[dict]:
    """Export items of a chain; without words, the text was erased."""
    previous, items = GENESIS, []
    for entry, text in entries:
        hooked = link(previous, entry)
        shown = json.loads(hooked.string)
        del shown["format"]
        items.append({
            **shown, "text": text, "salt": None if text is None else "salt",
            "string": hooked.string, "hash": hooked.hash, "previous_hash": hooked.previous_hash,
        })  # fmt: skip
        previous = hooked.hash
    return items


@pytest.fixture(scope="module")
def export() -> list[dict]:
    """Four entries; the second was erased, and the fourth says so."""
    return chain_of(
        (sealed(1, WORDS[0], kind="alerte", fact="f1", fact_type="alert.raised", cause="c", verified=False), WORDS[0]),
        (sealed(2, WORDS[1], crisis="c1"), None),
        (sealed(3, WORDS[2], corrects=1, verified=True), WORDS[2]),
        (sealed(4, WORDS[3], about=2, erases=(2,)), WORDS[3]),
    )


def lines(items: list[dict]) -> list[str]:
    return [export_line(item) for item in items]


def test_the_string_is_frozen():
    entry = sealed(7, "à", crisis="c1", fact="f", fact_type="entry.written", verified=True)
    hooked = link(GENESIS, entry)
    assert hooked.string == (
        '{"about":null,"author":"coord-a","cause":null,"corrects":null,"crisis":"c1","erases":[],"fact":"f",'
        '"fact_type":"entry.written","format":"tocsin-journal-1","kind":"information","late":false,"number":7,'
        '"occurred_at":"2026-06-29T06:00:00.000000Z","role":"coordinatrice","territory":"nord-essonne","text_id":"t7",'
        '"text_sha256":"53c797010e32c29d19e138528b8577085e3cdc10f93160397a27b391ec0b02a1","verified":true,'
        '"written_at":"2026-06-29T06:01:00.000000Z"}'
    )
    assert hooked.hash == "e91465c46644b3d13fb224e29c7130c8533b3c51c2243fba4441c0d2aa88dfde"
    assert set(json.loads(hooked.string)) == {*REPEATED, "format"}


@pytest.mark.parametrize(
    ("seconds", "late"),
    [(0, False), (120, False), (120.000001, True), (-60, False)],
    ids=["now", "limit", "past", "early"],
)
def test_late(seconds, late):
    assert sealed(1, occurred_at=START - timedelta(seconds=seconds), written_at=START).late is late


@given(st.text())
def test_clean_words_fit_one_line_of_an_export_and_any_database(text):
    kept = clean(text)
    kept.encode()
    assert "\x00" not in kept
    assert len(canonical({"text": kept}).splitlines()) == 1
    assert clean(kept) == kept


def test_a_good_export_holds(export):
    verdict = verify(lines(export))
    assert (verdict.ok, verdict.entries, verdict.erased, verdict.head) == (True, 4, (2,), export[-1]["hash"])
    assert verify([]).ok
    assert verify(["\n", *lines(export)]).ok


def changed(export: list[dict], number: int, /, **fields) -> list[dict]:
    items = copy.deepcopy(export)
    items[number - 1].update(fields)
    return items


def rehashed(export: list[dict]) -> list[dict]:
    """Somebody rewrites an entry and every hash after it, but not what the witnesses hold."""
    items = changed(export, 1, author="personne")
    previous = GENESIS
    for item in items:
        inner = {**json.loads(item["string"]), "author": item["author"]}
        item["string"] = canonical(inner)
        item["previous_hash"] = previous
        previous = item["hash"] = chained(previous, item["string"])
    return items


TAMPERED = {
    "text": (lambda e: changed(e, 3, text="autre"), 3),
    "text and salt taken away": (lambda e: changed(e, 3, text=None, salt=None), 3),
    "text alone taken away": (lambda e: changed(e, 3, text=None), 3),
    "salt": (lambda e: changed(e, 1, salt="autre"), 1),
    "an erased text comes back": (lambda e: changed(e, 2, text="faux", salt="s"), 2),
    "author": (lambda e: changed(e, 2, author="coord-b"), 2),
    "time": (lambda e: changed(e, 2, occurred_at="2026-06-29T07:00:00.000000Z"), 2),
    "late": (lambda e: changed(e, 2, late=True), 2),
    "a truth that is only equal in Python": (lambda e: changed(e, 1, number=True), 1),
    "string": (lambda e: changed(e, 2, string=e[1]["string"].replace("coord-a", "coord-b")), 2),
    "hash": (lambda e: changed(e, 3, hash="f" * 64), 3),
    "previous hash": (lambda e: changed(e, 3, previous_hash="f" * 64), 3),
    "entry taken out": (lambda e: [*e[:1], *e[2:]], 2),
    "entry moved": (lambda e: [e[0], e[2], e[1], e[3]], 2),
    "entry twice": (lambda e: [e[0], e[0], *e[1:]], 2),
    "first entry taken out": (lambda e: e[1:], 1),
    "field added": (lambda e: changed(e, 2, remarque="x"), 2),
    "field taken out": (lambda e: [{k: v for k, v in e[0].items() if k != "crisis"}, *e[1:]], 1),
    "another territory's entry": (lambda e: [*e[:3], *_foreign(e)], 4),
    "not an object": (lambda e: [*e[:2], 3], 3),
}


def _foreign(export: list[dict]) -> list[dict]:
    hooked = link(export[2]["hash"], sealed(4, territory="autre"))
    item = {**json.loads(hooked.string), "text": "x", "salt": "salt", "string": hooked.string}
    del item["format"]
    return [{**item, "hash": hooked.hash, "previous_hash": hooked.previous_hash}]


def outside(tmp_path: Path, content: list[str], *head: str) -> subprocess.CompletedProcess[str]:
    """The independent verifier, as a stranger would run it."""
    path = tmp_path / "export.jsonl"
    path.write_text("".join(f"{line}\n" for line in content), encoding="utf-8")
    command = [sys.executable, "-I", str(VERIFIER), str(path), *head]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize(("tamper", "broken"), TAMPERED.values(), ids=TAMPERED)
def test_both_verifiers_name_the_first_broken_entry(export, tmp_path, tamper, broken):
    content = lines(tamper(export))
    verdict = verify(content)
    assert (verdict.ok, verdict.first_broken) == (False, broken), verdict.reason
    found = outside(tmp_path, content)
    assert found.returncode == 1
    assert f"entrée n° {broken} " in found.stdout


def test_both_verifiers_accept_a_good_export(export, tmp_path):
    found = outside(tmp_path, lines(export))
    assert (found.returncode, found.stderr) == (0, "")
    assert export[-1]["hash"] in found.stdout
    assert outside(tmp_path, []).returncode == 0


def test_a_witness_finds_truncation_and_rewriting(export, tmp_path):
    head, middle = export[-1]["hash"], export[2]["hash"]
    for witness in (head, middle, head.upper()):
        assert verify(lines(export), witness).ok
        assert outside(tmp_path, lines(export), witness).returncode == 0
    for content in (lines(export[:1]), lines(rehashed(export))):
        assert verify(content).ok
        assert not verify(content, head).ok
        assert outside(tmp_path, content, head).returncode == 1
    assert verify(lines(export[:1]), head).first_broken == 2


def test_bytes_that_are_no_text_break_their_entry(export, tmp_path):
    path = tmp_path / "export.jsonl"
    raw = "\n".join(lines(export)).encode().replace("Épinay".encode(), b"\xffpinay", 1)
    path.write_bytes(raw)
    assert verify_file(path).first_broken == 1
    command = [sys.executable, "-I", str(VERIFIER), str(path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_change_of_any_field_is_found(export, data):
    number = data.draw(st.integers(0, len(export) - 1))
    name = data.draw(st.sampled_from(sorted(FIELDS)))
    old = export[number][name]
    if isinstance(old, str) and old and data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(old) - 1))
        new = old[:at] + data.draw(st.characters()) + old[at + 1 :]
    else:
        new = data.draw(st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.integers())))
    if json.dumps(new) == json.dumps(old):
        return
    verdict = verify([json.dumps(item) for item in changed(export, number + 1, **{name: new})])
    assert not verdict.ok
    # A hash taken for another is only seen at the entry that follows it.
    assert verdict.first_broken in (number + 1, number + 2)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_found_or_says_the_same(export, data):
    content = lines(export)
    number = data.draw(st.integers(0, len(content) - 1))
    raw = bytearray(content[number].encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    line = raw.decode("utf-8", "surrogateescape")
    if "\n" in line:
        return
    verdict = verify([*content[:number], line, *content[number + 1 :]])
    assert not verdict.ok or json.loads(line) == export[number]


@given(st.lists(st.tuples(st.text(), st.text(max_size=20), st.integers(0, 10**6)), max_size=8))
def test_any_chain_verifies(written):
    entries = []
    for number, (text, author, seconds) in enumerate(written, 1):
        words, who = clean(text), clean(author)
        entries.append((sealed(number, words, author=who, written_at=START + timedelta(seconds=seconds)), words))
    assert verify(lines(chain_of(*entries))).ok


def test_the_format_page_names_every_field():
    page = (VERIFIER.parents[1] / "services" / "logbook" / "FORMAT.md").read_text(encoding="utf-8")
    assert [name for name in sorted(FIELDS) if f"`{name}`" not in page] == []


def test_the_independent_verifier_stands_alone_and_stays_short():
    source = VERIFIER.read_text(encoding="utf-8")
    imported = {line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("import", "from"))}
    assert imported == {"collections", "hashlib", "json", "sys"}
    assert len([line for line in source.splitlines() if line.strip()]) <= 60


def test_an_early_year_keeps_its_zeros():
    assert instant(datetime(490, 4, 17, 3, 15, 27, tzinfo=UTC)) == "0490-04-17T03:15:27.000000Z"
