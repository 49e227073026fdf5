// What is drawn on a map's page, and when.
import { set, writeOn } from "../kit/js/dom.js";
import { nextFrame } from "./frames.js";
import { endsOf, radiusRange } from "./points.js";
import { limited, spotOf } from "./space.js";

const CHOOSE = "Choose a concept: click a point, or find it by its name.";
const NO_KERNEL = "For more about this concept, Python has to run: in the notebook, run this cell first.";

// Draws the map at the next frame: all of it, or, unless `again`, only what changes with the pointer.
export function mapDrawing({ model, root, signal, map, own, views, changed, canvas, card, key, pictures }) {
  const frame = nextFrame(signal);
  let stale = false;
  const paint = (scene, nearer) => {
    const range = radiusRange(map.n, canvas.area);
    scene.grow = own.grow = limited(Math.sqrt(nearer), 1, Math.max(1, 20 / range[1]));
    canvas.paint(scene);
    if (map.sizes.length && changed("sizes", own.grow)) key.showSizes(map.sizeName, endsOf(map.sizes), range.map((r) => r * own.grow));
  };
  const showCard = () => {
    const i = own.at;
    if (i === null || own.lasso) return card.hide();
    const some = pictures.some(i, 3, 72);
    const missing = map.asks.pictures && !some.length && !views.has(i);
    return card.show(i, some, missing ? (model.offline ? "for pictures, Python has to run" : "asking for pictures…") : "",
      [...spotOf(own.view, canvas.size, own.xy, i), own.radii[i] * own.grow], canvas.size);
  };
  const draw = () => {
    if (!own.view) return;
    const rows = views.get(own.chosen)?.relevance || [];
    const scene = { ...map, ...own, links: rows.filter((row) => row[2] >= 0).map((row) => [row[2], row[1]]) };
    const nearer = own.view.scale / own.whole.scale;
    if (stale) paint(scene, nearer);
    stale = false;
    canvas.trace(scene);
    showCard();
    set(root, { "data-painted": map.n, "data-zoom": nearer.toFixed(2) });
  };
  return (again = true) => {
    stale = stale || again;
    frame.run(draw);
  };
}

// What stands around the map: the chosen concept, the selected ones, words, and which choices and buttons are on.
export function partsDrawing({ model, root, map, own, views, tiles, changed, python, pictures, ...parts }) {
  // What is said in place of what is not known.
  const noteOn = (i, view) => {
    if (i === null) return CHOOSE;
    const lacks = (map.asks.relevance && !view?.relevance) || (map.asks.pictures && !view && !map.pictured(i));
    if (!lacks) return "";
    return model.offline ? NO_KERNEL : python.asked ? "The network is asked…" : "";
  };
  return {
    detail() {
      const i = own.chosen;
      const view = i === null ? null : views.get(i);
      const note = noteOn(i, view);
      if (changed("detail", i, view, note)) parts.detail.show(i, i === null ? [] : pictures.some(i, 4, 69), note, view?.relevance);
      set(root, { "data-chosen": i });
    },
    gallery() {
      if (!changed("gallery", own.selected, own.groups, tiles.size, model.offline)) return;
      parts.picked.show(own.selected, own.groups, pictures.tile);
      set(root, { "data-selected": own.selected.length });
    },
    state() {
      writeOn(parts.heading, model.get("title"));
      writeOn(parts.error, model.get("error"));
      parts.projections.show(model.get("projection"));
      parts.kinds.show(model.get("color_by"));
      parts.tools.show({ lasso: String(own.mode === "lasso"), pictures: String(own.pictures) });
      set(root, { "data-done": python.asked ? null : model.get("done"), "data-mode": own.mode, "data-projection": model.get("projection") });
    },
    hint: (text) => writeOn(parts.hint, text),
  };
}
