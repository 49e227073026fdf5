// Where things go. Pure functions of numbers.

export const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

// How many cards stand in a row, so that the rows are about equally full.
export function columns(count, width, least = 300, gap = 20) {
  const fit = clamp(Math.floor((width + gap) / (least + gap)), 1, count);
  return Math.ceil(count / Math.ceil(count / fit));
}

// Moves points [{x, y}] apart until they are `gap` from each other, inside box {left, top, right, bottom}; the first
// `fixed` of them stay. The same points give the same answer: where two coincide, their order decides which way they part.
export function spread(places, gap, box, fixed = 0) {
  const points = places.map(({ x, y }) => ({ x: clamp(x, box.left, box.right), y: clamp(y, box.top, box.bottom) }));
  const shift = (point, along, angle) => {
    point.x = clamp(point.x + along * Math.cos(angle), box.left, box.right);
    point.y = clamp(point.y + along * Math.sin(angle), box.top, box.bottom);
  };
  for (let turn = 0, close = true; close && turn < 200; turn++) {
    close = false;
    for (let i = 0; i < points.length; i++) {
      for (let j = Math.max(i + 1, fixed); j < points.length; j++) {
        const [a, b] = [points[i], points[j]];
        const distance = Math.hypot(b.x - a.x, b.y - a.y);
        if (distance >= 0.992 * gap) continue;
        close = true;
        const angle = distance > 1e-4 * gap ? Math.atan2(b.y - a.y, b.x - a.x) : i + 2 * j + turn;
        const push = 1.002 * gap - distance;
        if (i < fixed) shift(b, push, angle);
        else [[a, -push / 2], [b, push / 2]].forEach(([point, along]) => shift(point, along, angle));
      }
    }
  }
  return points;
}

const APART = 0.135; // shares of the picture's width, at least, between the numbers of two concepts
const BORDER = 0.05; // and from its edge

// Where the numbers of concepts [{x, y}] stand, in shares of the picture: at the concepts' own places, moved only as far as
// none covers another, and so alike in pictures of every size. Those of `standing` were there before, and stay.
export function settle(concepts, aspect, standing = []) {
  const box = { left: BORDER, top: BORDER, right: 1 - BORDER, bottom: 1 / aspect - BORDER };
  const places = [...standing, ...concepts].map(({ x, y }) => ({ x, y: y / aspect }));
  return spread(places, APART, box, standing.length).slice(standing.length).map(({ x, y }) => ({ x, y: y * aspect }));
}

const round = (value) => Math.round(value * 10) / 10;
const text = (p) => `${round(p.x)} ${round(p.y)}`;

function toward(from, to, distance) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + ((to.x - from.x) * distance) / length, y: from.y + ((to.y - from.y) * distance) / length };
}

// A slightly curved arrow between two circles. Each direction bends to its own left, so the two arrows of a pair
// do not cover each other. Returns path data for line and head.
export function arrow(a, b, radius, width) {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const bend = 8 + 0.1 * length;
  const control = {
    x: (a.x + b.x) / 2 + ((b.y - a.y) / length) * bend,
    y: (a.y + b.y) / 2 - ((b.x - a.x) / length) * bend,
  };
  const start = toward(a, control, radius + 1);
  const tip = toward(b, control, radius + 2);
  const base = toward(tip, control, 5 + 2 * width);
  const half = 2.5 + 0.9 * width;
  const across = { x: ((base.y - tip.y) / (5 + 2 * width)) * half, y: (-(base.x - tip.x) / (5 + 2 * width)) * half };
  const left = { x: base.x + across.x, y: base.y + across.y };
  const right = { x: base.x - across.x, y: base.y - across.y };
  return {
    line: `M${text(start)}Q${text(control)} ${text(base)}`,
    head: `M${text(tip)}L${text(left)}L${text(right)}Z`,
  };
}

const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

export const directionOf = (key) => DIRECTIONS[key] || null;

// The index of the nearest point in the quarter of the plane that an arrow key points to, or `from` where none is.
export function neighbour(points, from, key) {
  const [dx, dy] = DIRECTIONS[key];
  let best = from;
  let least = Infinity;
  points.forEach((point, i) => {
    const along = (point.x - points[from].x) * dx + (point.y - points[from].y) * dy;
    const aside = Math.abs((point.x - points[from].x) * dy) + Math.abs((point.y - points[from].y) * dx);
    if (i === from || along <= 0 || along < aside) return;
    if (along + 2 * aside < least) [best, least] = [i, along + 2 * aside];
  });
  return best;
}

// The largest magnitude of all marks in all graphs and readings, so that one scale serves all that is shown side by side.
export function limitOf(graphs) {
  const marks = graphs.flatMap(({ nodes, edges, versus }) => [
    ...nodes.flatMap((node) => [node.contribution, node.effect]), ...edges.flatMap((edge) => edge.slice(2)),
    ...(versus ? [...versus.nodes, ...versus.edges, ...(versus.effects || []), ...(versus.edge_effects || [])] : []),
  ]);
  return Math.max(0, ...marks.map((value) => Math.abs(value || 0))) || 1;
}

// The one factor by which a patch [width, height] grows or shrinks when it is put onto a box of that size, so that its area
// comes near the box's, as in editing.py.
export function fitted([w, h], [width, height]) {
  return clamp(Math.sqrt((width * height) / (w * h)), 0.5, 2);
}
