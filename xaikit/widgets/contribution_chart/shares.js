import { scoreWords } from "../feature_board/total.js";
import { clamp } from "../kit/js/geometry.js";
import { signed } from "../kit/js/words.js";

// What a chart shows, out of what Python has said. Pure functions. A part is its number; all that have no bar are OTHERS.
export const [OTHERS, NOBODY] = [-1, null];
const MOST_SLICES = 8;

const total = (numbers) => numbers.reduce((sum, one) => sum + one, 0);
const sizes = (numbers) => numbers.map(Math.abs);

// The rows of bars, [{k, n, value, share}, …]: the parts `some`, then all others together, where there are any. Of what was
// not read, value and share are null.
export function tableOf(gives, some) {
  const whole = total(sizes(gives)) || 1;
  const read = !gives.includes(null);
  const row = (k, own) => ({ k, n: own.length, value: read ? total(own) : null, share: read ? total(sizes(own)) / whole : null });
  const rest = gives.filter((_, k) => !some.includes(k));
  return [...some.map((k) => row(k, [gives[k]])), ...(rest.length ? [row(OTHERS, rest)] : [])];
}

// The scale on which all these tables, or rows of numbers, stand; zero is on it.
export function spanOf(tables) {
  const values = tables.flat().map((one) => (one !== null && typeof one === "object" ? one.value : one)).filter((one) => one !== null);
  return { low: Math.min(0, ...values), high: Math.max(0, ...values) };
}

// Where a value stands on a scale, 0 to 1.
export const standOn = ({ low, high }, value) => (value - low) / (high - low || 1);

// A number as people read it: with one digit behind the point, or with more where all are small.
export function numberWords(value, { low, high }) {
  if (value === null) return "not read";
  return Math.max(high, -low) >= 1 || !value ? scoreWords(value) : signed(value);
}

// "In all +3.2, from −2.5; the network gives +3.4."
export function wholeWords({ start, gives }, score) {
  if (score === null || gives.includes(null)) return "This picture cannot be read.";
  const told = [start + total(gives), start, score];
  const span = spanOf([told]);
  const [whole, from, network] = told.map((one) => numberWords(one, span));
  return `In all ${whole}, from ${from}; the network gives ${network}.`;
}

export const partWords = (names, { k, n }) => (k === OTHERS ? `${n} ${n === 1 ? "other" : "others"}` : names[k]);

// The slices of a pie, [{k, n, share, against, from, to}, …], in turns from the top: the largest, and the rest as others.
export function slicesOf(table) {
  const counting = table.filter(({ share }) => share);
  const apart = counting.filter(({ k }) => k !== OTHERS).sort((a, b) => b.share - a.share);
  const own = apart.slice(0, counting.length > MOST_SLICES ? MOST_SLICES - 1 : MOST_SLICES);
  const rest = counting.filter((one) => !own.includes(one));
  const others = { k: OTHERS, n: total(rest.map(({ n }) => n)), value: null, share: total(rest.map(({ share }) => share)) };
  let at = 0;
  return [...table.filter((one) => own.includes(one)), ...(rest.length ? [others] : [])].map(({ k, n, value, share }) => {
    const from = at;
    at += share;
    return { k, n, value, share, against: k !== OTHERS && value < 0, from, to: at };
  });
}

const onCircle = (turn, radius) => [radius * Math.sin(2 * Math.PI * turn), -radius * Math.cos(2 * Math.PI * turn)];
const spot = (turn, radius) => onCircle(turn, radius).map((one) => one.toFixed(2)).join(" ");

// A slice of a ring around (0, 0) as path data.
export function slicePath({ from, to }, radius, hole) {
  const end = Math.min(to, from + 0.9999); // a whole turn would begin where it ends, which draws nothing
  const large = end - from > 0.5 ? 1 : 0;
  return `M${spot(from, radius)}A${radius} ${radius} 0 ${large} 1 ${spot(end, radius)}L${spot(end, hole)}A${hole} ${hole} 0 ${large} 0 ${spot(from, hole)}Z`;
}

// Where the middle of a slice is.
export const outwards = ({ from, to }, distance) => onCircle((from + to) / 2, distance);

// Where the names of slices stand around the ring, [{x, y, left}, …]: no two on one side closer than `gap`, none outside −high
// to high, as long as there is room.

export function besideSlices(slices, radius, gap, high) {
  const places = slices.map((one) => {
    const [x, y] = outwards(one, radius);
    return { y, left: x < 0 };
  });
  for (const left of [true, false]) {
    const side = places.filter((one) => one.left === left).sort((a, b) => a.y - b.y);
    side.forEach((one, i) => { one.y = Math.max(one.y, i ? side[i - 1].y + gap : -high); });
    side.reverse().forEach((one, i) => { one.y = Math.min(one.y, i ? side[i - 1].y - gap : high); });
  }
  return places.map(({ y, left }) => ({ x: (left ? -1 : 1) * Math.sqrt(Math.max(radius ** 2 - y ** 2, 0)), y, left }));
}

// The thin bars of single concepts as path data, one for those that speak for and one for those that speak against.
export function spikePaths(single, span, width, height) {
  const y = (value) => (height * (1 - standOn(span, value))).toFixed(1);
  const bar = (value, i) => `M${((width * (i + 0.5)) / single.length).toFixed(1)} ${y(0)}V${y(value)}`;
  const of = (fits) => single.map((value, i) => (fits(value) ? bar(value, i) : "")).join("");
  return { plus: of((value) => value > 0), minus: of((value) => value < 0) };
}

// How many of the concepts, the strongest first, make up half of all that counts.
export function halfOf(single) {
  const strongest = sizes(single).sort((a, b) => b - a);
  const half = total(strongest) / 2;
  let sum = 0;
  return half ? strongest.findIndex((one) => (sum += one) >= half * (1 - 1e-9)) + 1 : 0;
}

// Which of n equally wide things is at a share of the width.
export const nthAt = (share, n) => clamp(Math.floor(share * n), 0, n - 1);

const FAINT = 0.05; // of the strongest of all, at least, or there is nothing to speak of

// The part that is strongest at a place of the maps, [[part, whole numbers, peak], …]; NOBODY where none is.
export function strongestAt(maps, place) {
  const value = (whole, peak, i) => (Math.max(whole[i], 0) / (largestIn(whole) || 1)) ** 2 * peak;
  const [part, most] = maps.reduce((best, [k, whole, peak]) => (value(whole, peak, place) > best[1] ? [k, value(whole, peak, place)] : best), [NOBODY, 0]);
  return most >= FAINT * Math.max(...maps.map(([, , peak]) => peak)) ? part : NOBODY;
}

const largestIn = (whole) => whole.reduce((most, one) => Math.max(most, one), 0);
