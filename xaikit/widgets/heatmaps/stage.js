import { changes } from "../kit/js/changes.js";
import { el, set, svg } from "../kit/js/dom.js";
import { paint, pixelTable, rampOf } from "./colors.js";

const WIDEST_LABEL = 0.6; // of the picture, for the name of a box

// A map over its picture, with the boxes and their names, and the reading point, at the same place in every map.
export function heatStage(urls) {
  const image = el("img", { class: "xk-picture", alt: "", draggable: "false" });
  const canvas = el("canvas", { "data-testid": "heat" });
  const marks = svg("svg", { class: "xk-marks", "aria-hidden": "true" });
  const labels = el("div", { class: "xk-box-names", "aria-hidden": "true" });
  const said = el("p", { class: "xk-said", "data-testid": "said" });
  const box = el("div", { class: "xk-heat-stage", tabindex: 0, role: "application", "data-testid": "heat-stage" }, image, canvas, marks, labels, said);
  const cursor = svg("g", { class: "xk-cursor" }, ...["xk-cursor-casing", "xk-cursor-line"].map((kind) => svg("path", { class: kind, d: "M-16 0H-5M5 0H16M0 -16V-5M0 5V16" })));
  const changed = changes();
  let [data, frame, pixels] = [null, null, null];

  const show = (next, room) => {
    [data, frame] = [next, room];
    const { picture, cell, grid: [width, height] } = data;
    set(image, { src: urls(picture) });
    for (const thing of [image, canvas, box]) Object.assign(thing.style, { width: `${frame.width}px`, height: `${frame.height}px` });
    set(marks, { width: frame.width, height: frame.height });
    said.textContent = cell.said;
    said.hidden = !cell.said;
    box.classList.toggle("xk-blank", Boolean(cell.said));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    pixels = new ImageData(width, height);
  };

  // What of the three is seen: picture, map, boxes.
  const mix = ({ show_boxes: boxed, mode }) => {
    canvas.hidden = Boolean(data.cell.said) || mode === "picture";
    box.classList.toggle("xk-bare", mode === "map" && !data.cell.said);
    if (!changed("boxes", data, frame, boxed)) return;
    const boxes = boxed ? data.boxes : [];
    const scale = [frame.width / data.size[0], frame.height / data.size[1]];
    marks.replaceChildren(...boxes.flatMap((one) => outlinesOf(one, data.target, scale)), cursor);
    labels.replaceChildren(...boxes.map((one) => labelOf(one, data.size, frame, scale)));
  };

  const draw = ({ colormap, signed, mode, opacity: some }, cut, positive, scale) => {
    const opacity = mode === "map" ? null : some;
    if (canvas.hidden || !changed("pixels", data, frame, cut, positive, scale, colormap, signed, opacity)) return;
    paint(data.whole, cut, positive, scale, pixelTable(rampOf(colormap, signed), opacity), new Uint32Array(pixels.data.buffer));
    // Pixels are put here, never drawn: in plain memory that is quicker, and no reset of a graphics card clears them.
    canvas.getContext("2d", { willReadFrequently: true }).putImageData(pixels, 0, 0);
  };

  // null takes the reading point away.
  const point = (place) => {
    set(cursor, { visibility: place ? "visible" : "hidden" });
    if (place) set(cursor, { transform: `translate(${(((place.x + 0.5) * frame.width) / data.size[0]).toFixed(1)} ${(((place.y + 0.5) * frame.height) / data.size[1]).toFixed(1)})` });
  };
  return { box, show, mix, draw, point };
}

function outlinesOf([name, [x0, y0, x1, y1]], target, [kx, ky]) {
  const place = { x: x0 * kx, y: y0 * ky, width: (x1 - x0) * kx, height: (y1 - y0) * ky };
  const kind = name === target ? "xk-own" : "xk-box";
  return [svg("rect", { class: `${kind}-casing`, ...place }), svg("rect", { class: kind, "data-box": name, ...place })];
}

function labelOf([name, [x0, y0, x1]], size, frame, [kx, ky]) {
  const label = el("span", { class: "xk-box-name" }, name);
  const [side, from] = x0 + x1 <= size[0] ? ["left", x0 * kx + 4] : ["right", frame.width - x1 * kx + 4];
  Object.assign(label.style, { [side]: `${from}px`, top: `${Math.min(y0 * ky + 4, frame.height - 26)}px`, maxWidth: `${Math.min(frame.width - from - 4, WIDEST_LABEL * frame.width)}px` });
  return label;
}
