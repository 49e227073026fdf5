// Pointers, wheel and keys over a map, told as what they mean.
import { ARROWS } from "./space.js";

const LEAST_MOVE = 4; // pixels before a press becomes a drag
const WHEEL = 0.0022;
const STEP = 1.5;

// acts: mode() -> "pan" | "lasso"; hover(x, y), leave(), click(x, y), pan(dx, dy), zoom(factor, x, y) -> whether the view
// changed, lasso([[x, y]], ended), drop() a lasso, walk(key), enter(), toggle(), escape(), whole().
export function mapHand(box, acts, on) {
  const at = (event) => {
    const frame = box.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  };
  const drag = dragging(acts);
  on(box, "pointerdown", (event) => {
    if (event.button) return;
    drag.press(event, at(event));
    box.setPointerCapture(event.pointerId);
  });
  on(box, "pointermove", (event) => {
    if (drag.held.has(event.pointerId)) drag.move(event.pointerId, at(event));
    else if (event.pointerType !== "touch") acts.hover(...at(event));
  });
  on(box, "pointerup", (event) => drag.release(event.pointerId));
  on(box, "pointercancel", (event) => {
    drag.held.delete(event.pointerId);
    drag.stop();
  });
  on(box, "pointerleave", () => drag.held.size || acts.leave());
  on(box, "blur", () => acts.leave());
  on(box, "wheel", (event) => {
    // Where nothing can change, the wheel scrolls the page.
    const pixels = event.deltaY * (event.deltaMode ? 30 : 1);
    if (acts.zoom(Math.exp(-pixels * WHEEL * (event.ctrlKey ? 4 : 1)), ...at(event))) event.preventDefault();
  }, { passive: false });
  on(box, "keydown", (event) => {
    if (event.target !== box || event.metaKey || event.ctrlKey || event.altKey) return;
    if (pressKey(event.key, box, acts, drag)) event.preventDefault();
  });
}

const apart = ([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]);

// What becomes of pointers that are down: a click, a pan, a lasso or, of two, a pinch.
export function dragging(acts) {
  const held = new Map(); // their places, by their number
  let [kind, path] = ["", []];
  const stop = () => {
    if (kind === "lasso") acts.drop();
    [kind, path] = ["", []];
  };
  const pinch = (was, place, before) => {
    const now = [...held.values()];
    if (now.length !== 2 || !(was > 0)) return;
    acts.zoom(apart(now) / was, (now[0][0] + now[1][0]) / 2, (now[0][1] + now[1][1]) / 2);
    acts.pan((place[0] - before[0]) / 2, (place[1] - before[1]) / 2);
  };
  const pull = (place, before) => {
    if (kind.startsWith("press") && apart([place, path[0]]) >= LEAST_MOVE) {
      kind = kind === "press" ? "pan" : "lasso";
      acts.leave();
    }
    if (kind === "pan") acts.pan(place[0] - before[0], place[1] - before[1]);
    if (kind === "lasso" && apart([place, path[path.length - 1]]) >= 2) {
      path.push(place);
      acts.lasso(path, false);
    }
  };
  return {
    held, stop,
    escape: () => (kind === "lasso" ? stop() : acts.escape()),
    press(event, place) {
      held.set(event.pointerId, place);
      if (held.size > 1) {
        stop();
        kind = "pinch";
      } else [kind, path] = [event.shiftKey || acts.mode() === "lasso" ? "press-lasso" : "press", [place]];
    },
    move(number, place) {
      const [before, was] = [held.get(number), held.size === 2 && apart([...held.values()])];
      held.set(number, place);
      if (kind === "pinch") pinch(was, place, before);
      else pull(place, before);
    },
    release(number) {
      if (!held.delete(number)) return;
      if (kind === "lasso") acts.lasso(path, true);
      else if (kind.startsWith("press")) acts.click(...path[0]);
      if (!held.size || kind !== "pinch") [kind, path] = ["", []];
    },
  };
}

// Returns whether the key means anything here.
function pressKey(key, box, acts, drag) {
  const { width, height } = box.getBoundingClientRect();
  if (ARROWS[key]) acts.walk(key);
  else if (key === "Enter") acts.enter();
  else if (key === " ") acts.toggle();
  else if (key === "Escape") drag.escape();
  else if (key === "+" || key === "=") acts.zoom(STEP, width / 2, height / 2);
  else if (key === "-") acts.zoom(1 / STEP, width / 2, height / 2);
  else if (key === "0") acts.whole();
  else return false;
  return true;
}
