"""YAML as a plan is written: every value keeps its line, 18:00 stays a time, a key written twice is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import yaml
from yaml.reader import ReaderError

Path = tuple[str | int, ...]


#: libyaml, when PyYAML has it: a dozen plans are read in a tenth of the time. Its words for errors are never shown.
_C_LOADER: Any = getattr(yaml, "CSafeLoader", None)
#: A plan has some ten floors; deeper texts are left to the reader that says so.
_DEEPEST = 40


class PlanYaml(yaml.SafeLoader):
    """YAML 1.2 scalars only: in YAML 1.1 ``18:00`` is the number 1080 and ``non`` is false."""

    yaml_implicit_resolvers = {}  # filled below with the only forms a plan may use

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """A node of the text. Refused: an alias (it may hold itself, or grow without end), a type said by hand."""
        event = self.peek_event()  # type: ignore[no-untyped-call]  # yaml leaves it so
        if getattr(event, "tag", None) is not None:
            raise Unreadable(
                event.start_mark.line + 1,
                "un plan ne contient ni « !! » ni « ! » devant une valeur ; mettez le texte entre guillemets",
                event.start_mark.column + 1,
            )
        if self.check_event(yaml.AliasEvent):
            line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]  # yaml leaves it so
            raise Unreadable(line, "les renvois « & » et « * » ne sont pas admis ; répétez le texte")
        return super().compose_node(parent, index)


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("tag:yaml.org,2002:float", r"^-?[0-9]+\.[0-9]+$", "-0123456789"),
):
    PlanYaml.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


#: The same forms, read by libyaml.
_FAST: Any = _C_LOADER and type(
    "FastPlanYaml", (_C_LOADER,), {"yaml_implicit_resolvers": PlanYaml.yaml_implicit_resolvers}
)


class Unreadable(Exception):
    """The text is no YAML, or says a key twice; ``line`` and ``column`` count from 1."""

    def __init__(self, line: int, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.column = column


def read_yaml(text: str) -> tuple[Any, dict[Path, int]]:
    """The value of a YAML text and the line of each place in it."""
    return _read_fast(text) or _read_saying_why(text)


def _read_fast(text: str) -> tuple[Any, dict[Path, int]] | None:
    """The same by libyaml, for a text without a fault; nothing otherwise, so that the other reader says which."""
    if _C_LOADER is None:
        return None
    try:
        if not _plain(yaml.parse(text, Loader=_C_LOADER)):
            return None
        loader = _FAST(text)
        node = loader.get_single_node()
        if node is None:
            return None
        lines: dict[Path, int] = {}
        _walk(loader, node, (), lines)
        return loader.construct_document(node), lines
    except (yaml.YAMLError, Unreadable, ValueError, OverflowError, RecursionError):
        return None


def _plain(events: Iterable[yaml.Event]) -> bool:
    """Whether a text has neither alias nor type said by hand, and few floors."""
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None) is not None:
            return False
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return False
    return True


def _read_saying_why(text: str) -> tuple[Any, dict[Path, int]]:
    try:
        loader = PlanYaml(text)
        node = loader.get_single_node()
        if node is None:
            return None, {(): 1}
        lines: dict[Path, int] = {}
        _walk(loader, node, (), lines)
        return loader.construct_document(node), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, None)
        raise Unreadable(place[0], _yaml_words(error), place[1]) from error
    except ReaderError as error:
        raise Unreadable(
            text.count("\n", 0, error.position) + 1,
            f"le signe U+{ord(text[error.position]):04X} ne s'affiche pas ; retirez-le",
        ) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise Unreadable(1, f"YAML illisible ({error})") from error
    except RecursionError as error:
        raise Unreadable(1, "le texte est trop imbriqué ; un plan n'a que quelques étages") from error


def _walk(loader: PlanYaml, node: yaml.Node, path: Path, lines: dict[Path, int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            _walk(loader, item, (*path, position), lines)
    if isinstance(node, yaml.MappingNode):
        for key_node, value in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise Unreadable(
                    line, "une clé est un mot ou un nombre ; mettez entre guillemets un texte entre crochets"
                )
            key = loader.construct_object(key_node)
            if (*path, key) in lines:
                raise Unreadable(line, f"« {key} » est écrit deux fois au même endroit ; gardez-en un")
            lines[*path, key] = line
            _walk(loader, value, (*path, key), lines)


#: What the YAML library says first -> what a coordinator reads.
_YAML_WORDS = {
    "mapping values are not allowed": "un « : » n'a pas sa place ici",
    "could not find expected ':'": "il manque un « : » après la clé",
    "expected <block end>": "le décalage diffère de celui des lignes voisines",
    "found unexpected end of stream": "un guillemet s'ouvre et ne se referme pas",
    "expected ',' or": "il manque une virgule, un crochet ou une accolade",
    "but found another document": "un second document commence ici",
    "while scanning a": "ce signe n'a pas sa place ici",
}


def _yaml_words(error: yaml.MarkedYAMLError) -> str:
    problem = f"{error.problem or ''} {error.context or ''}"
    if "\\t" in problem:
        return "une tabulation sert de décalage ; remplacez-la par des espaces"
    told = next(
        (words for start, words in _YAML_WORDS.items() if start in problem), "la forme n'est pas celle attendue"
    )
    return (
        f"YAML illisible, {told} ; vérifiez le décalage des lignes et mettez entre guillemets "
        "un texte qui contient « : »"
    )
