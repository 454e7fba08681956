"""Logs and counters: structlog lines, Prometheus metrics."""

from __future__ import annotations

import logging
import sys

import structlog
from prometheus_client import Counter, Gauge, Histogram

BATCH_SIZE = Histogram(
    "tocsin_batch_size", "Messages in one transaction", ["service"], buckets=(1, 2, 5, 10, 25, 50, 100)
)
COMMANDS = Counter("tocsin_commands_total", "Commands by outcome", ["service", "outcome"])
FACTS_HANDLED = Counter("tocsin_facts_handled_total", "Facts handled", ["service"])
FACTS_TOLD = Counter("tocsin_facts_told_total", "Facts told to the stream", ["service"])
PARKED = Gauge("tocsin_parked_messages", "Messages waiting for a person", ["service"])
LEASE_HELD = Gauge("tocsin_lease_held", "1 when this instance pulls, relays and ticks", ["service"])
NATS_UP = Gauge("tocsin_nats_connected", "1 while the bus is connected")


class _CurrentErrorOutput:
    """Standard error as it is when a line is written: who replaced it meanwhile may have closed the first one."""

    def write(self, text: str) -> int:
        """Write."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush."""
        sys.stderr.flush()


def configure_logging(level: str, *, as_json: bool) -> None:
    """Send every line to standard error, as text or as JSON, with its time in UTC; lines of libraries too.

    Traces are plain: a trace that shows variables would show what people wrote.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if as_json:
        shared.append(structlog.processors.format_exc_info)
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
        ),
        logger_factory=structlog.PrintLoggerFactory(_CurrentErrorOutput()),  # type: ignore[arg-type]  # writes and flushes
        cache_logger_on_first_use=True,
    )
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(level=logging.WARNING, handlers=[lines], force=True)
