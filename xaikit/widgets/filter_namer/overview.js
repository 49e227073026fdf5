import { around, buttonOf, classed, hear, set } from "../kit/js/dom.js";
import { clamp, directionOf } from "../kit/js/geometry.js";

// All concepts as small fields, those that count most first: which have a name, and which is shown. turned(place) when a hand
// or an arrow key picks one.
export function overview({ signal, turned }) {
  const box = classed("div", "xk-namer-all");
  set(box, { role: "radiogroup", "aria-label": "all of them, those that count most first", "data-testid": "overview" });
  let [fields, now] = [[], 0];
  const placeOf = (target) => fields.indexOf(around(target, "[data-place]"));

  const build = (views) => {
    fields = views.map(({ concept }, place) => buttonOf("xk-namer-one", { role: "radio", "data-place": place }, String(concept + 1)));
    box.replaceChildren(...fields);
  };
  const show = (views, labels, place) => {
    now = place;
    fields.forEach((field, n) => {
      const { name, suggested } = views[n];
      const said = `${name}: ${labels[n] || (suggested ? `no name yet; ${suggested.name}?` : "no name yet")}`;
      set(field, { "aria-checked": n === now, tabindex: n === now ? 0 : -1, "data-state": labels[n] ? "named" : suggested ? "suggested" : "open", "aria-label": said, title: said });
    });
    const { offsetTop: top, offsetHeight: tall } = fields[now];
    const [over, under] = [top - box.offsetTop, top - box.offsetTop + tall];
    if (over < box.scrollTop) box.scrollTop = over;
    else if (under > box.scrollTop + box.clientHeight) box.scrollTop = under - box.clientHeight;
  };
  hear(box, "click", signal, (event) => {
    if (placeOf(event.target) >= 0) turned(placeOf(event.target));
  });
  hear(box, "keydown", signal, (event) => {
    const way = directionOf(event.key);
    if (placeOf(event.target) < 0 || !way) return;
    event.preventDefault();
    turned(clamp(now + way[0] + way[1], 0, fields.length - 1));
    fields[now].focus();
  });
  return { box, build, show, chosen: () => fields[now] };
}
