import { around, buttonOf, classed, el, focused, focusOn, hear, set } from "../kit/js/dom.js";
import { clamp, directionOf } from "../kit/js/geometry.js";
import { nameField } from "../kit/js/naming.js";
import { conceptName, signed } from "../kit/js/words.js";

const MARKS = { good: ["✓", " speaks for its class"], bad: ["✗", " weak, or speaks against it"] };

// The patches of one class, a row per concept; tabs choose the class. Tiles are buttons marked data-tile="row/patch".
// hooks: signal, urls, chosen(class), named(class, concept, name).
export function tray({ signal, urls, chosen, named }) {
  const tabs = tabRow(signal, chosen);
  const rows = el("div", { class: "xk-rows", role: "tabpanel" });
  const legend = classed("p", "xk-legend", mark("good"), MARKS.good[1], " ", mark("bad"), MARKS.bad[1]);
  const box = classed("div", "xk-tray", tabs.box, rows, legend);
  let [concepts, active, writing] = [[], [0, 0], null];

  const write = (now, r) => {
    writing = now;
    draw();
    const next = rows.querySelector(now === null ? `[data-rename="${r}"]` : ".xk-name");
    if (next) next.focus();
  };
  const title = (concept, r) => (writing === r
    ? nameField(concept, (name) => named(concept.cls, concept.concept, name), () => write(null, r)) : renameButton(concept, r));

  const draw = () => {
    const focus = focused(rows);
    const kept = rows.contains(focus) && Object.entries(focus.dataset).find(([kind]) => kind === "tile" || kind === "rename");
    rows.replaceChildren(...concepts.map((concept, r) => row(concept, r, title(concept, r), urls)));
    rove();
    const again = kept && rows.querySelector(`[data-${kept[0]}="${kept[1]}"]`);
    if (again) focusOn(again); // else the next keys would go to the notebook
  };

  const show = (classes, cls, trays, patches) => {
    tabs.show(classes, cls);
    const same = concepts.length && concepts[0].cls === cls;
    concepts = trays.filter((one) => one.cls === cls).map((one) => pictured(one, patches));
    if (!same) [active, writing] = [[0, 0], null];
    if (!same || writing === null) draw(); // what is being written stays
  };

  const rove = () => rows.querySelectorAll("[data-tile]").forEach((one) => set(one, { tabindex: one.dataset.tile === active.join("/") ? 0 : -1 }));

  const itemOf = (target) => {
    const button = around(target, "[data-tile]");
    return button && rows.contains(button) ? tileItem(concepts, button, urls) : null;
  };
  hear(rows, "click", signal, (event) => {
    const button = event.target.closest("[data-rename]");
    if (button) write(Number(button.dataset.rename), null);
  });
  hear(rows, "focusin", signal, (event) => {
    const item = itemOf(event.target);
    if (!item) return;
    active = item.tile;
    rove();
  });

  // An arrow key goes to the next tile of the row, or to the row above or below.
  const go = (item, way) => {
    const r = clamp(item.tile[0] + way[1], 0, concepts.length - 1);
    const next = rows.querySelector(`[data-tile="${r}/${clamp(item.tile[1] + way[0], 0, concepts[r].patches.length - 1)}"]`);
    if (next) next.focus();
  };
  return { box, show, itemOf, go };
}

const mark = (kind) => classed("span", `xk-mark xk-${kind}`, MARKS[kind][0]);

// The patches of a tray with their pictures.
const pictured = (one, patches) => ({
  ...one, patches: one.patches.map((patch) => ({ ...patch, picture: patches[patch.patch], context: patches[patch.context] })),
});

const row = (concept, r, title, urls) => el("div", { class: "xk-row", role: "group", "aria-label": conceptName(concept) },
  classed("span", "xk-number-badge", concept.name),
  el("div", { class: "xk-tiles" },
    classed("div", "xk-label", title, concept.lost ? el("span", { class: "xk-lost", title: concept.lost }, concept.lost) : null),
    ...concept.patches.map((patch, p) => tile(concept, r, patch, p, urls))));

// The thing behind a tile, in the form that a drag carries.
function tileItem(concepts, button, urls) {
  const [r, p] = button.dataset.tile.split("/").map(Number);
  const [concept, patch] = [concepts[r], concepts[r].patches[p]];
  return {
    kind: "patch", cls: concept.cls, concept: concept.concept, patch: p, size: patch.size, src: urls(patch.picture),
    words: wordsOf(concept, patch), context: urls(patch.context), tile: [r, p], button,
  };
}

function tile(concept, r, patch, p, urls) {
  const kind = patch.good ? "good" : "bad";
  return buttonOf(`xk-tile xk-${kind}`, { "data-tile": `${r}/${p}`, "aria-label": wordsOf(concept, patch) },
    el("img", { src: urls(patch.picture), alt: "", draggable: "false" }), mark(kind));
}

// The name of a concept, and the way to another name.
function renameButton(concept, r) {
  return buttonOf("xk-rename", { "data-testid": "rename", "data-rename": r, title: "name this concept", "aria-label": `${conceptName(concept)}: name it` },
    el("span", {}, conceptName(concept)), classed("span", "xk-pencil", "✎"));
}

// The classes, of which one is chosen.
function tabRow(signal, chosen) {
  const box = el("div", { class: "xk-tabs", role: "tablist", "aria-label": "class whose patches are shown" });
  const show = (classes, cls) => box.replaceChildren(...classes.map((name) => el("button", {
    type: "button", role: "tab", class: "xk-tab", "aria-selected": name === cls, tabindex: name === cls ? 0 : -1,
  }, name)));
  hear(box, "click", signal, (event) => {
    if (event.target.closest("[role=tab]")) chosen(event.target.textContent);
  });
  hear(box, "keydown", signal, (event) => {
    const [way, all] = [directionOf(event.key), [...box.children]];
    const at = all.indexOf(event.target);
    if (!way || at < 0) return;
    event.preventDefault();
    const next = (at + way[0] + way[1] + all.length) % all.length;
    chosen(all[next].textContent);
    box.children[next].focus();
  });
  return { box, show };
}

function wordsOf(concept, patch) {
  const from = patch.source ? `, from ${patch.source}` : "";
  const score = patch.score === null ? "" : `, contribution ${signed(patch.score)}`;
  return `${patch.good ? "good" : "bad"} patch of ${conceptName(concept)} of ${concept.cls}${score}${from}`;
}
