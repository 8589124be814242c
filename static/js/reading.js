// @ts-check
// What a reader wants to see marked, and which text: kept in this browser. The style sheet does the rest, and does it without this file too.
{
  const KEPT = "dafu.reading";
  const form = /** @type {HTMLFormElement} */ (document.querySelector(".reading"));
  const inputs = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input")]);

  /** @returns {Record<string, boolean>} what was chosen, by the control's value */
  function recall() {
    try {
      return JSON.parse(localStorage.getItem(KEPT) ?? "{}") ?? {};
    } catch {
      return {};
    }
  }

  /** Applies what was chosen on this page or an earlier one. */
  function apply() {
    const chosen = recall();
    for (const input of inputs) if (typeof chosen[input.value] === "boolean") input.checked = chosen[input.value];
  }

  form.addEventListener("change", () => {
    const chosen = recall();
    for (const input of inputs) chosen[input.value] = input.checked;
    try {
      localStorage.setItem(KEPT, JSON.stringify(chosen));
    } catch {
      // A browser that keeps nothing shows the choice on this page all the same.
    }
  });
  addEventListener("pageshow", apply);
  apply();
}
