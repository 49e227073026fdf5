import { el, followTheme, keepKeys, set, tooltip, urlMemory, whenSized } from "./shared/dom.js";
import { clamp, limitOf } from "./shared/geometry.js";
import { add, answered, EMPTY } from "./shared/gestures.js";
import { graphView } from "./shared/graph_view.js";
import { handOn } from "./shared/hand.js";
import { scores } from "./shared/scores.js";
import { stage } from "./shared/stage.js";
import { tray } from "./shared/tray.js";
import { percent, topOf, verdict } from "./shared/words.js";

const HELP = "Drag a patch onto the picture or onto a number; drag a number to move that concept. "
  + "By keyboard: Tab to a patch, Enter picks it up, Ctrl+Z undoes.";
const NO_KERNEL = "Editing needs a running kernel: this page shows the board as it was saved.";
const PATIENCE = 5000; // milliseconds without an answer before the page says so

function render({ model, el: host }) {
  const life = new AbortController();
  const { signal } = life;
  const root = el("div", { class: "xk xk-board", "data-testid": "patch-board" });
  host.append(root);
  keepKeys(root, signal);
  followTheme(root, signal);
  const on = (where, type, act) => where.addEventListener(type, act, { signal });

  const heading = el("h3", { class: "xk-title" });
  const sentence = el("p", { class: "xk-verdict", "data-testid": "verdict", "aria-live": "polite" });
  const busy = el("span", { class: "xk-busy", "data-testid": "busy", role: "status" });
  const error = el("p", { class: "xk-error", role: "alert", "data-testid": "error", hidden: true });
  const hint = el("p", { class: "xk-hint", "data-testid": "hint", "aria-live": "polite" });
  const button = (name, act) => {
    const one = el("button", { type: "button", class: "xk-button", "data-testid": name }, name);
    on(one, "click", act);
    return one;
  };
  const tools = {
    undo: button("undo", () => ask({ kind: "undo" })),
    redo: button("redo", () => ask({ kind: "redo" })),
    reset: button("reset", () => ask({ kind: "reset" })),
    delete: button("delete", () => erase(view.selected)),
  };
  const urls = urlMemory();
  const tip = tooltip(root);
  const view = stage(urls);
  const bars = scores();
  const patches = tray(urls, signal, (name) => {
    cls = name;
    hand.cancel();
    showClass();
  });
  const own = { reading: "why_not", positions: {}, selected: null }; // what the page alone keeps
  const keep = (name) => (value) => {
    own[name] = value;
    showGraphs();
  };
  const graphs = graphView(root, { signal, urls, tip, read: keep("reading"), moved: keep("positions"), chosen: keep("selected") });
  const main = el("div", { class: "xk-main" },
    el("div", { class: "xk-left" }, view.box, el("div", { class: "xk-tools" }, ...Object.values(tools)), hint),
    patches.box, bars.box);
  root.append(heading, el("div", { class: "xk-top" }, sentence, busy), error, main, graphs.element);

  let width = 0;
  let cls = null;
  let queue = EMPTY;
  let timer = 0;

  // --- drawing -------------------------------------------------------------------------------------------------
  const get = (...names) => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const classes = () => [...new Set([...model.get("graphs").map((g) => g.name), ...model.get("trays").map((t) => t.cls)])];
  const graphOfClass = () => model.get("graphs").find((graph) => graph.name === cls);

  const showGraphs = () => {
    graphs.element.hidden = !model.get("graphs").length;
    if (width && !graphs.element.hidden) graphs.show({ ...get("picture", "aspect", "graphs", "prediction", "patches"), ...own }, width);
  };
  const showMarkers = () => {
    view.showNodes(graphOfClass(), limitOf(model.get("graphs")));
    tools.delete.disabled = view.selected === null;
    keepFocus();
  };
  const showClass = () => {
    if (!classes().includes(cls)) cls = classes().includes(model.get("prediction")) ? model.get("prediction") : classes()[0];
    patches.show(classes(), cls, model.get("trays"), model.get("patches"));
    showMarkers();
  };
  const showState = () => {
    const state = get("probabilities", "before", "student", "student_before", "n_undo", "n_redo", "title", "error");
    heading.textContent = state.title;
    heading.hidden = !state.title;
    error.textContent = state.error;
    error.hidden = !state.error;
    bars.show(state, state.n_undo > 0);
    const top = topOf(state.probabilities);
    sentence.textContent = state.n_undo ? verdict(state.before, state.probabilities) : `The network says: ${top} ${percent(state.probabilities[top])}`;
    tools.undo.disabled = tools.reset.disabled = !state.n_undo || model.offline;
    tools.redo.disabled = !state.n_redo || model.offline;
    keepFocus();
    const thinking = queue.asked ? "The network is thinking…" : model.get("busy") ? "The concept graph is following…" : "";
    busy.textContent = queue.waiting.length ? `${thinking} ${queue.waiting.length} more waiting` : thinking;
    set(root, { "data-busy": Boolean(thinking) });
  };
  // A button that is switched off while in focus would leave the keys to the notebook.
  const keepFocus = () => {
    if (Object.values(tools).some((tool) => tool.disabled && tool === root.getRootNode().activeElement)) view.box.focus({ preventScroll: true });
  };
  const showHint = (text) => {
    hint.textContent = text || (model.offline ? NO_KERNEL : HELP);
  };
  const layout = () => {
    const name = width >= 1180 ? "wide" : width >= 860 ? "two" : width >= 640 ? "medium" : "narrow";
    set(root, { "data-layout": name });
    const share = { wide: 0.32, two: 0.45, medium: 0.5, narrow: 1 }[name];
    view.resize(Math.floor(clamp(width * share, 220, 440)), model.get("aspect"));
  };
  const drawAll = () => {
    layout();
    showState();
    showClass();
    showGraphs();
    showHint();
    drawPicture();
  };

  // The attributes data-done and data-graphed tell what is on screen: the numbers of the last gestures answered.
  const drawPicture = () => {
    const done = model.get("done");
    view.showPicture(model.get("picture")).then(() => {
      if (done < model.get("done")) return;
      hand.arrived();
      set(root, { "data-done": done });
    });
  };
  const drawGraphs = () => {
    showMarkers();
    showGraphs();
    set(root, { "data-graphed": model.get("graphed") });
  };

  // --- asking Python -------------------------------------------------------------------------------------------
  const ask = (gesture) => {
    if (closed()) return;
    const next = add(queue, gesture, model.get("done"));
    queue = next.queue;
    if (next.refused) showHint("Five edits are waiting for the network already: this one was not taken. Try again in a moment.");
    send(next.send);
    showState();
  };
  const send = (gesture) => {
    clearTimeout(timer);
    if (!gesture) return;
    timer = setTimeout(() => showHint("No answer yet: the kernel is busy with a cell, or none is running."), PATIENCE);
    model.set("gesture", gesture);
    model.save_changes();
  };
  const heardDone = () => {
    const next = answered(queue, model.get("done"));
    if (queue.asked && !next.send) showHint();
    queue = next.queue;
    send(next.send);
  };
  const closed = () => {
    if (model.offline) showHint(NO_KERNEL);
    return Boolean(model.offline);
  };
  const erase = (concept) => {
    if (concept !== null) ask({ kind: "delete", cls, concept });
  };
  on(root, "keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || !"zZyY".includes(event.key)) return;
    const again = event.key.toLowerCase() === "y" || event.shiftKey;
    if (!(again ? tools.redo : tools.undo).disabled) ask({ kind: again ? "redo" : "undo" });
    event.preventDefault();
  });
  const hand = handOn(root, main, signal, {
    view, patches, tip, ask, erase, closed, say: showHint, cls: () => cls, aspect: () => model.get("aspect"),
    waiting: () => queue.asked > 0,
    selected: () => {
      tools.delete.disabled = view.selected === null;
    },
  });


  // --- listening -----------------------------------------------------------------------------------------------
  // The traits of one message arrive as several events: each part is drawn once for all of them.
  const parts = { heardDone, showState, drawPicture, drawGraphs, drawAll };
  let wanted = new Set();
  let frame = 0;
  const want = (...names) => () => {
    names.forEach((name) => wanted.add(name));
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const now = wanted;
      wanted = new Set();
      if (width) Object.keys(parts).filter((name) => now.has(name)).forEach((name) => parts[name]());
    });
  };
  const listeners = {
    picture: want("drawPicture"), done: want("heardDone", "showState", "drawPicture"), graphs: want("drawGraphs", "showState"),
    graphed: want("drawGraphs", "showState"), trays: want("drawAll"), patches: want("drawAll"), aspect: want("drawAll"),
    ...Object.fromEntries(["probabilities", "before", "student", "student_before", "n_undo", "n_redo", "busy", "error", "title"].map((name) => [name, want("showState")])),
  };
  Object.entries(listeners).forEach(([name, act]) => model.on(`change:${name}`, act));
  whenSized(root, (now) => {
    width = now;
    drawAll();
    set(root, { "data-graphed": model.get("graphed") });
  }, signal);

  return () => {
    Object.entries(listeners).forEach(([name, act]) => model.off(`change:${name}`, act));
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    life.abort();
    root.remove();
  };
}

export default { render };
