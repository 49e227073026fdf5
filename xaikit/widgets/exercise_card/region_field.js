import { classed, el, hear, roomOf, set } from "../kit/js/dom.js";
import { directionOf } from "../kit/js/geometry.js";
import { boxAfter, boxBetween, boxWords } from "./view.js";

const HOW = "Draw a box with the mouse or a finger; or by keys: the arrows move it, Shift with an arrow changes its size.";

// A picture to draw a box on, in shares of it.
export function regionField({ aspect }, { signal, drafted, check }, source) {
  const [own, right] = [classed("span", "xk-exercise-box"), classed("span", "xk-exercise-box xk-exercise-right")];
  const image = el("img", { src: source, alt: "", draggable: "false" });
  const stage = classed("div", "xk-exercise-stage", image, own, right);
  set(stage, { tabindex: 0, role: "application", "data-testid": "stage" });
  stage.style.aspectRatio = String(aspect);
  const how = classed("p", "xk-exercise-how", HOW);
  let [from, now, can] = [null, null, true];
  const place = ({ clientX, clientY }) => {
    const { left, top, width, height } = roomOf(stage);
    return [(clientX - left) / width, (clientY - top) / height];
  };
  hear(stage, "pointerdown", signal, (event) => {
    if (!can || event.button) return;
    event.preventDefault();
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    from = place(event);
  });
  hear(stage, "pointermove", signal, (event) => {
    const box = from && boxBetween(from, place(event));
    if (box) drafted(box);
  });
  ["pointerup", "pointercancel"].forEach((type) => hear(stage, type, signal, () => { from = null; }));
  hear(stage, "keydown", signal, (event) => {
    const way = directionOf(event.key);
    if (!can || (!way && event.key !== "Enter")) return;
    event.preventDefault();
    if (way) drafted(boxAfter(now, way, event.shiftKey));
    else check(now);
  });
  const show = ({ draft, open, box }) => {
    [now, can] = [draft, open];
    how.hidden = !open;
    put(own, draft);
    put(right, box);
    set(stage, { "aria-label": `picture, ${boxWords(draft)}. ${HOW}`, "data-open": open });
  };
  return { box: classed("div", "xk-exercise-region", stage, how), show, focus: () => stage.focus() };
}

function put(mark, box) {
  mark.hidden = !box;
  if (box) ["left", "top", "width", "height"].forEach((side, n) => { mark.style[side] = `${100 * box[n]}%`; });
}
