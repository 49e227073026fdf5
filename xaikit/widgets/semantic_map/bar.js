// What a map offers above it and on it: choices of one among several, and buttons.
import { buttonOf, classed, el, set } from "../kit/js/dom.js";
import { ARROWS } from "./space.js";

// Buttons of which one is chosen; each has its value in data-<what>. `chosen(value)` when a hand or an arrow key picks one.
export function choicesOf(what, words, values, { on, chosen }) {
  const box = el("div", { class: "xk-choices", role: "radiogroup", "aria-label": words },
    ...values.map((value) => buttonOf("xk-choice", { role: "radio", [`data-${what}`]: value }, value || "none")));
  const valueOf = (choice) => choice.dataset[what];
  on(box, "click", ({ target }) => valueOf(target) !== undefined && chosen(valueOf(target)));
  on(box, "keydown", (event) => {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    const all = [...box.children];
    const next = all[(all.indexOf(event.target) + way[0] + way[1] + all.length) % all.length];
    chosen(valueOf(next));
    next.focus();
  });
  return {
    box,
    show(now) {
      for (const choice of box.children) set(choice, { "aria-checked": String(valueOf(choice) === now), tabindex: valueOf(choice) === now ? 0 : -1 });
    },
  };
}

// The buttons on a map; `used(name)` when one is pressed. Those that are on or off show it: {name: "true" or "false"}.
export function mapTools(pictured, { on, used }) {
  const tool = (name, words, label = words) => buttonOf("xk-button xk-tool", { "data-tool": name, "aria-label": label, title: label }, words);
  const box = classed("div", "xk-map-tools",
    tool("in", "+", "zoom in"), tool("out", "−", "zoom out"), tool("whole", "whole map"), tool("lasso", "lasso", "select with a lasso"),
    pictured ? tool("pictures", "pictures", "show pictures on the map") : null);
  on(box, "click", (event) => used(event.target.closest("[data-tool]")?.dataset.tool));
  return {
    box,
    show(now) {
      for (const button of box.children) set(button, { "aria-pressed": now[button.dataset.tool] });
    },
  };
}
