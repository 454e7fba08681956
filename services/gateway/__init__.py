"""The HTTP edge: translates HTTP into commands and questions on the bus. Keeps no table and no rule.

Hears the live feed of the logbook and passes it on as server-sent events; says nothing of its own.
"""
