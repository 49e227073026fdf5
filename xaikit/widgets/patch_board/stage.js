import { color, css } from "../kit/js/colors.js";
import { around, el, focused, focusOn, inPixels, roomOf, set, svg } from "../kit/js/dom.js";
import { settle } from "../kit/js/geometry.js";
import { leader, overlay, showRegion } from "../kit/js/graph_canvas.js";
import { shownOf } from "../kit/js/marks.js";
import { conceptName } from "../kit/js/words.js";

const RADIUS = 17;
const AT_LEAST = [0.2, 0.2]; // size of a concept whose region is not known, in shares of the picture

// The picture with the numbered concepts of one or two graphs. A marker carries data-marker = the node's place in its graph,
// and data-of = the place of its graph: 0 for the class that is chosen, 1 for the network's answer beside it.
export function stage(urls) {
  const picture = el("img", { class: "xk-picture", alt: "the picture", draggable: "false", "data-testid": "picture" });
  const layer = svg("svg", { class: "xk-markers" });
  const box = el("div", { class: "xk-stage", "data-testid": "stage", tabindex: -1 }, picture, layer);
  const glow = overlay("xk-glow");
  const me = { box, nodes: [], size: { width: 0, height: 0 }, selected: null, showPicture: shower(picture, urls) };

  me.resize = (width, aspect) => {
    const size = me.size = { width, height: Math.round(width / aspect) };
    [box, picture].forEach((one) => inPixels(one, size));
    set(layer, { ...size, viewBox: `0 0 ${width} ${size.height}` });
  };

  // graphs: one or two of them.
  me.showNodes = (graphs, limit) => {
    const held = me.nodes.findIndex((node) => node.marker === focused(layer));
    const before = [me.nodes[held], me.selected];
    const nodes = me.nodes = nodesOf(graphs, me.size);
    layer.replaceChildren(glow, ...markersOf(nodes, me.size, limit));
    const [focus, again] = before.map((old) => (old && nodes.find((node) => node.cls === old.cls && node.index === old.index)) || null);
    if (held >= 0) focusOn(focus ? focus.marker : box);
    me.select(again);
  };

  // Brings out the place of a concept: the one under the hand, or the selected one.
  me.point = (target) => {
    me.nodes.forEach((one) => one.marker.classList.toggle("xk-target", one === target));
    showRegion(glow, target || me.selected, me.size, urls);
  };

  me.select = (node) => {
    me.selected = node;
    me.nodes.forEach((one) => set(one.marker, { "aria-pressed": one === node }));
    me.point(null);
  };

  me.itemOf = (target) => {
    const button = around(target, "[data-marker]");
    const node = me.nodes.find((one) => one.marker === button);
    return node ? { kind: "concept", cls: node.cls, concept: node.index, size: node.box ? node.box.slice(2) : AT_LEAST, src: urls(node.thumb), node, button, words: `${conceptName(node)} of ${node.cls}` } : null;
  };

  // Where a pointer is, in shares of the picture.
  me.share = (event) => {
    const room = roomOf(picture);
    return { x: (event.clientX - room.left) / room.width, y: (event.clientY - room.top) / room.height };
  };

  me.go = (from, step) => {
    const next = me.nodes[(me.nodes.indexOf(from) + step + me.nodes.length) % me.nodes.length];
    me.nodes.forEach((one) => set(one.marker, { tabindex: one === next ? 0 : -1 }));
    next.marker.focus();
  };
  return me;
}

// Shows a picture; resolves when it is on screen.
function shower(picture, urls) {
  let source = null;
  return async (bytes, coarse) => {
    picture.classList.toggle("xk-coarse", coarse);
    if (bytes !== source) {
      source = bytes;
      picture.src = urls(bytes);
    }
    await picture.decode().catch(() => {}); // a newer picture has taken its place
  };
}

// Gives every node its marker; returns them, and before them the lines from where the concepts are.
function markersOf(nodes, size, limit) {
  nodes.forEach((node, n) => { node.marker = marker(node, n, size, limit); });
  const leaders = nodes.flatMap((node) => leader(node.home, { x: node.x * size.width, y: node.y * size.height }, size));
  return [svg("g", { class: "xk-leaders" }, ...leaders), ...nodes.map((node) => node.marker)];
}

// The concepts that are found, each where its number stands; `home` is where it is itself. Where two graphs have one in the
// same place, that of the first keeps it.
function nodesOf(graphs, size) {
  return graphs.reduce((standing, graph, of) => {
    const found = graph.nodes.map((node, index) => ({ ...node, cls: graph.name, index, of, home: node })).filter((node) => node.detected);
    const spots = settle(found, size.width / size.height, standing);
    return [...standing, ...found.map((node, n) => ({ ...node, ...spots[n] }))];
  }, []);
}

function marker(node, n, size, limit) {
  const value = { effect: node.effect, learned: node.contribution };
  return svg("g", {
    class: "xk-marker", role: "button", tabindex: n ? -1 : 0, "data-marker": node.index, "data-of": node.of,
    transform: `translate(${node.x * size.width} ${node.y * size.height})`,
    "aria-label": `${conceptName(node)} of ${node.cls}: Enter picks it up, Delete erases it`,
  },
  svg("circle", { class: "xk-halo", r: RADIUS + 3 }), svg("circle", { class: "xk-marker-plate", r: RADIUS }),
  svg("circle", { class: "xk-ring", r: RADIUS - 2, stroke: css(color(shownOf(value), limit)) }),
  svg("text", { class: "xk-marker-text", y: 6 }, node.name));
}
