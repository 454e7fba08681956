"""The technical journal: an alert in quarantine told in words, the text to pass on."""

import httpx


def test_an_alert_in_quarantine_is_told_and_given(page_as, desk, axe):
    httpx.post(
        f"{desk.url}/api/v1/alerts", params={"territory": desk.territory}, content=b"<alert>coup",
        headers={"authorization": f"Bearer {desk.token('ars')}", "content-type": "application/cap+xml"},
    ).raise_for_status()  # fmt: skip
    page = page_as("coord-a")
    page.get_by_role("link", name="Journal technique").click()
    held = page.locator("[id^=quarantaine-]").first
    assert "Reçu de l’ARS" in held.inner_text()
    held.get_by_text("Le début du document").click()
    assert "<alert>coup" in held.locator("pre").inner_text()
    with page.expect_download() as given:
        held.get_by_role("link", name="Télécharger").click()
    assert given.value.path().read_bytes() == b"<alert>coup"
    report = page.get_by_role("textbox", name="À transmettre").input_value()
    assert "Parties en service" in report
    assert "documents en quarantaine\u00a0: 1" in report
    axe(page)
