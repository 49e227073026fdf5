import { classed, el, hear, set } from "../kit/js/dom.js";
import { lineOf } from "../kit/js/naming.js";
import { numberOf, numberWords } from "./view.js";

// A field to write in: Enter gives the answer. read(text): the answer that it holds, or null.
function field(attributes, read, { signal, drafted, check }) {
  const input = el("input", { type: "text", class: "xk-name xk-exercise-field", autocomplete: "off", spellcheck: "false", "data-testid": "field", ...attributes });
  hear(input, "input", signal, () => drafted(read(input.value)));
  hear(input, "keydown", signal, (event) => {
    if (event.key !== "Enter" || event.isComposing) return; // Enter ends a word of Chinese or Japanese
    event.preventDefault();
    check(read(input.value));
  });
  return input;
}

export function wordField(task, hands) {
  const input = field({ maxlength: 40, "aria-label": "your answer", placeholder: "write a word" }, (text) => lineOf(text) || null, hands);
  const show = ({ draft, open }) => {
    input.disabled = !open;
    if (draft && !lineOf(input.value)) input.value = draft;
  };
  return { box: classed("div", "xk-exercise-line", input), show, focus: () => input.focus() };
}

// A number, by a slider or written. The slider stands in the middle until it is moved: that is no answer yet.
export function numberField(task, { signal, drafted, check }) {
  const { low, high, step, unit } = task;
  const range = el("input", { type: "range", min: low, max: high, step, "data-testid": "slider", "aria-label": "your answer" });
  range.value = (low + high) / 2;
  const input = field({ inputmode: "decimal", "aria-label": `your answer in numbers${unit ? `, ${unit}` : ""}` }, (text) => numberOf(text, task), {
    signal, check,
    drafted(value) {
      if (value !== null) range.value = value;
      drafted(value);
    },
  });
  const tell = (value) => set(range, { "aria-valuetext": value === null ? "not yet moved" : numberWords(task, value) });
  hear(range, "input", signal, () => {
    input.value = Number(range.value).toFixed(task.digits);
    drafted(Number(range.value));
  });
  hear(range, "keydown", signal, (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    check(numberOf(input.value, task));
  });
  const show = ({ draft, open }) => {
    [range.disabled, input.disabled] = [!open, !open];
    if (draft !== null && !input.value) {
      input.value = draft.toFixed(task.digits);
      range.value = draft;
    }
    tell(draft);
  };
  const ends = classed("div", "xk-exercise-ends", classed("span", "", numberWords(task, low)), classed("span", "", numberWords(task, high)));
  const box = classed("div", "xk-exercise-line", classed("div", "xk-exercise-slider", range, ends), input, unit ? classed("span", "xk-exercise-unit", unit) : null);
  return { box, show, focus: () => range.focus() };
}
