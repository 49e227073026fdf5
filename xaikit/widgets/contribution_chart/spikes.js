import { classed, el, hear, roomOf, set, svg } from "../kit/js/dom.js";
import { clamp, directionOf } from "../kit/js/geometry.js";
import { halfOf, nthAt, numberWords, spanOf, spikePaths, standOn } from "./shares.js";

const [EDGE, TALL] = [46, 10]; // pixels, for the numbers of the scale and above the highest bar

// One thin bar for each single concept, in their order: do few speak, or all? A pointer or the arrow keys read them off.
export function spikes({ signal }) {
  const picture = svg("svg", { class: "xk-spikes", role: "img", tabindex: 0, "data-testid": "spikes" });
  const caption = el("figcaption", { "aria-live": "polite" });
  const box = classed("figure", "xk-count-figure", picture, caption);
  box.classList.add("xk-spikes-box");
  let [now, at] = [null, -1];

  const read = (n) => {
    at = n;
    const { single, span, width, whose, high } = now;
    caption.textContent = at < 0 ? `${whose ? `${whose}: half` : "half comes"} from ${halfOf(single)} of ${single.length}${whose ? "" : " concepts"}` : `number ${at + 1} of ${single.length}: ${numberWords(single[at], span)}`;
    const x = EDGE + ((width - EDGE) * (at + 0.5)) / single.length;
    set(picture.lastChild, { x1: x, x2: x, y1: 0, y2: high, visibility: at < 0 ? "hidden" : null });
  };
  hear(picture, "pointermove", signal, (event) => {
    const { left, width } = roomOf(picture);
    read(nthAt((event.clientX - left - EDGE) / (width - EDGE || 1), now.single.length));
  });
  hear(picture, "pointerleave", signal, () => read(-1));
  hear(picture, "blur", signal, () => read(-1));
  hear(picture, "keydown", signal, (event) => {
    const way = directionOf(event.key);
    if (!way) return;
    event.preventDefault();
    read(clamp(at + way[0] + way[1], 0, now.single.length - 1));
  });

  // single: what each gives, empty where that is not known; all: that of every reading, for the scale.
  const show = ({ single, all, whose }, { width, height }) => {
    box.hidden = !single.length || single.includes(null);
    if (box.hidden) return;
    const [span, high] = [spanOf(all), height - TALL];
    now = { single, span, width, whose, high: height };
    const { plus, minus } = spikePaths(single, span, width - EDGE, high);
    const thick = Math.max(1, Math.min(12, (0.7 * (width - EDGE)) / single.length));
    const y = (value) => TALL / 2 + high * (1 - standOn(span, value));
    const scale = [...new Set([span.high, 0, span.low])];
    set(picture, { width, height, viewBox: `0 0 ${width} ${height}`, "aria-label": `what each of ${single.length} concepts gives: half comes from ${halfOf(single)} of them` });
    picture.replaceChildren(
      svg("g", { transform: `translate(${EDGE} ${TALL / 2})` },
        ...[[plus, "xk-spike"], [minus, "xk-spike xk-spike-against"]].map(([d, kind]) => svg("path", { class: kind, d, "stroke-width": thick.toFixed(1) }))),
      svg("line", { class: "xk-spike-zero", x1: EDGE, x2: width, y1: y(0), y2: y(0) }),
      ...scale.map((value) => svg("text", { class: "xk-slice-words", x: EDGE - 6, y: y(value), "text-anchor": "end", "dominant-baseline": "middle" }, value ? numberWords(value, span) : "0")),
      svg("line", { class: "xk-spike-read" }));
    read(at < single.length ? at : -1);
  };
  return { box, show };
}
