// @ts-check
// Says of a date promised whether it has passed: by the reader's clock, for a page knows no today.
/** Today where the reader is, as the pages write days. */
export const today = () => {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
};

/** Marks the dates under an element that have passed. */
export const markPassed = (/** @type {ParentNode} */ within) => {
  for (const due of within.querySelectorAll(".due:not(.is-passed)")) {
    if ((due.querySelector("time")?.dateTime ?? "9999") >= today()) continue;
    due.classList.add("is-passed");
  }
};

markPassed(document);
