// Two canvases, one upon the other: the points, which take time, and what changes with the pointer.
import { classed, inPixels, set } from "../kit/js/dom.js";
import { paintPoints, pointsInSight } from "./paint.js";
import { traceNotes } from "./trace.js";

export function mapCanvas() {
  const [points, notes] = [0, 1].map(() => classed("canvas", "xk-map-canvas"));
  const [below, above] = [points, notes].map((canvas) => canvas.getContext("2d"));
  const stamps = new Map();
  let [size, ratio, seen] = [{ width: 0, height: 0 }, 1, []];

  return {
    points, notes,
    get size() { return size; },
    get area() { return size.width * size.height; },
    resize(next) {
      size = next;
      ratio = Math.min(window.devicePixelRatio || 1, 2);
      for (const canvas of [points, notes]) {
        set(canvas, { width: Math.round(size.width * ratio), height: Math.round(size.height * ratio) });
        inPixels(canvas, size);
      }
    },
    // The points in sight, in the order of drawing, are remembered for the names.
    paint(scene) {
      seen = pointsInSight(scene, size);
      paintPoints(below, { ...scene, size, ratio, seen, stamps });
    },
    trace: (scene) => traceNotes(above, { ...scene, size, ratio, seen }),
  };
}
