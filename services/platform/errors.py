"""One error tree. The docstring is the default message; layers add what they were doing; codes live at the edge."""

from __future__ import annotations

from typing import Any, ClassVar

from contracts.base import Refusal, RefusalKind


class TocsinError(Exception):
    """Tocsin n'a pas pu faire ce qui était demandé."""

    def __init__(self, message: str = "", **details: Any) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.details = details

    @property
    def message(self) -> str:
        """The sentence for the reader."""
        return str(self.args[0])

    def during(self, step: str) -> TocsinError:
        """Add the step that failed, in front, and give the error back to be raised."""
        self.args = (f"{step} : {self.args[0]}",)
        return self


class Refused(TocsinError):
    """La demande a été refusée."""

    kind: ClassVar[RefusalKind] = RefusalKind.INVALID

    def to_refusal(self) -> Refusal:
        """The refusal as it travels back to the caller."""
        return Refusal(kind=self.kind, message=self.message, details=self.details)


class Invalid(Refused):
    """La demande n'est pas valable ; corrigez-la et renvoyez-la."""


class Forbidden(Refused):
    """Vous n'avez pas le droit de faire cela ; demandez à la personne d'astreinte."""

    kind = RefusalKind.FORBIDDEN


class NotFound(Refused):
    """Cet élément n'existe pas ou n'existe plus."""

    kind = RefusalKind.NOT_FOUND


class Conflict(Refused):
    """La situation a changé depuis votre écran ; rechargez-le avant de décider."""

    kind = RefusalKind.CONFLICT


class Mismatch(Refused):
    """Cette clé d'idempotence a déjà servi pour une autre demande ; prenez-en une nouvelle."""

    kind = RefusalKind.MISMATCH


class Expired(Refused):
    """La demande est arrivée trop tard et n'a pas été exécutée ; renvoyez-la."""

    kind = RefusalKind.EXPIRED


class TooLarge(Refused):
    """Le document dépasse la taille acceptée."""

    kind = RefusalKind.TOO_LARGE


class Unavailable(Refused):
    """Le service ne répond pas ; issue inconnue, renvoyez avec la même clé."""

    kind = RefusalKind.UNAVAILABLE


class Failed(Refused):
    """Une erreur interne a empêché l'exécution ; rien n'a été enregistré."""

    kind = RefusalKind.FAILED


class BadSettings(TocsinError):
    """Un réglage est manquant ou faux."""


class LeaseLost(TocsinError):
    """Another instance holds the lease of this service now."""


class FactTooLarge(TooLarge):
    """Cette demande produirait un fait de plus de 256 ko ; raccourcissez-la."""


REFUSALS: dict[RefusalKind, type[Refused]] = {
    cls.kind: cls for cls in (Invalid, Forbidden, NotFound, Conflict, Mismatch, Expired, TooLarge, Unavailable, Failed)
}


def from_refusal(refusal: Refusal) -> Refused:
    """The exception behind a refusal that came back over the bus."""
    return REFUSALS.get(refusal.kind, Refused)(refusal.message, **refusal.details)
