"""Exit codes: who runs ``tocsin`` from a script must know without reading the words."""

from __future__ import annotations

import sys

import pytest

from services.cli import main


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["logbook", "verify", "absent.jsonl"], 1, "introuvable", id="a-file-that-is-not-there"),
        pytest.param(["logbook", "verify", "faux.jsonl"], 1, "FAUX", id="a-journal-that-does-not-hold"),
        pytest.param(["logbook", "verify", "vide.jsonl"], 0, "intact", id="an-empty-journal-holds"),
        pytest.param(["token", "create", "--role", "roi"], 1, "Fonction inconnue", id="a-role-that-does-not-exist"),
        pytest.param(["sonner"], 2, "No such command", id="a-command-that-does-not-exist"),
    ],
)
def test_the_exit_code_says_it(arguments, code, words, tmp_path, monkeypatch, capsys):
    (tmp_path / "faux.jsonl").write_text('{"number": 1}\n')
    (tmp_path / "vide.jsonl").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["tocsin", *arguments])
    with pytest.raises(SystemExit) as leaving:
        main()
    assert leaving.value.code == code
    said = capsys.readouterr()
    assert words in said.out + said.err
