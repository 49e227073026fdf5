import { AGAINST_FOR, css } from "../kit/js/colors.js";

// From least to most. Heat and the diverging scale are those of Python's plots.
export const HEAT = [
  [60, 20, 110],
  [150, 40, 110],
  [222, 70, 60],
  [250, 140, 20],
  [255, 214, 40],
];
const GREY = [
  [0, 0, 0],
  [255, 255, 255],
];
const HALF = 255; // steps of the table on either side of zero

// What a color map does with a map: {stops, centred}; centred puts zero in the middle of the stops.
export function rampOf(colormap, signed) {
  const name = colormap === "auto" ? (signed ? "diverging" : "heat") : colormap;
  if (name === "diverging") return { stops: AGAINST_FOR, centred: true };
  return name === "grey" ? { stops: GREY, centred: signed } : { stops: HEAT, centred: false };
}

// The color of a share of the scale's largest magnitude, −1 to 1.
export function colorOf({ stops, centred }, share) {
  const place = (centred ? (share + 1) / 2 : Math.abs(share)) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  return stops[low].map((from, i) => Math.round(from + (stops[low + 1][i] - from) * (place - low)));
}

// The pixel (as canvases hold it: alpha, blue, green, red) of each share −1 to 1 in 511 steps. A value covers the picture
// by the root of its size, so that faint ones stay visible; opacity null covers it wholly.
export function pixelTable(ramp, opacity) {
  const table = new Uint32Array(2 * HALF + 1);
  for (let i = -HALF; i <= HALF; i++) {
    const [red, green, blue] = colorOf(ramp, i / HALF);
    const cover = opacity === null ? 255 : Math.round(255 * opacity * Math.sqrt(Math.abs(i) / HALF));
    table[i + HALF] = ((cover << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  }
  return table;
}

// Colors a map into `pixels`; what is smaller than `cut` stays clear, and what is negative where only the positive
// counts. `scale` times q · |q| is the share of the limit; beyond it, all have the end’s color.
export function paint(whole, cut, positive, scale, table, pixels) {
  const by = scale * HALF;
  for (let i = 0; i < whole.length; i++) {
    const q = whole[i];
    const size = q < 0 ? -q : q;
    pixels[i] = (positive ? q : size) >= cut ? table[Math.round(Math.min(Math.max(q * size * by, -HALF), HALF)) + HALF] : 0;
  }
}

// The color bar: its left end as a share of the limit, and its background, clear where values are hidden; the ends, which
// stand for all that lies beyond, stay.
export function colorBar(ramp, negative, hidden) {
  const low = negative && ramp.centred ? -1 : 0;
  const n = 64;
  const stops = [];
  for (let i = 0; i < n; i++) {
    const share = low + ((1 - low) * (i + 0.5)) / n;
    const tint = Math.abs(share) < Math.min(hidden, 1 - 1 / n) ? "transparent" : css(colorOf(ramp, share));
    stops.push(`${tint} ${((100 * i) / n).toFixed(2)}% ${((100 * (i + 1)) / n).toFixed(2)}%`);
  }
  return { low, background: `linear-gradient(to right, ${stops.join(", ")})` };
}
