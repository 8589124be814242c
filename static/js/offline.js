// @ts-check
// The page that stands for one that was never read: what was read is listed, and the one asked for can be tried again.
const [list, empty, again] = ["read", "empty", "again"].map((id) => /** @type {HTMLElement} */ (document.getElementById(id)));
const root = new URL(/** @type {HTMLElement} */ (list).dataset.root ?? "./", location.href).href;
const from = new URLSearchParams(location.search).get("from") ?? "";
if (from.startsWith(root)) {
  again.hidden = false;
  /** @type {HTMLAnchorElement} */ (again.querySelector("a")).href = from;
}

/** The letters that this browser has read, the newest reading first. @returns {Promise<[string, string][]>} address and title */
const readTitles = async () => {
  const cache = await caches.open(`dafu read ${root}`);
  const requests = (await cache.keys()).filter((request) => request.url.startsWith(`${root}letters/`)).reverse().slice(0, 100);
  return Promise.all(requests.map(async (request) => {
    const html = await (await cache.match(request))?.text();
    const heading = new DOMParser().parseFromString(html ?? "", "text/html").querySelector("h1");
    return /** @type {[string, string]} */ ([request.url, heading?.textContent ?? ""]);
  }));
};

const letters = "caches" in globalThis ? (await readTitles()).filter(([url, title]) => title && !url.endsWith(".bin")) : [];
empty.hidden = letters.length > 0;
for (const [href, textContent] of letters) {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("a"), { href, textContent, lang: "zh-Hans" }));
  list.append(item);
}
