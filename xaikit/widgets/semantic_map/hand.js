// Pointers, wheel and keys over a map, told as what they mean.
import { ARROWS } from "./space.js";

const LEAST_MOVE = 4; // pixels before a press becomes a drag
const WHEEL = 0.0022;
const STEP = 1.5;

// acts: mode() -> "pan" | "lasso"; hover(x, y), leave(), click(x, y), pan(dx, dy), zoom(factor, x, y) -> whether the view
// changed, lasso([[x, y]], ended), drop() a lasso, walk(key), enter(), toggle(), escape(), whole().
export function mapHand(box, acts, signal) {
  const on = (type, act, options = {}) => box.addEventListener(type, act, { signal, ...options });
  const held = new Map(); // pointers that are down, by their number
  let [drag, path] = ["", []];

  const at = (event) => {
    const frame = box.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  };
  const apart = ([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const stop = () => {
    if (drag === "lasso") acts.drop();
    [drag, path] = ["", []];
  };

  on("pointerdown", (event) => {
    if (event.button) return;
    const place = at(event);
    held.set(event.pointerId, place);
    box.setPointerCapture(event.pointerId);
    if (held.size > 1) {
      stop();
      drag = "pinch";
      return;
    }
    [drag, path] = [event.shiftKey || acts.mode() === "lasso" ? "press-lasso" : "press", [place]];
  });
  on("pointermove", (event) => {
    const place = at(event);
    if (!held.has(event.pointerId)) {
      if (event.pointerType !== "touch") acts.hover(...place);
      return;
    }
    const before = held.get(event.pointerId);
    if (drag === "pinch") {
      const was = apart([...held.values()]);
      held.set(event.pointerId, place);
      const now = [...held.values()];
      if (now.length === 2 && was > 0) {
        acts.zoom(apart(now) / was, (now[0][0] + now[1][0]) / 2, (now[0][1] + now[1][1]) / 2);
        acts.pan((place[0] - before[0]) / 2, (place[1] - before[1]) / 2);
      }
      return;
    }
    if (drag.startsWith("press") && apart([place, path[0]]) >= LEAST_MOVE) {
      drag = drag === "press" ? "pan" : "lasso";
      acts.leave();
    }
    if (drag === "pan") acts.pan(place[0] - before[0], place[1] - before[1]);
    if (drag === "lasso" && apart([place, path[path.length - 1]]) >= 2) {
      path.push(place);
      acts.lasso(path, false);
    }
    held.set(event.pointerId, place);
  });
  on("pointerup", (event) => {
    if (!held.delete(event.pointerId)) return;
    if (drag === "lasso") acts.lasso(path, true);
    else if (drag.startsWith("press")) acts.click(...path[0]);
    if (!held.size || drag !== "pinch") [drag, path] = ["", []];
  });
  on("pointercancel", (event) => {
    held.delete(event.pointerId);
    stop();
  });
  on("pointerleave", () => held.size || acts.leave());
  on("wheel", (event) => {
    // Where nothing can change, the wheel scrolls the page.
    const pixels = event.deltaY * (event.deltaMode ? 30 : 1);
    if (acts.zoom(Math.exp(-pixels * WHEEL * (event.ctrlKey ? 4 : 1)), ...at(event))) event.preventDefault();
  }, { passive: false });

  on("keydown", (event) => {
    if (event.target !== box || event.metaKey || event.ctrlKey || event.altKey) return;
    const { width, height } = box.getBoundingClientRect();
    if (ARROWS[event.key]) acts.walk(event.key);
    else if (event.key === "Enter") acts.enter();
    else if (event.key === " ") acts.toggle();
    else if (event.key === "Escape") {
      if (drag === "lasso") stop();
      else acts.escape();
    } else if (event.key === "+" || event.key === "=") acts.zoom(STEP, width / 2, height / 2);
    else if (event.key === "-") acts.zoom(1 / STEP, width / 2, height / 2);
    else if (event.key === "0") acts.whole();
    else return;
    event.preventDefault();
  });
}
