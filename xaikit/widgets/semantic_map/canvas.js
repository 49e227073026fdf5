// Two canvases, one upon the other: the points, which take time, and what changes with the pointer.
import { el, set } from "../kit/js/dom.js";
import { placeGroups, placeNames } from "./names.js";
import { N_COLORED, SPEAKS, colourOf, inked, isDiamond } from "./points.js";
import { toScreen } from "./space.js";

const DOTS = 3000; // more points than that in sight are written as pixels, not drawn as discs, and have no names
const NAMED = 300; // of how many points in sight, the largest first, a name is tried
const SPARED = 1500; // of how many points in sight names cover none
const ROOM_PER_NAME = 7500; // square pixels
const THUMB = 46;
const PALE = 0.16; // what is left of a colour that stands back
const FACE = "system-ui, sans-serif";

export function mapCanvas() {
  const points = el("canvas", { class: "xk-map-canvas" });
  const notes = el("canvas", { class: "xk-map-canvas" });
  const [below, above] = [points.getContext("2d"), notes.getContext("2d")];
  let [size, ratio, seen, mark] = [{ width: 0, height: 0 }, 1, [], new Map()];

  const resize = (next) => {
    size = next;
    ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [points, notes]) {
      set(canvas, { width: Math.round(size.width * ratio), height: Math.round(size.height * ratio) });
      Object.assign(canvas.style, { width: `${size.width}px`, height: `${size.height}px` });
    }
  };

  // The points in sight, in the order of drawing; it is remembered for the names.
  const paint = (scene) => {
    const { xy, order, radii, grow } = scene;
    const [scale, left, top] = frameOf(scene, 1);
    seen = order.filter((i) => {
      const [x, y, r] = [xy[2 * i] * scale + left, xy[2 * i + 1] * scale + top, radii[i] * grow];
      return x > -r && y > -r && x < size.width + r && y < size.height + r;
    });
    below.setTransform(1, 0, 0, 1, 0, 0);
    below.clearRect(0, 0, points.width, points.height);
    (seen.length > DOTS ? paintDots : paintDiscs)(scene);
  };
  const frameOf = ({ view }, zoom) => [view.scale * zoom, (size.width / 2 - view.x * view.scale) * zoom, (size.height / 2 - view.y * view.scale) * zoom];

  // A rim darker than the disc, or lighter where the ground is dark.
  const rimOf = (rgb, scene) => rgb.map((part) => Math.round(scene.ink[0] > 128 ? 0.65 * part + 90 : 0.6 * part));
  const tint = (scene, i) => {
    const rgb = colourOf(scene.ranks[i]);
    return scene.faint[i] ? rgb.map((part, c) => Math.round(part * PALE + scene.paper[c] * (1 - PALE))) : rgb;
  };

  const paintDiscs = (scene) => {
    below.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (const faint of [1, 0]) {
      for (const i of seen) {
        if (scene.faint[i] !== faint) continue;
        const [x, y] = toScreen(scene.view, size, scene.xy[2 * i], scene.xy[2 * i + 1]);
        const r = scene.radii[i] * scene.grow;
        const rgb = tint(scene, i);
        outline(below, x, y, r, isDiamond(scene.ranks[i]));
        below.fillStyle = inked(rgb);
        below.fill();
        if (r < 2.5) continue;
        below.strokeStyle = inked(faint ? rgb : rimOf(rgb, scene));
        below.lineWidth = r > 6 ? 1.5 : 1;
        below.stroke();
      }
    }
  };

  const paintDots = (scene) => {
    const { width, height } = points;
    const image = below.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const pack = (rgb) => ((255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]) >>> 0;
    const inks = Array.from({ length: 2 * N_COLORED + 2 }, (_, k) =>
      pack(tint({ ...scene, ranks: [k >> 1], faint: [k & 1] }, 0)));
    const { xy, radii, ranks, faint } = scene;
    const [scale, left, top] = frameOf(scene, ratio);
    const halves = 2 * scene.grow * ratio;
    for (const pale of [1, 0]) {
      for (let k = 0; k < seen.length; k++) {
        const i = seen[k];
        if (faint[i] !== pale) continue;
        const x = Math.round(xy[2 * i] * scale + left);
        const y = Math.round(xy[2 * i + 1] * scale + top);
        const ink = inks[2 * ranks[i] + pale];
        const dots = stamp(Math.round(radii[i] * halves), isDiamond(ranks[i]));
        for (let d = 0; d < dots.length; d += 2) {
          const [u, v] = [x + dots[d], y + dots[d + 1]];
          if (u >= 0 && v >= 0 && u < width && v < height) pixels[v * width + u] = ink;
        }
      }
    }
    below.putImageData(image, 0, 0);
  };

  // The pixels [dx, dy, dx, dy, ...] of a disc or diamond of so many half pixels.
  const stamp = (halves, diamond) => {
    const key = diamond ? -halves : halves;
    if (!mark.has(key)) {
      const r = (halves / 2) * (diamond ? 1.25 : 1);
      const dots = [];
      for (let dy = -Math.floor(r); dy <= r; dy++) {
        for (let dx = -Math.floor(r); dx <= r; dx++) if ((diamond ? Math.abs(dx) + Math.abs(dy) : Math.hypot(dx, dy)) <= r) dots.push(dx, dy);
      }
      mark.set(key, Int16Array.from(dots));
    }
    return mark.get(key);
  };

  // Names, lines, rings and the lasso.
  const trace = (scene) => {
    above.setTransform(ratio, 0, 0, ratio, 0, 0);
    above.clearRect(0, 0, size.width, size.height);
    above.lineJoin = "round";
    above.textBaseline = "middle";
    above.textAlign = "center";
    const spot = (i) => [...toScreen(scene.view, size, scene.xy[2 * i], scene.xy[2 * i + 1]), scene.radii[i] * scene.grow];
    const shown = [];
    for (let k = 0; k < seen.length && shown.length < NAMED; k++) if (!scene.faint[seen[k]]) shown.push(seen[k]);
    if (scene.chosen !== null) traceLinks(scene, spot);
    const discs = seen.length <= SPARED ? Array.from(seen, spot) : [];
    const thumbs = scene.sheet && scene.pictures ? traceThumbs(scene, shown, spot) : [];
    const ends = scene.chosen === null ? [] : [scene.chosen, ...scene.links.map(([i]) => i)];
    const around = ([x, y, r]) => [x, y, thumbs.length ? 0.75 * THUMB : r];
    for (const i of thumbs.length ? ends.slice(0, 1) : ends) ring(around(spot(i)), scene, i === scene.chosen ? 4 : 2);
    if (scene.at !== null) ring(around(spot(scene.at)), scene, 4);
    const taken = traceGroups(scene, [...(seen.length <= NAMED ? discs : []), ...thumbs.map(([left, top]) => [left + THUMB / 2, top + THUMB / 2, THUMB / 2])]);
    traceNames(scene, [...new Set([...ends, ...(seen.length > DOTS ? [] : shown)])], (i) => (ends.includes(i) ? spot(i).map((value, k) => value + 5 * (k >> 1)) : spot(i)), [...taken, ...thumbs], discs);
    if (scene.lasso && scene.lasso.length > 2) traceLasso(scene);
  };

  const ring = ([x, y, r], scene, wide) => {
    for (const [ink, width] of [[scene.paper, wide > 2 ? wide + 3 : 0.1], [scene.accent, wide]]) {
      above.beginPath();
      above.arc(x, y, r + wide, 0, 2 * Math.PI);
      above.strokeStyle = inked(ink);
      above.lineWidth = width;
      above.stroke();
    }
  };

  const traceLinks = (scene, spot) => {
    const [x, y, r] = spot(scene.chosen);
    const most = Math.max(...scene.links.map(([, value]) => Math.abs(value)), 1e-12);
    for (const [i, value] of scene.links) {
      const [u, v, end] = spot(i);
      const far = Math.hypot(u - x, v - y);
      if (far < r + end + 10) continue;
      const at = (way) => [x + ((u - x) * way) / far, y + ((v - y) * way) / far];
      above.beginPath();
      above.moveTo(...at(r + 5));
      above.lineTo(...at(far - end - 5));
      above.strokeStyle = inked(SPEAKS[value < 0 ? "against" : "for"]);
      above.globalAlpha = 0.35 + 0.5 * (Math.abs(value) / most);
      above.lineWidth = 1 + 4 * (Math.abs(value) / most) ** 2;
      above.stroke();
    }
    above.globalAlpha = 1;
  };

  // Pictures of points instead of the points, where they do not cover one another; returns their boxes.
  const traceThumbs = (scene, shown, spot) => {
    const boxes = [];
    const half = THUMB / 2;
    for (const i of shown) {
      const k = scene.starts[i];
      if (k === scene.starts[i + 1]) continue;
      const [x, y] = spot(i);
      if (boxes.some((box) => Math.abs(box[0] + half + 3 - x) < THUMB + 8 && Math.abs(box[1] + half + 3 - y) < THUMB + 8)) continue;
      boxes.push([x - half - 3, y - half - 3, x + half + 3, y + half + 3]);
      above.fillStyle = inked(colourOf(scene.ranks[i]));
      above.fillRect(x - half - 4, y - half - 4, THUMB + 8, THUMB + 8);
      const [sx, sy] = [(k % scene.columns) * scene.side, Math.floor(k / scene.columns) * scene.side];
      above.drawImage(scene.sheet, sx, sy, scene.side, scene.side, x - half, y - half, THUMB, THUMB);
    }
    return boxes;
  };

  const traceGroups = (scene, discs) => {
    const { groups, centres, hidden } = scene;
    if (!groups || groups.groups.length < 2) return [];
    const letters = Math.min(groups.groups.length <= 6 ? 28 : groups.groups.length <= 10 ? 22 : 19, Math.max(17, size.width / 24));
    above.font = `700 ${letters}px ${FACE}`;
    const own = [...Array(centres.length / 2).keys()].filter((g) => !hidden[g] && groups.counts[g] > 1);
    const extents = own.map((g) => [above.measureText(groups.groups[g]).width + 8, letters * 1.15]);
    const places = own.map((g) => toScreen(scene.view, size, centres[2 * g], centres[2 * g + 1]));
    const boxes = placeGroups(places, extents, size, 24, discs);
    boxes.forEach((box, k) => box && write(scene, groups.groups[own[k]], box, 6));
    return boxes.filter(Boolean);
  };

  const traceNames = (scene, candidates, spot, taken, discs) => {
    above.font = `500 15px ${FACE}`;
    const spots = candidates.map(spot);
    const extents = candidates.map((i) => [above.measureText(scene.names[i]).width + 4, 18]);
    const most = Math.max(4, Math.round((size.width * size.height) / ROOM_PER_NAME));
    const boxes = placeNames(spots, extents, size, taken, discs.length ? discs : spots, most, scene.chosen === null ? 0 : 1);
    boxes.forEach((box, k) => box && write(scene, scene.names[candidates[k]], box, 3));
  };

  const write = (scene, text, [left, top, right, bottom], halo) => {
    const middle = [(left + right) / 2, (top + bottom) / 2 + 1];
    above.strokeStyle = inked(scene.paper);
    above.lineWidth = halo;
    above.strokeText(text, ...middle);
    above.fillStyle = inked(scene.ink);
    above.fillText(text, ...middle);
  };

  const traceLasso = (scene) => {
    above.beginPath();
    for (let k = 0; k < scene.lasso.length; k += 2) above.lineTo(...toScreen(scene.view, size, scene.lasso[k], scene.lasso[k + 1]));
    above.closePath();
    above.fillStyle = `rgba(${scene.accent.join(",")},0.15)`;
    above.fill();
    above.setLineDash([7, 5]);
    above.strokeStyle = inked(scene.accent);
    above.lineWidth = 3;
    above.stroke();
    above.setLineDash([]);
  };

  return { points, notes, resize, paint, trace, get size() { return size; } };
}

// A disc, or a diamond of the same area.
function outline(pen, x, y, radius, diamond) {
  pen.beginPath();
  if (!diamond) return pen.arc(x, y, radius, 0, 2 * Math.PI);
  const r = radius * 1.25;
  [[x - r, y], [x, y - r], [x + r, y], [x, y + r]].forEach(([u, v]) => pen.lineTo(u, v));
  return pen.closePath();
}
