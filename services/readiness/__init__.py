"""Readiness: hears drills that end, people enrolled; says what is kept, checked, due or late; owns ``readiness_*``."""

from services.readiness import answers, documents, hearing, reviewing
from services.readiness.service import SERVICE

__all__ = ["SERVICE", "answers", "documents", "hearing", "reviewing"]
