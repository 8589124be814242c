// @ts-check
// A letter's page: who arrives from a search finds the words marked. The work is fetched only then.
if (new URLSearchParams(location.search).has("find")) import("./found.js").then(({ markFound }) => markFound());
