import { el, set } from "./dom.js";
import { directionOf } from "./geometry.js";
import { signed } from "./words.js";

// The patches of one class, a row per concept; tabs choose the class. Tiles are buttons marked data-tile="row/patch".
export function tray(urls, signal, chosen) {
  const tabs = el("div", { class: "xk-tabs", role: "tablist", "aria-label": "class whose patches are shown" });
  const rows = el("div", { class: "xk-rows", role: "tabpanel" });
  const legend = el("p", { class: "xk-legend" },
    el("span", { class: "xk-mark xk-good" }, "✓"), " speaks for its class  ", el("span", { class: "xk-mark xk-bad" }, "✗"), " weak, or speaks against it");
  const box = el("div", { class: "xk-tray" }, tabs, legend, rows);
  let [concepts, active] = [[], [0, 0]];

  const tile = (concept, r, patch, p) => el("button", {
    type: "button", class: `xk-tile ${patch.good ? "xk-good" : "xk-bad"}`, "data-tile": `${r}/${p}`,
    "aria-label": wordsOf(concept, patch),
  }, el("img", { src: urls(patch.picture), alt: "", draggable: "false" }), el("span", { class: "xk-mark" }, patch.good ? "✓" : "✗"));

  const show = (classes, cls, trays, patches) => {
    tabs.replaceChildren(...classes.map((name) => el("button", {
      type: "button", role: "tab", class: "xk-tab", "aria-selected": String(name === cls), tabindex: name === cls ? 0 : -1,
    }, name)));
    concepts = trays.filter((one) => one.cls === cls).map((one) => ({ ...one, patches: one.patches.map((p) => ({ ...p, picture: patches[p.patch] })) }));
    active = [0, 0];
    rows.replaceChildren(...concepts.map((concept, r) => el("div", { class: "xk-row", role: "group", "aria-label": `concept ${concept.name}` },
      el("span", { class: "xk-number-badge" }, concept.name),
      el("div", { class: "xk-tiles" }, concept.label ? el("span", { class: "xk-label" }, concept.label) : null,
        ...concept.patches.map((patch, p) => tile(concept, r, patch, p))))));
    rove();
  };

  const rove = () => rows.querySelectorAll("[data-tile]").forEach((one) => set(one, { tabindex: one.dataset.tile === active.join("/") ? 0 : -1 }));

  // The thing behind a tile, in the form that a drag carries.
  const itemOf = (target) => {
    const button = target.closest && target.closest("[data-tile]");
    if (!button || !rows.contains(button)) return null;
    const [r, p] = button.dataset.tile.split("/").map(Number);
    const [concept, patch] = [concepts[r], concepts[r].patches[p]];
    return {
      kind: "patch", cls: concept.cls, concept: concept.concept, patch: p, size: patch.size, src: urls(patch.picture),
      words: wordsOf(concept, patch), tile: [r, p], button,
    };
  };

  tabs.addEventListener("click", (event) => {
    if (event.target.closest("[role=tab]")) chosen(event.target.textContent);
  }, { signal });
  tabs.addEventListener("keydown", (event) => {
    const way = directionOf(event.key);
    const all = [...tabs.children];
    const at = all.indexOf(event.target);
    if (!way || at < 0) return;
    event.preventDefault();
    const next = (at + way[0] + way[1] + all.length) % all.length;
    chosen(all[next].textContent);
    tabs.children[next].focus();
  }, { signal });
  rows.addEventListener("focusin", (event) => {
    const item = itemOf(event.target);
    if (!item) return;
    active = item.tile;
    rove();
  }, { signal });

  // An arrow key goes to the next tile of the row, or to the row above or below.
  const go = (item, way) => {
    const r = Math.min(Math.max(item.tile[0] + way[1], 0), concepts.length - 1);
    const p = Math.min(Math.max(item.tile[1] + way[0], 0), concepts[r].patches.length - 1);
    const next = rows.querySelector(`[data-tile="${r}/${p}"]`);
    if (next) next.focus();
  };
  return { box, show, itemOf, go };
}

function wordsOf(concept, patch) {
  const from = patch.source ? `, from ${patch.source}` : "";
  const score = patch.score === null ? "" : `, contribution ${signed(patch.score)}`;
  return `${patch.good ? "good" : "bad"} patch of concept ${concept.name} of ${concept.cls}${score}${from}`;
}
