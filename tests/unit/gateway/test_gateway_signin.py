"""Signing in, page after page: the button, the second factor, the session in its cookie, what is refused."""

import pytest

from contracts.access import OpenSession
from services.platform.errors import Conflict

HERE = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}
ASKED = {"person": "coord-a", "name": "Nadia Ferrand", "territory": "nord-essonne"}
URI = "otpauth://totp/Tocsin:Nadia?secret=ABCDEFGHIJKLMNOP&issuer=Tocsin"


async def test_opening_the_link_signs_nobody_in(http, bus):
    page = await http.get("/connexion/abc.def")
    assert page.status_code == 200
    assert "Ouvrir le poste de crise" in page.text
    assert bus.asked(OpenSession) == [], "a mail scanner opens links too"


async def test_the_second_factor_is_enrolled_then_asked(http, bus):
    bus.replies[OpenSession] = {**ASKED, "status": "inscription", "provisioning": URI}
    page = await http.post("/connexion/abc.def", headers=HERE, content="")
    assert "ABCD EFGH IJKL MNOP" in page.text
    assert "<svg" in page.text
    bus.replies[OpenSession] = {**ASKED, "status": "second_facteur", "wrong": True, "tries_left": 3}
    page = await http.post("/connexion/abc.def", headers=HERE, content="chiffres=123+456")
    assert page.status_code == 422
    assert "il reste 3 essais" in page.text
    assert bus.asked(OpenSession)[-1]["message"].totp == "123456"


async def test_an_open_session_is_in_a_cookie_of_its_territory_alone(http, bus):
    bus.replies[OpenSession] = {**ASKED, "status": "ouverte", "token": "t.s"}
    answer = await http.post("/connexion/abc.def", headers=HERE, content="chiffres=123456")
    assert (answer.status_code, answer.headers["location"]) == (303, "/poste/nord-essonne/situation")
    cookie = answer.headers["set-cookie"].lower()
    assert "path=/poste/nord-essonne;" in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize("headers", [{}, {"origin": "https://autre.example"}, {"sec-fetch-site": "cross-site"}])
async def test_a_form_from_elsewhere_is_refused(http, bus, headers):
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert (await http.post("/connexion/abc.def", headers=headers | kind, content="")).status_code == 403
    assert bus.asked(OpenSession) == []


async def test_a_link_that_served_says_so(http, bus):
    bus.replies[OpenSession] = Conflict("Ce lien de connexion a déjà servi. Demandez-en un nouveau.")
    page = await http.post("/connexion/abc.def", headers=HERE, content="")
    assert page.status_code == 410
    assert "a déjà servi" in page.text
