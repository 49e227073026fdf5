import { hear } from "./dom.js";
import { clamp, directionOf, neighbour } from "./geometry.js";

const LEAST_MOVE = 4; // pixels before a press becomes a drag

// The hand on the graphs: drags nodes, opens them, and goes from one to the next by keys.
// view: {signal, tip, moved(positions), chosen(null), aim(target), tell(what, at), graphOf(g), shown(), choose(g, node)}
export function handOnGraphs(list, view) {
  const { aim, tell, graphOf } = view;
  const me = { hold: null }; // the node under a pressed pointer

  // Keeps where a hand has put a node.
  me.keep = (g, i) => {
    const [graph, { graphs, positions, aspect }] = [graphOf(g), view.shown()];
    const { clientWidth: width } = graph.canvas;
    const { name, nodes } = graphs[g];
    const old = Object.hasOwn(positions, name) ? positions[name] : nodes.map(() => null);
    view.moved({ ...positions, [name]: old.map((place, n) => (n === i ? [graph.spots[i].x / width, (graph.spots[i].y * aspect) / width] : place)) });
  };
  me.shift = (g, i, x, y) => {
    const graph = graphOf(g);
    const { clientWidth: width, clientHeight: height } = graph.canvas;
    graph.spots[i] = { x: clamp(x, graph.radius, width - graph.radius), y: clamp(y, graph.radius, height - graph.radius) };
    graph.draw();
  };
  me.drop = () => {
    if (me.hold && me.hold.moving) view.tip.hide();
    me.hold = null;
    list.classList.remove("xk-dragging");
  };

  const on = (type, act) => hear(list, type, view.signal, act);
  on("pointerover", (event) => { if (!me.hold) tell(aim(event.target), event); });
  on("pointerleave", () => { if (!me.hold) tell(null); });
  on("focusin", (event) => {
    const what = aim(event.target);
    if (!what) return;
    if (!what.isRow) graphOf(what.g)[what.kind === "node" ? "activeNode" : "activeEdge"] = what.index;
    graphOf(what.g).rove();
    if (!me.hold) tell(what, what.group);
  });
  on("focusout", () => tell(null));
  on("click", (event) => {
    const what = aim(event.target);
    if (what && what.isRow) view.choose(what.g, what.index);
  });
  on("keydown", (event) => {
    const what = aim(event.target);
    if (what && keyOnGraph(me, view, what, event)) event.preventDefault();
  });
  dragNodes(me, view, list, on);
  return { drop: me.drop };
}

function dragNodes(me, { aim, graphOf, tip, choose }, list, on) {
  on("pointerdown", (event) => {
    const what = aim(event.target);
    if (!what || what.kind !== "node" || what.isRow || event.button) return;
    me.hold = { g: what.g, i: what.index, ...graphOf(what.g).spots[what.index], from: { x: event.clientX, y: event.clientY }, id: event.pointerId, moving: false };
    graphOf(what.g).canvas.setPointerCapture(event.pointerId);
  });
  on("pointermove", (event) => {
    const { hold } = me;
    if (!hold || event.pointerId !== hold.id) return;
    const [dx, dy] = [event.clientX - hold.from.x, event.clientY - hold.from.y];
    if (!hold.moving && Math.hypot(dx, dy) < LEAST_MOVE) return;
    if (!hold.moving) tip.hide();
    hold.moving = true;
    list.classList.add("xk-dragging");
    me.shift(hold.g, hold.i, hold.x + dx, hold.y + dy);
  });
  on("pointerup", (event) => {
    if (!me.hold || event.pointerId !== me.hold.id) return;
    const { g, i, moving } = me.hold;
    me.drop();
    if (moving) me.keep(g, i);
    else choose(g, i);
  });
  on("pointercancel", () => {
    const { hold } = me;
    if (hold && hold.moving) me.shift(hold.g, hold.i, hold.x, hold.y);
    me.drop();
  });
}

// Answers whether the key was for a node or an arrow.
function keyOnGraph(me, { tell, chosen, choose, graphOf }, { g, kind, index, isRow }, event) {
  const [graph, way] = [graphOf(g), directionOf(event.key)];
  if (event.key === "Escape") {
    tell(null);
    chosen(null);
  } else if (isRow) return false; // a button, which the browser presses
  else if (kind === "node" && (event.key === "Enter" || event.key === " ")) choose(g, index);
  else if (!way) return false;
  else if (kind === "node" && event.shiftKey) {
    me.shift(g, index, graph.spots[index].x + 12 * way[0], graph.spots[index].y + 12 * way[1]);
    me.keep(g, index);
  } else if (kind === "node") {
    const found = [...graph.nodes.keys()];
    graph.elementOf("node", found[neighbour(found.map((i) => graph.spots[i]), found.indexOf(index), event.key)]).focus();
  } else {
    const at = graph.byStrength.indexOf(index) + way[0] + way[1];
    graph.elementOf("edge", graph.byStrength[clamp(at, 0, graph.byStrength.length - 1)]).focus();
  }
  return true;
}
