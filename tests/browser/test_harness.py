"""The harness can fail: a check that cannot is worth nothing."""

import pytest

BAD = """<!doctype html><html lang=""><head><title></title></head>
<body><img src="data:,"><p style="color:#ccc;background:#fff">trop pâle</p><input></body></html>"""


def test_axe_finds_what_is_wrong(new_page, axe):
    page = new_page()
    page.set_content(BAD)
    with pytest.raises(AssertionError, match=r"image-alt[\s\S]*color-contrast|color-contrast[\s\S]*image-alt"):
        axe(page)


def test_the_guard_sees_a_request_outside_a_failed_script_and_a_refused_one(desk, new_page, page_as, guard):
    page = page_as("coord-a")
    page.evaluate("() => fetch('https://elsewhere.example/').catch(() => 0)")
    page.evaluate("() => setTimeout(() => { throw new Error('voulue') })")
    page.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = '0'; document.body.append(one) }"
    )
    page.wait_for_timeout(300)
    found = "\n".join(guard.faults)
    guard.faults.clear()
    assert "Content Security Policy" in found or "content security policy" in found.lower()
    assert "elsewhere.example" in found
    assert "voulue" in found
    assert "inline script" in found
