"""What the field reports: hears reports, tensions, requests to partners; says them as facts; owns ``activity_*``."""

from services.activity.answers import SERVICE

__all__ = ["SERVICE"]
