import { clamp, columns } from "../kit/js/geometry.js";

const [GAP, EDGES, LEAST] = [20, 26, 270]; // pixels between cards, of a card around its picture, and of a picture at least
const MOST_WIDE = 400;
const MOST_WIDE_IN_ROWS = 340;
const ABOVE = 450; // pixels of a screen that a picture leaves to the controls above it and the value below

// How many maps stand in a row: all where they fit, or else those of one method, or of one class, where they come in runs
// of equal length.
export function heatColumns(names, width) {
  const fit = Math.max(1, Math.floor((width + GAP) / (LEAST + EDGES + GAP)));
  if (names.length <= fit) return names.length;
  const runs = [0, 1].map((k) => {
    const end = names.findIndex((name) => name[k] !== names[0][k]);
    return end < 0 ? names.length : end;
  });
  const run = Math.max(...runs);
  return run > 1 && run <= fit && names.length % run === 0 ? run : columns(names.length, width, LEAST + EDGES, GAP);
}

// How large the pictures of maps [{map, target, size}] are, and how many stand in a row of `width` pixels.
export function frameOf(cells, width) {
  const n = heatColumns(cells.map(({ map, target }) => [map.method, target]), width);
  const most = Math.min(cells.length > n ? MOST_WIDE_IN_ROWS : MOST_WIDE, Math.max(LEAST - EDGES, innerHeight - ABOVE));
  const tall = Math.max(...cells.map(({ size }) => size[1] / size[0]));
  const wide = clamp(Math.floor((width - GAP * (n - 1)) / n) - EDGES, 120, Math.floor(most / Math.max(tall, 1)));
  return { n, width: wide, height: Math.round(wide * tall) };
}
