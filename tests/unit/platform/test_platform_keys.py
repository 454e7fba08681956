from services.platform.keys import KeyStore


def test_an_erased_key_is_nowhere_in_its_files(tmp_path):
    keys = KeyStore(tmp_path)
    sealed = {name: keys.seal(name, f"{name} : 06 39 98 02 11") for name in ("a", "b", "c")}
    assert keys.unseal("a", sealed["a"]) == "a : 06 39 98 02 11"
    key = keys._key("b")
    assert key in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    keys.erase(["b", "never-made"])
    assert key not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert keys.unseal("b", sealed["b"]) is None
    assert keys.unseal("c", sealed["c"]) == "c : 06 39 98 02 11"


def test_a_key_opens_only_what_it_sealed(tmp_path):
    keys = KeyStore(tmp_path)
    sealed = keys.seal("a", "secret")
    keys.seal("b", "autre")
    assert keys.unseal("b", sealed) is None
    assert keys.path.stat().st_mode & 0o077 == 0
