import pytest

from services.platform import signing
from services.platform.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path)


def test_a_code_gives_its_id_back_and_is_always_the_same(settings):
    code = signing.sign(settings, signing.SIGN_IN, "abc123def456")
    assert code == signing.sign(settings, signing.SIGN_IN, "abc123def456")
    assert signing.verify(settings, signing.SIGN_IN, code) == "abc123def456"
    assert len(code) == 35  # an SMS keeps its room


def test_a_code_serves_one_purpose(settings):
    code = signing.sign(settings, signing.SIGN_IN, "a1")
    assert signing.verify(settings, signing.SESSION, code) is None
    assert signing.verify(settings, signing.PROFESSIONAL, code) is None


@pytest.mark.parametrize(
    "change", [str.upper, lambda c: c[:-1], lambda c: c + "A", lambda c: "b" + c[1:], lambda c: "é"]
)
def test_a_code_changed_by_one_letter_is_nothing(settings, change):
    code = signing.sign(settings, signing.SIGN_IN, "a1")
    assert signing.verify(settings, signing.SIGN_IN, change(code)) is None


@pytest.mark.parametrize("text", ["", ".", "a", "a.", ".a", "a.b.c"])
def test_any_other_text_is_nothing(settings, text):
    assert signing.verify(settings, signing.SIGN_IN, text) is None


def test_the_last_letter_has_one_spelling(settings):
    code = signing.sign(settings, signing.SIGN_IN, "a1")
    others = {code[:-1] + sign for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"} - {code}
    assert all(signing.verify(settings, signing.SIGN_IN, other) is None for other in others)


def test_another_secret_voids_codes_and_what_is_sealed(settings, tmp_path):
    code, sealed = signing.sign(settings, signing.SESSION, "a1"), signing.seal(settings, "essai", "mots")
    other = Settings(data_dir=tmp_path, bus_secret="another")
    assert signing.verify(other, signing.SESSION, code) is None
    assert signing.unseal(other, "essai", sealed) is None
    assert signing.unseal(settings, "autre", sealed) is None
    assert signing.unseal(settings, "essai", sealed) == "mots"
    assert "mots" not in sealed
