import { classed, el, set } from "./dom.js";
import { percent } from "./words.js";

// One row "network ▇▇▇▇ 93%". With `before`, a tick shows where the bar stood, and the number where it came from.
// A faint bar is the second of two: the GRN beside the network, or what was before.
export function bar(who, faint = who === "GRN") {
  const fill = classed("span", "xk-fill");
  const tick = el("span", { class: "xk-tick", hidden: true });
  const number = classed("span", "xk-number");
  const row = el("div", { class: `xk-bar xk-${faint ? "student" : "network"}` },
    classed("span", "xk-who", who), classed("span", "xk-track", fill, tick), number);
  const show = (now, before = null) => {
    row.hidden = now === null || now === undefined;
    if (row.hidden) return;
    fill.style.width = `${now * 100}%`;
    tick.hidden = before === null;
    if (before !== null) tick.style.left = `${before * 100}%`;
    number.textContent = before === null || percent(before) === percent(now) ? percent(now) : `${percent(before)} → ${percent(now)}`;
    set(row, { "aria-label": `${who}: ${number.textContent}`, role: "img" });
  };
  return { row, show };
}
