import { bar } from "../kit/js/bars.js";
import { classed, el } from "../kit/js/dom.js";
import { topOf } from "../kit/js/words.js";

// Bars of both networks for every class, with ticks where they stood before the first edit.
export function scores() {
  const box = el("div", { class: "xk-scores", "data-testid": "scores" });
  let [names, rows] = ["", []];
  const show = ({ probabilities, before, student, student_before: studentBefore }, edited) => {
    const classes = Object.keys(probabilities);
    if (classes.join("\n") !== names) {
      names = classes.join("\n");
      rows = classes.map((name) => {
        const [network, grn] = [bar("network"), bar("GRN")];
        return { name, network, grn, box: classed("div", "xk-score", classed("span", "xk-class", name), network.row, grn.row) };
      });
      box.replaceChildren(...rows.map((row) => row.box), classed("p", "xk-legend", classed("span", "xk-tick-sign"), " before the first edit"));
    }
    box.lastChild.hidden = !edited;
    const top = topOf(probabilities);
    rows.forEach((row) => {
      const was = (values) => (edited && values && Object.hasOwn(values, row.name) ? values[row.name] : null);
      row.network.show(probabilities[row.name], was(before));
      row.grn.show(Object.hasOwn(student, row.name) ? student[row.name] : null, was(studentBefore));
      row.box.classList.toggle("xk-predicted", row.name === top);
    });
  };
  return { box, show };
}
