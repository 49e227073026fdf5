import { color, css } from "./colors.js";
import { classed, el, set } from "./dom.js";
import { conceptName, missingWords, signed } from "./words.js";

// What was measured, where something was; else what was learned.
export const shownOf = ({ effect, learned }) => (effect === null ? learned : effect);

// A row for each concept of a graph: a bar for what was measured and a hollow diamond for what was learned, on one scale with
// zero in the middle. What was not found stands last, with the reason.
export function marks() {
  const box = el("div", { class: "xk-weights", "data-testid": "marks" });

  const track = (value, limit) => {
    const { effect, learned } = value;
    const at = (v) => 50 + (50 * v) / limit;
    const fill = effect === null ? null : el("span", {
      class: "xk-effect",
      style: `left:${Math.min(50, at(effect))}%;width:${Math.abs(at(effect) - 50)}%;background:${css(color(effect, limit))}`,
    });
    return classed("span", "xk-balance", fill, el("span", { class: "xk-learned", style: `left:${at(learned)}%` }));
  };

  // Concepts that are found are in the tab order as nodes of the graph; the others here.
  const row = (node, i, value, limit) => el("button", {
    type: "button", class: node.detected ? "xk-mark-row" : "xk-mark-row xk-missing", "data-row": i, tabindex: node.detected ? -1 : 0,
  }, classed("span", "xk-number-badge", node.name), classed("span", "xk-mark-name", conceptName(node)),
  ...(node.detected ? [track(value, limit), classed("span", "xk-number", signed(shownOf(value)))] : [` ${missingWords(node)}`]));

  const show = (graph, values) => {
    const order = [...graph.nodes.keys()].sort((a, b) =>
      graph.nodes[b].detected - graph.nodes[a].detected || shownOf(values.nodes[b]) - shownOf(values.nodes[a]));
    box.replaceChildren(...order.map((i) => row(graph.nodes[i], i, values.nodes[i], values.limit)));
  };
  const select = (index) => [...box.children].forEach((one) => set(one, { "aria-pressed": Number(one.dataset.row) === index }));
  return { box, show, select };
}
