import { buttonOf, classed, el, hear, set, tooltip, writeOn } from "./dom.js";
import { rootIn } from "./root.js";

// What the page of a widget begins with: its root, a heading, a warning, an error; and how it ends.
export function frame(host, testid, kind = "") {
  const page = rootIn(host, testid, kind);
  const { root } = page;
  const heading = classed("h3", "xk-title");
  const [warning, error] = ["warning", "error"].map((name) => el("p", { class: `xk-${name}`, role: "alert", "data-testid": name }));
  root.append(heading, warning, error);
  return {
    ...page, tip: tooltip(root),
    words(model) {
      writeOn(heading, model.get("title"));
      writeOn(warning, model.get("warning"));
      writeOn(error, model.get("error"));
    },
  };
}

// Listens to traits: acts is {trait: a name or names of parts}, parts {name: what draws it}, in their order. The traits of
// one message arrive as several events: each part is drawn once for all of them. Returns how to end it.
export function listen(model, acts, parts) {
  let [wanted, waiting] = [new Set(), 0];
  const draw = () => {
    const now = wanted;
    wanted = new Set();
    Object.keys(parts).filter((name) => now.has(name)).forEach((name) => parts[name]());
  };
  const heard = Object.entries(acts).map(([trait, names]) => [`change:${trait}`, () => {
    names.split(" ").forEach((name) => wanted.add(name));
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
  }]);
  heard.forEach(([what, act]) => model.on(what, act));
  return () => {
    heard.forEach(([what, act]) => model.off(what, act));
    cancelAnimationFrame(waiting);
  };
}

// A button that is on or off: shown(on) draws it.
export function switchButton(text, testid, { signal, act }) {
  const box = buttonOf("xk-button", { "data-testid": testid }, text);
  hear(box, "click", signal, () => act(box.getAttribute("aria-pressed") !== "true"));
  return { box, show: (on) => set(box, { "aria-pressed": on }) };
}

export const coarseButton = (signal, act) => switchButton("as the network sees it", "coarse", { signal, act });
