// Where things go. Pure functions of numbers.

export const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

// How many cards stand in a row, so that the rows are about equally full.
export function columns(count, width, least = 300, gap = 20) {
  const fit = clamp(Math.floor((width + gap) / (least + gap)), 1, count);
  return Math.ceil(count / Math.ceil(count / fit));
}

// Moves points [{x, y}] apart until they are `gap` from each other, inside box {left, top, right, bottom}.
// The same points give the same answer: where two coincide, their order decides which way they part.
export function spread(places, gap, box) {
  const points = places.map(({ x, y }) => ({ x: clamp(x, box.left, box.right), y: clamp(y, box.top, box.bottom) }));
  for (let turn = 0, close = true; close && turn < 200; turn++) {
    close = false;
    for (let i = 0; i < points.length; i++) {
      for (let j = i + 1; j < points.length; j++) {
        const [a, b] = [points[i], points[j]];
        const distance = Math.hypot(b.x - a.x, b.y - a.y);
        if (distance >= gap - 0.5) continue;
        close = true;
        const angle = distance > 0.01 ? Math.atan2(b.y - a.y, b.x - a.x) : i + 2 * j + turn;
        const push = (gap - distance) / 2 + 0.1;
        a.x = clamp(a.x - push * Math.cos(angle), box.left, box.right);
        a.y = clamp(a.y - push * Math.sin(angle), box.top, box.bottom);
        b.x = clamp(b.x + push * Math.cos(angle), box.left, box.right);
        b.y = clamp(b.y + push * Math.sin(angle), box.top, box.bottom);
      }
    }
  }
  return points;
}

// The x of each of `count` things in a row, evenly over the width.
export function row(count, width) {
  return Array.from({ length: count }, (_, i) => ((i + 0.5) * width) / count);
}

const round = (value) => Math.round(value * 10) / 10;
const text = (p) => `${round(p.x)} ${round(p.y)}`;

function toward(from, to, distance) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + ((to.x - from.x) * distance) / length, y: from.y + ((to.y - from.y) * distance) / length };
}

// A slightly curved arrow between two circles. Each direction bends to its own left, so the two arrows of a pair
// do not cover each other. Returns path data for line and head, and the middle of the line.
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
    middle: {
      x: start.x / 4 + control.x / 2 + base.x / 4,
      y: start.y / 4 + control.y / 2 + base.y / 4,
    },
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

// The largest magnitude in all graphs and readings, so that one scale serves all that is shown side by side.
export function limitOf(graphs) {
  let limit = 0;
  for (const graph of graphs) {
    const others = graph.versus ? [...graph.versus.nodes, ...graph.versus.edges] : [];
    for (const value of [...graph.nodes.map((n) => n.contribution), ...graph.edges.map((e) => e[2]), ...others]) {
      limit = Math.max(limit, Math.abs(value));
    }
  }
  return limit || 1;
}
