import { changes } from "../kit/js/changes.js";
import { el, followTheme, inPixels, keepKeys, set, whenSized } from "../kit/js/dom.js";
import { living } from "../kit/js/living.js";
import { acting } from "./acts.js";
import { coloring } from "./colors.js";
import { mapDrawing, partsDrawing } from "./drawing.js";
import { gestures } from "./gestures.js";
import { mapHand } from "./hand.js";
import { HEAD, moving } from "./moves.js";
import { partsOf } from "./parts.js";
import { pictureBook } from "./pictures.js";
import { drawOrder, pointRadii, unpackMap } from "./points.js";
import { talking } from "./python.js";
import { gridOf, limited, wholeView } from "./space.js";

const SIDE = 320; // pixels beside the map for legend, selection and chosen concept
const BESIDE = 780; // pixels that make room for both: a notebook beside its list of files, on a projector
const ABOVE = 280; // pixels of a screen that the map leaves to what is around it

function render({ model, el: host }) {
  const life = new AbortController();
  const { signal } = life;
  const root = el("div", { class: "xk xk-semantic-map", "data-testid": "semantic-map" });
  host.append(root);
  keepKeys(root, signal);
  followTheme(root, signal);
  const map = unpackMap(model);
  // What this page shows, perhaps before Python knows. The first width brings what is missing here: xy, grid, view, whole,
  // radii and order; groups, centres, faint and hidden, the colors.
  const own = {
    ranks: new Uint8Array(map.n), dimmed: new Set(), grow: 1, mode: "pan", pictures: false, sheet: null, opening: true,
    at: null, chosen: null, selected: new Uint32Array(0), lasso: null,
  };
  // What the files of this folder share; `views` and `tiles` are what Python has told of single concepts. Each of them uses
  // at once what was made before it, and everything when something happens.
  const page = { model, root, signal, map, own, views: new Map(), tiles: new Map(), changed: changes() };
  page.on = (where, type, act, options) => where.addEventListener(type, act, { signal, ...options });
  page.python = talking(page);
  Object.assign(page, partsOf(page));
  page.pictures = pictureBook(page);
  page.draw = { map: mapDrawing(page), ...partsDrawing(page) };
  page.colors = coloring(page);
  page.moves = moving(page);
  page.acts = acting(page);
  mapHand(page.box, gestures(page), page.on);
  heedWidth(page);
  return () => {
    page.python.end();
    page.acts.look(null); // so that Python is not asked any more what would be asked after a rest
    life.abort();
    root.remove();
  };
}

// A page begins when it has a width.
function heedWidth({ model, root, signal, map, own, changed, python, canvas, box, pictures, draw, colors }) {
  const begin = () => {
    own.xy = map.placesOf(model.get("projection"));
    own.grid = gridOf(own.xy);
    changed("projection", model.get("projection"));
    changed("theme", root.dataset.theme);
    colors.ink();
  };
  const resize = (width) => {
    const beside = width >= BESIDE;
    set(root, { "data-beside": beside });
    const wide = beside ? width - SIDE - 20 : width;
    canvas.resize({ width: wide, height: limited(Math.min(Math.round(wide * 0.86), innerHeight - ABOVE), 360, 660) });
    inPixels(box, canvas.size);
    const before = own.whole;
    own.whole = wholeView(own.xy, canvas.size, HEAD);
    own.view = before ? { ...own.view, scale: (own.view.scale / before.scale) * own.whole.scale } : own.whole;
    own.radii = pointRadii(map.sizes, map.n, canvas.area);
    own.order = drawOrder(own.radii);
    draw.map();
  };
  const loadSheet = async () => {
    own.sheet = await pictures.sheet();
    draw.map(false);
  };
  whenSized(root, (width) => {
    const first = !own.xy;
    if (first) begin();
    resize(width);
    if (first && map.sheet.byteLength) loadSheet();
    python.heard();
  }, signal);
}

export default living(render);
