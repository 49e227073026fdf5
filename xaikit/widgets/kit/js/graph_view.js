import { card } from "./card.js";
import { gradient } from "./colors.js";
import { around, buttonOf, classed, el, focused, focusOn, hear, placeIn, set, writeOn } from "./dom.js";
import { coarseButton } from "./frame.js";
import { clamp, columns, directionOf, limitOf } from "./geometry.js";
import { handOnGraphs } from "./graph_hand.js";
import { conceptPanel } from "./panel.js";
import { answerWords, GRN, isForeign, signed } from "./words.js";

const GAP = 20;
const LEAST_CARD = 260;
const HIGHEST = 290;
const HOW = `filled: measured on the network (what the class loses when the region is filled in); hollow: learned by ${GRN}`;

// The graphs of several classes side by side, on one color scale.
// hooks: signal, urls, tip, read(reading), moved(positions), chosen([class, node] | null): what a hand did; optionally
// named(class, concept, name) and looked(coarse).
// Returns {element, show(shown, width)}; shown: {picture, drawn, coarse, aspect, graphs, prediction, answer, patches, reading,
// positions, selected}.
export function graphView(root, hooks) {
  const { signal, urls, tip } = hooks;
  const list = classed("div", "xk-cards");
  const panel = conceptPanel({ signal, urls, named: hooks.named, close: () => hooks.chosen(null) });
  const said = el("p", { class: "xk-verdict", "data-testid": "answer" });
  const [bar, key] = [controls(hooks), legend()];
  const element = classed("div", "xk-graphs", said, bar.box, key.how, classed("div", "xk-stand", list, panel.box), key.scale);
  let [shown, cards, told, byHand] = [null, [], "", false];

  const show = (next, width) => {
    const focus = aimIn(list, focused(root));
    shown = next;
    hand.drop();
    if (cards.length !== shown.graphs.length) {
      cards = shown.graphs.map((_, g) => card(g, urls));
      list.replaceChildren(...cards.map((one) => one.box));
    }
    cards.forEach((one, g) => fillCard(one, shown, g, width));
    told = "";
    writeOn(said, answerWords(shown.answer, shown.graphs, shown.prediction));
    bar.show(shown);
    key.show(shown);
    open(width);
    const again = focus && cards[focus.g] && cards[focus.g].elementOf(focus.kind, focus.index);
    if (again) focusOn(again);
  };

  const isOpen = (g, index) => shown.selected && shown.graphs[g].name === shown.selected[0] && index === shown.selected[1];
  const open = (width) => {
    const index = shown.selected && shown.selected[1];
    const g = shown.graphs.findIndex((graph, i) => isOpen(i, index) && graph.nodes[index]);
    cards.forEach((one, i) => one.select(i === g ? index : null));
    panel.show(g < 0 ? null : openedOf(shown, g, index));
    panel.place(g < 0 ? null : cards[g], index, width, GAP);
    if (g >= 0 && byHand) panel.box.scrollIntoView({ block: "nearest" });
    byHand = false;
  };

  // Brings out what the pointer or the focus is on, and says what it is.
  const tell = (what, at) => {
    const now = what ? `${what.g} ${what.kind} ${what.index}` : "";
    if (now !== told) cards.forEach(({ graph }, g) => stressIn(graph, what && what.g === g && what));
    told = now;
    if (!what || (what.kind === "node" && isOpen(what.g, what.index))) return tip.hide(); // what is open says it there
    const place = placeIn(root, what.kind === "node" ? what.group : at); // above a node, not on it
    return tip.show(cards[what.g].graph.words(what, valuesOf(shown, what.g)), place.x, place.y);
  };

  const hand = handOnGraphs(list, {
    ...hooks, tell, aim: (target) => aimIn(list, target), graphOf: (g) => cards[g].graph, shown: () => shown,
    choose: (g, i) => {
      byHand = true; // what is opened in Python does not scroll the notebook
      hooks.chosen(isOpen(g, i) ? null : [shown.graphs[g].name, i]);
    },
  });
  return { element, show };
}

// Draws one graph on its card.
function fillCard(card, shown, g, width) {
  const { graphs, positions, aspect } = shown;
  card.build(graphs[g], pictureOf(shown), sizeOf(shown, width));
  card.paint(valuesOf(shown, g));
  card.graph.place(positions[graphs[g].name], aspect);
}

// Brings out in one graph what is meant there, or nothing.
function stressIn(graph, what) {
  const of = (kind) => (what && what.kind === kind ? what.index : null);
  graph.stress(of("node"), of("edge"));
}

// What an event or the focus is about: {g, kind, index, group}. A row of marks is about its node.
function aimIn(list, target) {
  const group = around(target, "[data-node],[data-edge],[data-row]");
  if (!group || !list.contains(group)) return null;
  const { node, edge, row } = group.dataset;
  return { g: Number(group.closest("[data-card]").dataset.card), kind: edge === undefined ? "node" : "edge", index: Number(node || edge || row), isRow: row !== undefined, group };
}

// What the panel shows of one concept.
function openedOf(shown, g, index) {
  const [values, { name, nodes }] = [valuesOf(shown, g), shown.graphs[g]];
  return { cls: name, node: nodes[index], value: values.nodes[index], toward: values.toward, patches: shown.patches };
}

const fine = (shown) => Boolean(shown.drawn && shown.drawn.byteLength);
const pictureOf = (shown) => (fine(shown) && !shown.coarse ? { source: shown.drawn } : { source: shown.picture, coarse: fine(shown) });

// Of a card and the graph in it: a picture higher than this would leave no room for the marks on the screen.
function sizeOf({ graphs, aspect }, width) {
  const n = columns(graphs.length || 1, width, LEAST_CARD, GAP);
  const card = clamp(Math.floor((width - GAP * (n - 1)) / n) - 26, 200, 400);
  const height = Math.min(Math.round(card / aspect), HIGHEST);
  return { card, width: Math.round(height * aspect), height, radius: clamp(height * aspect * 0.066, 18, 26) };
}

// What is shown of one graph in the present reading.
function valuesOf({ reading, prediction, answer, graphs }, g) {
  const graph = graphs[g];
  const versus = reading === "versus" && graph.versus;
  const predicted = graph.name === prediction;
  const asWhy = predicted || reading === "why";
  const effects = versus ? versus.effects : graph.nodes.map((node) => node.effect);
  const learned = versus ? versus.nodes : graph.nodes.map((node) => node.contribution);
  const related = versus ? versus.edge_effects : graph.edges.map((edge) => edge[3]);
  return {
    nodes: learned.map((value, i) => ({ learned: value, effect: effects[i] })),
    edges: graph.edges.map((edge, k) => ({ learned: versus ? versus.edges[k] : edge[2], effect: related[k] })),
    toward: versus ? prediction : graph.name,
    limit: limitOf(graphs),
    predicted,
    question: asWhy ? "Why" : "Why not",
    sentence: asWhy ? graph.why : (versus && versus.sentence) || graph.why_not,
    tag: isForeign(answer, graphs.map((one) => one.name)) ? "first among those asked about" : "the network’s answer",
  };
}

// The switches above the graphs.
function controls({ signal, read, moved, looked }) {
  const choices = ["why_not", "why", "versus"].map((reading) =>
    buttonOf("xk-choice", { role: "radio", "data-reading": reading }));
  const reset = buttonOf("xk-button", { "data-testid": "reset-layout" }, "reset layout");
  const coarse = coarseButton(signal, looked);
  const box = classed("div", "xk-controls", el("div", { class: "xk-choices", role: "radiogroup", "aria-label": "which question" }, ...choices), reset, ...(looked ? [coarse.box] : []));
  choices.forEach((choice) => {
    hear(choice, "click", signal, () => read(choice.dataset.reading));
    hear(choice, "keydown", signal, (event) => {
      const way = directionOf(event.key);
      if (!way) return;
      event.preventDefault();
      const open = choices.filter((one) => !one.hidden);
      const next = open[(open.indexOf(choice) + way[0] + way[1] + open.length) % open.length];
      read(next.dataset.reading);
      next.focus();
    });
  });
  hear(reset, "click", signal, () => moved({}));
  const show = (shown) => {
    const names = { why_not: "Why this, why not the others?", why: "Why each?", versus: `For or against ${shown.prediction}?` };
    choices.forEach((choice) => {
      const { reading } = choice.dataset;
      choice.textContent = names[reading];
      choice.hidden = reading === "versus" && !shown.graphs.some((graph) => graph.versus);
      set(choice, { "aria-checked": reading === shown.reading, tabindex: reading === shown.reading ? 0 : -1 });
    });
    reset.disabled = !Object.keys(shown.positions).length;
    coarse.box.hidden = !fine(shown);
    coarse.show(Boolean(shown.coarse));
  };
  return { box, show };
}

// What the marks and the colors mean.
function legend() {
  const how = el("p", { class: "xk-legend xk-how", "data-testid": "meaning" }, classed("span", "xk-effect"), classed("span", "xk-learned"), HOW);
  const [low, high] = [el("span"), el("span")];
  const scale = el("div", { class: "xk-scale", "data-testid": "color-bar" }, classed("div", "xk-gradient"), classed("div", "xk-ends", low, el("span", {}, "0"), high));
  scale.firstChild.style.background = gradient();
  const show = (shown) => {
    const limit = limitOf(shown.graphs);
    const toward = shown.reading === "versus" ? shown.prediction : "the class it stands under";
    low.textContent = `${signed(-limit)} speaks against ${toward}`;
    high.textContent = `speaks for ${toward} ${signed(limit)}`;
    how.hidden = !shown.graphs.some((graph) => graph.nodes.some((node) => node.effect !== null));
  };
  return { how, scale, show };
}
