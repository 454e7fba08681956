import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from contracts.alerts import AlertRaised, ListQuarantine, SourceHeard, SourceSilent
from services.alerts import SERVICE, editions, store
from tests.unit.alerts.alerts_samples import at, card, posted_card


class CardServer:
    """A server of vigilance cards; what it answers is set by the test."""

    def __init__(self):
        self.status, self.body, self.etag, self.cut = 200, b"", "", 0
        self.requests = []

    def show(self, *args, **options):
        self.body, self.status, self.cut = json.dumps(card(*args, **options)).encode(), 200, 0

    def answer(self, handler):
        self.requests.append(dict(handler.headers))
        if self.etag and handler.headers.get("if-none-match") == self.etag:
            handler.send_response(304)
            handler.end_headers()
            return
        handler.send_response(self.status)
        handler.send_header("content-length", str(len(self.body)))
        if self.etag:
            handler.send_header("etag", self.etag)
        handler.end_headers()
        handler.wfile.write(self.body[: len(self.body) - self.cut])


@pytest.fixture
def server():
    cards = CardServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            cards.answer(self)

        def log_message(self, *_):
            """Quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    cards.url = f"http://127.0.0.1:{http.server_port}/carte"
    yield cards
    with contextlib.suppress(OSError):
        http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def settings(settings, server):
    return settings.model_copy(update={"vigilance_url": server.url, "vigilance_key": "cle-d-essai"})


async def source_of(desk):
    return await desk.read(lambda session: store.source(session, editions.VIGILANCE_SOURCE))


async def pass_of(desk, moment):
    """What a second of service does at a moment: the runner, then the tick."""
    desk.clock.set(moment)
    await desk.run_once()
    await desk.tick()


async def test_a_card_is_read_once_and_its_key_is_sent(desk_for, server):
    desk = await desk_for(SERVICE, start=at(29, 4, 1))
    server.show(at(29), "orange", "orange")
    await pass_of(desk, at(29, 4, 1))
    await pass_of(desk, at(29, 4, 2))
    assert len(server.requests) == 1
    assert server.requests[0]["apikey"] == "cle-d-essai"
    (raised,) = await desk.facts(AlertRaised)
    assert (raised.source, raised.colour) == ("meteo-france", "orange")
    assert (await source_of(desk)).next_at == at(29, 4, 16)


async def test_an_unchanged_card_changes_nothing(desk_for, server):
    desk = await desk_for(SERVICE, start=at(29, 4, 1))
    server.show(at(29), "orange", "orange")
    server.etag = '"abc"'
    await pass_of(desk, at(29, 4, 1))
    await pass_of(desk, at(29, 4, 16))
    assert server.requests[1]["if-none-match"] == '"abc"'
    server.etag = ""
    await pass_of(desk, at(29, 4, 31))
    assert len(server.requests) == 3
    assert len(await desk.said()) == 1


async def test_a_late_edition_is_said_missing_then_heard(desk_for, server):
    desk = await desk_for(SERVICE, start=at(29, 4, 1))
    server.show(at(29), "vert", "jaune")
    await pass_of(desk, at(29, 4, 1))
    for minute in (0, 15, 29):
        await pass_of(desk, at(29, 14, minute))
    assert await desk.facts(SourceSilent) == []
    for minute in (30, 31, 45):
        await pass_of(desk, at(29, 14, minute))
    (silent,) = await desk.facts(SourceSilent)
    assert (silent.source, silent.expected_at, silent.last_heard_at) == ("meteo-france", at(29, 14), at(29, 4, 1))
    server.show(at(29, 14, 50), "vert", "orange")
    await pass_of(desk, at(29, 15))
    (heard,) = await desk.facts(SourceHeard)
    assert heard.heard_at == at(29, 15)
    assert [fact.territory for fact in await desk.said()].count("nord-essonne") == len(await desk.said())


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ({"status": 500}, "500"),
        ({"status": 404}, "404"),
        ({"cut": 40}, "connexion"),
        ({"body": b'{"product":'}, "JSON"),
        ({"body": b"x" * 600_000}, "volumineuse"),
    ],
    ids=["500", "404", "cut", "truncated", "huge"],
)
async def test_a_faulty_answer_is_noted_and_ends_in_silence_then_heals(desk_for, server, fault, word):
    desk = await desk_for(SERVICE, start=at(29, 4, 1))
    server.show(at(29), "orange", "orange")
    for name, value in fault.items():
        setattr(server, name, value)
    await pass_of(desk, at(29, 4, 1))
    assert word in (await source_of(desk)).last_error
    assert await desk.said() == []
    await pass_of(desk, at(29, 4, 31))
    assert len(await desk.facts(SourceSilent)) == 1
    server.show(at(29), "orange", "orange")
    await pass_of(desk, at(29, 4, 46))
    assert len(await desk.facts(AlertRaised)) == len(await desk.facts(SourceHeard)) == 1


async def test_a_truncated_card_is_kept_in_quarantine(desk_for, server):
    desk = await desk_for(SERVICE, start=at(29, 4, 1))
    server.body = b'{"product": {"update_time"'
    await pass_of(desk, at(29, 4, 1))
    (held,) = (await desk.ask(ListQuarantine()))["items"]
    assert "JSON" in held["reason"]


async def test_a_pushed_card_ends_the_silence_too(desk_for, server):
    desk = await desk_for(SERVICE, start=at(29, 4, 1))
    server.status = 500
    await pass_of(desk, at(29, 4, 1))
    await pass_of(desk, at(29, 4, 31))
    await desk.do(posted_card(at(29), "orange", "orange"))
    assert len(await desk.facts(SourceHeard)) == 1


async def test_a_stale_card_is_not_applied(desk_for, server):
    desk = await desk_for(SERVICE, start=at(29, 4, 1))
    server.show(at(20), "orange", "orange")
    await pass_of(desk, at(29, 4, 1))
    assert "périmée" in (await source_of(desk)).last_error
    assert await desk.said() == []


async def test_an_absent_server_or_file(desk_for, settings, server, tmp_path):
    desk = await desk_for(SERVICE, start=at(29, 4, 1))
    desk.settings = settings.model_copy(update={"vigilance_url": "http://127.0.0.1:9/carte"})
    await pass_of(desk, at(29, 4, 1))
    assert "connexion" in (await source_of(desk)).last_error
    path = tmp_path / "carte.json"
    desk.settings = settings.model_copy(update={"vigilance_url": "", "vigilance_file": path})
    await pass_of(desk, at(29, 4, 16))
    assert "fichier illisible" in (await source_of(desk)).last_error
    path.write_text(json.dumps(card(at(29), "orange", "orange")))
    await pass_of(desk, at(29, 4, 31))
    assert len(await desk.facts(AlertRaised)) == 1


async def test_nothing_is_read_when_nothing_is_set(desk_for, settings, server):
    desk = await desk_for(SERVICE, start=at(29, 4, 1))
    desk.settings = settings.model_copy(update={"vigilance_url": ""})
    await pass_of(desk, at(29, 4, 1))
    assert (server.requests, await source_of(desk)) == ([], None)
