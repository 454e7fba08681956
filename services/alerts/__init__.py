"""Hears documents (``do.alerts.report``) and its own reading of the vigilance card.

Says AlertRaised, AlertUpdated, AlertLifted, AlertExpired, SourceSilent and SourceHeard.
Owns the alerts, the raw documents, the quarantine and the sources.
"""

from services.alerts.handlers import SERVICE

__all__ = ["SERVICE"]
