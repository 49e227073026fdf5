import { el, followTheme, keepKeys, placeIn, set, tooltip, urlMemory, whenSized } from "./shared/dom.js";
import { IDLE, step } from "./shared/drag.js";
import { clamp, directionOf, limitOf } from "./shared/geometry.js";
import { add, answered, EMPTY } from "./shared/gestures.js";
import { graphView } from "./shared/graph_view.js";
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
  const ghost = el("img", { class: "xk-ghost", alt: "", hidden: true });
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
    move({ type: "cancel" });
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
  root.append(heading, el("div", { class: "xk-top" }, sentence, busy), error, main, graphs.element, ghost);

  let width = 0;
  let cls = null;
  let hand = IDLE;
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
      if (hand.phase === "idle") ghost.hidden = true;
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
    if (model.offline) return showHint(NO_KERNEL);
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
  const erase = (concept) => {
    if (concept !== null) ask({ kind: "delete", cls, concept });
  };

  // --- the hand ------------------------------------------------------------------------------------------------
  const world = () => ({ nodes: view.nodes, reach: 26 / view.size.width, aspect: model.get("aspect") });
  const move = (event) => {
    hand = step(hand, event, world());
    set(root, { "data-hand": hand.phase });
    if (hand.phase === "dropped") {
      ask(hand.gesture);
      hand = IDLE;
      if (!queue.asked) ghost.hidden = true; // otherwise it stays until the new picture is there
      view.point(null);
    } else if (hand.phase === "held" || hand.phase === "carried") {
      drawHand();
    } else if (hand.phase === "idle") {
      ghost.hidden = true;
      view.point(null);
    }
  };
  const drawHand = () => {
    const { item, x, y, target } = hand;
    const over = view.nodes.find((node) => node.index === target);
    view.point(over ? over.index : null);
    const [w, h] = over && over.box ? over.box.slice(2) : item.size;
    const [cx, cy] = over && over.box ? [over.box[0] + w / 2, over.box[1] + h / 2] : [x, y];
    const frame = view.box.getBoundingClientRect();
    const corner = root.getBoundingClientRect();
    const { width: stageWidth, height: stageHeight } = view.size;
    if (ghost.src !== urls(item.picture)) ghost.src = urls(item.picture);
    ghost.hidden = false;
    ghost.classList.toggle("xk-outside", target === undefined);
    Object.assign(ghost.style, {
      width: `${w * stageWidth}px`, height: `${h * stageHeight}px`,
      left: `${frame.left - corner.left + (cx - w / 2) * stageWidth}px`, top: `${frame.top - corner.top + (cy - h / 2) * stageHeight}px`,
    });
    const where = over ? `onto concept ${over.name}` : target === null ? "onto a free place" : "outside the picture";
    showHint(hand.phase === "carried"
      ? `Holding ${item.words}: ${where}. Arrow keys move it, a number chooses a concept, Enter drops it, Esc puts it back.`
      : `${item.words}: ${where}.`);
  };
  const pick = (item, at) => {
    if (model.offline) return showHint(NO_KERNEL);
    const start = at || (item.node ? { x: item.node.x, y: item.node.y } : { x: 0.5, y: 0.5 });
    move({ type: "pick", item: { ...item, cls }, at: start });
  };
  const itemAt = (event) => patches.itemOf(event.target) || view.itemOf(event.target);
  let pointer = null;

  on(root, "pointerdown", (event) => {
    if (event.button || pointer !== null) return;
    if (hand.phase === "carried" && view.box.contains(event.target)) {
      event.preventDefault();
      pick(hand.item, view.share(event));
      return move({ type: "drop" });
    }
    const item = itemAt(event);
    if (!item) return;
    if (model.offline) return showHint(NO_KERNEL);
    tip.hide();
    pointer = event.pointerId;
    root.setPointerCapture(pointer);
    move({ type: "press", item: { ...item, cls }, px: event.clientX, py: event.clientY });
  });
  on(root, "pointermove", (event) => {
    if (event.pointerId === pointer) move({ type: "move", px: event.clientX, py: event.clientY, ...view.share(event) });
    else if (hand.phase === "carried" && view.box.contains(event.target)) pick(hand.item, view.share(event));
  });
  on(root, "pointerup", (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    move({ type: "release" });
    if (hand.phase !== "clicked") {
      if (!queue.asked) showHint();
      return;
    }
    const { item } = hand;
    hand = IDLE;
    if (item.kind === "patch") return pick(item);
    view.select(view.selected === item.concept ? null : item.concept);
    tools.delete.disabled = view.selected === null;
  });
  on(root, "pointercancel", (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    move({ type: "cancel" });
    showHint();
  });
  const describe = (item, at) => {
    if (!item || hand.phase !== "idle") return tip.hide();
    const place = placeIn(root, at);
    tip.show(item.words, place.x, place.y);
  };
  on(main, "pointerover", (event) => describe(patches.itemOf(event.target), event));
  on(main, "pointerleave", () => tip.hide());
  on(main, "focusin", (event) => describe(itemAt(event), event.target));
  on(main, "focusout", () => tip.hide());

  const keyed = (event) => {
    if ((event.ctrlKey || event.metaKey) && "zZyY".includes(event.key)) {
      const again = event.key.toLowerCase() === "y" || event.shiftKey;
      if (!(again ? tools.redo : tools.undo).disabled) ask({ kind: again ? "redo" : "undo" });
      return true;
    }
    const way = directionOf(event.key);
    if (hand.phase === "carried") {
      const size = event.shiftKey ? 0.01 : 0.04;
      if (way) move({ type: "nudge", dx: way[0] * size, dy: way[1] * size });
      else if (event.key === "Enter") move({ type: "drop" });
      else if (event.key === "Escape") {
        move({ type: "cancel" });
        showHint();
      } else if (/^\S$/.test(event.key)) move({ type: "choose", name: event.key });
      else return false;
      return true;
    }
    if (event.key === "Escape" && pointer !== null) {
      move({ type: "cancel" });
      showHint();
      return true;
    }
    const item = itemAt(event);
    if (!item) return false;
    if (event.key === "Enter" || event.key === " ") {
      tip.hide();
      pick(item);
    } else if (item.kind === "concept" && (event.key === "Delete" || event.key === "Backspace")) erase(item.concept);
    else if (way && item.kind === "patch") patches.go(item, way);
    else if (way) view.go(item.concept, way[0] + way[1]);
    else return false;
    return true;
  };
  on(root, "keydown", (event) => {
    if (keyed(event)) event.preventDefault();
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
