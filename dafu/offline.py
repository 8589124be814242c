"""The service worker at the site's root: with `offline: true` in site.yml it keeps the shell and what was read; without, it takes itself away.

A worker answers for every page of its folder, also after an editor has thought better of it. So `sw.js` always stands there: a browser that has the
working one asks for it again by itself, and gets the one that leaves.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from dafu.output import Output, make_text_output
from dafu.reference import Site

OFFLINE = "offline/"
"""The page for what was never read."""

_PAGES = ("", "search/", "commitments/", "threads/", OFFLINE)
_SCRIPTS = ("css/site.css", "img/mark.svg", "js/kept.js", "js/letter.js", "js/found.js", "js/due.js", "js/offline.js", "js/search/page.js", "js/search/fetch.js", "js/search/find.js", "js/search/terms.js", "js/search/similar.js", "js/register/page.js", "js/register/rows.js")

_LEAVING = """\
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(leave()));
async function leave() {
  for (const name of await caches.keys()) if (name.startsWith("dafu ") && name.endsWith(` ${self.registration.scope}`)) await caches.delete(name);
  await self.registration.unregister();
}
"""


def make_worker(site: Site, assets_url: str, search_start: str) -> Output:
    """`sw.js`. Its bytes change with the assets' and the index's, which makes browsers fetch both anew."""
    if not site.offline:
        return make_text_output("sw.js", _LEAVING)
    shell: Sequence[str] = [*(page or "./" for page in _PAGES), *(assets_url + name for name in _SCRIPTS), search_start]
    return make_text_output("sw.js", f"self.SHELL = {json.dumps(shell)};\nimportScripts({json.dumps(assets_url + 'js/worker.js')});\n")
