// @ts-check
// The service worker of a site that wants one: the network first, and where it fails what was read before. What is named by a hash is asked for once.
{
  const worker = /** @type {ServiceWorkerGlobalScope & { SHELL: string[] }} */ (/** @type {unknown} */ (self));
  const scope = worker.registration.scope;
  const [SHELL, HASHED, READ] = ["shell", "hashed", "read"].map((kind) => `dafu ${kind} ${scope}`);
  /** Pages and shards that are kept; and for how long a page that was read before waits for the network. */
  const [MOST_READ, MOST_HASHED, PATIENCE_MS] = [300, 600, 5000];

  /** Takes the shell anew, past the browser's own cache: these names say nothing of their content. What the shell was before stays for the pages that were read with it. */
  const install = async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll(worker.SHELL.map((url) => new Request(new URL(url, scope), { cache: "reload" })));
    const wanted = new Set(worker.SHELL.map((url) => new URL(url, scope).href));
    for (const request of await cache.keys()) {
      const answer = wanted.has(request.url) ? undefined : await cache.match(request);
      if (answer && isHashed(request.url)) await keep(HASHED, request.url, answer, MOST_HASHED);
      if (answer) await cache.delete(request);
    }
    await worker.skipWaiting();
  };

  const isHashed = (/** @type {string} */ url) => /^(assets|search\/data)\//.test(url.slice(scope.length));

  /** Keeps an answer as the newest of its cache, and lets the oldest go. A browser without room for it reads on all the same. */
  const keep = async (/** @type {string} */ name, /** @type {string} */ url, /** @type {Response} */ answer, /** @type {number} */ most) => {
    try {
      const cache = await caches.open(name);
      await cache.delete(url);
      await cache.put(url, answer);
      const kept = await cache.keys();
      for (const request of kept.slice(0, Math.max(0, kept.length - most))) await cache.delete(request);
    } catch {
      // Nothing is lost but the copy.
    }
  };

  const find = async (/** @type {string} */ url) => (await (await caches.open(READ)).match(url)) ?? (await (await caches.open(SHELL)).match(url));

  /** Bytes that never change under their name. */
  const answerHashed = async (/** @type {Request} */ request) => {
    const kept = (await (await caches.open(HASHED)).match(request.url)) ?? (await find(request.url));
    if (kept) return kept;
    const answer = await fetch(request);
    if (answer.ok) await keep(HASHED, request.url, answer.clone(), MOST_HASHED);
    return answer;
  };

  /** What the network says; a page that it no longer has is forgotten here too. */
  const ask = async (/** @type {Request} */ request, /** @type {string} */ url) => {
    const answer = await fetch(request);
    const isRead = answer.headers.get("content-type")?.startsWith("text/html") || /(search\.bin|table\.json)$/.test(url);
    if (answer.ok && !answer.redirected && isRead) await keep(READ, url, answer.clone(), MOST_READ);
    if (answer.status === 404 || answer.status === 410) for (const name of [READ, SHELL]) await (await caches.open(name)).delete(url);
    return answer;
  };

  const answerRead = async (/** @type {Request} */ request) => {
    const url = request.url.replace(/[?#].*/s, "");
    const asked = ask(request, url);
    asked.catch(() => undefined);
    const kept = await find(url);
    try {
      if (!kept) return await asked;
      const patience = new Promise((done) => setTimeout(done, PATIENCE_MS, kept));
      return await Promise.race([asked, patience]);
    } catch {
      if (kept) return kept;
      return request.mode === "navigate" ? Response.redirect(`${scope}offline/?from=${encodeURIComponent(request.url)}`) : Response.error();
    }
  };

  worker.addEventListener("install", (event) => event.waitUntil(install()));
  worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
  worker.addEventListener("fetch", (event) => {
    const { request } = event;
    if (request.method !== "GET" || !request.url.startsWith(scope)) return;
    event.respondWith(isHashed(request.url) ? answerHashed(request) : answerRead(request));
  });
}
