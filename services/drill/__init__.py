"""Drills: a week of crisis played in a minute, on the public interface, against a desk of its own."""

from services.drill.player import Outcome, play
from services.drill.scenario import Scenario, load_scenario

__all__ = ["Outcome", "Scenario", "load_scenario", "play"]
