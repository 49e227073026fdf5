// What a hand is doing with a patch or a concept: a state machine without a page.
//
//   idle ── press ──► pressed ── move ──► held ── release ──► dropped | idle
//     └──── pick ──► carried (by keys, or by a click) ── nudge, choose ──► carried ── drop ──► dropped | idle
//
// A state is {phase, item, x, y, target}; x and y are shares of the picture; target is the concept under the hand, one of
// the world's nodes, or null for a free place, or undefined outside the picture.
// An item is {kind: "patch" | "concept", cls, concept, patch}. A world is {nodes, reach}: the numbered concepts
// [{cls, index, name, x, y}] shown in the picture and how near, in shares of its width, a hand must come to one.

import { clamp } from "../kit/js/geometry.js";

export const IDLE = { phase: "idle" };
const SLACK = 5; // pixels before a press becomes a drag

export function step(state, event, world) {
  switch (event.type) {
    case "press":
      return { phase: "pressed", item: event.item, from: [event.px, event.py] };
    case "move":
      if (state.phase === "pressed" && Math.hypot(event.px - state.from[0], event.py - state.from[1]) < SLACK) return state;
      if (state.phase !== "pressed" && state.phase !== "held") return state;
      return aimed({ ...state, phase: "held", x: event.x, y: event.y }, world);
    case "release":
      if (state.phase === "pressed") return { phase: "clicked", item: state.item };
      return state.phase === "held" ? dropped(state) : state;
    case "pick":
      return aimed({ phase: "carried", item: event.item, ...(event.at || { x: 0.5, y: 0.5 }) }, world);
    case "nudge":
      if (state.phase !== "carried") return state;
      return aimed({ ...state, x: within(state.x + event.dx), y: within(state.y + event.dy) }, world);
    case "choose": {
      const node = world.nodes.find((one) => one.name === event.name);
      return state.phase === "carried" && node ? aimed({ ...state, x: node.x, y: node.y }, world) : state;
    }
    case "drop":
      return state.phase === "carried" ? dropped(state) : state;
    case "cancel":
      return IDLE;
    default:
      throw new TypeError(`unknown event ${event.type}`);
  }
}

const within = (share) => clamp(share, 0, 1);

function aimed(state, world) {
  const { x, y, item } = state;
  if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return { ...state, target: undefined };
  if (item.kind === "concept") return { ...state, target: null };
  let target = null;
  let nearest = world.reach;
  for (const node of world.nodes) {
    const distance = Math.hypot(node.x - x, (node.y - y) / (world.aspect || 1));
    if (distance <= nearest) [target, nearest] = [node, distance];
  }
  return { ...state, target };
}

function dropped(state) {
  return state.target === undefined ? IDLE : { phase: "dropped", item: state.item, gesture: gestureOf(state) };
}

function gestureOf({ item, x, y, target }) {
  const { cls, concept, patch } = item;
  if (item.kind === "concept") return { kind: "move", cls, concept, to: [x, y] };
  if (target === null) return { kind: "substitute", cls, concept, patch, at: [x, y] };
  return { kind: "substitute", cls, concept, patch, onto: [target.cls, target.index] };
}
