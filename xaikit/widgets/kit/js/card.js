import { bar } from "./bars.js";
import { classed, el } from "./dom.js";
import { graphCanvas } from "./graph_canvas.js";
import { marks } from "./marks.js";

// One class: the question about it, both probabilities, its graph, its marks, its sentence.
export function card(number, urls) {
  const [ask, name, tag] = [el("span"), classed("span", "xk-class"), classed("span", "xk-tag")];
  const [network, student] = [bar("network"), bar("GRN")];
  const [graph, rows] = [graphCanvas(number, urls), marks()];
  const why = classed("p", "xk-why");
  const box = el("section", { class: "xk-card", "data-card": number },
    classed("div", "xk-head", classed("span", "xk-question", ask, name, "?"), tag), network.row, student.row, graph.canvas, rows.box, why);

  const build = (data, picture, size) => {
    box.style.width = `${size.card}px`;
    name.textContent = data.name;
    network.show(data.network);
    student.show(data.student);
    graph.build(data, picture, size);
  };
  // values: as the graph's, and {question, tag, sentence, predicted}.
  const paint = (values) => {
    ask.textContent = `${values.question} `;
    tag.textContent = values.tag;
    tag.hidden = !values.predicted;
    box.classList.toggle("xk-predicted", values.predicted);
    const asked = `${values.question} ${graph.graph.name}? `;
    why.textContent = values.sentence.startsWith(asked) ? values.sentence.slice(asked.length) : values.sentence;
    graph.paint(values);
    rows.show(graph.graph, values);
  };
  const select = (node) => {
    graph.select(node);
    rows.select(node);
  };
  // A concept's node, or its row where it is not found.
  const elementOf = (kind, index) => graph.elementOf(kind, index) || (kind === "node" && rows.box.querySelector(`[data-row="${index}"]`));
  return { box, graph, build, paint, select, elementOf };
}
