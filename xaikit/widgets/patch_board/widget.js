import { dialogue, inTurn } from "../kit/js/dialogue.js";
import { buttonOf, classed, el, focused, focusOn, hear, set } from "../kit/js/dom.js";
import { coarseButton, frame, listen } from "../kit/js/frame.js";
import { clamp, limitOf } from "../kit/js/geometry.js";
import { graphView } from "../kit/js/graph_view.js";
import { living } from "../kit/js/living.js";
import { nameMemory } from "../kit/js/naming.js";
import { untilClosed } from "../kit/js/root.js";
import { missingWords, saysWords, verdict } from "../kit/js/words.js";
import { checked } from "./gestures.js";
import { handOn } from "./hand.js";
import { scores } from "./scores.js";
import { stage } from "./stage.js";
import { tray } from "./tray.js";

const HELP = "Drag a patch onto the picture or a number; drag a number to move it. By keyboard: Tab, Enter, arrows, Ctrl+Z.";
const MOST_WAITING = 5;
const FULL = "Five edits are waiting for the network already: this one was not taken. Try again in a moment.";
const NO_KERNEL = "Editing needs a running kernel: in the notebook, run this cell first.";
const LAYOUTS = { wide: [760, 0.32], medium: [640, 0.5], narrow: [0, 1] }; // from so many pixels; the picture's share of them
const STATE = ["probabilities", "before", "answer", "answer_before", "student", "student_before", "n_undo", "n_redo"];
const GRAPHED = ["picture", "drawn", "aspect", "prediction", "patches"];
const BELOW = 166; // pixels of the buttons and the hint below the picture
const LARGEST = 380; // pixels of the longer side of the picture

function render({ model, el: host }) {
  const page = frame(host, "patch-board", "xk-board");
  const { root, signal, urls, tip } = page;
  // What the page alone keeps: the class whose patches are shown, how the picture is shown, how the graphs are.
  const own = { width: 0, cls: null, coarse: false, graphs: { reading: "why_not", positions: {}, selected: null } };
  const sent = dialogue(model, { say: (text) => draw.hint(text), changed: () => draw.state(), line: inTurn(MOST_WAITING), full: FULL, more: true });
  const names = nameMemory(model, () => draw.all());
  const board = {
    model, page, own, sent, names, view: stage(urls), bars: scores(),
    closed() {
      if (model.offline) draw.hint(NO_KERNEL);
      return model.offline;
    },
    ask: (gesture) => board.closed() || sent.ask(checked(gesture)),
    erase: (node) => node && board.ask({ kind: "delete", cls: node.cls, concept: node.index }),
    turn(cls) {
      own.cls = cls;
      board.hand.cancel();
      draw.tray();
    },
    look(coarse) {
      own.coarse = coarse;
      draw.all();
    },
  };
  const keep = (name) => (value) => {
    own.graphs = { ...own.graphs, [name]: value };
    draw.graphs();
  };
  board.patches = tray({ signal, urls, chosen: board.turn, named: names.give });
  board.graphs = graphView(root, { signal, urls, tip, read: keep("reading"), moved: keep("positions"), chosen: keep("selected"), named: names.give });
  const draw = drawing(board, furniture(board));
  board.hand = handOn(root, root.querySelector(".xk-main"), signal, {
    ...board, tip, say: draw.hint, aspect: () => model.get("aspect"), waiting: () => sent.asked, selected: draw.buttons,
  });
  const deaf = listen(model, acts(), {
    heard: sent.heard, forget: names.forget, all: draw.all, state: draw.state, tray: draw.tray, picture: draw.picture, markers: draw.markers, graphs: draw.graphs,
  });
  return untilClosed(page, (now) => {
    own.width = now;
    draw.all();
  }, deaf, sent.end);
}

// What is drawn anew when a trait changes.
function acts() {
  const state = [...STATE, "busy", "error", "title", "warning"].map((name) => [name, "state"]);
  return {
    ...Object.fromEntries(state), picture: "picture", drawn: "picture graphs", done: "heard state picture", graphs: "forget tray graphs state", graphed: "markers graphs state",
    prediction: "markers graphs", trays: "forget tray", answered: "forget tray graphs", patches: "tray graphs", aspect: "all", offline: "heard all",
  };
}

// Puts the parts of the board on the page; returns those that drawing has to do with.
function furniture({ model, page: { root, signal }, view, patches, bars, graphs, ask, erase, look }) {
  const tools = Object.fromEntries(["undo", "redo", "reset", "delete"].map((kind) => {
    const button = buttonOf("xk-button", { "data-testid": kind }, kind);
    hear(button, "click", signal, () => (kind === "delete" ? erase(view.selected) : ask({ kind })));
    return [kind, button];
  }));
  const coarse = coarseButton(signal, look);
  const sentence = el("p", { class: "xk-verdict", "data-testid": "verdict", "aria-live": "polite" });
  const busy = el("span", { class: "xk-busy", "data-testid": "busy", role: "status" });
  const hint = el("p", { class: "xk-hint", "data-testid": "hint", "aria-live": "polite" });
  const whose = el("p", { class: "xk-legend xk-whose", "data-testid": "whose" });
  root.querySelector(".xk-error").before(classed("div", "xk-top", sentence, busy, coarse.box));
  root.append(el("div", { class: "xk-main" },
    classed("div", "xk-left", view.box, whose, classed("div", "xk-tools", ...Object.values(tools)), hint),
    patches.box, bars.box), graphs.element);
  hear(root, "keydown", signal, (event) => {
    if (!(event.ctrlKey || event.metaKey) || !"zZyY".includes(event.key)) return;
    const again = event.key.toLowerCase() === "y" || event.shiftKey;
    if (!(again ? tools.redo : tools.undo).disabled) ask({ kind: again ? "redo" : "undo" });
    event.preventDefault();
  });
  return { tools, coarse, sentence, busy, hint, whose };
}

function drawing(board, parts) {
  const { model, page: { root }, own, names, view, patches } = board;
  const draw = {
    ...sayings(board, parts),
    // The concepts of the chosen class and of the network's answer, so that a patch of any class can be dropped onto either.
    markers() {
      const [graphs, answer] = [names.graphs(), model.get("prediction")];
      const shown = [own.cls, answer].flatMap((cls, n, all) => (all.indexOf(cls) === n ? graphs.filter((graph) => graph.name === cls) : []));
      if (own.width) view.showNodes(shown, limitOf(graphs));
      parts.whose.hidden = shown.length < 2;
      parts.whose.replaceChildren(...shown.flatMap((graph, n) => [el("span", { class: "xk-plate-sign", "data-of": n }, "1"), `${graph.name}${n ? ", its answer" : ""}`]));
      draw.buttons();
      set(root, { "data-graphed": model.get("graphed") });
    },
    tray() {
      const classes = [...new Set([...model.get("graphs").map((graph) => graph.name), ...model.get("trays").map((one) => one.cls)])];
      if (!classes.includes(own.cls)) own.cls = classes.includes(model.get("prediction")) ? model.get("prediction") : classes[0];
      patches.show(classes, own.cls, lost(names.trays(), model.get("graphs")), model.get("patches"));
      draw.markers();
    },
    graphs() {
      const graphs = names.graphs();
      board.graphs.element.hidden = !graphs.length;
      if (!own.width || !graphs.length) return;
      board.graphs.show({ ...read(model, GRAPHED), ...own.graphs, graphs, coarse: own.coarse, answer: null }, own.width);
    },
    // The attributes data-done and data-graphed tell what is on screen: the numbers of the last gestures answered.
    picture() {
      const [done, fine] = [model.get("done"), isFine(model)];
      view.showPicture(model.get(fine && !own.coarse ? "drawn" : "picture"), fine && own.coarse).then(() => {
        if (done < model.get("done")) return;
        board.hand.arrived();
        set(root, { "data-done": done });
      });
    },
    layout() {
      const [name, [, share]] = Object.entries(LAYOUTS).find(([, [from]]) => own.width >= from);
      set(root, { "data-layout": name });
      const aspect = model.get("aspect");
      view.resize(Math.floor(Math.min(clamp(own.width * share, 220, LARGEST), LARGEST * aspect)), aspect);
      patches.box.style.maxHeight = name === "wide" ? `${Math.max(view.size.height + BELOW, 360)}px` : "";
      parts.coarse.box.hidden = !isFine(model);
      parts.coarse.show(own.coarse);
    },
    all() {
      if (own.width) ["layout", "state", "tray", "graphs", "hint", "picture"].forEach((name) => draw[name]());
    },
  };
  return draw;
}

// What the board says in words, and which of its buttons can be pressed.
function sayings({ model, page, sent, view, bars }, { tools, sentence, busy, hint }) {
  const { root } = page;
  const buttons = () => {
    tools.undo.disabled = tools.reset.disabled = !model.get("n_undo") || model.offline;
    tools.redo.disabled = !model.get("n_redo") || model.offline;
    tools.delete.disabled = view.selected === null;
    // A button that is switched off while in focus would leave the keys to the notebook.
    if (Object.values(tools).some((tool) => tool.disabled && tool === focused(root))) focusOn(view.box);
  };
  const state = () => {
    const now = read(model, STATE);
    page.words(model);
    bars.show(now, now.n_undo > 0);
    sentence.textContent = now.n_undo
      ? verdict(now.before, now.probabilities, now.answer_before, now.answer) : saysWords(now.probabilities, now.answer);
    buttons();
    const thinking = sent.asked ? "The network is thinking…" : model.get("busy") && !model.offline ? "The concept graph is following…" : "";
    busy.textContent = sent.waiting ? `${thinking} ${sent.waiting} more waiting` : thinking;
    set(root, { "data-busy": Boolean(thinking) });
  };
  return {
    buttons, state,
    hint(text) {
      hint.textContent = text || (model.offline ? NO_KERNEL : HELP);
    },
  };
}

// The trays, each with the reason why its concept is not in the picture, or "" where it is.
function lost(trays, graphs) {
  return trays.map((tray) => {
    const graph = graphs.find((one) => one.name === tray.cls);
    const nodes = graph ? graph.nodes.filter((node) => node.concept === tray.concept) : [];
    return { ...tray, lost: nodes.length && !nodes.some((node) => node.detected) ? missingWords(nodes[0]) : "" };
  });
}

const read = (model, traits) => Object.fromEntries(traits.map((name) => [name, model.get(name)]));

const isFine = (model) => Boolean(model.get("drawn").byteLength);

export default living(render);
