import { el } from "./dom.js";
import { nodeWords } from "./words.js";

// The strip under the graphs that shows what a concept looks like in other pictures.
export function exampleStrip(urls, close) {
  const box = el("div", { class: "xk-examples", "data-testid": "examples", hidden: true });
  const show = (graph, node, value, toward, patches) => {
    box.hidden = !node;
    if (!node) return;
    const button = el("button", { type: "button", class: "xk-button", "aria-label": "close the examples" }, "✕");
    button.addEventListener("click", close);
    const pictures = node.examples.map((k, n) =>
      el("img", { src: urls(patches[k]), alt: `example ${n + 1} of concept ${node.name} of ${graph.name}` }));
    box.replaceChildren(
      el("div", { class: "xk-examples-head" },
        el("strong", {}, `Concept ${node.name} of ${graph.name}${node.label ? `: ${node.label}` : ""}`), button),
      el("div", { class: "xk-strip" }, ...(pictures.length ? pictures : ["no example patches were given"])),
      el("p", {}, nodeWords(node, value, toward)),
    );
  };
  return { box, show };
}
