import { changes } from "../kit/js/changes.js";
import { around, classed, el, hear, set } from "../kit/js/dom.js";
import { clamp, directionOf } from "../kit/js/geometry.js";
import { percent } from "../kit/js/words.js";
import { OTHERS, numberWords, partWords, standOn } from "./shares.js";

const LETTER = 12; // pixels

// A row of bars for each part, with a bar for each picture that is shown. hooks: signal, pointed(part or NOBODY), pinned(part).
export function partRows({ signal, pointed, pinned, nobody }) {
  const box = el("div", { class: "xk-count-rows", "data-testid": "bars" });
  const changed = changes();
  let rows = [];
  const partOf = (target) => {
    const row = around(target, "[data-part]");
    return row ? Number(row.dataset.part) : nobody;
  };
  hear(box, "pointermove", signal, (event) => pointed(partOf(event.target)));
  hear(box, "pointerleave", signal, () => pointed(nobody));
  hear(box, "click", signal, (event) => partOf(event.target) === nobody || pinned(partOf(event.target)));
  hear(box, "keydown", signal, (event) => {
    const [way, at] = [directionOf(event.key), rows.findIndex((row) => row.box === around(event.target, "[data-part]"))];
    if (at < 0 || !way) return;
    event.preventDefault();
    rows[clamp(at + way[0] + way[1], 0, rows.length - 1)].box.focus();
  });

  // heads: what stands above each column; tables: the rows of each; marks: where another reading stands, or null.
  const show = ({ names, heads, tables, span, marks, room }) => {
    if (changed("rows", names, tables.length, tables[0].map(({ k }) => k).join())) {
      rows = tables[0].map((one) => partRow(one, partWords(names, one), tables.length));
      box.replaceChildren(classed("div", "xk-count-row xk-count-heads", classed("span", "xk-count-name"), ...heads.map(() => classed("p", "xk-count-head"))), ...rows.map((row) => row.box));
    }
    const longest = Math.max(...tables[0].map((one) => partWords(names, one).length));
    box.style.setProperty("--xk-name", `${Math.round(clamp(LETTER * longest + 8, 60, (heads.length > 1 ? 0.2 : 0.3) * room))}px`);
    set(box, { "data-columns": heads.length, "data-size": rows.length > 9 ? "small" : rows.length > 6 ? "medium" : null });
    [...box.firstChild.children].slice(1).forEach((head, i) => { head.textContent = heads[i]; });
    rows.forEach((row, n) => row.show(tables.map((table) => table[n]), span, marks && marks[n]));
  };
  const light = (part) => rows.forEach((row) => set(row.box, { "data-lit": row.k === part }));
  const pin = (part) => rows.forEach((row) => set(row.box, { "aria-pressed": row.k === part }));
  return { box, show, light, pin };
}

function partRow({ k }, name, n) {
  const columns = Array.from({ length: n }, () => {
    const [bar, mark] = [classed("span", "xk-count-fill"), el("span", { class: "xk-tick", hidden: true })];
    const zero = classed("span", "xk-count-zero");
    return { bar, mark, zero, track: classed("span", "xk-count-track", bar, zero, mark), number: classed("span", "xk-count-number"), share: classed("span", "xk-count-share") };
  });
  const inside = columns.flatMap(({ track, number, share }) => [track, number, share]);
  const box = el("button", { type: "button", class: "xk-count-row", "data-part": k, "aria-pressed": false },
    el("span", { class: k === OTHERS ? "xk-count-name xk-count-others" : "xk-count-name", title: name }, name), ...inside);
  const show = (cells, span, mark) => {
    columns.forEach((one, i) => {
      const { value, share } = cells[i];
      const [zero, end] = [standOn(span, 0), standOn(span, value || 0)];
      Object.assign(one.bar.style, { left: `${100 * Math.min(zero, end)}%`, width: `${100 * Math.abs(end - zero)}%` });
      one.bar.classList.toggle("xk-count-against", value < 0);
      one.zero.style.left = `${100 * zero}%`;
      one.mark.hidden = i > 0 || !mark || mark.value === null;
      if (!one.mark.hidden) one.mark.style.left = `${100 * standOn(span, mark.value)}%`;
      one.number.textContent = numberWords(value, span);
      one.share.textContent = share === null ? "" : percent(share);
    });
    set(box, { "aria-label": `${name}: ${columns.map((one) => `${one.number.textContent} ${one.share.textContent}`.trim()).join("; beside it ")}` });
  };
  return { k, box, show };
}
