import { el } from "../kit/js/dom.js";
import { percent } from "../kit/js/words.js";
import { insideShare } from "./values.js";

export const HIT = 0.5; // of what is kept, to be a hit

// What is kept of a map, told against the box of its target, which covers a share of the picture; and the rule.
export function verdictOf(share, covers) {
  const much = share === 1 ? "all" : share === 0 ? "none" : percent(share);
  return [`${much} inside the box`, `half is a hit; the box covers ${percent(covers)} of the picture`];
}

const shareOf = ([x0, y0, x1, y1], [width, height]) => ((x1 - x0) * (y1 - y0)) / (width * height);

const mark = (good) => el("span", { class: `xk-mark xk-${good ? "good" : "bad"}`, "aria-hidden": "true" }, good ? "✓" : "✗");

// What is said of the pixels that are kept: how much of them lies in the box of the map's target.
export function judge({ target, boxes, whole, grid, size }, cut, positive) {
  const own = boxes.find(([known]) => known === target);
  if (!own) return [`No box of ${target} is known here.`];
  const share = insideShare(whole, cut, positive, own[1], grid, size);
  if (share === null) return ["Nothing is left to judge."];
  const [much, rule] = verdictOf(share, shareOf(own[1], size));
  return [mark(share >= HIT), el("span", {}, `${much}; `, el("span", { class: "xk-rule" }, rule))];
}
