// What a hand may ask of a patch board.

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

export function checked(gesture) {
  if (!isGesture(gesture)) throw new TypeError(`no valid gesture: ${JSON.stringify(gesture)}`);
  return gesture;
}
