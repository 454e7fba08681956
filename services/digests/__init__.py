"""Digests: hears every counted fact; says what became of a point and of its meeting; owns ``digests_*``.

The point de situation of each day of a crisis, the figures, and the paper kit.
"""

from services.digests import answers, kit, meeting_answers, screen, statements
from services.digests.handlers import SERVICE

__all__ = ["SERVICE", "answers", "kit", "meeting_answers", "screen", "statements"]
