import { changes } from "../kit/js/changes.js";
import { el } from "../kit/js/dom.js";
import { graphView } from "../kit/js/graph_view.js";
import { repairView } from "./repair.js";

// What is said about one picture: a warning, what caused the answer and where, the graphs, the repair.
// keep(name)(value): what a hand did to the graphs.
export function answerView(root, urls, tip, signal, keep) {
  const graphs = graphView(root, { signal, urls, tip, read: keep("reading"), moved: keep("positions"), chosen: keep("selected") });
  const repair = repairView(urls);
  const warning = el("p", { class: "xk-warning", role: "alert", "data-testid": "warning" });
  const cause = el("p", { class: "xk-cause", "data-testid": "cause", "aria-live": "polite" });
  const where = el("img", { class: "xk-where", "data-testid": "where", alt: "the picture, with what the cause names outlined" });
  const why = el("div", { class: "xk-caused" }, where, cause);
  const box = el("div", { class: "xk-detail", "data-testid": "detail" }, warning, why, graphs.element, repair.box);
  const changed = changes();

  // graph: {reading, positions, selected} of the graphs.
  const show = (answer, graph, patches, width) => {
    if (!changed("answer", answer, graph, width, patches)) return;
    const { picture, aspect, predicted: prediction } = answer;
    warning.textContent = answer.warning;
    warning.hidden = !answer.warning;
    cause.textContent = answer.cause;
    why.hidden = !answer.cause;
    where.hidden = !answer.where;
    if (answer.where) where.src = urls(answer.where);
    graphs.show({ picture, aspect, prediction, graphs: answer.graphs, patches, answer: null, ...graph }, width);
    if (changed("repair", answer)) repair.show(answer);
    repair.box.hidden = answer.true === answer.predicted && !answer.repair;
  };
  return { box, show };
}
