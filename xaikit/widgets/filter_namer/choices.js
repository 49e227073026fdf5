import { changes } from "../kit/js/changes.js";
import { around, buttonOf, classed, hear, set } from "../kit/js/dom.js";
import { percent } from "../kit/js/words.js";

export const MOST_KEYS = 9;

// The names that are there to choose from, each with the digit that picks it; picked(name) when a hand picks one.
export function nameChoices({ signal, picked }) {
  const box = classed("div", "xk-namer-choices");
  set(box, { role: "group", "aria-label": "names to choose from", "data-testid": "choices" });
  const changed = changes();
  let [buttons, names] = [[], []];

  // label: what the concept is called; suggested: {name, share} or null.
  const show = (choices, label, suggested, can) => {
    if (changed("choices", choices.join("\n"))) {
      names = choices;
      buttons = choices.map((name, n) => buttonOf("xk-button xk-namer-choice", { "data-choice": n },
        ...(n < MOST_KEYS ? [classed("kbd", "xk-namer-key", String(n + 1))] : []), classed("span", "xk-namer-name", name), classed("span", "xk-namer-share")));
      box.replaceChildren(...buttons);
    }
    buttons.forEach((button, n) => {
      const likely = !label && suggested && suggested.name === names[n];
      button.disabled = !can;
      button.lastChild.textContent = likely ? ` ${percent(suggested.share)} ⏎` : "";
      button.classList.toggle("xk-namer-likely", Boolean(likely));
      set(button, { "aria-pressed": names[n] === label });
    });
  };
  hear(box, "click", signal, (event) => {
    const n = buttons.indexOf(around(event.target, "[data-choice]"));
    if (n >= 0) picked(names[n]);
  });
  return { box, show };
}
