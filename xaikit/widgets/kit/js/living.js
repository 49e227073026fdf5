import { el, writeOn } from "./dom.js";

const LOOKED_EVERY = 1000; // milliseconds
const GONE = "No Python answers this widget: run this cell first, in the notebook, with the cells above that it needs.";

// Returns how to know that nobody answers a widget. ipywidgets says so (comm_live) where the notebook was opened from its
// file or the kernel was restarted; not where the kernel was shut down or changed for another: then the manager has
// none, or one of another name. A kernel that is busy is still there. anywidget hands out the model's values and its
// manager only; the layout is a model of ipywidgets itself, made and lost together with the widget.
export function goneFrom(model) {
  const [layout, manager] = [model.get("layout") || {}, model.widget_manager || {}];
  const kernel = () => manager.kernel && manager.kernel.id;
  const home = kernel();
  return () => Boolean(model.offline) || layout.comm_live === false || kernel() !== home;
}

// The model with one more trait, `offline`: whether nobody answers. It is told of a change as of that of any other.
export function heeding(model, signal) {
  const [gone, acts] = [goneFrom(model), new Set()];
  let before = gone();
  const look = () => {
    if (gone() === before) return;
    before = !before;
    acts.forEach((act) => act());
  };
  const timer = setInterval(look, LOOKED_EVERY);
  signal.addEventListener("abort", () => clearInterval(timer));
  return {
    get offline() { return gone(); },
    get: (name) => model.get(name),
    set: (name, value) => model.set(name, value),
    save_changes: () => model.save_changes(),
    on: (what, act) => (what === "change:offline" ? acts.add(act) : model.on(what, act)),
    off: (what, act) => (what === "change:offline" ? acts.delete(act) : model.off(what, act)),
  };
}

// A widget that says so when nobody answers it, and takes the place of its picture in the notebook as long as it lives.
export function living(render) {
  return {
    render({ model: given, el: host }) {
      const life = new AbortController();
      const model = heeding(given, life.signal);
      const end = render({ model, el: host });
      const note = el("p", { class: "xk-error", role: "status", "data-testid": "gone" });
      const tell = () => {
        writeOn(note, model.offline && !given.offline ? GONE : "");
      };
      host.lastElementChild.prepend(note, el("style", {}, pictureHidden(given.get("layout"))));
      model.on("change:offline", tell);
      tell();
      return () => {
        life.abort();
        end();
      };
    },
  };
}

// The picture stands in an output of its own, before that of the widget: widgets/keepsake.py.
function pictureHidden(layout) {
  const picture = `.xk-keepsake[data-of="${layout && layout.model_id}"]`;
  return `${picture}, .jp-OutputArea-child:has(${picture}) { display: none; }`;
}
