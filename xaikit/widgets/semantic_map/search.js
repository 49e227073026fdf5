// Find a concept by what is typed.
import { classed, el, set } from "../kit/js/dom.js";

const MOST = 8;

// The numbers of the names that fit, the best first: those that begin with the text, then those in which a word does,
// then those that hold it anywhere; the shorter name first.
export function found(lowered, text, most = MOST) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const kinds = [[], [], []];
  lowered.forEach((name, i) => {
    const at = name.indexOf(wanted);
    if (at < 0) return;
    kinds[at === 0 ? 0 : /[\s_,-]/.test(name[at - 1]) ? 1 : 2].push(i);
  });
  return kinds.flatMap((own) => own.sort((a, b) => lowered[a].length - lowered[b].length || a - b).slice(0, most)).slice(0, most);
}

// A box with suggestions; `go(number)` when one is taken.
export function searchBox(names, { on, go }) {
  const own = `xk-${Math.random().toString(36).slice(2)}`;
  const field = el("input", {
    type: "text", class: "xk-search-field", placeholder: "find a concept", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-label": "find a concept", "aria-expanded": "false", "aria-controls": own, "data-testid": "search",
  });
  const list = el("ul", { class: "xk-suggestions", role: "listbox", id: own, "data-testid": "suggestions", hidden: true });
  const none = el("p", { class: "xk-none", role: "status", hidden: true });
  const box = classed("div", "xk-search", field, list, none);
  let [lowered, fits, active] = [null, [], 0];

  const show = () => {
    lowered = lowered || names.map((name) => name.toLowerCase());
    [fits, active] = [found(lowered, field.value), 0];
    list.replaceChildren(...fits.map((i, k) => el("li", { role: "option", id: `${own}-${k}`, "data-number": i }, names[i])));
    list.hidden = !fits.length;
    none.hidden = Boolean(fits.length) || !field.value.trim();
    none.textContent = none.hidden ? "" : `no concept is called “${field.value.trim()}”`;
    point();
  };
  const point = () => {
    [...list.children].forEach((item, k) => set(item, { "aria-selected": String(k === active) }));
    set(field, { "aria-expanded": String(!list.hidden), "aria-activedescendant": list.hidden ? null : `${own}-${active}` });
  };
  const close = () => {
    [list.hidden, none.hidden] = [true, true];
    point();
  };
  const take = (number) => {
    field.value = "";
    close();
    go(number);
  };
  on(field, "input", show);
  on(field, "blur", close);
  on(field, "keydown", (event) => {
    if (event.key === "Enter" && !list.hidden) take(fits[active]);
    else if (event.key === "Escape") {
      if (list.hidden && none.hidden) field.value = "";
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) show();
      else active = (active + (event.key === "ArrowDown" ? 1 : fits.length - 1)) % fits.length;
      point();
      event.preventDefault();
    }
  });
  on(list, "pointerdown", (event) => {
    const item = event.target.closest("[data-number]");
    event.preventDefault(); // the field keeps the focus
    if (item) take(Number(item.dataset.number));
  });
  return box;
}
