import { clamp, directionOf, neighbour } from "./geometry.js";

const LEAST_MOVE = 4; // pixels before a press becomes a drag

// The hand on the graphs: drags nodes, opens them, and goes from one to the next by keys.
// view: {signal, tip, moved(positions), chosen(null), aim(target), tell(what, at), graphOf(g), shown(), choose(g, node)}
export function handOnGraphs(root, list, view) {
  const { aim, tell, tip, graphOf } = view;
  let hold = null; // the node under a pressed pointer

  const keepPlace = (g, i) => {
    const [graph, { graphs, positions, aspect }] = [graphOf(g), view.shown()];
    const { clientWidth: width } = graph.canvas;
    const { name, nodes } = graphs[g];
    const old = positions[name] || nodes.map(() => null);
    view.moved({ ...positions, [name]: old.map((place, n) => (n === i ? [graph.spots[i].x / width, (graph.spots[i].y * aspect) / width] : place)) });
  };
  const shift = (g, i, x, y) => {
    const graph = graphOf(g);
    const { clientWidth: width, clientHeight: height } = graph.canvas;
    graph.spots[i] = { x: clamp(x, graph.radius, width - graph.radius), y: clamp(y, graph.radius, height - graph.radius) };
    graph.draw();
  };

  const on = (type, act) => list.addEventListener(type, act, { signal: view.signal });
  on("pointerover", (event) => { if (!hold) tell(aim(event.target), event); });
  on("pointerleave", () => { if (!hold) tell(null); });
  on("focusin", (event) => {
    const what = aim(event.target);
    if (!what) return;
    if (!what.isRow) graphOf(what.g)[what.kind === "node" ? "activeNode" : "activeEdge"] = what.index;
    graphOf(what.g).rove();
    if (!hold) tell(what, what.group);
  });
  on("focusout", () => tell(null));
  on("pointerdown", (event) => {
    const what = aim(event.target);
    if (!what || what.kind !== "node" || what.isRow || event.button) return;
    hold = { g: what.g, i: what.index, ...graphOf(what.g).spots[what.index], from: { x: event.clientX, y: event.clientY }, id: event.pointerId, moving: false };
    graphOf(what.g).canvas.setPointerCapture(event.pointerId);
  });
  on("pointermove", (event) => {
    if (!hold || event.pointerId !== hold.id) return;
    const [dx, dy] = [event.clientX - hold.from.x, event.clientY - hold.from.y];
    if (!hold.moving && Math.hypot(dx, dy) < LEAST_MOVE) return;
    if (!hold.moving) tip.hide();
    hold.moving = true;
    list.classList.add("xk-dragging");
    shift(hold.g, hold.i, hold.x + dx, hold.y + dy);
  });
  on("pointerup", (event) => {
    if (!hold || event.pointerId !== hold.id) return;
    const { g, i, moving } = hold;
    drop();
    if (moving) keepPlace(g, i);
    else view.choose(g, i);
  });
  on("pointercancel", () => {
    if (hold && hold.moving) shift(hold.g, hold.i, hold.x, hold.y);
    drop();
  });
  on("click", (event) => {
    const what = aim(event.target);
    if (what && what.isRow) view.choose(what.g, what.index);
  });
  on("keydown", (event) => {
    const what = aim(event.target);
    if (what && keyOn(what, event, directionOf(event.key))) event.preventDefault();
  });

  // Answers whether the key was for a node or an arrow.
  const keyOn = (what, event, way) => {
    const { g, kind, index, isRow } = what;
    const graph = graphOf(g);
    if (event.key === "Escape") {
      tell(null);
      view.chosen(null);
    } else if (isRow) return false; // a button, which the browser presses
    else if (kind === "node" && (event.key === "Enter" || event.key === " ")) view.choose(g, index);
    else if (!way) return false;
    else if (kind === "node" && event.shiftKey) {
      shift(g, index, graph.spots[index].x + 12 * way[0], graph.spots[index].y + 12 * way[1]);
      keepPlace(g, index);
    } else if (kind === "node") {
      const found = [...graph.nodes.keys()];
      graph.elementOf("node", found[neighbour(found.map((i) => graph.spots[i]), found.indexOf(index), event.key)]).focus();
    } else {
      const at = graph.byStrength.indexOf(index) + way[0] + way[1];
      graph.elementOf("edge", graph.byStrength[clamp(at, 0, graph.byStrength.length - 1)]).focus();
    }
    return true;
  };
  const drop = () => {
    if (hold && hold.moving) tip.hide();
    hold = null;
    list.classList.remove("xk-dragging");
  };
  return { drop };
}
