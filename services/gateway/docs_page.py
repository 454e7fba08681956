"""``/docs``: every operation on one page, made from the OpenAPI document, readable without the Internet."""

from __future__ import annotations

import json
from collections import defaultdict
from html import escape
from typing import Any

from starlette.responses import Response

from services.gateway.pages import page

INTRODUCTION = """
<p>Chaque appel porte l'en-tête <code>Authorization: Bearer …</code> (un jeton s'obtient avec
<code>tocsin token create</code>). Les listes répondent <code>{"items": […], "next": curseur ou null}</code> et se
suivent avec <code>?cursor=</code>. Les refus sont des problèmes RFC 9457, en français. L'en-tête
<code>Idempotency-Key</code> permet de renvoyer sans doubler. Les dates suivent la RFC 3339, avec leur décalage.
Document machine : <a href="/openapi.json">/openapi.json</a> · bus : <a href="/asyncapi">/asyncapi</a></p>
""".strip()


def render(document: dict[str, Any]) -> Response:
    """The page of an OpenAPI document."""
    themes: dict[str, list[str]] = defaultdict(list)
    schemas = document.get("components", {}).get("schemas", {})
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            theme = (operation.get("tags") or ["Autres"])[0]
            themes[theme].append(_operation(method.upper(), path, operation, schemas))
    parts = [f"<h2>{escape(theme)}</h2>{''.join(found)}" for theme, found in themes.items()]
    return page("Interface HTTP de Tocsin", INTRODUCTION + "".join(parts), narrow=False)


def _operation(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    head = f'<span class="verbe">{method}</span><code>{escape(path)}</code> — {escape(operation.get("summary", ""))}'
    inside = _parameters(operation) + _body(operation, schemas) + _answers(operation)
    return f"<details><summary>{head}</summary>{inside}</details>"


def _parameters(operation: dict[str, Any]) -> str:
    rows = [
        (item["name"], item["in"], _shape(item["schema"]), item.get("description", ""), item.get("required", False))
        for item in operation.get("parameters", ())
    ]
    return _table("Paramètres", rows)


def _body(operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    parts = []
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        reference = content.get("schema", {}).get("$ref", "")
        schema = schemas.get(reference.rpartition("/")[2], content.get("schema", {}))
        required = set(schema.get("required", ()))
        rows = [
            (name, "corps", _shape(shape), shape.get("description", ""), name in required)
            for name, shape in schema.get("properties", {}).items()
        ]
        parts.append(_table(f"Corps {media}", rows) or f"<p>Corps <code>{escape(media)}</code></p>")
    return "".join(parts)


def _answers(operation: dict[str, Any]) -> str:
    return f"<p>Réponses : {', '.join(operation.get('responses', {}))}</p>"


def _table(title: str, rows: list[tuple[str, str, str, str, bool]]) -> str:
    if not rows:
        return ""
    lines = "".join(
        f"<tr><td><code>{escape(name)}</code>{' *' if required else ''}</td><td>{escape(where)}</td>"
        f"<td><code>{escape(shape)}</code></td><td>{escape(text)}</td></tr>"
        for name, where, shape, text, required in rows
    )
    return f"<h3>{escape(title)}</h3><table>{lines}</table>"


def _shape(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_shape(option) for option in schema["anyOf"])
    if schema.get("type") == "array":
        return f"liste de {_shape(schema.get('items', {}))}"
    limits = {
        name: schema[name] for name in ("format", "minLength", "maxLength", "minimum", "maximum") if name in schema
    }
    return str(schema.get("type", "")) + (f" {json.dumps(limits, ensure_ascii=False)}" if limits else "")
