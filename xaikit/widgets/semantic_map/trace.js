// Traces what lies upon the points of a map: names, lines, rings, pictures and the lasso. A scene is that of paint.js.
import { placeGroups, placeNames } from "./names.js";
import { DOTS, stroke } from "./paint.js";
import { SPEAKS, colorOf, inked } from "./points.js";
import { spotOf } from "./space.js";

const NAMED = 300; // of how many points in sight, the largest first, a name is tried
const SPARED = 1500; // of how many points in sight names cover none
const ROOM_PER_NAME = 7500; // square pixels
const THUMB = 46;
const FACE = "system-ui, sans-serif";

export function traceNotes(pen, scene) {
  const { size, ratio, seen, chosen, at } = scene;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, size.width, size.height);
  pen.lineJoin = "round";
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  const spot = (i) => [...spotOf(scene.view, size, scene.xy, i), scene.radii[i] * scene.grow];
  const shown = seen.filter((i) => !scene.faint[i]).slice(0, NAMED);
  if (chosen !== null) traceLinks(pen, scene, spot);
  const discs = seen.length <= SPARED ? Array.from(seen, spot) : [];
  const thumbs = scene.sheet && scene.pictures ? traceThumbs(pen, scene, shown, spot) : [];
  const ends = chosen === null ? [] : [chosen, ...scene.links.map(([i]) => i)];
  const around = ([x, y, r]) => [x, y, thumbs.length ? 0.75 * THUMB : r];
  for (const i of thumbs.length ? ends.slice(0, 1) : ends) ring(pen, scene, around(spot(i)), i === chosen ? 4 : 2);
  if (at !== null) ring(pen, scene, around(spot(at)), 4);
  const middles = thumbs.map(([left, top]) => [left + THUMB / 2, top + THUMB / 2, THUMB / 2]);
  const taken = traceGroups(pen, scene, [...(seen.length <= NAMED ? discs : []), ...middles]);
  const named = [...new Set([...ends, ...(seen.length > DOTS ? [] : shown)])];
  const aside = (i) => (ends.includes(i) ? spot(i).map((value, k) => value + 5 * (k >> 1)) : spot(i)); // beyond its ring
  traceNames(pen, scene, named, named.map(aside), [...taken, ...thumbs], discs);
  if (scene.lasso && scene.lasso.length > 2) traceLasso(pen, scene);
}

function ring(pen, scene, [x, y, r], wide) {
  for (const [ink, width] of [[scene.paper, wide > 2 ? wide + 3 : 0.1], [scene.accent, wide]]) {
    pen.beginPath();
    pen.arc(x, y, r + wide, 0, 2 * Math.PI);
    stroke(pen, ink, width);
  }
}

function traceLinks(pen, { chosen, links }, spot) {
  const [x, y, r] = spot(chosen);
  const most = Math.max(...links.map(([, value]) => Math.abs(value)), 1e-12);
  for (const [i, value] of links) {
    const [u, v, end] = spot(i);
    const far = Math.hypot(u - x, v - y);
    if (far < r + end + 10) continue;
    const at = (way) => [x + ((u - x) * way) / far, y + ((v - y) * way) / far];
    pen.beginPath();
    pen.moveTo(...at(r + 5));
    pen.lineTo(...at(far - end - 5));
    pen.globalAlpha = 0.35 + 0.5 * (Math.abs(value) / most);
    stroke(pen, SPEAKS[value < 0 ? "against" : "for"], 1 + 4 * (Math.abs(value) / most) ** 2);
  }
  pen.globalAlpha = 1;
}

// Pictures of points instead of the points, where they do not cover one another; returns their boxes.
function traceThumbs(pen, scene, shown, spot) {
  const boxes = [];
  const half = THUMB / 2;
  for (const i of shown) {
    const k = scene.starts[i];
    if (!scene.pictured(i)) continue;
    const [x, y] = spot(i);
    if (boxes.some((box) => Math.abs(box[0] + half + 3 - x) < THUMB + 8 && Math.abs(box[1] + half + 3 - y) < THUMB + 8)) continue;
    boxes.push([x - half - 3, y - half - 3, x + half + 3, y + half + 3]);
    pen.fillStyle = inked(colorOf(scene.ranks[i]));
    pen.fillRect(x - half - 4, y - half - 4, THUMB + 8, THUMB + 8);
    const [sx, sy] = [(k % scene.columns) * scene.side, Math.floor(k / scene.columns) * scene.side];
    pen.drawImage(scene.sheet, sx, sy, scene.side, scene.side, x - half, y - half, THUMB, THUMB);
  }
  return boxes;
}

function traceGroups(pen, scene, discs) {
  const { groups, centres, hidden, size } = scene;
  if (!groups || groups.groups.length < 2) return [];
  const letters = Math.min(groups.groups.length <= 6 ? 28 : groups.groups.length <= 10 ? 22 : 19, Math.max(17, size.width / 24));
  pen.font = `700 ${letters}px ${FACE}`;
  const own = [...Array(centres.length / 2).keys()].filter((g) => !hidden[g] && groups.counts[g] > 1);
  const extents = own.map((g) => [pen.measureText(groups.groups[g]).width + 8, letters * 1.15]);
  const places = own.map((g) => spotOf(scene.view, size, centres, g));
  const boxes = placeGroups(places, extents, size, 24, discs);
  boxes.forEach((box, k) => box && write(pen, scene, groups.groups[own[k]], box, 6));
  return boxes.filter(Boolean);
}

function traceNames(pen, scene, candidates, spots, taken, discs) {
  const { names, size } = scene;
  pen.font = `500 15px ${FACE}`;
  const extents = candidates.map((i) => [pen.measureText(names[i]).width + 4, 18]);
  const most = Math.max(4, Math.round((size.width * size.height) / ROOM_PER_NAME));
  const boxes = placeNames(spots, extents, size, taken, discs.length ? discs : spots, most, scene.chosen === null ? 0 : 1);
  boxes.forEach((box, k) => box && write(pen, scene, names[candidates[k]], box, 3));
}

function write(pen, { paper, ink }, text, [left, top, right, bottom], halo) {
  const middle = [(left + right) / 2, (top + bottom) / 2 + 1];
  pen.strokeStyle = inked(paper);
  pen.lineWidth = halo;
  pen.strokeText(text, ...middle);
  pen.fillStyle = inked(ink);
  pen.fillText(text, ...middle);
}

function traceLasso(pen, { lasso, view, size, accent }) {
  pen.beginPath();
  for (let k = 0; k < lasso.length / 2; k++) pen.lineTo(...spotOf(view, size, lasso, k));
  pen.closePath();
  pen.fillStyle = `rgba(${accent.join(",")},0.15)`;
  pen.fill();
  pen.setLineDash([7, 5]);
  stroke(pen, accent, 3);
  pen.setLineDash([]);
}
