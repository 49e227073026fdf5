// What a filter namer shows, out of what Python has said. Pure functions; a place is that of a concept among the views.

// How far naming has come: {named, of, share}, the last of all that counts.
export function progressOf(views, labels) {
  const named = views.filter((_, place) => labels[place]);
  return { named: named.length, of: views.length, share: named.reduce((sum, { share }) => sum + share, 0) };
}

// A share that may be small, as people read it.
export const shareWords = (share) => (share > 0 && share < 0.0005 ? "<0.1%" : `${(100 * share).toFixed(1)}%`);

export const progressWords = ({ named, of, share }) => `${named} of ${of} named, ${Math.round(100 * share)}% of what counts`;

// The next place from here on that has no name, or, where all have one, this one.
export function nextUnnamed(labels, place) {
  const order = labels.map((_, step) => (place + 1 + step) % labels.length);
  return order.find((one) => !labels[one]) ?? place;
}

// Names to choose from: what is suggested, in the order of how much it is suggested for, and what is in use beside it, in the
// order in which it came up: `known` are those that were to choose from before, which keep their places.
export function choicesOf(views, labels, known = []) {
  const sums = new Map();
  views.forEach(({ suggested, share }) => suggested && sums.set(suggested.name, (sums.get(suggested.name) || 0) + share));
  const suggested = [...sums.keys()].sort((a, b) => sums.get(b) - sums.get(a));
  const used = labels.filter(Boolean);
  return [...new Set([...suggested, ...known.filter((one) => used.includes(one)), ...used])];
}

// The places that have no name, with what is suggested for each: [[place, name], …].
export const openSuggestions = (views, labels) => views.flatMap(({ suggested }, place) => (suggested && !labels[place] ? [[place, suggested.name]] : []));

// What the places of `given`, [[place, name], …], are called now: what undoes it.
export const undoing = (given, labels) => given.map(([place]) => [place, labels[place]]);
