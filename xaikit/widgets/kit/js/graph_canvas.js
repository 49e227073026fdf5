import { color, css } from "./colors.js";
import { set, svg } from "./dom.js";
import { arrow, settle } from "./geometry.js";
import { shownOf } from "./marks.js";
import { edgeWords, nodeWords } from "./words.js";

// The graph of one class over the dimmed picture: the concepts that were found, and the arrows between them.
// build() makes the elements, paint() gives them colors and numbers, place() puts them where they belong.
export function graphCanvas(number, urls) {
  const canvas = svg("svg", { class: "xk-graph", "data-graph": number, role: "group" });
  const clip = `xk-${Math.random().toString(36).slice(2)}`;
  const me = { canvas, graph: null, size: null, nodes: new Map(), edges: [], byStrength: [], spots: [], radius: 24, activeNode: 0, activeEdge: 0, selected: null };

  // size: {width, height, radius} in pixels; picture: {source, coarse}.
  me.build = (graph, picture, size) => {
    Object.assign(me, { graph, size, radius: size.radius, reveal: overlay("xk-reveal"), veil: overlay("xk-veil"), leaders: svg("g", { class: "xk-leaders" }) });
    me.edges = graph.edges.map((edge, k) => edgeElement(k));
    me.nodes = new Map([...graph.nodes.keys()].filter((i) => graph.nodes[i].detected).map((i) => [i, nodeElement(graph.nodes[i], i, size.radius, urls, clip)]));
    fill(me, picture, urls, clip);
  };
  // values: {nodes, edges: [{effect, learned}], toward, limit}
  me.paint = (values) => {
    me.nodes.forEach(({ group, ring }, i) => {
      ring.style.stroke = css(color(shownOf(values.nodes[i]), values.limit));
      set(group, { "aria-label": me.words({ kind: "node", index: i }, values) });
    });
    me.byStrength = paintEdges(me, values.edges.map(shownOf), values.limit);
    me.edges.forEach(({ group }, k) => set(group, { "aria-label": me.words({ kind: "edge", index: k }, values) }));
    me.rove();
  };
  me.words = ({ kind, index }, values) => {
    const { nodes, edges } = me.graph;
    return kind === "node" ? nodeWords(nodes[index], values.nodes[index], values.toward) : edgeWords(nodes, edges[index], values.edges[index], values.toward);
  };

  // One node and one arrow of each graph are in the tab order; arrow keys go on from there.
  me.rove = () => {
    if (!me.nodes.has(me.activeNode)) [me.activeNode] = me.nodes.keys();
    if (!isDrawn(me, me.activeEdge)) [me.activeEdge] = me.byStrength;
    me.nodes.forEach(({ group }, i) => set(group, { tabindex: i === me.activeNode ? 0 : -1 }));
    me.edges.forEach(({ group }, k) => set(group, { tabindex: k === me.activeEdge ? 0 : -1 }));
  };
  // moved: for each node [x, y] in shares of the picture where a hand has put it, or null.
  me.place = (moved, aspect) => {
    me.spots = spotsOf(me, moved, aspect);
    me.draw();
  };
  me.draw = () => {
    me.nodes.forEach(({ group }, i) => set(group, { transform: `translate(${me.spots[i].x.toFixed(1)} ${me.spots[i].y.toFixed(1)})` }));
    me.byStrength.forEach((k) => bendEdge(me, k));
    me.leaders.replaceChildren(...[...me.nodes.keys()].flatMap((i) => leader(me.graph.nodes[i], me.spots[i], me.size)));
  };

  // Brings out one node or arrow; null ends it, and the selected node is brought out again.
  me.stress = (node, edge) => {
    const shown = node === null && edge === null ? me.selected : node;
    canvas.classList.toggle("xk-stressed", node !== null || edge !== null);
    me.edges.forEach(({ group }, k) => group.classList.toggle("xk-hot", k === edge || (node !== null && me.graph.edges[k].slice(0, 2).includes(node))));
    light(me, shown === null ? null : me.graph.nodes[shown], urls);
  };
  me.select = (node) => {
    me.selected = node;
    me.nodes.forEach(({ group }, i) => set(group, { "aria-pressed": i === node }));
    me.stress(null, null);
  };
  me.elementOf = (kind, index) => ((kind === "node" ? me.nodes.get(index) : me.edges[index]) || {}).group;
  return me;
}

// Where the nodes stand, in pixels; null for those that are not found.
function spotsOf({ graph, size, nodes }, moved, aspect) {
  const found = [...nodes.keys()];
  const places = settle(found.map((i) => graph.nodes[i]), aspect);
  const spots = graph.nodes.map(() => null);
  found.forEach((i, n) => {
    const [x, y] = (moved && moved[i]) || [places[n].x, places[n].y];
    spots[i] = { x: x * size.width, y: y * size.height };
  });
  return spots;
}

// Puts everything on the canvas: the picture, what brings out a concept in it, arrows, nodes.
function fill({ canvas, graph, size: { width, height }, nodes, edges, veil, reveal, leaders }, picture, urls, clip) {
  set(canvas, { width, height, viewBox: `0 0 ${width} ${height}`, "aria-label": `concept graph of ${graph.name}` });
  canvas.replaceChildren(
    svg("defs", {}, svg("clipPath", { id: clip, clipPathUnits: "objectBoundingBox" }, svg("circle", { cx: 0.5, cy: 0.5, r: 0.5 }))),
    svg("image", { href: urls(picture.source), width, height, preserveAspectRatio: "none", class: picture.coarse ? "xk-coarse" : null }),
    svg("rect", { class: "xk-wash", width, height }), veil, reveal, leaders,
    svg("g", { class: "xk-edges" }, ...edges.map((edge) => edge.group)),
    svg("g", { class: "xk-nodes" }, ...[...nodes.values()].map((node) => node.group)),
  );
}

function nodeElement(node, i, r, urls, clip) {
  const ring = svg("circle", { class: "xk-ring", r: r - 2 });
  const [at, wide] = [-r * 0.74, r - 4];
  const group = svg("g", { class: "xk-node", "data-node": i, role: "button" },
    svg("circle", { class: "xk-halo", r: r + 2 }), svg("circle", { class: "xk-plate", r: r - 2 }),
    svg("image", { href: urls(node.thumb), x: -wide, y: -wide, width: 2 * wide, height: 2 * wide, preserveAspectRatio: "xMidYMid slice", "clip-path": `url(#${clip})` }),
    ring, svg("circle", { class: "xk-badge", cx: at, cy: at, r: 11 }), svg("text", { class: "xk-badge-text", x: at, y: at + 5 }, node.name));
  return { group, ring };
}

function bendEdge(me, k) {
  const [[from, to], { parts, width }] = [me.graph.edges[k], me.edges[k]];
  const { line, head } = arrow(me.spots[from], me.spots[to], me.radius, width);
  [line, line, head, line].forEach((d, n) => set(parts[n], { d }));
}

export const overlay = (name) => svg("image", { class: name, preserveAspectRatio: "none" });

// Both ends of an arrow have to be in the picture.
const isDrawn = (me, k) => Boolean(me.edges[k]) && me.graph.edges[k].slice(0, 2).every((i) => me.nodes.has(i));

function edgeElement(k) {
  const parts = ["xk-casing", "xk-line", "xk-arrow", "xk-reach"].map((name) => svg("path", { class: name }));
  return { group: svg("g", { class: "xk-edge", "data-edge": k, role: "img" }, ...parts), parts, width: 1 };
}

// Gives the arrows color and width, the strongest on top; returns those that are drawn, strongest first.
function paintEdges(me, values, limit) {
  const drawn = [...me.edges.keys()].filter((k) => isDrawn(me, k)).sort((a, b) => Math.abs(values[a]) - Math.abs(values[b]));
  const most = Math.max(...drawn.map((k) => Math.abs(values[k])), 1e-12);
  me.edges.forEach((edge, k) => {
    const [weight, tint] = [Math.abs(values[k]) / most, css(color(values[k], limit))];
    edge.width = 1 + 4 * weight;
    const [casing, line, head] = edge.parts.map((part) => part.style);
    casing.strokeWidth = edge.width + 2;
    line.strokeWidth = edge.width;
    line.stroke = head.fill = tint;
    edge.group.style.opacity = 0.25 + 0.75 * Math.min(1, weight * 3);
    set(edge.group, { display: isDrawn(me, k) ? null : "none" });
  });
  me.canvas.querySelector(".xk-edges").append(...drawn.map((k) => me.edges[k].group));
  return drawn.reverse();
}

// A line from where a concept is to where its number stands, if that is elsewhere.
export function leader(node, spot, { width, height }) {
  const [x, y] = [node.x * width, node.y * height];
  if (Math.hypot(x - spot.x, y - spot.y) < 8) return [];
  const ends = { x1: x, y1: y, x2: spot.x, y2: spot.y };
  return [svg("line", { class: "xk-leader-casing", ...ends }), svg("line", { class: "xk-leader", ...ends }), svg("circle", { class: "xk-dot", cx: x, cy: y, r: 4 })];
}

// Shows a concept in the picture: its own region, and how much each place is like it.
function light({ canvas, veil, reveal, size }, node, urls) {
  canvas.classList.toggle("xk-lit", Boolean(node && node.heat));
  set(veil, node && node.heat ? { href: urls(node.heat), width: size.width, height: size.height } : { href: null, width: 0 });
  showRegion(reveal, node, size, urls);
}

// Lays the region of a concept, if it is known, over the picture.
export function showRegion(image, node, { width, height }, urls) {
  const [x, y, w, h] = (node && node.box) || [0, 0, 0, 0];
  set(image, { href: node && node.box ? urls(node.thumb) : null, x: x * width, y: y * height, width: w * width, height: h * height });
}
