import { el, followTheme, keepKeys, tooltip, urlMemory, whenSized } from "./shared/dom.js";
import { graphView } from "./shared/graph_view.js";

const DRAWN = ["picture", "aspect", "graphs", "prediction", "patches", "reading", "positions", "selected"];

function render({ model, el: host }) {
  const life = new AbortController();
  const { signal } = life;
  const root = el("div", { class: "xk", "data-testid": "concept-graph" });
  const heading = el("h3", { class: "xk-title" });
  const error = el("p", { class: "xk-error", role: "alert", hidden: true });
  host.append(root);
  keepKeys(root, signal);
  followTheme(root, signal);
  const put = (name) => (value) => {
    model.set(name, value);
    model.save_changes();
  };
  const view = graphView(root, {
    signal, urls: urlMemory(), tip: tooltip(root),
    read: put("reading"), moved: put("positions"), chosen: put("selected"),
  });
  root.append(heading, error, view.element);

  let width = 0;
  const words = () => {
    heading.textContent = model.get("title");
    heading.hidden = !model.get("title");
    error.textContent = model.get("error");
    error.hidden = !model.get("error");
  };
  const draw = () => {
    if (width) view.show(Object.fromEntries(DRAWN.map((name) => [name, model.get(name)])), width);
  };
  // Several traits of one message arrive as several events: they are drawn once, together.
  let waiting = 0;
  const soon = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
  };
  words();
  whenSized(root, (now) => {
    width = now;
    draw();
  }, signal);
  const heard = [...DRAWN.map((name) => [`change:${name}`, soon]), ["change:title", words], ["change:error", words]];
  heard.forEach(([what, act]) => model.on(what, act));
  return () => {
    heard.forEach(([what, act]) => model.off(what, act));
    cancelAnimationFrame(waiting);
    life.abort();
    root.remove();
  };
}

export default { render };
