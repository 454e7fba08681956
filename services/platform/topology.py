"""The streams, in one place: what happened (FACTS) and what a person must look at (DEAD)."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

import nats.errors
import structlog
from nats.js import JetStreamContext
from nats.js.api import RetentionPolicy, StorageType, StreamConfig, StreamInfo
from nats.js.errors import BadRequestError, NotFoundError, ServiceUnavailableError

FACTS = "FACTS"
DEAD = "DEAD"

#: Seconds the server itself remembers message ids. A courtesy: the inboxes stop doubles for good.
DUPLICATE_WINDOW = 120.0
#: Seconds given to the nodes of a cluster to find each other and choose a leader; about two are enough.
CLUSTER_PATIENCE = 20.0
log = structlog.get_logger()


def streams(replicas: int) -> tuple[StreamConfig, ...]:
    """Both streams: on file, never purged by age or size."""
    common = StreamConfig(
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        num_replicas=replicas,
        duplicate_window=DUPLICATE_WINDOW,
        allow_direct=True,
    )
    return (
        common.evolve(name=FACTS, subjects=["fact.>"], allow_atomic=True),
        common.evolve(name=DEAD, subjects=["dead.>"]),
    )


async def ensure(js: JetStreamContext, replicas: int) -> StreamInfo:
    """Create what is missing; give the state of the stream of facts. A cluster that has just started is waited for."""
    give_up = time.monotonic() + CLUSTER_PATIENCE
    while True:
        try:
            return await _ensure(js, replicas)
        except (BadRequestError, ServiceUnavailableError, nats.errors.TimeoutError) as error:
            if replicas == 1 or time.monotonic() > give_up:
                raise
            log.info("the cluster is not ready yet", error=repr(error))
            await asyncio.sleep(0.5)


async def _ensure(js: JetStreamContext, replicas: int) -> StreamInfo:
    for config in streams(replicas):
        try:
            await js.stream_info(str(config.name))
        except NotFoundError:
            await js.add_stream(config)
    return await js.stream_info(FACTS)


def created_at(info: StreamInfo) -> str:
    """What tells a stream from another of the same name made later."""
    created = info.created
    return created.isoformat() if isinstance(created, datetime) else str(created)
