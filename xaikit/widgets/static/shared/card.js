import { bar } from "./bars.js";
import { colour, css } from "./colours.js";
import { el, set, svg } from "./dom.js";
import { arrow, row, spread } from "./geometry.js";
import { edgeWords, nodeWords, signed } from "./words.js";

// One class: its name, both probabilities, its graph over the dimmed picture, its sentence.
// build() makes the elements, paint() gives them colours and numbers, place() puts them where they belong.
export function card(number, urls) {
  const name = el("span", { class: "xk-class" });
  const tag = el("span", { class: "xk-tag" }, "the network’s answer");
  const [network, student] = [bar("network"), bar("GRN")];
  const clip = `xk-${Math.random().toString(36).slice(2)}`;
  const canvas = svg("svg", { class: "xk-graph", "data-graph": number, role: "group" });
  const why = el("p", { class: "xk-why" });
  const box = el("section", { class: "xk-card" },
    el("div", { class: "xk-head" }, name, tag), network.row, student.row, canvas, why);
  let [graph, nodes, edges, reveal, size, leaders] = [null, [], [], null, null, null];
  const me = { box, canvas, spots: [], radius: 24, activeNode: 0, activeEdge: 0 };

  me.build = (data, picture, frame) => {
    graph = data;
    size = frame;
    me.radius = size.radius;
    const { width, height } = size;
    name.textContent = graph.name;
    network.show(graph.network);
    student.show(graph.student);
    set(canvas, { width, height: height + size.parking, viewBox: `0 0 ${width} ${height + size.parking}` });
    set(canvas, { "aria-label": `concept graph of ${graph.name}` });
    reveal = svg("image", { class: "xk-reveal", preserveAspectRatio: "none" });
    leaders = svg("g", { class: "xk-leaders" });
    edges = graph.edges.map((edge, k) => edgeElement(k));
    nodes = graph.nodes.map((node, i) => nodeElement(node, i));
    const lost = graph.nodes.some((node) => !node.detected);
    canvas.replaceChildren(
      svg("defs", {}, svg("clipPath", { id: clip, clipPathUnits: "objectBoundingBox" }, svg("circle", { cx: 0.5, cy: 0.5, r: 0.5 }))),
      svg("image", { href: urls(picture), width, height, preserveAspectRatio: "none" }),
      svg("rect", { class: "xk-wash", width, height }),
      svg("rect", { class: "xk-shelf", width, height: size.parking, y: height }),
      svg("text", { class: "xk-lost", x: 8, y: height + 20 }, lost ? "not found in the picture:" : ""),
      reveal, leaders,
      svg("g", { class: "xk-edges" }, ...edges.map((e) => e.group)),
      svg("g", { class: "xk-nodes" }, ...nodes.map((n) => n.group)),
    );
  };

  const edgeElement = (k) => {
    const parts = ["xk-casing", "xk-line", "xk-arrow", "xk-reach"].map((c) => svg("path", { class: c }));
    const group = svg("g", { class: "xk-edge", "data-edge": k, role: "img" }, ...parts);
    return { group, parts, width: 1 };
  };

  const nodeElement = (node, i) => {
    const r = me.radius;
    const ring = svg("circle", { class: "xk-ring", r: r - 2 });
    const value = svg("text", { class: "xk-value", y: r + 16 });
    const group = svg("g", {
      class: `xk-node ${node.detected ? "" : "xk-undetected"}`, "data-node": i, role: "button",
    },
    svg("circle", { class: "xk-halo", r: r + 2 }),
    svg("circle", { class: "xk-plate", r: r - 2 }),
    svg("image", {
      href: urls(node.thumb), x: -r + 4, y: -r + 4, width: 2 * r - 8, height: 2 * r - 8,
      preserveAspectRatio: "xMidYMid slice", "clip-path": `url(#${clip})`,
    }),
    ring,
    svg("circle", { class: "xk-badge", cx: -r * 0.74, cy: -r * 0.74, r: 11 }),
    svg("text", { class: "xk-badge-text", x: -r * 0.74, y: -r * 0.74 + 5 }, node.name),
    value);
    return { group, ring, value };
  };

  // values: {nodes, edges, toward, limit, sentence, predicted}
  me.paint = (values) => {
    tag.hidden = !values.predicted;
    box.classList.toggle("xk-predicted", values.predicted);
    why.textContent = values.sentence;
    const most = Math.max(...values.edges.map(Math.abs), 1e-12);
    edges.forEach(({ group, parts }, k) => {
      const [value, [from, to]] = [values.edges[k], graph.edges[k]];
      const weight = Math.abs(value) / most;
      const tint = css(colour(value, values.limit));
      edges[k].width = 1 + 4 * weight;
      parts[0].style.strokeWidth = edges[k].width + 2;
      parts[1].style.strokeWidth = edges[k].width;
      parts[1].style.stroke = tint;
      parts[2].style.fill = tint;
      const missing = !graph.nodes[from].detected || !graph.nodes[to].detected;
      group.style.opacity = 0.25 + 0.75 * Math.min(1, weight * 3);
      group.classList.toggle("xk-missing", missing); // drawn only while one of its ends is in focus
      set(group, { "aria-label": me.wordsOfEdge(k, values) });
    });
    const order = [...edges.keys()].sort((a, b) => Math.abs(values.edges[a]) - Math.abs(values.edges[b]));
    canvas.querySelector(".xk-edges").append(...order.map((k) => edges[k].group));
    me.byStrength = order.reverse();
    nodes.forEach(({ group, ring, value }, i) => {
      const tint = colour(values.nodes[i], values.limit);
      ring.style.stroke = css(tint);
      value.textContent = signed(values.nodes[i]);
      set(group, { "aria-label": me.wordsOfNode(i, values) });
    });
    me.rove();
  };

  me.wordsOfNode = (i, values) => nodeWords(graph.nodes[i], values.nodes[i], values.toward);
  me.wordsOfEdge = (k, values) => edgeWords(graph.nodes, graph.edges[k], values.edges[k], values.toward);

  // One node and one arrow of each graph are in the tab order; arrow keys go on from there.
  me.rove = () => {
    me.activeNode = Math.min(me.activeNode, nodes.length - 1);
    if (!edges[me.activeEdge]) me.activeEdge = 0;
    nodes.forEach(({ group }, i) => set(group, { tabindex: i === me.activeNode ? 0 : -1 }));
    edges.forEach(({ group }, k) => set(group, { tabindex: k === me.activeEdge ? 0 : -1 }));
  };

  // moved: for each node [x, y] in shares of the picture where a hand has put it, or null.
  me.place = (moved) => {
    const { width, height, parking } = size;
    const r = me.radius;
    const found = graph.nodes.map((n, i) => i).filter((i) => graph.nodes[i].detected);
    const inside = { left: r + 8, right: width - r - 4, top: r + 8, bottom: height - r - 22 };
    const apart = spread(found.map((i) => ({ x: graph.nodes[i].x * width, y: graph.nodes[i].y * height })), 2 * r + (nodes.length > 4 ? 34 : 44), inside);
    const shelf = row(graph.nodes.length - found.length, width);
    me.spots = graph.nodes.map((node, i) => {
      const own = moved && moved[i];
      if (own) return { x: own[0] * width, y: own[1] * height };
      return node.detected ? apart.shift() : { x: shelf.shift(), y: height + parking - r - 26 };
    });
    me.draw();
  };

  me.draw = () => {
    const { width, height } = size;
    nodes.forEach(({ group }, i) => set(group, { transform: `translate(${me.spots[i].x.toFixed(1)} ${me.spots[i].y.toFixed(1)})` }));
    edges.forEach(({ parts, width: thick }, k) => {
      const [from, to] = graph.edges[k];
      const { line, head } = arrow(me.spots[from], me.spots[to], me.radius, thick);
      [line, line, head, line].forEach((d, n) => set(parts[n], { d }));
    });
    const lines = graph.nodes.flatMap((node, i) => {
      const [x, y] = [node.x * width, node.y * height];
      if (!node.detected || Math.hypot(x - me.spots[i].x, y - me.spots[i].y) < 8) return [];
      const ends = { x1: x, y1: y, x2: me.spots[i].x, y2: me.spots[i].y };
      return [svg("line", { class: "xk-leader-casing", ...ends }), svg("line", { class: "xk-leader", ...ends }), svg("circle", { class: "xk-dot", cx: x, cy: y, r: 4 })];
    });
    leaders.replaceChildren(...lines);
  };

  // Brings out one node or arrow; null ends it.
  me.stress = (node, edge) => {
    canvas.classList.toggle("xk-stressed", node !== null || edge !== null);
    edges.forEach(({ group }, k) => {
      group.classList.toggle("xk-hot", k === edge || (node !== null && graph.edges[k].slice(0, 2).includes(node)));
    });
    const shown = node === null ? null : graph.nodes[node];
    const known = shown && shown.box;
    set(reveal, known ? {
      href: urls(shown.thumb), x: known[0] * size.width, y: known[1] * size.height,
      width: known[2] * size.width, height: known[3] * size.height,
    } : { href: null, width: 0 });
  };

  me.elementOf = (kind, index) => (kind === "node" ? nodes[index].group : edges[index].group);
  return me;
}
