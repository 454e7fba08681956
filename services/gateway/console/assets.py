"""Style and scripts: read once, named by their content, sent already compressed."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
MEDIA = {".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json"}
FOREVER = "public, max-age=31536000, immutable"
#: Whose pages a sheet is for.
DESK, PROFESSIONAL = "poste", "pro"
COMMON = ("1-base", "2-cadre", "3-formes")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as sent."""

    media_type: str
    plain: bytes
    packed: bytes


@cache
def style(pages: str = DESK) -> str:
    """The style sheets, one after the other, without comments nor indentation: they travel inside each page.

    The page of a professional, read on a phone over a bad network, carries the common ones and its own only.
    """
    own = sorted(STATIC.glob(f"{PROFESSIONAL}*.css"))
    sheets = [sheet for sheet in sorted(STATIC.glob("*.css")) if sheet not in own]
    if pages == PROFESSIONAL:
        sheets = [sheet for sheet in sheets if sheet.stem in COMMON] + own
    text = COMMENT.sub("", "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets))
    return "".join(line.strip() for line in text.splitlines())


@cache
def style_hash(pages: str = DESK) -> str:
    """What the security policy allows as style: this sheet and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style(pages).encode()).digest()).decode()


@cache
def files() -> dict[str, Asset]:
    """Scripts by name."""
    found = {}
    for path in sorted(STATIC.iterdir()):
        if path.suffix in MEDIA:
            plain = path.read_bytes()
            found[path.name] = Asset(MEDIA[path.suffix], plain, gzip.compress(plain, 9, mtime=0))
    return found


@cache
def version() -> str:
    """Changes with any file, so that a browser never mixes two versions."""
    whole = hashlib.sha256((style() + style(PROFESSIONAL)).encode())
    for name, asset in files().items():
        whole.update(name.encode() + asset.plain)
    return whole.hexdigest()[:12]


async def serve(request: Request) -> Response:
    """A file of this version; another version's is not found rather than mixed."""
    asset = files().get(request.path_params["name"])
    if asset is None or request.path_params["version"] != version():
        return Response(status_code=404, headers={"cache-control": "no-store"})
    headers = {"cache-control": FOREVER, "x-content-type-options": "nosniff", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, headers=headers | {"content-encoding": "gzip"}, media_type=asset.media_type)
    return Response(asset.plain, headers=headers, media_type=asset.media_type)
