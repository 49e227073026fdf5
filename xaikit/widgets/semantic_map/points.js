// The points of a map: what comes packed from Python is unpacked, grouped, colored and put into order.
import { limited } from "./space.js";

// Okabe and Ito's colors with a wine red for their black; the second eight groups have them again, as diamonds.
export const GROUP_COLORS = [
  [0, 114, 178],
  [230, 159, 0],
  [0, 158, 115],
  [204, 121, 167],
  [86, 180, 233],
  [213, 94, 0],
  [240, 228, 66],
  [136, 34, 85],
];
export const OTHER = [140, 140, 140];
export const N_COLORED = 2 * GROUP_COLORS.length;
const LEVELS = 256;

export const SPEAKS = { for: [33, 84, 164], against: [179, 70, 4] }; // the ends of the diverging scale of all widgets
export const inked = (rgb) => `rgb(${rgb})`;
export const colorOf = (rank) => (rank < N_COLORED ? GROUP_COLORS[rank % GROUP_COLORS.length] : OTHER);
export const isDiamond = (rank) => rank >= GROUP_COLORS.length && rank < N_COLORED;

const copied = (data) => (data && data.byteLength ? data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) : new ArrayBuffer(0));

export const unpackNumbers = (data) => new Uint32Array(copied(data));
export const unpackPlaces = (data) => new Float32Array(new Uint16Array(copied(data))).map((value) => value / 65535);

// {name, groups, of, counts, ranks, centres}: `of` the group of each point, `ranks` its place in the palette, `centres`
// for each projection where the groups' names belong.
export function unpackGroups(packed, n) {
  const groups = packed.groups.split("\0");
  const of = packed.of.byteLength === 2 * n ? new Uint16Array(copied(packed.of)) : new Uint32Array(copied(packed.of));
  const counts = new Uint32Array(groups.length);
  of.forEach((group) => counts[group]++);
  return { name: packed.name, groups, of, counts, ranks: new Uint8Array(of.map((group) => Math.min(group, N_COLORED))), centres: packed.centres.map(unpackPlaces) };
}

// Where the thumbnails of each point begin on the sheet; the last entry is how many there are.
export function thumbStarts(counts, n) {
  const starts = new Uint32Array(n + 1);
  const each = new Uint8Array(copied(counts));
  for (let i = 0; i < n; i++) starts[i + 1] = starts[i] + (each[i] || 0);
  return starts;
}

// All that a page knows from its beginning: of n concepts the names, sizes, groups and thumbnails, and what else can be asked.
export function unpackMap(model) {
  const names = model.get("packed_names").split("\0");
  const n = names.length;
  const { counts, side, sheet } = model.get("thumbs");
  const starts = thumbStarts(counts, n);
  return {
    n, names, starts, side, sheet, columns: Math.ceil(Math.sqrt(starts[n])), pictured: (i) => starts[i + 1] > starts[i],
    sizes: new Float32Array(copied(model.get("sizes"))), sizeName: model.get("size_name"), asks: model.get("asks"),
    groupings: model.get("groupings").map((one) => unpackGroups(one, n)),
    placesOf: (name) => unpackPlaces(model.get("places").find((one) => one.name === name).xy),
  };
}

export function radiusRange(n, area) {
  const most = limited(0.24 * Math.sqrt(area / n), 2, 18);
  return [Math.max(0.4 * most, 1.2), most];
}

// Radii in pixels: the smallest size is small, the largest large; without sizes all are alike.
export function pointRadii(sizes, n, area) {
  const [least, most] = radiusRange(n, area);
  if (!sizes.length) return new Float32Array(n).fill(0.7 * most);
  const [low, high] = endsOf(sizes);
  return sizes.map((size) => least + (most - least) * (high > low ? (size - low) / (high - low) : 0.5));
}

export function endsOf(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

// The order of drawing: large points first, so that small ones lie upon them; points as large come mixed, so that
// no group covers the others because its points come last.
export function drawOrder(radii) {
  const n = radii.length;
  const [low, high] = endsOf(radii);
  const level = (i) => (high > low ? Math.floor(((high - radii[i]) / (high - low)) * (LEVELS - 1)) : 0);
  const starts = new Uint32Array(LEVELS + 1);
  for (let i = 0; i < n; i++) starts[level(i) + 1]++;
  for (let k = 0; k < LEVELS; k++) starts[k + 1] += starts[k];
  const order = new Uint32Array(n);
  const stride = n % 7919 ? 7919 : 7907; // primes: such steps visit every point once
  for (let k = 0, i = 0; k < n; k++, i = (i + stride) % n) order[starts[level(i)]++] = i;
  return order;
}
