"""What stands at the door of the screens: origin of a form, its size, tries, signed cookies, the policy."""

import base64
import gzip
import hashlib
import time

import pytest
from starlette.requests import Request

from services.gateway.console import assets, drawing, seal, visit
from services.gateway.console.throttle import Throttle
from services.gateway.problems import Problem
from services.platform.errors import Forbidden, Invalid
from services.platform.settings import Settings

FORM = {"content-type": "application/x-www-form-urlencoded"}


def request(body=b"", **headers):
    sent = False

    async def receive():
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    named = {"host": "desk.example:8000", **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = [(name.encode(), value.encode()) for name, value in named.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": raw, "client": None}
    return Request(scope, receive)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin", "origin": "https://desk.example:8000"},
        {"sec_fetch_site": "same-origin"},
        {"origin": "https://desk.example:8000"},
        {"origin": "https://crise.example", "x_forwarded_host": "crise.example"},
    ],
)
def test_a_form_of_our_own_pages_passes(headers):
    visit.check_origin(request(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "https://desk.example:8000.evil.example"},
        {"origin": "https://desk.example:8000@evil.example"},
        {"sec_fetch_site": "cross-site", "origin": "https://desk.example:8000"},
        {"sec_fetch_site": "same-site", "origin": "https://desk.example:8000"},
        {"sec_fetch_site": "", "origin": "https://desk.example:8000"},
    ],
)
def test_a_form_from_elsewhere_or_from_nowhere_is_refused(headers):
    with pytest.raises(Forbidden):
        visit.check_origin(request(**headers))


async def test_fields_are_trimmed_the_last_value_wins_and_lists_keep_all():
    body = b"texte=+une%0D%0Aligne+&a=1&a=2&qui[]=x&qui[]=y&vide="
    form = await visit.read_form(request(body, **FORM))
    assert form == {"texte": "une\nligne", "a": "2", "qui[]": "x\ny", "vide": ""}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=1", "application/json"),
        (b"a=1", "text/plain"),
        (b"a=1", "multipart/form-data; boundary=x"),
        (b"a=1", ""),
        (b"&".join(b"a%d=1" % number for number in range(visit.MAX_FIELDS + 1)), FORM["content-type"]),
        (b"\xff\xfe=1", FORM["content-type"]),
    ],
)
async def test_a_form_that_is_not_one_is_refused_in_words(body, kind):
    with pytest.raises(Invalid, match="rechargez"):
        await visit.read_form(request(body, content_type=kind))


def test_the_key_of_a_form_is_no_part_of_what_it_says():
    said = visit.digest_of({"cle": "1", "a": "x", "b": "y"})
    assert said == visit.digest_of({"b": "y", "a": "x", "cle": "2"})
    assert said != visit.digest_of({"a": "x", "b": "z"})


def test_tries_run_out_then_come_back_one_by_one_and_each_caller_has_its_own():
    now = 100.0
    throttle = Throttle(3, 20.0, clock=lambda: now)
    for _ in range(3):
        throttle.check("one")
    with pytest.raises(Problem) as refused:
        throttle.check("one")
    assert refused.value.status == 429
    assert 0 < int(refused.value.headers["retry-after"]) <= 21
    throttle.check("another")
    now += 20
    throttle.check("one")
    with pytest.raises(Problem):
        throttle.check("one")
    now += 10_000
    for _ in range(3):
        throttle.check("one")
    with pytest.raises(Problem):
        throttle.check("one")


def test_a_session_cookie_is_read_only_as_it_was_sealed():
    ours, others = seal.Seal("secret"), seal.Seal("another")
    cookie = ours.session("jeton")
    assert ours.token(cookie) == "jeton"
    assert ours.token(None) is None
    assert ours.token("") is None
    assert ours.token("jeton") is None
    assert others.token(cookie) is None
    assert ours.token(ours.notice("jeton")) is None, "a sentence is no session"
    payload, rest = cookie.split(".", 1)
    forged = [f"{payload[:-1]}{'A' if payload[-1] != 'A' else 'B'}.{rest}", f"{payload}.{rest[:-4]}AAAA", cookie + "x"]
    assert [ours.token(one) for one in forged] == [None, None, None]


def test_a_session_cookie_ages(monkeypatch):
    ours = seal.Seal("secret")
    cookie = ours.session("jeton")
    later = time.time() + seal.SESSION_SECONDS + 2
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    assert ours.token(cookie) is None


def test_a_sentence_is_ours_or_is_not_said():
    ours = seal.Seal("secret")
    assert ours.sentence(ours.notice("Fait.")) == "Fait."
    assert ours.sentence("Votre compte est bloqué, appelez le 06…") == ""
    assert ours.sentence(ours.session("Fait.")) == ""


def test_the_seal_is_the_same_for_every_instance_of_a_desk(tmp_path):
    settings = Settings(data_dir=tmp_path)
    assert seal.Seal.of(settings).token(seal.Seal.of(settings).session("jeton")) == "jeton"


def test_the_policy_allows_our_style_sheets_and_nothing_inline():
    sheets = (assets.style(), assets.style(assets.PROFESSIONAL))
    digests = [base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode() for sheet in sheets]
    policy = dict(part.strip().split(" ", 1) for part in drawing.policy().split(";"))
    assert policy["style-src"] == " ".join(f"'sha256-{digest}'" for digest in digests)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert {policy[name] for name in ("base-uri", "frame-ancestors")} == {"'none'"}
    assert "unsafe" not in drawing.policy()


def test_templates_hold_no_inline_style_nor_script_nor_handler():
    patterns = (' style="', "<script>", "javascript:", " onclick=", " onchange=", " onsubmit=", " onload=")
    texts = {path.name: path.read_text(encoding="utf-8") for path in drawing.TEMPLATES.rglob("*.html")}
    refused = [(name, pattern) for name, text in texts.items() for pattern in patterns if pattern in text]
    assert refused == []


def test_assets_are_named_by_their_content_and_packed_once():
    held = assets.files()
    assert {"console.js", "flux.js", "rapprocher.js"} <= set(held)
    assert all(gzip.decompress(asset.packed) == asset.plain for asset in held.values())
    assert len(assets.version()) == 12
