"""Drills led from the desk, each on a child desk of its own.

Hears nothing; says ExerciseStarted and ExerciseEnded, both in the exercise territory: a training must not fill the
feed and the journal of the real desk. Owns the drills played and their scores.
"""

from services.exercises import answers, supervising
from services.exercises.handlers import SERVICE

__all__ = ["SERVICE", "answers", "supervising"]
