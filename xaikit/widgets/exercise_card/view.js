import { clamp } from "../kit/js/geometry.js";

// What an exercise card shows, out of what Python has said. Pure functions.

export const triesWords = (tries) => (tries ? `try ${tries}` : "no try yet");
export const hintWords = (opened, all) => (opened < all ? `hint ${opened + 1} of ${all}` : `all ${all} hints are open`);
export const checkWords = (task, predict) => (predict ? "keep my prediction" : task.kind === "deed" ? "check what I did" : "check");

const VERDICTS = { right: ["✓", "Right!"], "not yet": ["✗", "Not yet."], kept: ["◆", ""], shown: ["◇", ""] };

// {sign, words} of how the last try went.
export function verdictOf(verdict, said) {
  const [sign, word] = VERDICTS[verdict] || ["", ""];
  return { sign, words: [word, said].filter(Boolean).join(" ") };
}

export const numberWords = (task, value) => `${value.toFixed(task.digits)}${task.unit === "%" ? "" : " "}${task.unit}`.trim();

// The number that was written, with point or comma, or null where it is none or lies outside.
export function numberOf(text, { low, high }) {
  const plain = text.trim().replace(",", ".").replace("−", "-");
  const value = plain === "" ? NaN : Number(plain);
  return Number.isFinite(value) && value >= low && value <= high ? value : null;
}

const least = 0.02; // of a box's side, in shares of the picture

// A box [x, y, width, height] between two corners, in shares of the picture; null for what was a click.
export function boxBetween([x0, y0], [x1, y1]) {
  const [left, right] = [Math.min(x0, x1), Math.max(x0, x1)].map((one) => clamp(one, 0, 1));
  const [top, bottom] = [Math.min(y0, y1), Math.max(y0, y1)].map((one) => clamp(one, 0, 1));
  return right - left < least || bottom - top < least ? null : [left, top, right - left, bottom - top];
}

const FIRST = [0.35, 0.35, 0.3, 0.3]; // where keys find a box

// The box after an arrow key: moved, or with `sized` its lower right corner.
export function boxAfter(box, [dx, dy], sized, step = 0.04) {
  if (!box) return FIRST;
  const [x, y, width, height] = box;
  if (sized) return [x, y, clamp(width + dx * step, least, 1 - x), clamp(height + dy * step, least, 1 - y)];
  return [clamp(x + dx * step, 0, 1 - width), clamp(y + dy * step, 0, 1 - height), width, height];
}

export const boxWords = (box) => (box ? `a box from ${at(box[0])}, ${at(box[1])} to ${at(box[0] + box[2])}, ${at(box[1] + box[3])}` : "no box yet");
const at = (share) => `${Math.round(100 * share)}%`;
