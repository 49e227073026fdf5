// Beside and below a map: the legend, what is known about the chosen concept, and the selected ones.
import { buttonOf, classed, el, focused, focusOn, set, svg } from "../kit/js/dom.js";
import { N_COLORED, OTHER, SPEAKS, colorOf, inked, isDiamond } from "./points.js";

export const MOST_TILES = 48;

const readable = (number) => number.toLocaleString("en");
const counted = (number, what) => `${readable(number)} ${what}${number === 1 ? "" : "s"}`;
const signedShort = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
const short = (value) => String(Number(value.toPrecision(3)));

function swatch(rank) {
  const ink = { fill: inked(colorOf(rank)), stroke: inked(colorOf(rank).map((part) => Math.round(part * 0.6))), "stroke-width": 1.5 };
  const shape = isDiamond(rank) ? svg("path", { d: "M11 1L21 11L11 21L1 11Z", ...ink }) : svg("circle", { cx: 11, cy: 11, r: 8.5, ...ink });
  return svg("svg", { width: 22, height: 22, "aria-hidden": "true" }, shape);
}

// The groups as buttons that dim or bring back their points; `turned(ranks of the dimmed)` when one is pressed.
export function legend({ on, turned }) {
  const list = el("div", { class: "xk-chips", role: "group", "aria-label": "groups: press one to dim it", "data-testid": "legend" });
  const sizes = el("div", { class: "xk-sizes", "data-testid": "size-legend" });
  const box = classed("div", "xk-map-legend", list, sizes);
  let dimmed = new Set();

  const show = (groups) => {
    dimmed = new Set();
    list.hidden = !groups;
    if (!groups) return;
    const ranks = [...groups.groups.keys()].slice(0, N_COLORED);
    const rest = groups.counts.slice(N_COLORED).reduce((sum, count) => sum + count, 0);
    const chip = (rank, name, count) => buttonOf("xk-chip", { "data-rank": rank, "aria-pressed": "true" },
      swatch(rank), el("span", {}, name), classed("span", "xk-count", readable(count)));
    list.replaceChildren(...ranks.map((rank) => chip(rank, groups.groups[rank], groups.counts[rank])));
    if (rest) list.append(chip(N_COLORED, `other: ${counted(groups.groups.length - N_COLORED, "group")}`, rest));
  };
  const showSizes = (name, [low, high], [least, most]) => {
    const circle = (r) => svg("svg", { width: 2 * r + 4, height: 2 * r + 4, "aria-hidden": "true" },
      svg("circle", { cx: r + 2, cy: r + 2, r, fill: inked(OTHER), "fill-opacity": 0.5, stroke: "currentColor" }));
    sizes.replaceChildren(el("span", {}, `size: ${name}`), circle(least), el("span", {}, short(low)), circle(most), el("span", {}, short(high)));
  };
  on(list, "click", (event) => {
    const button = event.target.closest("[data-rank]");
    if (!button) return;
    const rank = Number(button.dataset.rank);
    if (!dimmed.delete(rank)) dimmed.add(rank);
    set(button, { "aria-pressed": String(!dimmed.has(rank)) });
    turned(dimmed);
  });
  return { box, show, showSizes };
}

// What is said about a concept anywhere: its name, its labels, its size.
export function factsOf(map, i) {
  const facts = map.groupings.map(({ name, groups, of }) => [name, groups[of[i]]]);
  if (map.sizes.length) facts.push([map.sizeName, short(map.sizes[i])]);
  return facts;
}

const list = (facts) => classed("div", "xk-facts", ...facts.flatMap((fact) => fact.map((text) => el("span", {}, text))));

// The note beside a point under the pointer or the keyboard's focus.
export function pointCard(map) {
  const box = el("div", { class: "xk-point-card", role: "status", "data-testid": "card", hidden: true });
  const show = (i, pictures, waiting, [x, y, r], size) => {
    box.hidden = false;
    box.replaceChildren(el("strong", {}, map.names[i]), list(factsOf(map, i)), classed("div", "xk-strip", ...pictures, ...(waiting ? [el("em", {}, waiting)] : [])));
    const [w, h] = [box.offsetWidth, box.offsetHeight];
    const right = x + r + 14 + w <= size.width - 4;
    box.style.left = `${right ? x + r + 14 : Math.max(x - r - 14 - w, 4)}px`;
    box.style.top = `${Math.min(Math.max(y - h / 2, 4), Math.max(size.height - h - 4, 4))}px`;
  };
  return { box, show, hide: () => { box.hidden = true; } };
}

// The chosen concept: labels, pictures, and bars of what is relevant to it.
export function detailPanel(map, { on, go, point, close }) {
  const box = el("section", { class: "xk-concept", "data-testid": "detail", "aria-live": "polite" });
  const show = (i, pictures, notes, rows) => {
    if (i === null) return box.replaceChildren(el("p", {}, notes));
    const most = Math.max(...(rows || []).map((row) => Math.abs(row[1])), 1e-12);
    const both = (rows || []).some((row) => row[1] < 0);
    const bar = ([name, value, number]) => {
      const fill = classed("span", "xk-relevant-fill");
      const wide = (Math.abs(value) / most) * (both ? 50 : 100);
      Object.assign(fill.style, { width: `${wide}%`, left: `${both ? 50 - (value < 0 ? wide : 0) : 0}%`, background: inked(SPEAKS[value < 0 ? "against" : "for"]) });
      return buttonOf("xk-relevant", { "data-concept": number, disabled: number < 0, "aria-label": `${name}: ${signedShort(value)}` },
        classed("span", "xk-relevant-name", name), classed("span", "xk-relevant-track", fill), classed("span", "xk-number", signedShort(value)));
    };
    const shut = buttonOf("xk-button", { "data-close": "", "aria-label": "close" }, "✕");
    const held = box.contains(focused(box));
    box.replaceChildren(
      classed("div", "xk-examples-head", classed("h4", "xk-cell-title", map.names[i]), shut),
      list(factsOf(map, i)), classed("div", "xk-strip", ...pictures),
      ...(notes ? [classed("p", "xk-note", notes)] : []),
      ...(rows && rows.length ? [classed("p", "xk-relevant-title", `Most relevant to ${map.names[i]}`), el("div", { class: "xk-relevants", "data-testid": "relevance" }, ...rows.map(bar))] : []),
    );
    return held && focusOn(shut); // what had the focus is gone
  };
  const numberOf = (event) => {
    const button = event.target.closest("[data-concept]");
    return button && Number(button.dataset.concept) >= 0 ? Number(button.dataset.concept) : null;
  };
  on(box, "click", (event) => {
    if (event.target.closest("[data-close]")) close();
    else if (numberOf(event) !== null) go(numberOf(event));
  });
  for (const type of ["pointerover", "focusin"]) on(box, type, (event) => point(numberOf(event)));
  for (const type of ["pointerleave", "focusout"]) on(box, type, () => point(null));
  return { box, show };
}

// The selected concepts: how many, of which groups, and the first of them with their pictures.
export function gallery(map, { on, go, clear }) {
  const words = el("p", { class: "xk-gallery-words", "data-testid": "selection", "aria-live": "polite" });
  const tiles = el("div", { class: "xk-gallery-tiles", "data-testid": "tiles" });
  const button = buttonOf("xk-button", { "data-testid": "clear" }, "clear");
  const box = el("section", { class: "xk-gallery", hidden: true }, classed("div", "xk-examples-head", words, button), tiles);
  const show = (numbers, groups, pictureOf) => {
    box.hidden = !numbers.length;
    if (box.hidden) return;
    const counts = new Map();
    if (groups) for (const i of numbers) counts.set(groups.of[i], (counts.get(groups.of[i]) || 0) + 1);
    const parts = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 6).map(([g, count]) => `${groups.groups[g]} ${readable(count)}`);
    const more = counts.size > 6 ? [`${counts.size - 6} more`] : [];
    const some = numbers.length > MOST_TILES ? ` The first ${MOST_TILES} are shown.` : "";
    words.replaceChildren(el("strong", {}, `${counted(numbers.length, "concept")} selected`), parts.length ? `: ${[...parts, ...more].join(" · ")}.${some}` : `.${some}`);
    tiles.replaceChildren(...[...numbers.slice(0, MOST_TILES)].map((i) =>
      buttonOf("xk-concept-tile", { "data-concept": i }, pictureOf(i), el("span", {}, map.names[i]))));
  };
  on(tiles, "click", (event) => {
    const tile = event.target.closest("[data-concept]");
    if (tile) go(Number(tile.dataset.concept));
  });
  on(button, "click", clear);
  return { box, show };
}
