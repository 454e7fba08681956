"""Messages: what leaves the desk and who answered.

Hears sign-in, levels, alerts, certificates, solicitations, the cell, digests and duty; says MessageSent, MessageFailed,
MessageUncertain, MessageAcknowledged, DutyEscalated, DraftPrepared and DraftPosted; owns outgoing messages, their
links, the calls to duty, the drafts to copy, and a projection of who holds duty.
"""

from services.messages.convening import SERVICE

__all__ = ["SERVICE"]
