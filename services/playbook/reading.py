"""YAML as a plan is written: every value keeps its line, 18:00 stays a time, a key written twice is an error."""

from __future__ import annotations

import re
from typing import Any

import yaml

Path = tuple[str | int, ...]


class PlanYaml(yaml.SafeLoader):
    """YAML 1.2 scalars only: in YAML 1.1 ``18:00`` is the number 1080 and ``non`` is false."""

    yaml_implicit_resolvers = {}  # filled below with the only forms a plan may use

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """A node of the text. An alias is refused: it may hold itself, or grow without end."""
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


class Unreadable(Exception):
    """The text is no YAML, or says a key twice; ``line`` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def read_yaml(text: str) -> tuple[Any, dict[Path, int]]:
    """The value of a YAML text and the line of each place in it."""
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
        raise Unreadable(mark.line + 1 if mark else 1, _yaml_words(error)) from error
    except (yaml.YAMLError, ValueError) as error:
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
            key = loader.construct_object(key_node)
            line = key_node.start_mark.line + 1
            if (*path, key) in lines:
                raise Unreadable(line, f"« {key} » est écrit deux fois au même endroit ; gardez-en un")
            lines[*path, key] = line
            _walk(loader, value, (*path, key), lines)


def _yaml_words(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if "\\t" in problem or "'\\t'" in problem:
        return "une tabulation sert de décalage ; remplacez-la par des espaces"
    return (
        f"YAML illisible ({problem}) ; vérifiez le décalage des lignes et mettez entre guillemets "
        "un texte qui contient « : »"
    )
