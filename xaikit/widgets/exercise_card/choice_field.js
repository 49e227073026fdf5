import { around, buttonOf, classed, hear, set } from "../kit/js/dom.js";
import { clamp, directionOf } from "../kit/js/geometry.js";

const MOST_KEYS = 9;

// Texts of which one is chosen, each with the digit that picks it. drafted(text) when a hand or a key picks one.
export function choiceField({ options }, { root, signal, drafted, check }) {
  const buttons = options.map((option, n) => buttonOf("xk-exercise-choice", { role: "radio", "data-choice": n },
    n < MOST_KEYS ? classed("kbd", "xk-exercise-key", String(n + 1)) : null, classed("span", "xk-exercise-option", option)));
  const box = classed("div", "xk-exercise-choices", ...buttons);
  set(box, { role: "radiogroup", "aria-label": "answers to choose from" });
  const pick = (n) => {
    drafted(options[n]);
    buttons[n].focus();
  };
  hear(box, "click", signal, (event) => {
    const n = buttons.indexOf(around(event.target, "[data-choice]"));
    if (n >= 0 && !buttons[n].disabled) pick(n);
  });
  hear(box, "keydown", signal, (event) => {
    const [n, way] = [buttons.indexOf(around(event.target, "[data-choice]")), directionOf(event.key)];
    if (n < 0 || (!way && event.key !== "Enter")) return;
    event.preventDefault();
    if (way) pick(clamp(n + way[0] + way[1], 0, options.length - 1));
    else check(options[n]); // as Enter does in any form
  });
  hear(root, "keydown", signal, (event) => {
    const n = Number(event.key) - 1;
    if (!buttons[n] || buttons[n].disabled || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    pick(n);
  });
  const show = ({ draft, open, answer }) => {
    const now = options.indexOf(draft);
    buttons.forEach((button, n) => {
      button.disabled = !open;
      set(button, { "aria-checked": n === now, tabindex: n === Math.max(now, 0) ? 0 : -1, "data-right": options[n] === answer });
    });
  };
  return { box, show, focus: () => buttons[0].focus() };
}
