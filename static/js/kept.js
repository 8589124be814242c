// @ts-check
// Keeps in this browser what a reader chose in the form before this script: the theme, what is marked, which text. The style sheet does the rest, and does it without this file too.
{
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const form = /** @type {HTMLFormElement} */ (script.previousElementSibling);
  const kept = `dafu.${form.name}`;
  const controls = /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([...form.querySelectorAll("input, select")]);

  /** @returns {Record<string, unknown>} what was chosen, by the control's name or, of several under one name, its value */
  const recall = () => {
    try {
      return JSON.parse(localStorage.getItem(kept) ?? "{}") ?? {};
    } catch {
      return {};
    }
  };

  /** Applies what was chosen on this page, an earlier one, or in another tab. */
  const apply = () => {
    const chosen = recall();
    for (const control of controls) {
      if (control instanceof HTMLInputElement) {
        if (typeof chosen[control.value] === "boolean") control.checked = Boolean(chosen[control.value]);
      } else if ([...control.options].some((option) => option.value === chosen[control.name])) control.value = String(chosen[control.name]);
    }
  };

  form.addEventListener("change", () => {
    const chosen = recall();
    for (const control of controls) {
      if (control instanceof HTMLInputElement) chosen[control.value] = control.checked;
      else chosen[control.name] = control.value;
    }
    try {
      localStorage.setItem(kept, JSON.stringify(chosen));
    } catch {
      // A browser that keeps nothing shows the choice on this page all the same.
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("pageshow", apply);
  addEventListener("storage", apply);
  apply();

  // A site that wants it has its pages kept too.
  const { worker } = script.dataset;
  if (worker && "serviceWorker" in navigator) addEventListener("load", () => navigator.serviceWorker.register(worker).catch(() => undefined));
}
