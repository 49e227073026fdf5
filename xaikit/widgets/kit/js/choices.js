import { around, buttonOf, classed, el, hear, set } from "./dom.js";
import { clamp, directionOf } from "./geometry.js";

// A row of buttons of which one is chosen; options: {value: text}. `chosen(value)` when a hand or an arrow key picks one.
export function choiceRow(name, options, { signal, chosen }) {
  const values = Object.keys(options);
  const buttons = values.map((value) =>
    buttonOf("xk-choice", { role: "radio", "data-choice": value }, options[value]));
  const box = el("div", { class: "xk-choices", role: "radiogroup", "aria-label": name }, ...buttons);
  const show = (now) => buttons.forEach((button, i) =>
    set(button, { "aria-checked": values[i] === now, tabindex: values[i] === now ? 0 : -1 }));
  const indexOf = (target) => buttons.indexOf(around(target, "[data-choice]"));
  hear(box, "click", signal, (event) => {
    if (indexOf(event.target) >= 0) chosen(values[indexOf(event.target)]);
  });
  hear(box, "keydown", signal, (event) => {
    const [i, way] = [indexOf(event.target), directionOf(event.key)];
    if (i < 0 || !way) return;
    event.preventDefault();
    const next = clamp(i + way[0] + way[1], 0, values.length - 1);
    chosen(values[next]);
    buttons[next].focus();
  });
  return { box, show };
}

// A slider from 0 to 1 in percent: moved(share) while a hand moves it, released(share) when it lets go.
export function slider(name, meaning, testid, { signal, moved, released }) {
  const input = el("input", { type: "range", min: 0, max: 100, step: 1, "data-testid": testid, "aria-label": name });
  const number = classed("output", "xk-number");
  const box = el("label", { class: "xk-slider", title: meaning }, el("span", {}, name), input, number);
  let held = false;
  const tell = () => {
    number.textContent = `${input.value}%`;
    set(input, { "aria-valuetext": number.textContent });
  };
  hear(input, "input", signal, () => {
    held = true;
    tell();
    moved(Number(input.value) / 100);
  });
  hear(input, "change", signal, () => {
    held = false;
    released(Number(input.value) / 100);
  });
  const show = (share) => {
    if (held) return; // what a hand holds is not taken from it
    input.value = Math.round(share * 100);
    tell();
  };
  return { box, show, enable: (on) => { input.disabled = !on; } };
}

// A box to tick: chosen(true or false).
export function tickBox(name, testid, { signal, chosen }) {
  const input = el("input", { type: "checkbox", "data-testid": testid });
  const box = classed("label", "xk-tickbox", input, name);
  hear(input, "change", signal, () => chosen(input.checked));
  return { box, show: (on) => { input.checked = on; } };
}
