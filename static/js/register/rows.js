// @ts-check
// The register's rows as the table has them: which pass a filter, and how many of these have each value. Knows nothing of the document.

/**
 * @typedef {{size: number, heads: number[], rows: number, facets: Record<string, [string, string][]>, places: Record<string, [number, number[]][]>, due: [number, string][]}} Table
 * @typedef {{table: Table, places: Record<string, number[][]>, due: Map<number, string>, before: number[], years: number[]}} Rows `before`: how many rows of its year stand before a row; `years`: how many each year has
 * @typedef {Record<string, string>} Filter a facet's name to the slug of the value chosen
 */

/** The value of the facet `date` that only a clock can tell. */
export const PASSED = "passed";

/** The table with a row's places at hand. @returns {Rows} */
export const readRows = (/** @type {Table} */ table) => {
  const places = Object.fromEntries(Object.entries(table.places).map(([facet, runs]) => [facet, runs.flatMap(([count, places]) => Array(count).fill(places))]));
  const years = table.facets.year.map(() => 0);
  const before = places.year.map(([year]) => years[year]++);
  return { table, places, due: new Map(table.due), before, years };
};

/** The rows that pass, in the register's order; one facet may be left out of account. @returns {number[]} */
export const filterRows = (/** @type {Rows} */ rows, /** @type {Filter} */ filter, /** @type {string} */ today, without = "") => {
  const tests = Object.entries(filter).filter(([facet, slug]) => facet !== without && slug && facet in rows.places).map(([facet, slug]) => {
    if (facet === "date" && slug === PASSED) return (/** @type {number} */ row) => (rows.due.get(row) ?? "9999") < today;
    const place = rows.table.facets[facet].findIndex(([known]) => known === slug);
    return (/** @type {number} */ row) => rows.places[facet][row].includes(place);
  });
  return [...Array(rows.table.rows).keys()].filter((row) => tests.every((passes) => passes(row)));
};

/** How many of the rows that pass all other facets have each value of one; values that none has are left out. */
export const countValues = (/** @type {Rows} */ rows, /** @type {Filter} */ filter, /** @type {string} */ facet, /** @type {string} */ today) => {
  const passing = filterRows(rows, filter, today, facet);
  const counts = Array(rows.table.facets[facet].length).fill(0);
  for (const row of passing) for (const place of rows.places[facet][row]) counts[place] += 1;
  const known = rows.table.facets[facet].map(([slug, name], place) => ({ slug, name, count: counts[place] }));
  const passed = facet === "date" ? [{ slug: PASSED, name: "", count: passing.filter((row) => (rows.due.get(row) ?? "9999") < today).length }] : [];
  return [...known, ...passed].filter(({ slug, count }) => count || filter[facet] === slug);
};

/** The year's list in which a row stands, the page there (0: the newest, at the list's own address; blocks are counted from the oldest), and its place in that. */
export const findPlace = (/** @type {Rows} */ rows, /** @type {number} */ row) => {
  const [year] = rows.places.year[row];
  const [slug] = rows.table.facets.year[year];
  const past = rows.before[row] - rows.table.heads[year];
  if (past < 0) return { year: slug, page: 0, at: rows.before[row] };
  const blocks = (rows.years[year] - rows.table.heads[year]) / rows.table.size;
  return { year: slug, page: blocks - Math.floor(past / rows.table.size), at: past % rows.table.size };
};
