// What the gestures that hand.js tells come to.
import { endsOf } from "./points.js";
import { pointToward, pointsInside, spotOf, toMap } from "./space.js";

const REACH = 12; // pixels around a point in which it is hit
const MARGIN = 30; // pixels at the map's edge that arrow keys bring a point out of

export function gestures({ own, canvas, draw, colors: { open }, moves, acts }) {
  const hit = (x, y) => {
    if (!own.grid) return null;
    const [u, v] = toMap(own.view, canvas.size, x, y);
    const i = own.grid.nearest(u, v, Math.max(REACH, endsOf(own.radii)[1] * own.grow) / own.view.scale, (k) => open(k)
      && Math.hypot(own.xy[2 * k] - u, own.xy[2 * k + 1] - v) * own.view.scale <= Math.max(REACH, own.radii[k] * own.grow));
    return i < 0 ? null : i;
  };
  const nearestToMiddle = () => Math.max(own.grid ? own.grid.nearest(own.view.x, own.view.y, 1, open) : 0, 0);
  return {
    zoom: moves.zoom, pan: moves.pan,
    mode: () => own.mode,
    hover: (x, y) => acts.look(hit(x, y)),
    leave: () => acts.look(null),
    click(x, y) {
      const i = hit(x, y);
      acts.look(i);
      if (i !== null) acts.choose(i);
    },
    lasso(path, done) {
      own.lasso = path.flatMap(([x, y]) => toMap(own.view, canvas.size, x, y));
      if (done) acts.select(pointsInside(own.xy, own.lasso, open));
      else draw.map(false);
    },
    drop() {
      own.lasso = null;
      draw.map(false);
    },
    walk(key) {
      const from = own.at ?? own.chosen;
      const to = from === null ? nearestToMiddle() : pointToward(own.xy, from, key, open);
      acts.look(to);
      const [x, y] = spotOf(own.view, canvas.size, own.xy, to);
      const { width, height } = canvas.size;
      if (x < MARGIN || y < MARGIN || x > width - MARGIN || y > height - MARGIN) moves.fly({ ...own.view, x: own.xy[2 * to], y: own.xy[2 * to + 1] });
    },
    enter: () => own.at !== null && acts.choose(own.at),
    toggle: () => own.at !== null && acts.toggle(own.at),
    escape() {
      if (own.at === null && own.chosen === null && own.selected.length) return acts.clear();
      acts.look(null);
      return own.chosen !== null && acts.choose(null);
    },
    whole: () => moves.fly(own.whole),
  };
}
