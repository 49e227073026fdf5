import { changes } from "../kit/js/changes.js";
import { el, set } from "../kit/js/dom.js";
import { switchButton } from "../kit/js/frame.js";
import { nameField } from "../kit/js/naming.js";
import { paintMap } from "./maps.js";
import { fromTo, scoreWords } from "./total.js";

// One feature: its name, where it is seen, what it gives, and on request the pictures that switch it on most.
// hooks: signal, urls, named(number, name), turned(number, whether it is off).
export function featureTile(number, { signal, urls, named, turned }) {
  const [naming, gives] = [el("div", { class: "xk-tile-name" }), el("p", { class: "xk-gives", "data-testid": "gives" })];
  const image = el("img", { class: "xk-tile-picture", draggable: "false" });
  const canvas = el("canvas", { "data-testid": "heat", "aria-hidden": "true" });
  const said = el("p", { class: "xk-tile-said" });
  const examples = el("div", { class: "xk-tile-examples", "data-testid": "top-pictures", hidden: true });
  const stage = el("div", { class: "xk-tile-stage" }, image, canvas, said, examples);
  const off = switchButton("off", "off", { signal, act: (on) => turned(number, on) });
  const top = switchButton("top pictures", "top", { signal, act: (on) => open(on) });
  const box = el("section", { class: "xk-feature", role: "group", tabindex: -1, "data-feature": number },
    el("div", { class: "xk-tile-head" }, el("span", { class: "xk-number-badge", "aria-hidden": "true" }, String(number + 1)), naming),
    stage, gives, el("div", { class: "xk-tile-tools" }, off.box, top.box));
  const changed = changes();

  const open = (on) => {
    examples.hidden = !on;
    top.show(on);
  };
  open(false);

  // feature: {cls, label, called, image, holed, gives, was, whole, grid, said, off, examples}, `holed` the picture with the
  // places filled in and `was` what it gave before, both null where nothing is off; can: {name, remove}.
  const show = (feature, can) => {
    const { called, whole, grid, holed } = feature;
    const other = changed("name", feature.cls, feature.label, can.name);
    if (other) writeName(feature, can);
    set(box, { "aria-label": `${called}: gives ${scoreWords(feature.gives)}`, "data-off": feature.off });
    set(image, { src: urls(feature.off && holed ? holed : feature.image), alt: feature.off ? `the picture without ${called}` : `where ${called} is seen` });
    canvas.hidden = feature.off || !whole;
    if (whole && changed("map", whole)) paintMap(canvas, whole, grid);
    said.textContent = feature.off ? "filled in" : feature.said;
    said.hidden = !said.textContent;
    box.classList.toggle("xk-unseen", !feature.off && !whole);
    box.classList.toggle("xk-mapped", !canvas.hidden);
    gives.textContent = fromTo(feature.was, feature.gives);
    off.box.hidden = !can.remove;
    off.box.disabled = !whole || can.closed;
    set(off.box, { "aria-label": `${called} off: fill in where it is seen` });
    off.show(feature.off);
    writeExamples(feature);
  };

  const writeName = (feature, can) => {
    const leave = () => [top.box, off.box, box].find((one) => !one.hidden && !one.disabled).focus();
    const field = can.name ? nameField({ label: feature.label, suggested: null }, (name) => named(number, name), leave, feature.plain) : null;
    naming.replaceChildren(...(field ? [field] : [el("span", { class: "xk-class" }, feature.called)]));
  };

  const writeExamples = ({ examples: shown, called }) => {
    top.box.hidden = !shown.length;
    if (!shown.length) open(false);
    set(top.box, { "aria-label": `top pictures of ${called}` });
    if (changed("examples", shown, called)) {
      examples.replaceChildren(...shown.map((one, n) => el("img", { src: urls(one), alt: `${n + 1} of the pictures that switch ${called} on most`, draggable: "false" })));
    }
  };
  return { box, show };
}
