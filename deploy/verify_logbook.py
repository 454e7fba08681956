"""Check a Tocsin journal export. Standard library alone: python3 verify_logbook.py export.jsonl [HEAD]

Prints the verdict in French; exits 0 when every entry holds, 1 otherwise. The format is in FORMAT.md.
"""

# ruff: noqa: D103, T201
import hashlib
import json
import sys
from collections.abc import Iterable

VISIBLE = [
    "territory", "number", "occurred_at", "written_at", "late", "kind", "author", "role", "crisis", "fact",
    "fact_type", "cause", "corrects", "about", "erases", "verified", "text_id", "text_sha256",
]  # fmt: skip
OTHER = ["text", "salt", "string", "hash", "previous_hash"]


def need(held: bool, reason: str) -> None:
    if not held:  # not an assert: those vanish under python3 -O
        raise ValueError(reason)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def single(pairs: list) -> dict:
    need(len(dict(pairs)) == len(pairs), "un champ figure deux fois")
    return dict(pairs)


def check(line: str, number: int, previous: str) -> dict:
    entry = json.loads(line, object_pairs_hook=single)
    need(set(entry) == set(VISIBLE + OTHER), "champs en trop ou manquants")
    need(entry["previous_hash"] == previous, "elle ne suit pas l'entrée précédente")
    need(entry["hash"] == sha256(previous + entry["string"]), "l'empreinte ne correspond pas à la chaîne scellée")
    sealed = json.loads(entry["string"], object_pairs_hook=single)
    need(sealed["format"] == "tocsin-journal-1" and sealed["number"] == number, "format ou numéro inattendu")
    for name in VISIBLE:
        need(json.dumps(entry[name]) == json.dumps(sealed[name]), f"« {name} » ne dit pas ce qui a été scellé")
    text, salt = entry["text"], entry["salt"]
    need((text is None) == (salt is None), "le texte et son sel ne vont plus ensemble")
    need(text is None or sha256(salt + text) == entry["text_sha256"], "le texte a été changé")
    return entry


def verify(lines: Iterable[str], head: str | None = None) -> str | None:
    number, previous, heads, missing, logged, territory = 0, "0" * 64, {"0" * 64}, [], set(), None
    for line in filter(str.strip, lines):
        number += 1
        try:
            entry = check(line, number, previous)
            need(territory in (None, entry["territory"]), "elle vient d'un autre territoire")
            logged.update(entry["erases"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return f"entrée n° {number} : {error}"
        previous, territory = entry["hash"], entry["territory"]
        heads.add(previous)
        missing += [number] if entry["text"] is None else []
    for lost in missing:
        if lost not in logged:
            return f"entrée n° {lost} : son texte manque et aucun effacement n'est consigné"
    if head and head.strip().lower() not in heads:
        return f"entrée n° {number + 1} : l'empreinte donnée n'est pas dans ce fichier, tronqué ou refait"
    print(f"Journal intègre : {number} entrées, {len(missing)} texte(s) effacé(s), tête {previous}")
    return None


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8", errors="surrogateescape", newline="\n") as export:
        broken = verify(export, *sys.argv[2:3])
    if broken:
        print("Journal altéré,", broken)
    sys.exit(1 if broken else 0)
