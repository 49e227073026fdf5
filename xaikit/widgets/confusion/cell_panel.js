import { el, hear, set } from "../kit/js/dom.js";
import { clamp, directionOf } from "../kit/js/geometry.js";
import { percent } from "../kit/js/words.js";

const CHOOSE = "Choose a colored cell to see its pictures: blue cells are right answers, orange ones are confusions. "
  + "The fuller the color, the larger the share of the row.";

// What is known about one cell: kind of error, advice, evidence, pictures. `chosen(number)` when a picture is pressed.
export function cellPanel(urls, { signal, chosen }) {
  const heading = el("h4", { class: "xk-cell-title", "aria-live": "polite" });
  const notes = el("div", { class: "xk-notes", "data-testid": "notes" });
  const strip = el("div", { class: "xk-pictures", role: "group", "data-testid": "pictures" });
  const count = el("p", { class: "xk-legend" });
  const box = el("div", { class: "xk-panel" }, heading, notes, count, strip);
  let [buttons, active] = [[], 0];

  // `opens(number)`: whether the picture can be explained here and now.
  const show = (cell, explains, opens) => {
    heading.textContent = cell ? cell.words : "";
    notes.replaceChildren(...(cell ? notesOf(cell) : [el("p", {}, CHOOSE)]));
    const pictures = cell ? cell.pictures : [];
    count.textContent = cell ? countWords(cell, explains) : "";
    [buttons, active] = [[], 0];
    strip.replaceChildren(...pictures.map((picture, n) => thumb(cell, picture, n, explains && opens(n))));
    rove();
  };

  const thumb = (cell, picture, n, opens) => {
    const chance = picture.probability === null ? "" : percent(picture.probability);
    const words = [`picture ${n + 1}`, picture.id, chance && `${cell.predicted} ${chance}`].filter(Boolean).join(", ");
    const button = el("button", { type: "button", class: "xk-thumb", "data-picture": n, "aria-label": words, title: words, disabled: !opens },
      el("img", { src: urls(picture.image), alt: "", draggable: "false" }), el("span", {}, chance));
    buttons.push(button);
    return button;
  };

  const select = (number) => {
    buttons.forEach((button, n) => set(button, { "aria-pressed": String(n === number) }));
    if (number !== null && buttons[number]) active = number;
    rove();
  };
  const rove = () => {
    if (buttons[active] && buttons[active].disabled) active = Math.max(buttons.findIndex((one) => !one.disabled), 0);
    buttons.forEach((button, n) => set(button, { tabindex: n === active ? 0 : -1 }));
  };

  const numberOf = (target) => buttons.indexOf(target.closest && target.closest("[data-picture]"));
  hear(strip, "click", signal, (event) => {
    const n = numberOf(event.target);
    if (n >= 0 && !buttons[n].disabled) chosen(n);
  });
  hear(strip, "keydown", signal, (event) => {
    const [n, way] = [numberOf(event.target), directionOf(event.key)];
    if (n < 0 || !way) return;
    event.preventDefault();
    const open = buttons.filter((one) => !one.disabled);
    const next = open[clamp(open.indexOf(buttons[n]) + way[0] + way[1], 0, open.length - 1)];
    active = buttons.indexOf(next);
    rove();
    next.focus();
  });
  return { box, show, select };
}

function notesOf(cell) {
  if (cell.true === cell.predicted) return [el("p", {}, "Right answers: nothing to mend here.")];
  if (!cell.kind && !cell.advice) return [el("p", {}, "No notes were given about this confusion.")];
  const line = (name, text, kind) => (text ? el("p", { class: kind }, el("strong", {}, `${name}: `), text) : null);
  const facts = cell.evidence.map((fact) => el("li", {}, fact));
  return [
    line("Kind of error", cell.kind, "xk-kind"), line("Advice", cell.advice, "xk-advice"),
    facts.length ? el("ul", { class: "xk-evidence", "aria-label": "evidence" }, ...facts) : null,
  ].filter(Boolean);
}

export function countWords(cell, explains) {
  const shown = cell.pictures.length;
  if (!shown) return "No pictures of this cell were given.";
  const some = shown < cell.count ? `${shown} of the ${cell.count} pictures.` : "";
  const invite = explains ? "Choose a picture to see why." : "";
  const below = cell.pictures.some((one) => one.probability !== null) ? `Below each: how sure the network was of ${cell.predicted}.` : "";
  return [some, invite, below].filter(Boolean).join(" ");
}
