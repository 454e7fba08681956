"""A person's words in place of the machine's: what was for the cell alone stays with the cell."""

from services.digests.compose import apply_edits
from services.digests.outside import outside


def _content():
    def block(lines, *, private=False):
        return {"kind": "text", "lines": lines, "caption": "", "columns": [], "rows": [], "private": private}

    section = {
        "key": "situation", "title": "Situation", "private": False,
        "blocks": [
            block(["Vigilance orange aujourd’hui.", "Niveau 2 depuis hier."]),
            block(["Appel du SAMU à 7 h 20, Dr Martin : « quatorze patients attendent »."], private=True),
        ],
    }  # fmt: skip
    return {"essentiel": [], "to_decide": "", "note": "Arrêté à l’entrée 12.", "sections": [section], "annexes": []}


def _outside_lines(text):
    edited = apply_edits(_content(), [{"item": "situation", "text": text}])
    blocks = outside(edited)["sections"][0]["blocks"]
    return [line for block in blocks for line in block["lines"]]


def test_an_internal_line_said_otherwise_does_not_go_outside():
    told = _outside_lines(
        "Vigilance orange aujourd’hui et demain.\nNiveau 2 depuis hier.\n"
        "Appel du SAMU à 7 h 20, Dr Martin : « quarante patients attendent »."
    )
    assert told == ["Vigilance orange aujourd’hui et demain.", "Niveau 2 depuis hier."]


def test_a_new_line_is_for_everyone():
    assert "Les salles rafraîchies ouvrent à midi." in _outside_lines("Les salles rafraîchies ouvrent à midi.")
