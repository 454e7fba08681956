"""Drills: a week of crisis played in a minute, on the public interface, against a desk of its own."""

from services.drill.pace import Pace, Progress
from services.drill.player import Outcome, play
from services.playbook.scenario import Scenario, load_scenario

__all__ = ["Outcome", "Pace", "Progress", "Scenario", "load_scenario", "play"]
