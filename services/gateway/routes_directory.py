"""People, structures, duty and tokens; messages and drafts."""

from __future__ import annotations

from contracts.access import IssueLink, LinkIssued
from contracts.base import Page
from contracts.directory import (
    ChangeDuty,
    EnrollPerson,
    EnrollStructure,
    ErasePerson,
    IssueToken,
    ListPeople,
    ListStructures,
    ListTokens,
    RevokeToken,
    TokenIssued,
    WhoIsOnDuty,
)
from contracts.messages import ListDrafts, ListMessages, PostDraft
from services.gateway.operations import API, ask, do

DIRECTORY = "Annuaire et astreinte"
MESSAGES = "Messages"

OPERATIONS = (
    do("POST", f"{API}/duty", ChangeDuty, "Prendre ou donner une astreinte", DIRECTORY),
    ask(f"{API}/duty", WhoIsOnDuty, "Qui est d'astreinte", DIRECTORY, answer=Page),
    do("POST", f"{API}/people", EnrollPerson, "Inscrire ou modifier une personne", DIRECTORY, created=True),
    ask(f"{API}/people", ListPeople, "Personnes", DIRECTORY),
    do(
        "DELETE",
        f"{API}/people/{{id}}",
        ErasePerson,
        "Effacer le nom et les coordonnées d'une personne",
        DIRECTORY,
        id="person",
    ),
    do("POST", f"{API}/structures", EnrollStructure, "Inscrire ou modifier une structure", DIRECTORY, created=True),
    ask(f"{API}/structures", ListStructures, "Structures", DIRECTORY),
    do(
        "POST",
        f"{API}/tokens",
        IssueToken,
        "Créer un jeton, montré une seule fois",
        DIRECTORY,
        answer=TokenIssued,
        created=True,
    ),
    ask(f"{API}/tokens", ListTokens, "Jetons, sessions et liens en service, jamais leur secret", DIRECTORY),
    do(
        "POST",
        f"{API}/links",
        IssueLink,
        "Créer le lien d'une page professionnelle, montré une seule fois",
        DIRECTORY,
        answer=LinkIssued,
        created=True,
    ),
    do("DELETE", f"{API}/links/{{id}}", RevokeToken, "Révoquer un lien personnel", DIRECTORY, id="token"),
    do("DELETE", f"{API}/tokens/{{id}}", RevokeToken, "Révoquer un jeton", DIRECTORY, id="token"),
    ask(f"{API}/messages", ListMessages, "Messages et leur état", MESSAGES),
    ask(f"{API}/drafts", ListDrafts, "Textes prêts à copier", MESSAGES),
    do("POST", f"{API}/drafts/{{id}}/post", PostDraft, "Dire où un texte a été posté", MESSAGES, id="draft"),
)
