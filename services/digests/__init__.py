"""Digests: hears every counted fact; says DigestDrafted, DigestPublished, DigestValidated; owns ``digests_*``.

The point de situation of each day of a crisis, the figures, and the paper kit.
"""

from services.digests import answers, kit
from services.digests.handlers import SERVICE

__all__ = ["SERVICE", "answers", "kit"]
