// The parts of a map's page, and where they stand.
import { classed, el, focusOn } from "../kit/js/dom.js";
import { choicesOf, mapTools } from "./bar.js";
import { mapCanvas } from "./canvas.js";
import { searchBox } from "./search.js";
import { detailPanel, gallery, legend, pointCard } from "./side.js";

const HINT = "Drag to move, wheel to zoom, Shift and drag for a lasso. Keys: arrows walk, Enter chooses, space selects, Escape clears.";

// What hands do to them is told to what comes into the page later.
export function partsOf(page) {
  const { model, root, on, map } = page;
  const go = (i) => page.acts.choose(i, true);
  const choices = (words, trait, values, what = words) => choicesOf(what, words, values, { on, chosen: (value) => page.python.put(trait, value) });
  const named = (words, part) => classed("div", "xk-named", el("span", {}, words), part.box);
  const heading = classed("h3", "xk-title");
  const error = el("p", { class: "xk-error", role: "alert", "data-testid": "error", hidden: true });
  const projections = choices("projection", "projection", model.get("places").map((one) => one.name));
  const kinds = choices("colors", "color_by", [...map.groupings.map((one) => one.name), ""], "kind");
  const tools = mapTools(map.sheet.byteLength, { on, used: (name) => page.acts.use(name) });
  const canvas = mapCanvas();
  const card = pointCard(map);
  const box = el("div", { class: "xk-map", tabindex: 0, role: "application", "data-testid": "map", "aria-label": `map of ${map.n} concepts. ${HINT}` },
    canvas.points, canvas.notes, card.box);
  const key = legend({ on, turned: (dimmed) => page.colors.dim(dimmed) });
  // A button that goes away with what it ends gives the keys to the map, or they would go to the notebook.
  const ending = (act) => () => {
    act();
    focusOn(box);
  };
  const detail = detailPanel(map, { on, go, point: (i) => page.acts.look(i, false), close: ending(() => page.acts.choose(null)) });
  const picked = gallery(map, { on, go, clear: ending(() => page.acts.clear()) });
  const hint = el("p", { class: "xk-note", "data-testid": "hint", "aria-live": "polite", hidden: true });
  root.append(heading, error,
    classed("div", "xk-map-bar", searchBox(map.names, { on, go }), named("map", projections), map.groupings.length ? named("colors", kinds) : null),
    classed("div", "xk-map-main",
      classed("div", "xk-map-stage", box, tools.box, classed("p", "xk-map-hint", HINT)),
      classed("div", "xk-map-side", key.box, hint, detail.box, picked.box)));
  return { heading, error, projections, kinds, tools, canvas, card, box, key, detail, picked, hint };
}
