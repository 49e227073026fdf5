import { el } from "../kit/js/dom.js";
import { percent } from "../kit/js/words.js";
import { inDigits, indexAt, valueOf } from "./values.js";

const INVITE = "Point at a pixel to read its value; click to keep it.";

// The value of a map at the reading point, in words; the first map of a page invites to point at one.
export function readingLine(number) {
  const value = el("strong");
  const where = el("span");
  const comparison = el("span");
  const box = el("p", { class: "xk-read", "data-testid": "value" }, value, where, el("br"), comparison);

  // `exact`: the value there as Python knows it, or undefined; `shown`: {cut, positive, levels} of what is drawn.
  const show = (place, exact, { cell, whole, grid, size }, shown) => {
    [value, where, comparison].forEach((part) => { part.textContent = ""; });
    if (!place) {
      if (number === 0) where.textContent = INVITE;
      return;
    }
    where.textContent = ` at (${place.x}, ${place.y})`;
    if (cell.said) value.textContent = cell.peak === 0 ? "0" : exact === undefined ? "no value" : inDigits(exact);
    else {
      const q = whole[indexAt(place, grid, size)];
      const [here, above] = [q, Math.abs(q) + 1].map((one) => valueOf(one, shown.levels, cell.peak));
      value.textContent = exact === undefined ? inDigits(here, (above - Math.abs(here)) / 2) : inDigits(exact);
      comparison.textContent = `${percent(Math.abs(here) / cell.peak)} of the largest${(shown.positive ? q : Math.abs(q)) < shown.cut ? ", hidden" : ""}`;
    }
  };
  return { box, show };
}
