import { buttonOf, classed, el, hear, roomOf } from "./dom.js";
import { switchButton } from "./frame.js";
import { clamp } from "./geometry.js";
import { nameField } from "./naming.js";
import { conceptName, nodeWords } from "./words.js";

const [LEAST_WIDTH, MOST_WIDTH] = [280, 420];

// What a concept looks like elsewhere, beside the card on which it was opened. hooks: signal, urls, close(), named(class,
// number of the concept, name) or null where nothing can be named.
export function conceptPanel({ signal, urls, close, named }) {
  const title = el("strong");
  const shut = buttonOf("xk-button", { "aria-label": "close the examples" }, "✕");
  const cut = switchButton("cut out", "cut-out", { signal, act: (on) => pictures(on) });
  const [naming, strip, words] = [classed("div", "xk-naming"), classed("div", "xk-strip"), el("p")];
  const box = el("div", { class: "xk-examples", "data-testid": "examples", hidden: true },
    classed("div", "xk-examples-head", title, shut), naming, strip, words);
  hear(shut, "click", signal, close);
  hear(box, "keydown", signal, (event) => {
    if (event.key === "Escape") close();
  });
  let [now, cutOut] = [null, false];

  const pictures = (on) => {
    cutOut = on;
    cut.show(on);
    const { node, patches } = now;
    const shown = on ? node.cutouts : node.examples;
    strip.replaceChildren(...(shown.length ? shown.map((k, n) =>
      el("img", { src: urls(patches[k]), alt: `example ${n + 1} of ${conceptName(node)} of ${now.cls}` })) : ["no examples were given"]));
  };

  // opened: {cls, node, value, toward, patches}, or null.
  const show = (opened) => {
    box.hidden = !opened;
    const same = now && opened && now.cls === opened.cls && now.node.name === opened.node.name && now.node.label === opened.node.label;
    now = opened;
    if (!opened) return;
    const { cls, node, value, toward } = opened;
    title.textContent = `${node.label || `Concept ${node.name}`} of ${cls}`;
    words.textContent = nodeWords(node, value, toward);
    // What is being written stays, whatever is drawn anew meanwhile.
    if (!same) naming.replaceChildren(...(named ? [nameField(node, (name) => named(cls, node.concept, name), () => shut.focus())] : []), cut.box);
    cut.box.hidden = !node.cutouts.length || !node.examples.length;
    pictures(cutOut && node.cutouts.length > 0);
  };

  // Beside the node, over the card to the right or left of its own, or next to it; below it where there is no other place.
  const place = (card, index, width, gap) => {
    const stand = box.parentElement;
    stand.style.minHeight = "";
    if (!card) return;
    const beside = (other) => other && other.offsetTop === card.box.offsetTop && other;
    const over = beside(card.box.nextElementSibling) || beside(card.box.previousElementSibling);
    const { offsetLeft: left, offsetTop: top, offsetWidth: wide, offsetHeight: high } = over || card.box;
    const right = left + wide + gap;
    const [x, w] = over ? [left, wide] : width - right >= LEAST_WIDTH ? [right, Math.min(width - right, MOST_WIDTH)] : [left, wide];
    Object.assign(box.style, { left: `${x}px`, width: `${w}px` });
    const node = roomOf(card.elementOf("node", index));
    const middle = (node.top + node.bottom) / 2 - roomOf(stand).top;
    const lowest = top + Math.max(card.box.offsetHeight - box.offsetHeight, 0);
    box.style.top = `${x === card.box.offsetLeft ? top + high + 6 : clamp(middle - box.offsetHeight / 2, top, lowest)}px`;
    stand.style.minHeight = `${box.offsetTop + box.offsetHeight}px`;
  };
  return { box, show, place };
}
