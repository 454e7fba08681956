"""The plans on screen: read in the order of the page, an edited file checked beside its line."""

from services.playbook.loader import load_library
from services.territories import PACKAGED

PLAN = PACKAGED / "canicule.yaml"
VERSION = load_library().plans["canicule"].version


def test_a_plan_is_read_then_its_edited_file_checked(page_as, desk, axe):
    page = page_as("coord-a")
    page.get_by_role("link", name="Plans", exact=True).click()
    axe(page)
    page.get_by_role("link", name=f"Lire la version {VERSION} du plan Canicule").click()
    titles = page.get_by_role("heading", level=2).all_inner_texts()
    assert titles[0] == "Ce que la CPTS ne fait pas"
    assert [title.partition(",")[0] for title in titles if "Niveau" in title] == ["Niveau 1", "Niveau 2", "Niveau 3"]
    page.get_by_role("navigation", name="Dans ce plan").get_by_role("link", name="Niveau 2").click()
    assert page.url.endswith("#niveau-2")
    axe(page)

    page.goto(f"{desk.base}/plans/verifier")
    broken = PLAN.read_text(encoding="utf-8").replace("modality: firm", "modality: ferme", 1)
    page.get_by_label("Choisir le fichier").set_input_files(
        {"name": "canicule.yaml", "mimeType": "application/yaml", "buffer": broken.encode()}
    )
    page.get_by_text("canicule.yaml est dans le champ").wait_for()
    page.get_by_role("button", name="Vérifier").click()
    page.get_by_role("heading", name="Le plan n’est pas valable").wait_for()
    assert "modality: ferme" in page.locator(".ligne-plan").first.inner_text()
    axe(page)

    mended = broken.replace("modality: ferme", "modality: firm").replace(
        f"version: {VERSION}", f"version: {VERSION + 1}", 1
    )
    page.get_by_label("Ou coller son texte").fill(mended.replace("Dresser la liste", "Tenir la liste", 1))
    page.get_by_role("button", name="Vérifier").click()
    page.get_by_role("heading", name="Le plan est valable").wait_for()
    told = page.locator(".dit-autrement").inner_text()
    assert "avant" in told
    assert "Tenir la liste" in told
    axe(page)
