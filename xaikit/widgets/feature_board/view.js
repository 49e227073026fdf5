// What a feature board shows, out of what Python has said. Pure functions.

// The view of a picture, and what is left of it where features are off: {was, now, off}; `was` is null where none is.
export function shownOf(views, number, changed) {
  const view = views[number];
  const left = changed && changed.picture === number && changed.off && changed.off.length ? changed : null;
  return { was: left ? view : null, now: left || view, off: left ? left.off : [] };
}

// What a feature is called: the name that a person gave it, or its number.
export const calledOf = (label, kind, k) => label || `${kind} ${k + 1}`;

// The parts of a sentence as one text; a number stands for the name of a feature.
export const sentenceOf = (words, names) => words.map((one) => (typeof one === "number" ? names[one] : one)).join("");

// The features that are off after a hand has turned one.
export const turnedOff = (off, k, on) => [...off.filter((one) => one !== k), ...(on ? [k] : [])].sort((a, b) => a - b);

// What the network answers, before and after.
export function answerNow(was, now) {
  if (now.chance === null) return "";
  if (!was) return `The network says: ${now.answer}`;
  return was.answer === now.answer ? `The network still says: ${now.answer}` : `The network says: was ${was.answer}, now ${now.answer}`;
}

const [LEAST_TILE, GAP_OF_TILES] = [138, 10]; // pixels

// How many tiles stand in a row: all where they fit, else rows that are about equally full.
export function tilesInRow(n, width) {
  const fit = Math.max(1, Math.floor((width + GAP_OF_TILES) / (LEAST_TILE + GAP_OF_TILES)));
  return n <= fit ? n : Math.ceil(n / Math.ceil(n / fit));
}
