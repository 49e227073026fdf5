import { color, css, inkOn } from "../kit/js/colors.js";
import { around, classed, el, hear, set, svg } from "../kit/js/dom.js";
import { percent } from "../kit/js/words.js";
import { NOBODY, OTHERS, besideSlices, outwards, partWords, slicePath, slicesOf } from "./shares.js";

const [LINE, OUT, WORD, LETTER_WIDE] = [18, 5, 12, 8.5]; // pixels
const [WIDE, HOLE, WEAKEST] = [0.25, 0.4, 0.3]; // shares: the radius of the width, the hole of the radius, the palest of the full color
const [LEAST_WORDED, LEAST_SHARED] = [0.025, 6]; // a smaller slice has no name beside it; a share has to fit into it, in pixels

// The shares as a ring; what speaks against stands out, in orange with a dashed outline. hooks: signal, pointed(part or
// NOBODY), pinned(part).
export function sharesPie({ signal, pointed, pinned }) {
  const picture = svg("svg", { class: "xk-pie", role: "img", "data-testid": "pie" });
  const caption = el("figcaption");
  const box = classed("figure", "xk-count-figure", picture, caption);
  let slices = [];
  const partOf = (target) => {
    const slice = around(target, "[data-slice]");
    return slice ? Number(slice.dataset.slice) : NOBODY;
  };
  hear(picture, "pointermove", signal, (event) => pointed(partOf(event.target)));
  hear(picture, "pointerleave", signal, () => pointed(NOBODY));
  hear(picture, "click", signal, (event) => partOf(event.target) === NOBODY || pinned(partOf(event.target)));

  const show = ({ names, table, whose }, { width, height }) => {
    slices = slicesOf(table);
    box.hidden = !slices.length;
    if (box.hidden) return;
    const radius = Math.min(height / 2 - OUT - 2, WIDE * width);
    const strongest = Math.max(...slices.filter(({ k }) => k !== OTHERS).map(({ share }) => share), 0);
    set(picture, { width, height, viewBox: `${-width / 2} ${-height / 2} ${width} ${height}`, "aria-label": slices.map((one) => sliceWords(names, one)).join(", ") });
    const worded = slices.filter(({ share }) => share >= LEAST_WORDED);
    const places = besideSlices(worded, radius + WORD, LINE, height / 2 - LINE / 2);
    const letters = Math.floor((width / 2 - radius - WORD) / LETTER_WIDE);
    picture.replaceChildren(...slices.map((one) => sliceNode(one, radius, strongest)), ...worded.map((one, i) => nameNode(names, one, places[i], letters)),
      ...slices.filter(({ share }) => share * radius >= LEAST_SHARED).map((one) => shareNode(one, radius, strongest)));
    caption.textContent = `shares ${whose ? `in ${whose}` : "of all that counts"}${slices.some(({ against }) => against) ? "; dashed: against" : ""}`;
  };
  // A part without a slice of its own is among the others.
  const light = (part) => {
    const lit = part === NOBODY || slices.some(({ k }) => k === part) ? part : OTHERS;
    [...picture.children].forEach((one) => set(one, { "data-lit": one.dataset.slice === String(lit) }));
  };
  return { box, show, light };
}

const sliceWords = (names, one) => `${partWords(names, one)} ${percent(one.share)}${one.against ? " against" : ""}`;

// A weak slice has to be seen on any ground.
const tintOf = ({ k, share, against }, strongest) =>
  (k === OTHERS ? [110, 110, 110] : color((against ? -1 : 1) * (WEAKEST * strongest + (1 - WEAKEST) * share), strongest));

function sliceNode(one, radius, strongest) {
  const [x, y] = outwards(one, one.against ? OUT : 0);
  return svg("path", {
    class: one.against ? "xk-slice xk-slice-against" : "xk-slice", "data-slice": one.k, d: slicePath(one, radius, HOLE * radius), fill: css(tintOf(one, strongest)),
    transform: one.against ? `translate(${x.toFixed(1)} ${y.toFixed(1)})` : null,
  });
}

function nameNode(names, one, { x, y, left }, letters) {
  const name = one.k === OTHERS ? "others" : names[one.k];
  const short = name.length > letters ? `${name.slice(0, Math.max(letters - 1, 1))}…` : name;
  return svg("text", { class: "xk-slice-words", "data-slice": one.k, x: x.toFixed(1), y: y.toFixed(1), "text-anchor": left ? "end" : "start", "dominant-baseline": "middle" }, short);
}

function shareNode(one, radius, strongest) {
  const [x, y] = outwards(one, ((1 + HOLE) / 2) * radius + (one.against ? OUT : 0));
  return svg("text", { class: "xk-slice-share", "data-slice": one.k, x: x.toFixed(1), y: y.toFixed(1), fill: inkOn(tintOf(one, strongest)) }, percent(one.share));
}
