import { hear } from "../kit/js/dom.js";
import { clamp, directionOf } from "../kit/js/geometry.js";

// The hand on a map: pointers and keys move the reading point. sizeNow(): that of the picture, in whose pixels places are.
// hooks: signal, and hovered(place or null), chosen(place or null), stepped([dx, dy]), stopped().
export function handOnMap(stage, sizeNow, { signal, hovered, chosen, stepped, stopped }) {
  const placeOf = (event) => {
    const [frameNow, size] = [stage.getBoundingClientRect(), sizeNow()];
    const at = (from, length, n) => clamp(Math.floor((from / length) * n), 0, n - 1);
    return { x: at(event.clientX - frameNow.left, frameNow.width, size[0]), y: at(event.clientY - frameNow.top, frameNow.height, size[1]) };
  };
  const on = (type, act) => hear(stage, type, signal, act);
  on("pointerdown", (event) => {
    if (event.button) return;
    stage.setPointerCapture(event.pointerId);
    hovered(placeOf(event));
  });
  on("pointermove", (event) => {
    if (event.pointerType === "mouse" || stage.hasPointerCapture(event.pointerId)) hovered(placeOf(event));
  });
  on("pointerup", (event) => {
    if (event.button) return;
    chosen(placeOf(event));
    if (event.pointerType !== "mouse") hovered(null);
  });
  for (const type of ["pointerleave", "pointercancel"]) on(type, () => hovered(null));
  on("keydown", (event) => {
    const way = directionOf(event.key);
    if (!way && event.key !== "Escape") return;
    event.preventDefault();
    if (way) stepped(way.map((n) => n * (event.shiftKey ? 10 : 1)));
    else chosen(null);
  });
  on("keyup", (event) => {
    if (directionOf(event.key)) stopped();
  });
  on("blur", stopped);
}
