import { colour, css } from "./colours.js";
import { el, set, svg } from "./dom.js";
import { spread } from "./geometry.js";

const RADIUS = 17;

// The picture with the numbered concepts of one class. Markers carry data-marker = the concept's index.
export function stage(urls) {
  const picture = el("img", { class: "xk-picture", alt: "the picture", draggable: "false", "data-testid": "picture" });
  const layer = svg("svg", { class: "xk-markers" });
  const box = el("div", { class: "xk-stage", "data-testid": "stage", tabindex: -1 }, picture, layer);
  let [nodes, markers, size, selected, source] = [[], new Map(), { width: 0, height: 0 }, null, null];

  // Resolves when the picture is on screen.
  const showPicture = async (bytes) => {
    if (bytes !== source) {
      source = bytes;
      picture.src = urls(bytes);
    }
    await picture.decode().catch(() => {}); // a newer picture has taken its place
  };

  const resize = (width, aspect) => {
    size = { width, height: Math.round(width / aspect) };
    [box, picture].forEach((one) => Object.assign(one.style, { width: `${size.width}px`, height: `${size.height}px` }));
    set(layer, { ...size, viewBox: `0 0 ${size.width} ${size.height}` });
  };

  const showNodes = (graph, limit) => {
    const focus = layer.getRootNode().activeElement;
    const held = focus && layer.contains(focus) ? Number(focus.dataset.marker) : null;
    nodes = graph ? graph.nodes.map((node, index) => ({ ...node, index })).filter((node) => node.detected) : [];
    const { width, height } = size;
    const room = { left: RADIUS, top: RADIUS, right: width - RADIUS, bottom: height - RADIUS };
    spread(nodes.map(({ x, y }) => ({ x: x * width, y: y * height })), 2 * RADIUS + 8, room)
      .forEach((spot, n) => Object.assign(nodes[n], { x: spot.x / width, y: spot.y / height }));
    if (!nodes.some((node) => node.index === selected)) selected = null;
    const glow = svg("image", { class: "xk-glow", preserveAspectRatio: "none" });
    markers = new Map(nodes.map((node, n) => [node.index, svg("g", {
      class: "xk-marker", role: "button", tabindex: n ? -1 : 0, "data-marker": node.index,
      transform: `translate(${node.x * width} ${node.y * height})`, "aria-label": `concept ${node.name} of ${graph.name}: Enter picks it up, Delete erases it`,
    },
    svg("circle", { class: "xk-halo", r: RADIUS + 3 }),
    svg("circle", { class: "xk-marker-plate", r: RADIUS }),
    svg("circle", { class: "xk-ring", r: RADIUS - 2, stroke: css(colour(node.contribution, limit)) }),
    svg("text", { class: "xk-marker-text", y: 6 }, node.name))]));
    layer.replaceChildren(glow, ...markers.values());
    if (held !== null) (markers.get(held) || box).focus({ preventScroll: true });
    select(selected);
  };

  // Brings out the place of a concept: the one under the hand, or the selected one.
  const point = (index) => {
    const shown = index === null || index === undefined ? selected : index;
    const node = nodes.find((one) => one.index === shown);
    markers.forEach((marker, i) => marker.classList.toggle("xk-target", i === index));
    const glow = layer.querySelector(".xk-glow");
    if (!glow) return;
    set(glow, node && node.box ? {
      href: urls(node.thumb), x: node.box[0] * size.width, y: node.box[1] * size.height,
      width: node.box[2] * size.width, height: node.box[3] * size.height,
    } : { href: null, width: 0 });
  };

  const select = (index) => {
    selected = index;
    markers.forEach((marker, i) => set(marker, { "aria-pressed": String(i === index) }));
    point(null);
  };

  const itemOf = (target) => {
    const marker = target.closest && target.closest("[data-marker]");
    const node = marker && nodes.find((one) => one.index === Number(marker.dataset.marker));
    return node ? { kind: "concept", concept: node.index, size: node.box ? node.box.slice(2) : [0.2, 0.2], src: urls(node.thumb), node, button: marker, words: `concept ${node.name}` } : null;
  };

  // Where a pointer is, in shares of the picture.
  const share = (event) => {
    const frame = picture.getBoundingClientRect();
    return { x: (event.clientX - frame.left) / frame.width, y: (event.clientY - frame.top) / frame.height };
  };

  const go = (from, step) => {
    const order = [...markers.keys()];
    const next = markers.get(order[(order.indexOf(from) + step + order.length) % order.length]);
    markers.forEach((marker) => set(marker, { tabindex: marker === next ? 0 : -1 }));
    next.focus();
  };

  return {
    box, showPicture, showNodes, resize, point, select, itemOf, share, go,
    get nodes() { return nodes; },
    get size() { return size; },
    get selected() { return selected; },
  };
}
