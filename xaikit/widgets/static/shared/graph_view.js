import { card } from "./card.js";
import { gradient } from "./colours.js";
import { el, placeIn, set } from "./dom.js";
import { exampleStrip } from "./examples.js";
import { clamp, columns, directionOf, limitOf, neighbour } from "./geometry.js";
import { signed } from "./words.js";

const LEAST_MOVE = 4; // pixels before a press becomes a drag
const GAP = 20;

// The graphs of several classes side by side, on one colour scale.
// hooks: signal, urls, tip, read(reading), moved(positions), chosen([class, concept] | null): what a hand did.
// Returns {element, show(shown, width)}; shown: {picture, aspect, graphs, prediction, patches, reading, positions, selected}.
export function graphView(root, { signal, urls, tip, read, moved, chosen }) {
  const choices = ["why_not", "why", "versus"].map((reading) =>
    el("button", { type: "button", role: "radio", class: "xk-choice", "data-reading": reading }));
  const reset = el("button", { type: "button", class: "xk-button", "data-testid": "reset-layout" }, "reset layout");
  const list = el("div", { class: "xk-cards" });
  const low = el("span");
  const high = el("span");
  const scale = el("div", { class: "xk-scale", "data-testid": "colour-bar" }, el("div", { class: "xk-gradient" }), el("div", { class: "xk-ends" }, low, el("span", {}, "0"), high));
  scale.firstChild.style.background = gradient();
  const strip = exampleStrip(urls, () => chosen(null));
  const element = el("div", { class: "xk-graphs" },
    el("div", { class: "xk-controls" }, el("div", { class: "xk-choices", role: "radiogroup", "aria-label": "which question" }, ...choices), reset),
    list, scale, strip.box);
  let [shown, cards, hold, key] = [null, [], null, ""];

  const valuesOf = (graph) => {
    const versus = shown.reading === "versus" && graph.versus;
    const predicted = graph.name === shown.prediction;
    const own = shown.reading === "why" || predicted ? graph.why : graph.why_not;
    return {
      nodes: versus ? graph.versus.nodes : graph.nodes.map((n) => n.contribution),
      edges: versus ? graph.versus.edges : graph.edges.map((e) => e[2]),
      toward: versus ? shown.prediction : graph.name,
      sentence: (versus && graph.versus.sentence) || own,
      limit: limitOf(shown.graphs),
      predicted,
    };
  };

  const frameOf = (width) => {
    const n = columns(shown.graphs.length || 1, width, 300, GAP);
    const inner = clamp(Math.floor((width - GAP * (n - 1)) / n) - 26, 200, 440);
    const lost = shown.graphs.some((g) => g.nodes.some((node) => !node.detected));
    const radius = clamp(inner * 0.072, 21, 30);
    return { width: inner, height: Math.round(inner / shown.aspect), radius, parking: lost ? 2 * radius + 64 : 0 };
  };

  const show = (next, width) => {
    const focus = focused();
    shown = next;
    if (cards.length !== shown.graphs.length) {
      cards = shown.graphs.map((_, g) => card(g, urls));
      list.replaceChildren(...cards.map((c) => c.box));
    }
    const frame = frameOf(width);
    shown.graphs.forEach((graph, g) => {
      if (hold && hold.g === g) tip.hide();
      cards[g].box.style.width = `${frame.width}px`;
      cards[g].build(graph, shown.picture, frame);
      cards[g].paint(valuesOf(graph));
      cards[g].place(shown.positions[graph.name]);
    });
    [hold, key] = [null, ""];
    list.classList.toggle("xk-dragging", false);
    showControls();
    if (focus && cards[focus.g] && shown.graphs[focus.g][`${focus.kind}s`][focus.index]) {
      cards[focus.g].elementOf(focus.kind, focus.index).focus({ preventScroll: true });
    }
  };

  const showControls = () => {
    const limit = limitOf(shown.graphs);
    const toward = shown.reading === "versus" ? shown.prediction : "the class it stands under";
    low.textContent = `${signed(-limit)} speaks against ${toward}`;
    high.textContent = `speaks for ${toward} ${signed(limit)}`;
    const names = { why_not: "Why this, why not the others?", why: "Why each?", versus: `For or against ${shown.prediction}?` };
    choices.forEach((choice) => {
      const reading = choice.dataset.reading;
      choice.textContent = names[reading];
      choice.hidden = reading === "versus" && !shown.graphs.some((g) => g.versus);
      set(choice, { "aria-checked": String(reading === shown.reading), tabindex: reading === shown.reading ? 0 : -1 });
    });
    reset.disabled = !Object.keys(shown.positions).length;
    const [cls, concept] = shown.selected || [];
    const graph = shown.graphs.find((g) => g.name === cls);
    const node = graph && graph.nodes[concept];
    const values = node && valuesOf(graph);
    strip.show(graph, node, values && values.nodes[concept], values && values.toward, shown.patches);
    cards.forEach((c, g) => shown.graphs[g].nodes.forEach((_, i) =>
      set(c.elementOf("node", i), { "aria-pressed": String(shown.graphs[g].name === cls && i === concept) })));
  };

  // What an event or the focus is about: {g, kind, index}.
  const aim = (target) => {
    const group = target && target.closest && target.closest("[data-node],[data-edge]");
    if (!group || !list.contains(group)) return null;
    const kind = group.dataset.node === undefined ? "edge" : "node";
    return { g: Number(group.closest("[data-graph]").dataset.graph), kind, index: Number(group.dataset[kind]), group };
  };
  const focused = () => aim(root.getRootNode().activeElement);

  const tell = (what, at) => {
    const now = what ? `${what.g} ${what.kind} ${what.index}` : "";
    if (now !== key) cards.forEach((c, g) => {
      const here = what && what.g === g;
      c.stress(here && what.kind === "node" ? what.index : null, here && what.kind === "edge" ? what.index : null);
    });
    key = now;
    if (!what) return tip.hide();
    const c = cards[what.g];
    const values = valuesOf(shown.graphs[what.g]);
    const place = placeIn(root, what.kind === "node" ? what.group : at); // above a node, not on it
    tip.show(what.kind === "node" ? c.wordsOfNode(what.index, values) : c.wordsOfEdge(what.index, values), place.x, place.y);
  };

  const keepPlaces = (g) => {
    const { clientWidth: width } = cards[g].canvas;
    const height = width / shown.aspect;
    const name = shown.graphs[g].name;
    const old = shown.positions[name] || shown.graphs[g].nodes.map(() => null);
    const places = old.map((place, i) => (i === hold.i ? [cards[g].spots[i].x / width, cards[g].spots[i].y / height] : place));
    moved({ ...shown.positions, [name]: places });
  };

  const shift = (g, i, x, y) => {
    const c = cards[g];
    const [width, height] = [c.canvas.clientWidth, c.canvas.clientHeight];
    c.spots[i] = { x: clamp(x, c.radius, width - c.radius), y: clamp(y, c.radius, height - c.radius) };
    c.draw();
  };

  const on = (where, type, act) => where.addEventListener(type, act, { signal });
  on(list, "pointerover", (event) => { if (!hold) tell(aim(event.target), event); });
  on(list, "pointerleave", () => { if (!hold) tell(null); });
  on(list, "focusin", (event) => {
    const what = aim(event.target);
    if (!what) return;
    cards[what.g][what.kind === "node" ? "activeNode" : "activeEdge"] = what.index;
    cards[what.g].rove();
    if (!hold) tell(what, what.group);
  });
  on(list, "focusout", () => tell(null));
  on(list, "pointerdown", (event) => {
    const what = aim(event.target);
    if (!what || what.kind !== "node" || event.button) return;
    const { x, y } = cards[what.g].spots[what.index];
    hold = { g: what.g, i: what.index, x, y, from: { x: event.clientX, y: event.clientY }, id: event.pointerId, moving: false };
    cards[what.g].canvas.setPointerCapture(event.pointerId);
  });
  on(list, "pointermove", (event) => {
    if (!hold || event.pointerId !== hold.id) return;
    const [dx, dy] = [event.clientX - hold.from.x, event.clientY - hold.from.y];
    if (!hold.moving && Math.hypot(dx, dy) < LEAST_MOVE) return;
    if (!hold.moving) tip.hide();
    hold.moving = true;
    list.classList.toggle("xk-dragging", true);
    shift(hold.g, hold.i, hold.x + dx, hold.y + dy);
  });
  on(list, "pointerup", (event) => {
    if (!hold || event.pointerId !== hold.id) return;
    list.classList.toggle("xk-dragging", false);
    if (hold.moving) keepPlaces(hold.g);
    else choose(hold.g, hold.i);
    hold = null;
  });
  on(list, "pointercancel", () => {
    if (hold && hold.moving) shift(hold.g, hold.i, hold.x, hold.y);
    hold = null;
  });
  const choose = (g, i) => {
    const [cls, concept] = shown.selected || [];
    const name = shown.graphs[g].name;
    chosen(cls === name && concept === i ? null : [name, i]);
  };
  on(list, "keydown", (event) => {
    const what = aim(event.target);
    if (!what) return;
    const c = cards[what.g];
    const way = directionOf(event.key);
    if (event.key === "Escape") { tell(null); chosen(null); }
    else if (what.kind === "node" && (event.key === "Enter" || event.key === " ")) choose(what.g, what.index);
    else if (!way) return;
    else if (what.kind === "node" && event.shiftKey) {
      hold = { g: what.g, i: what.index };
      shift(what.g, what.index, c.spots[what.index].x + 12 * way[0], c.spots[what.index].y + 12 * way[1]);
      keepPlaces(what.g);
      hold = null;
    } else if (what.kind === "node") c.elementOf("node", neighbour(c.spots, what.index, event.key)).focus();
    else {
      const at = c.byStrength.indexOf(what.index) + way[0] + way[1];
      c.elementOf("edge", c.byStrength[clamp(at, 0, c.byStrength.length - 1)]).focus();
    }
    event.preventDefault();
  });
  choices.forEach((choice, n) => {
    on(choice, "click", () => read(choice.dataset.reading));
    on(choice, "keydown", (event) => {
      const way = directionOf(event.key);
      if (!way) return;
      event.preventDefault();
      const open = choices.filter((c) => !c.hidden);
      const next = open[(open.indexOf(choice) + way[0] + way[1] + open.length) % open.length];
      read(next.dataset.reading);
      next.focus();
    });
  });
  on(reset, "click", () => moved({}));
  return { element, show };
}
