import { changes } from "../kit/js/changes.js";
import { el, set, svg } from "../kit/js/dom.js";
import { clamp, directionOf } from "../kit/js/geometry.js";
import { percent } from "../kit/js/words.js";
import { colourBar, paint, pixelTable, rampOf } from "./colors.js";
import { energyAbove, energyCut, inDigits, indexAt, insideShare, thresholdCut, valueOf } from "./values.js";

const WIDEST_LABEL = 0.6; // of the picture, for the name of a box
const INVITE = "Point at a pixel to read its value; click to keep it.";

export const HIT = 0.5; // of what is kept, to be a hit

// What is kept of a map, told against the box of its target, which covers a share of the picture; and the rule.
export function verdictOf(share, covers) {
  const much = share === 1 ? "all" : share === 0 ? "none" : percent(share);
  return [`${much} inside the box`, `half is a hit; the box covers ${percent(covers)} of the picture`];
}

const shareOf = ([x0, y0, x1, y1], [width, height]) => ((x1 - x0) * (y1 - y0)) / (width * height);

// One map over its picture, with its colour bar, the value under the cursor, and what lies in the box of its target.
// hooks: hovered(place or null), chosen(place or null), stepped([dx, dy]), stopped(); places are pixels of the picture.
export function heatCard(number, urls, { signal, hovered, chosen, stepped, stopped }) {
  const name = el("span", { class: "xk-class" });
  const target = el("span", { class: "xk-toward" });
  const about = el("span", { class: "xk-about" });
  const image = el("img", { class: "xk-picture", alt: "", draggable: "false" });
  const canvas = el("canvas", { "data-testid": "heat" });
  const marks = svg("svg", { class: "xk-marks", "aria-hidden": "true" });
  const labels = el("div", { class: "xk-box-names", "aria-hidden": "true" });
  const said = el("p", { class: "xk-said", "data-testid": "said" });
  const stage = el("div", { class: "xk-heat-stage", tabindex: 0, role: "application", "data-testid": "heat-stage" }, image, canvas, marks, labels, said);
  const value = el("strong");
  const where = el("span");
  const comparison = el("span");
  const reading = el("p", { class: "xk-read", "data-testid": "value" }, value, where, el("br"), comparison);
  const bar = el("div", { class: "xk-gradient" });
  const ends = ["", "", ""].map(() => el("span"));
  const legend = el("div", { class: "xk-heat-scale", "data-testid": "heat-scale" }, bar, el("div", { class: "xk-ends" }, ...ends));
  const verdict = el("p", { class: "xk-inside", "data-testid": "verdict" });
  const box = el("section", { class: "xk-card xk-heat", "data-map": number },
    el("div", { class: "xk-head" }, name, target, about), verdict, stage, reading, legend);
  const changed = changes();
  let [data, frame, pixels, shown] = [null, null, null, null];

  // data: {map, target, cell, whole, above, picture, grid, size, boxes}, `above` to be filled here; frame: {width, height} in the window
  const show = (next, room) => {
    [data, frame] = [next, room];
    const { map, cell, grid } = data;
    name.textContent = map.method;
    target.textContent = `for ${data.target}`;
    about.textContent = [map.layer && `at ${map.layer}`, map.note].filter(Boolean).join(" · ");
    about.hidden = !about.textContent;
    set(image, { src: urls(data.picture) });
    for (const thing of [image, canvas, stage]) Object.assign(thing.style, { width: `${frame.width}px`, height: `${frame.height}px` });
    box.style.width = `${frame.width}px`;
    set(marks, { width: frame.width, height: frame.height });
    said.textContent = cell.said;
    said.hidden = !cell.said;
    stage.classList.toggle("xk-blank", Boolean(cell.said));
    legend.hidden = Boolean(cell.said);
    if (canvas.width !== grid[0] || canvas.height !== grid[1]) Object.assign(canvas, { width: grid[0], height: grid[1] });
    pixels = new ImageData(grid[0], grid[1]);
  };

  // How the energy of a map runs, for either sign, is reckoned once.
  const aboveOf = (positive) => {
    if (!data.above[positive]) data.above[positive] = energyAbove(data.whole, positive);
    return data.above[positive];
  };

  // state: the settings, and {limit, full, signed} of the scale. What has not changed is not drawn again: a slider asks
  // for all maps sixty times a second.
  const draw = (state, levels) => {
    const { cell, whole } = data;
    if (changed("boxes", data, frame, state.show_boxes)) drawBoxes(state.show_boxes ? data.boxes : []);
    canvas.hidden = Boolean(cell.said) || state.mode === "picture";
    stage.classList.toggle("xk-bare", state.mode === "map" && !cell.said);
    verdict.hidden = Boolean(cell.said) || !state.show_boxes || !data.boxes.length;
    shown = null;
    if (cell.said) return;
    const positive = state.sign === "positive";
    const cut = Math.max(energyCut(aboveOf(positive), state.energy), thresholdCut(state.threshold, state.limit, cell.peak, levels));
    const { full } = state;
    const scale = valueOf(1, levels, cell.peak) / full;
    const ramp = rampOf(state.colormap, state.signed);
    shown = { cut, positive, levels };
    const opacity = state.mode === "map" ? null : state.opacity;
    if (!canvas.hidden && changed("pixels", data, frame, cut, positive, scale, state.colormap, state.signed, opacity)) {
      paint(whole, cut, positive, scale, pixelTable(ramp, opacity), new Uint32Array(pixels.data.buffer));
      canvas.getContext("2d").putImageData(pixels, 0, 0);
    }
    const negative = state.signed && !positive;
    if (changed("legend", data, cut, scale, state.colormap, state.signed, negative, full < state.limit)) {
      drawLegend(colourBar(ramp, negative, cut * cut * scale), negative, full, full < state.limit);
    }
    if (!verdict.hidden && changed("verdict", data, cut, positive)) judge(cut, positive);
  };

  const judge = (cut, positive) => {
    const { whole, grid, size } = data;
    const own = data.boxes.find(([known]) => known === data.target);
    const share = own ? insideShare(whole, cut, positive, own[1], grid, size) : null;
    if (!own) verdict.replaceChildren(`No box of ${data.target} is known here.`);
    else if (share === null) verdict.replaceChildren("Nothing is left to judge.");
    else {
      const [much, rule] = verdictOf(share, shareOf(own[1], size));
      verdict.replaceChildren(mark(share >= HIT), el("span", {}, `${much}; `, el("span", { class: "xk-rule" }, rule)));
    }
  };

  const mark = (good) => el("span", { class: `xk-mark xk-${good ? "good" : "bad"}`, "aria-hidden": "true" }, good ? "✓" : "✗");

  const drawLegend = ({ low, background }, negative, full, beyond) => {
    bar.style.background = `${background} border-box`; // or it would begin again under the border
    const sizes = negative && !low ? "size " : "";
    const [least, most] = beyond ? ["≤ ", "≥ "] : ["", ""];
    const texts = [low ? `${least}${inDigits(-full)}` : "0", low ? "0" : "", `${sizes}${most}${inDigits(full)}`];
    texts.forEach((text, i) => { ends[i].textContent = text; });
  };

  const drawBoxes = (boxes) => {
    const [kx, ky] = [frame.width / data.size[0], frame.height / data.size[1]];
    const drawn = boxes.flatMap(([name, [x0, y0, x1, y1]]) => {
      const place = { x: x0 * kx, y: y0 * ky, width: (x1 - x0) * kx, height: (y1 - y0) * ky };
      const kind = name === data.target ? "xk-own" : "xk-box";
      return [svg("rect", { class: `${kind}-casing`, ...place }), svg("rect", { class: kind, "data-box": name, ...place })];
    });
    marks.replaceChildren(...drawn, cursor);
    labels.replaceChildren(...boxes.map(([name, [x0, y0, x1]]) => {
      const label = el("span", { class: "xk-box-name" }, name);
      const [side, from] = x0 + x1 <= data.size[0] ? ["left", x0 * kx + 4] : ["right", frame.width - x1 * kx + 4];
      Object.assign(label.style, { [side]: `${from}px`, top: `${Math.min(y0 * ky + 4, frame.height - 26)}px`, maxWidth: `${Math.min(frame.width - from - 4, WIDEST_LABEL * frame.width)}px` });
      return label;
    }));
  };

  // The reading point, at the same place in every map; null takes it away.
  const cursor = svg("g", { class: "xk-cursor" }, ...["xk-cursor-casing", "xk-cursor-line"].map((kind) => svg("path", { class: kind, d: "M-16 0H-5M5 0H16M0 -16V-5M0 5V16" })));
  // `exact`: the value there as Python knows it, or undefined.
  const read = (place, exact) => {
    const { cell, whole, grid, size } = data;
    set(cursor, { visibility: place ? "visible" : "hidden" });
    [value, where, comparison].forEach((part) => { part.textContent = ""; });
    if (place) {
      set(cursor, { transform: `translate(${(((place.x + 0.5) * frame.width) / size[0]).toFixed(1)} ${(((place.y + 0.5) * frame.height) / size[1]).toFixed(1)})` });
      where.textContent = ` at (${place.x}, ${place.y})`;
      if (cell.said) value.textContent = cell.peak === 0 ? "0" : exact === undefined ? "no value" : inDigits(exact);
      else {
        const q = whole[indexAt(place, grid, size)];
        const [here, above] = [q, Math.abs(q) + 1].map((one) => valueOf(one, shown.levels, cell.peak));
        value.textContent = exact === undefined ? inDigits(here, (above - Math.abs(here)) / 2) : inDigits(exact);
        comparison.textContent = `${percent(Math.abs(here) / cell.peak)} of the largest${(shown.positive ? q : Math.abs(q)) < shown.cut ? ", hidden" : ""}`;
      }
    } else if (number === 0) where.textContent = INVITE;
    set(stage, { "aria-label": `${data.map.method} for ${data.target}. ${cell.said || reading.textContent}. Arrow keys move the reading point.` });
  };

  // --- hands ---------------------------------------------------------------------------------------------------
  const placeOf = (event) => {
    const frameNow = stage.getBoundingClientRect();
    const at = (from, size, n) => clamp(Math.floor((from / size) * n), 0, n - 1);
    return { x: at(event.clientX - frameNow.left, frameNow.width, data.size[0]), y: at(event.clientY - frameNow.top, frameNow.height, data.size[1]) };
  };
  const on = (type, act) => stage.addEventListener(type, act, { signal });
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
  on("blur", () => stopped());
  return { box, show, draw, read };
}
