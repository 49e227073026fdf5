// The gestures that a page sends to Python, one after the other: the next leaves when the last has been answered.

const FIELDS = {
  substitute: (g) => isConcept(g) && isCount(g.patch) && (g.at ? isPlace(g.at) : isTarget(g.onto)),
  move: (g) => isConcept(g) && isPlace(g.to),
  delete: (g) => isConcept(g),
  undo: () => true,
  redo: () => true,
  reset: () => true,
};

const isCount = (n) => Number.isInteger(n) && n >= 0;
const isConcept = (g) => typeof g.cls === "string" && isCount(g.concept);
const isPlace = (p) => Array.isArray(p) && p.length === 2 && p.every((v) => Number.isFinite(v) && v >= 0 && v <= 1);
const isTarget = (t) => Array.isArray(t) && t.length === 2 && typeof t[0] === "string" && isCount(t[1]);

export function isGesture(gesture) {
  return Boolean(gesture) && Object.hasOwn(FIELDS, gesture.kind) && FIELDS[gesture.kind](gesture);
}

export const MOST_WAITING = 5;

// A queue is {asked, waiting}: `asked` the number of the gesture that Python works on, or 0.
export const EMPTY = { asked: 0, waiting: [] };

// Returns {queue, send, refused}: what to send now, if anything, and whether the gesture found no room.
export function add(queue, gesture, last) {
  if (!isGesture(gesture)) throw new TypeError(`no valid gesture: ${JSON.stringify(gesture)}`);
  if (!queue.asked) return { queue: { asked: last + 1, waiting: [] }, send: { ...gesture, seq: last + 1, more: false }, refused: false };
  if (queue.waiting.length >= MOST_WAITING) return { queue, send: null, refused: true };
  return { queue: { ...queue, waiting: [...queue.waiting, gesture] }, send: null, refused: false };
}

// Python has answered gesture number `done`. `more` tells it that it may skip the slow part of the answer.
export function answered(queue, done) {
  if (!queue.asked || done < queue.asked) return { queue, send: null };
  const [next, ...waiting] = queue.waiting;
  if (!next) return { queue: EMPTY, send: null };
  return { queue: { asked: done + 1, waiting }, send: { ...next, seq: done + 1, more: waiting.length > 0 } };
}
