// How the view of a map changes: at once, in a flight, or with another projection.
import { set } from "../kit/js/dom.js";
import { nextFrame } from "./frames.js";
import { between, eased, gridOf, panned, wholeView, zoomed } from "./space.js";

export const HEAD = 48; // pixels of the map that its buttons lie on
const MOVE = 700; // milliseconds of a flight or of a change of projection

export function moving({ model, root, signal, map, own, canvas, draw, colors }) {
  const flight = nextFrame(signal);
  // Runs step(share) from 0 to 1, or straight to 1 where motion is not wanted; what runs already ends where it is.
  const animate = (step) => {
    flight.stop();
    const begin = performance.now();
    const tick = () => {
      const share = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : Math.min((performance.now() - begin) / MOVE, 1);
      step(eased(share), share === 1);
      draw.map();
      set(root, { "data-moving": share < 1 });
      if (share < 1) flight.run(tick);
    };
    tick();
  };
  // Returns whether the view is another one now.
  const moveTo = (view) => {
    flight.stop();
    const moved = ["x", "y", "scale"].some((part) => view[part] !== own.view[part]);
    own.view = view;
    if (moved) draw.map();
    return moved;
  };
  const mixed = (a, b, share) => (share < 1 && a && b ? b.map((value, k) => a[k] + (value - a[k]) * share) : b);
  return {
    fly(target) {
      const start = own.view;
      animate((share) => { own.view = between(start, target, share); });
    },
    project() {
      const [start, end] = [own.xy, map.placesOf(model.get("projection"))];
      const [from, to] = [own.centres, colors.centers()];
      const [view, whole] = [own.view, wholeView(end, canvas.size, HEAD)];
      own.grid = null; // nothing is hit on the way
      animate((share, over) => {
        own.xy = mixed(start, end, share);
        own.centres = own.groups && mixed(from, to, share);
        own.view = between(view, whole, share);
        if (over) [own.whole, own.grid] = [whole, gridOf(end)];
      });
    },
    zoom: (factor, x, y) => moveTo(zoomed(own.view, canvas.size, own.whole, factor, x, y)),
    pan: (dx, dy) => moveTo(panned(own.view, canvas.size, own.whole, dx, dy)),
  };
}
