"""Lighthouse over the main kinds of page, in its mobile mode, served by nginx with gzip: `python -m bench.pages` (wants nginx, chromium and npm's lighthouse)."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"home": "", "letter": "letters/2021/jy20210042/", "commitments": "commitments/", "search": "search/"}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FIGURES = {"first-contentful-paint": "FCP s", "largest-contentful-paint": "LCP s", "total-blocking-time": "TBT ms", "cumulative-layout-shift": "CLS"}

SETTINGS = """\
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  include /etc/nginx/mime.types;
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  charset utf-8; charset_types text/plain text/css text/javascript application/javascript;
  gzip on; gzip_types text/css text/javascript application/javascript application/json image/svg+xml text/plain;
  server {{
    listen 127.0.0.1:{port}; root {site}; error_page 404 /404.html;
    location /assets/ {{ add_header Cache-Control "public, max-age=31536000, immutable"; }}
  }}
}}
"""


@contextmanager
def serve(site: Path, port: int) -> Iterator[str]:
    """The site through Debian's nginx."""
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        settings = Path(folder) / "nginx.conf"
        settings.write_text(SETTINGS.format(folder=folder, port=port, site=site.resolve()), "utf-8")
        server = subprocess.Popen([nginx, "-c", str(settings)])
        time.sleep(1)
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
            server.wait()


def measure(lighthouse: str, url: str) -> dict[str, Any]:
    """One report of Lighthouse, as it gives it."""
    flags = ["--quiet", "--output=json", "--output-path=stdout", "--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    done = subprocess.run([lighthouse, url, *flags], capture_output=True, text=True, check=True, env=os.environ | {"CHROME_PATH": shutil.which("chromium") or "chromium"})
    return json.loads(done.stdout)


def describe(report: dict[str, Any]) -> list[str]:
    """Scores, times, requests and bytes, and whatever cost a point."""
    scores = [f"{name} {round(100 * report['categories'][name]['score'])}" for name in CATEGORIES]
    times = [f"{short} {report['audits'][name]['numericValue'] / (1000 if short.endswith(' s') else 1):.2f}" for name, short in FIGURES.items()]
    requests = report["audits"]["network-requests"]["details"]["items"]
    wire = f"{len(requests)} requests, {sum(item['transferSize'] for item in requests) / 1000:.1f} kB"
    weighed = [(ref["id"], report["audits"][ref["id"]]["score"]) for name in CATEGORIES for ref in report["categories"][name]["auditRefs"] if ref["weight"]]
    lost = [f"{name} {score}" for name, score in weighed if score is not None and score < 1]
    return [", ".join(scores), ", ".join(times), wire, *([f"below 1: {', '.join(lost)}"] if lost else [])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=ROOT / "public", help="a built site")
    parser.add_argument("--port", type=int, default=8931)
    parser.add_argument("--lighthouse", default=shutil.which("lighthouse") or "lighthouse", help="npm's program")
    given = parser.parse_args()
    with serve(given.site, given.port) as address:
        for name, url in PAGES.items():
            print(f"{name}: " + "; ".join(describe(measure(given.lighthouse, address + url))), flush=True)


if __name__ == "__main__":
    main()
