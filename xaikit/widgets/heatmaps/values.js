// From the bytes of a map to what is kept of it. Whole numbers q from −levels to levels stand for the values
// q · |q| / levels² · peak: by the root, small values keep their digits.

const MOST = 32767;

// Undoes zlib's deflate.
export async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The whole numbers of a map from two planes, the high and the low bytes of the steps along each row.
export function unfolded(planes, width, height) {
  const n = width * height;
  if (planes.length !== 2 * n) throw new RangeError(`a map of ${width} by ${height} needs ${2 * n} bytes; got ${planes.length}`);
  const whole = new Int16Array(n);
  for (let i = 0, last = 0; i < n; i++) {
    if (i % width === 0) last = 0;
    last = ((last + ((planes[i] << 8) | planes[n + i])) << 16) >> 16;
    whole[i] = last;
  }
  return whole;
}

export const valueOf = (q, levels, peak) => ((q * Math.abs(q)) / levels / levels) * peak;

// The size of a number, or nothing where it is negative and only the positive counts. Its square is the pixel's energy.
export const sizeOf = (q, positive) => (q > 0 ? q : positive ? 0 : -q);

// above[m]: the energy of all pixels whose size is at least m.
export function energyAbove(whole, positive) {
  const above = new Float64Array(MOST + 2);
  for (const q of whole) above[sizeOf(q, positive)] += sizeOf(q, positive) ** 2;
  for (let m = MOST; m >= 0; m--) above[m] += above[m + 1];
  return above;
}

// The size from which on pixels are kept, so that they hold a share of the whole energy: as few as possible, and all
// that are equally strong; at 0 the strongest alone, at 1 every pixel.
export function energyCut(above, share) {
  return share >= 1 ? 0 : largest(0, (m) => above[m] > 0 && above[m] >= share * above[0]);
}

// The largest size from `low` on that passes, where all smaller ones do.
function largest(low, passes) {
  let high = MOST;
  while (low < high) {
    const m = Math.ceil((low + high) / 2);
    if (passes(m)) low = m;
    else high = m - 1;
  }
  return low;
}

const MOST_FULL = 0.2; // of the pixels that are not zero, at full contrast

// The size from which on colors have their full strength: that of the strongest at contrast 0, up to that of a fifth of
// the pixels at 1, so that a few outliers do not pale the rest. among[m]: how many pixels have at least the size m > 0.
export function fullFrom(among, contrast) {
  const rank = Math.floor(contrast * MOST_FULL * among[1]);
  return largest(1, (m) => among[m] > rank);
}

export function countAbove(whole) {
  const among = new Float64Array(MOST + 2);
  for (const q of whole) among[Math.abs(q)] += 1;
  for (let m = MOST; m >= 0; m--) among[m] += among[m + 1];
  return among;
}

// The size that a threshold, a share of the scale's largest magnitude, has in a map's own whole numbers.
export const thresholdCut = (threshold, limit, peak, levels) => Math.ceil(levels * Math.sqrt((threshold * limit) / peak) - 1e-6);

// How much of the kept energy has the middle of its pixel in the box [x0, y0, x1, y1] (pixels of the picture as given,
// which has `size` [width, height]); null where nothing is kept.
export function insideShare(whole, cut, positive, box, grid, size) {
  const [width, height] = grid;
  let [inside, all] = [0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    const v = ((y + 0.5) * size[1]) / height;
    const row = v >= box[1] && v < box[3];
    for (let x = 0; x < width; x++, i++) {
      const q = sizeOf(whole[i], positive);
      if (q < cut || !q) continue;
      const u = ((x + 0.5) * size[0]) / width;
      all += q * q;
      if (row && u >= box[0] && u < box[2]) inside += q * q;
    }
  }
  return all ? inside / all : null;
}

// Where a pixel of the picture as given lies in the map.
export function indexAt({ x, y }, grid, size) {
  const column = Math.min(grid[0] - 1, Math.floor(((x + 0.5) * grid[0]) / size[0]));
  const row = Math.min(grid[1] - 1, Math.floor(((y + 0.5) * grid[1]) / size[1]));
  return row * grid[0] + column;
}

// A number to three digits, or as many as a scale in steps of `step` knows.
export function inDigits(value, step = 0) {
  if (value === 0) return "0";
  const power = Number(value.toExponential(2).split("e")[1]); // of the rounded value: 0.9999 is 1.00
  const known = step > 0 ? power + 1 + Math.floor(-Math.log10(step) + 1e-9) : 3;
  const digits = Math.min(3, Math.max(1, known));
  const text = power < -4 || power > 5 ? value.toExponential(digits - 1) : value.toFixed(Math.max(0, digits - 1 - power));
  return text.replaceAll("-", "−");
}
