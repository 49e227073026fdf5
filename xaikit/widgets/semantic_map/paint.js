// Paints the points of a map. A scene is what the page shows, with the canvas's size, its ratio of pixels to the page's, and
// the points in sight.
import { N_COLORED, colorOf, inked, isDiamond } from "./points.js";
import { spotOf } from "./space.js";

export const DOTS = 3000; // more points than that in sight are written as pixels, not drawn as discs, and have no names
const PALE = 0.16; // what is left of a color that stands back

// Where a place x, y of the map is, times `zoom`: [scale, left, top], x * scale + left, y * scale + top.
const frameOf = ({ view }, size, zoom) => [
  view.scale * zoom,
  (size.width / 2 - view.x * view.scale) * zoom,
  (size.height / 2 - view.y * view.scale) * zoom,
];

export function pointsInSight(scene, size) {
  const { xy, radii, grow } = scene;
  const [scale, left, top] = frameOf(scene, size, 1);
  return scene.order.filter((i) => {
    const [x, y, r] = [xy[2 * i] * scale + left, xy[2 * i + 1] * scale + top, radii[i] * grow];
    return x > -r && y > -r && x < size.width + r && y < size.height + r;
  });
}

export function paintPoints(pen, scene) {
  pen.resetTransform();
  pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
  (scene.seen.length > DOTS ? paintDots : paintDiscs)(pen, scene);
}

// A rim darker than the disc, or lighter where the ground is dark.
const rimOf = (rgb, scene) => rgb.map((part) => Math.round(scene.ink[0] > 128 ? 0.65 * part + 90 : 0.6 * part));

function tint(scene, rank, faint) {
  const rgb = colorOf(rank);
  return faint ? rgb.map((part, c) => Math.round(part * PALE + scene.paper[c] * (1 - PALE))) : rgb;
}

function paintDiscs(pen, scene) {
  pen.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0);
  for (const faint of [1, 0]) for (const i of scene.seen) if (scene.faint[i] === faint) paintDisc(pen, scene, i, faint);
}

function paintDisc(pen, scene, i, faint) {
  const r = scene.radii[i] * scene.grow;
  const rgb = tint(scene, scene.ranks[i], faint);
  outline(pen, ...spotOf(scene.view, scene.size, scene.xy, i), r, isDiamond(scene.ranks[i]));
  pen.fillStyle = inked(rgb);
  pen.fill();
  if (r < 2.5) return;
  stroke(pen, faint ? rgb : rimOf(rgb, scene), r > 6 ? 1.5 : 1);
}

export function stroke(pen, rgb, width) {
  pen.strokeStyle = inked(rgb);
  pen.lineWidth = width;
  pen.stroke();
}

// A disc, or a diamond of the same area.
function outline(pen, x, y, radius, diamond) {
  pen.beginPath();
  if (!diamond) return pen.arc(x, y, radius, 0, 2 * Math.PI);
  const r = radius * 1.25;
  [[x - r, y], [x, y - r], [x + r, y], [x, y + r]].forEach(([u, v]) => pen.lineTo(u, v));
  return pen.closePath();
}

function paintDots(pen, scene) {
  const { width, height } = pen.canvas;
  const image = pen.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const inks = Array.from({ length: 2 * N_COLORED + 2 }, (_, k) => packedInk(tint(scene, k >> 1, k & 1)));
  const { xy, radii, ranks, faint, seen } = scene;
  const [scale, left, top] = frameOf(scene, scene.size, scene.ratio);
  const halves = 2 * scene.grow * scene.ratio;
  for (const pale of [1, 0]) {
    for (let k = 0; k < seen.length; k++) {
      const i = seen[k];
      if (faint[i] !== pale) continue;
      const x = Math.round(xy[2 * i] * scale + left);
      const y = Math.round(xy[2 * i + 1] * scale + top);
      const ink = inks[2 * ranks[i] + pale];
      const dots = stampOf(scene.stamps, Math.round(radii[i] * halves), isDiamond(ranks[i]));
      for (let d = 0; d < dots.length; d += 2) {
        const [u, v] = [x + dots[d], y + dots[d + 1]];
        if (u >= 0 && v >= 0 && u < width && v < height) pixels[v * width + u] = ink;
      }
    }
  }
  pen.putImageData(image, 0, 0);
}

const packedInk = (rgb) => ((255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]) >>> 0;

// The pixels [dx, dy, dx, dy, ...] of a disc or diamond of so many half pixels, made once for all points that are alike.
function stampOf(stamps, halves, diamond) {
  const key = diamond ? -halves : halves;
  if (!stamps.has(key)) {
    const r = (halves / 2) * (diamond ? 1.25 : 1);
    const dots = [];
    for (let dy = -Math.floor(r); dy <= r; dy++) {
      for (let dx = -Math.floor(r); dx <= r; dx++) if ((diamond ? Math.abs(dx) + Math.abs(dy) : Math.hypot(dx, dy)) <= r) dots.push(dx, dy);
    }
    stamps.set(key, Int16Array.from(dots));
  }
  return stamps.get(key);
}
