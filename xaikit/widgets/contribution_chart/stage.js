import { paintMap } from "../feature_board/maps.js";
import { changes } from "../kit/js/changes.js";
import { classed, el, hear, roomOf, set } from "../kit/js/dom.js";
import { clamp } from "../kit/js/geometry.js";

// A picture with the map of a part over it. hooks: signal, over(share of the width, of the height, whether it was clicked),
// left().
export function mappedPicture(testid, { signal, over, left }) {
  const image = el("img", { class: "xk-picture", draggable: "false" });
  const canvas = el("canvas", { "data-testid": "map", "aria-hidden": "true" });
  const said = classed("p", "xk-count-said");
  const stage = classed("div", "xk-count-stage", image, canvas, said);
  const caption = el("figcaption");
  const box = el("figure", { class: "xk-count-figure", "data-testid": testid }, stage, caption);
  const changed = changes();
  const tell = (event, clicked) => {
    const { left: x, top: y, width, height } = roomOf(stage);
    over(clamp((event.clientX - x) / (width || 1), 0, 1), clamp((event.clientY - y) / (height || 1), 0, 1), clicked);
  };
  if (over) {
    hear(stage, "pointermove", signal, (event) => tell(event, false));
    hear(stage, "pointerleave", signal, left);
    hear(stage, "click", signal, (event) => tell(event, true));
  }
  // whole, grid: the map, or null; words: said over the picture, named: below it.
  const show = ({ src, alt, whole, grid, words, named }) => {
    set(image, { src, alt });
    canvas.hidden = !whole;
    if (whole && changed("map", whole)) paintMap(canvas, whole, grid);
    stage.classList.toggle("xk-count-mapped", Boolean(whole));
    said.textContent = words;
    said.hidden = !words;
    caption.textContent = named;
    set(caption, { title: named });
  };
  return { box, show };
}
