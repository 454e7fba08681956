"""Alerts: the hot path. Bytes are carried as they are; the owner reads them."""

from __future__ import annotations

import base64
from typing import Any

from fastapi import Request
from starlette.responses import Response

from contracts.alerts import AlertReceipt, LiftAlert, ListAlerts, ListQuarantine, ReportAlert
from services.gateway.alert_document import AlertDocument
from services.gateway.commands import identity
from services.gateway.edge import Edge, Handler, json_response
from services.gateway.limits import media_type, read_body
from services.gateway.operations import API, COMMAND_PROBLEMS, IDEMPOTENCY, TERRITORY, Operation, ask, do
from services.gateway.problems import Problem
from services.platform.errors import Invalid

THEME = "Alertes"
CAP = "application/cap+xml"
CARD = "application/vnd.meteofrance.vigilance+json"
#: Media type announced -> the one forwarded.
ACCEPTED = {
    "application/json": "application/json",
    CAP: CAP,
    "application/xml": CAP,
    "text/xml": CAP,
    CARD: CARD,
}
CARD_ACCEPTED = {"application/json": CARD, CARD: CARD, "": CARD}
STATUS = {"new": 201, "quarantined": 202}
RECEIPTS: dict[int, Any] = {201: AlertReceipt, 200: AlertReceipt, 202: AlertReceipt}


def reporting(accepted: dict[str, str]) -> Handler:
    """A handler that forwards a document of one of these types."""

    async def handle(edge: Edge, request: Request) -> Response:
        call = await edge.enter(request)
        forwarded = accepted.get(media_type(request))
        if forwarded is None:
            raise Problem(
                415, f"Ce type de document n'est pas accepté ; types acceptés : {', '.join(filter(None, accepted))}."
            )
        raw = await read_body(request)
        if not raw:
            raise Invalid("Le document est vide ; envoyez l'alerte dans le corps de la requête.")
        command = ReportAlert(media_type=forwarded, body=base64.b64encode(raw).decode("ascii"))
        reply = await edge.send(command, call, **identity(request, call, raw))
        receipt = reply.result or {}
        return json_response(receipt, STATUS.get(str(receipt.get("status")), 200))

    return handle


def _report(path: str, summary: str, accepted: dict[str, str], **more: Any) -> Operation:
    return Operation(
        "POST",
        API + path,
        summary,
        reporting(accepted),
        THEME,
        parameters=(TERRITORY, IDEMPOTENCY),
        answers=RECEIPTS,
        problems=COMMAND_PROBLEMS,
        **more,
    )


XML: dict[str, Any] = {CAP: {"schema": {"type": "string"}}, "text/xml": {"schema": {"type": "string"}}}
OPERATIONS = (
    _report(
        "/alerts", "Transmettre une alerte (JSON, CAP 1.2 ou appel saisi)", ACCEPTED, body=AlertDocument, bodies=XML
    ),
    _report(
        "/vigilance",
        "Transmettre une carte de vigilance Météo-France telle que publiée",
        CARD_ACCEPTED,
        bodies={"application/json": {"schema": {"type": "object"}}},
    ),
    ask(f"{API}/alerts", ListAlerts, "Alertes en cours", THEME),
    do("POST", f"{API}/alerts/{{id}}/lift", LiftAlert, "Lever une alerte, avec un motif", THEME, id="alert"),
    ask(f"{API}/quarantine", ListQuarantine, "Documents mis en quarantaine", THEME),
)
