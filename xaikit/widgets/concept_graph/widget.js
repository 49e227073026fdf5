import { whenSized } from "../kit/js/dom.js";
import { frame, listen } from "../kit/js/frame.js";
import { graphView } from "../kit/js/graph_view.js";
import { living } from "../kit/js/living.js";
import { nameMemory } from "../kit/js/naming.js";

const DRAWN = ["picture", "drawn", "aspect", "prediction", "answer", "patches", "reading", "positions", "selected"];

function render({ model, el: host }) {
  const page = frame(host, "concept-graph");
  const { root, signal, urls, tip } = page;
  let [width, coarse] = [0, false];
  const put = (name) => (value) => {
    model.set(name, value);
    model.save_changes();
  };
  const draw = () => {
    const state = Object.fromEntries(DRAWN.map((name) => [name, model.get(name)]));
    if (width) view.show({ ...state, coarse, graphs: names.graphs() }, width);
  };
  const names = nameMemory(model, draw);
  const view = graphView(root, {
    signal, urls, tip, read: put("reading"), moved: put("positions"), chosen: put("selected"), named: names.give,
    looked: (on) => {
      coarse = on;
      draw();
    },
  });
  root.append(view.element);
  page.words(model);
  whenSized(root, (now) => {
    width = now;
    draw();
  }, signal);
  const parts = { forget: names.forget, words: () => page.words(model), draw };
  const acts = Object.fromEntries(DRAWN.map((name) => [name, "draw"]));
  const deaf = listen(model, { ...acts, graphs: "forget draw", answered: "forget draw", title: "words", warning: "words", error: "forget words draw" }, parts);
  return () => {
    deaf();
    page.close();
  };
}

export default living(render);
