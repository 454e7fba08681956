"""The few HTML pages of the gateway: nothing fetched from elsewhere, nothing run."""

from __future__ import annotations

from html import escape

from starlette.responses import Response

from services.gateway.documents import SAFE

STYLE = """
:root{color-scheme:light dark}
body{font:1.05rem/1.5 system-ui,sans-serif;max-width:62rem;margin:0 auto;padding:1.25rem}
main.court{max-width:32rem;margin:10vh auto 0}
h1{font-size:1.5rem;line-height:1.25}
button{font:inherit;font-weight:600;padding:.8rem 1.4rem;width:100%;border:0;border-radius:.4rem;
background:#0b4f8a;color:#fff}
button:focus-visible,a:focus-visible,summary:focus-visible{outline:3px solid #e07b00;outline-offset:2px}
code{font:.95em ui-monospace,monospace}
details{border-top:1px solid #8885;padding:.4rem 0}
summary{cursor:pointer}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0}
.verbe{display:inline-block;min-width:4.2rem;font-weight:700}
""".strip()


def page(title: str, body: str, *, status: int = 200, narrow: bool = True) -> Response:
    """A whole page; ``body`` is HTML whose values are already escaped."""
    html = (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)} · Tocsin</title><style>{STYLE}</style></head>"
        f'<body><main class="{"court" if narrow else "large"}"><h1>{escape(title)}</h1>{body}</main></body></html>'
    )
    headers = {**SAFE, "referrer-policy": "no-referrer"}
    return Response(html.encode("utf-8", "replace"), status, headers=headers, media_type="text/html; charset=utf-8")
