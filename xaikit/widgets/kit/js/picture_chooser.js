import { around, buttonOf, el, focused, focusOn, hear, set } from "./dom.js";
import { clamp, directionOf } from "./geometry.js";

// Small pictures of which one is chosen, with previous and next; hidden where there is only one. Each has its number and,
// where there is one, the name of what is asked about it.
export function pictureChooser(urls, { signal, chosen }) {
  const step = (way, text, name) => {
    const button = buttonOf("xk-button", { "aria-label": name, "data-testid": name.split(" ")[0] }, text);
    hear(button, "click", signal, () => chosen(clamp(now + way, 0, buttons.length - 1)));
    return button;
  };
  const strip = el("div", { class: "xk-chooser-strip", role: "radiogroup", "aria-label": "picture" });
  const [back, forth] = [step(-1, "◂", "previous picture"), step(1, "▸", "next picture")];
  const box = el("div", { class: "xk-chooser", "data-testid": "chooser" }, back, strip, forth);
  let [buttons, now] = [[], 0];

  const build = (pictures, names) => {
    box.hidden = pictures.length < 2;
    buttons = pictures.map((picture, n) => {
      const [place, asked] = [`picture ${n + 1} of ${pictures.length}`, names[n]];
      return buttonOf("xk-thumb", { role: "radio", "data-picture": n, "aria-label": asked ? `${place}: ${asked}` : place, title: asked },
        el("img", { src: urls(picture), alt: "", draggable: "false" }), el("span", {}, asked ? `${n + 1} · ${asked}` : String(n + 1)));
    });
    strip.replaceChildren(...buttons);
  };
  const show = (number) => {
    now = number;
    buttons.forEach((button, n) => set(button, { "aria-checked": n === now, tabindex: n === now ? 0 : -1 }));
    [back.disabled, forth.disabled] = [now === 0, now === buttons.length - 1];
    if (buttons[now] && !box.hidden) keepInSight(buttons[now]);
    // A button that is switched off while in focus would leave the keys to the notebook.
    if ([back, forth].some((one) => one.disabled && one === focused(box))) focusOn(buttons[now]);
  };
  // Scrolls the strip alone, not the notebook.
  const keepInSight = (button) => {
    const [start, end] = [button.offsetLeft - strip.offsetLeft, button.offsetLeft - strip.offsetLeft + button.offsetWidth];
    if (start < strip.scrollLeft) strip.scrollLeft = start;
    else if (end > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = end - strip.clientWidth;
  };
  const numberOf = (target) => buttons.indexOf(around(target, "[data-picture]"));
  hear(strip, "click", signal, (event) => {
    if (numberOf(event.target) >= 0) chosen(numberOf(event.target));
  });
  hear(strip, "keydown", signal, (event) => {
    const way = directionOf(event.key);
    if (numberOf(event.target) < 0 || !way) return;
    event.preventDefault();
    const next = clamp(now + way[0] + way[1], 0, buttons.length - 1);
    chosen(next);
    buttons[next].focus();
  });
  return { box, build, show };
}
