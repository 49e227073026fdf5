// Numbers in words.

export function signed(value) {
  const size = Math.abs(value);
  const digits = size === 0 || size >= 0.095 ? size.toFixed(2) : size >= 0.0005 ? size.toFixed(3) : "0.000";
  return `${value < 0 ? "−" : "+"}${digits}`;
}

export function percent(share) {
  if (share > 0.995 && share < 1) return ">99%";
  if (share < 0.005 && share > 0) return "<1%";
  return `${Math.round(share * 100)}%`;
}

// What a person called it, or its number. A concept is a node of a graph or a row of a tray.
export const conceptName = (concept) => concept.label || `concept ${concept.name}`;

export const GRN = "the small network (GRN)";

const verb = (value, ending) => (value > 0 ? `speak${ending} for` : value < 0 ? `speak${ending} against` : `say${ending} nothing about`);

// "speaks for bus: +0.42, measured on the network; the small network (GRN) has learned +0.31". effect is null where nothing
// was measured; `ending` is the verb's: "s", or "" where many speak.
function claim(subject, value, toward, ending = "s") {
  const { effect, learned } = value;
  const numbers = effect === null ? `${signed(learned)}, learned by ${GRN}` : measuredAndLearned(value);
  return `${subject} ${verb(effect === null ? learned : effect, ending)} ${toward}: ${numbers}`;
}

const measuredAndLearned = ({ effect, learned }) => `${signed(effect)}, measured on the network; ${GRN} has learned ${signed(learned)}`;

// Why a concept was not found: what Python says of it, or its distance.
export function missingWords(node) {
  if (node.missing) return `not found: ${node.missing}`;
  if (node.distance === null) return "not found in the picture";
  return `not found: the nearest region is at distance ${distance(node.distance)}, more than ${distance(node.threshold)}`;
}

const distance = (d) => (d === null ? "?" : d.toPrecision(2));

// value: {effect, learned}.
export function nodeWords(node, value, toward) {
  const said = claim(conceptName(node), value, toward);
  if (!node.detected) return `${said}; ${missingWords(node)}`;
  if (node.distance === null) return said;
  return `${said}; found at distance ${distance(node.distance)} of at most ${distance(node.threshold)}`;
}

export function edgeWords(nodes, edge, value, toward) {
  const [from, to] = edge.slice(0, 2).map((i) => conceptName(nodes[i]));
  if (value.effect === null) return claim(`from ${from} to ${to}: their places`, value, toward, "");
  const said = value.effect > 0 ? `${to} in its place counts more for ${toward} beside ${from}` : `${from} can stand in for ${to}`;
  return `${said}: ${measuredAndLearned(value)}`;
}

export function topOf(probabilities) {
  const names = Object.keys(probabilities);
  return names.reduce((best, name) => (probabilities[name] > probabilities[best] ? name : best), names[0]);
}

const withChance = (name, chance) => `${name} ${percent(chance)}`;

// Whether the network's own answer is none of the classes asked about.
export const isForeign = (answer, names) => Boolean(answer) && !names.includes(answer.name);

// "The network’s answer: giant panda 34%. Among the classes asked about: dalmatian 54%"
export function answerWords(answer, graphs, prediction) {
  if (!isForeign(answer, graphs.map((graph) => graph.name))) return "";
  const best = graphs.find((graph) => graph.name === prediction);
  return `The network’s answer: ${withChance(answer.name, answer.probability)}. Among the classes asked about: ${best ? withChance(prediction, best.network) : prediction}`;
}

// "giant panda 34%; among the classes asked about: dalmatian 54%", or only the latter.
function saidBy(probabilities, answer) {
  const top = topOf(probabilities);
  if (top === undefined) return "";
  const among = withChance(top, probabilities[top]);
  return isForeign(answer, Object.keys(probabilities)) ? `${withChance(answer.name, answer.probability)}; among the classes asked about: ${among}` : among;
}

export const saysWords = (probabilities, answer) => `The network says: ${saidBy(probabilities, answer)}`;

// "was: ambulance 71% → now: fire engine 83%"
export function verdict(before, now, answerBefore = null, answer = null) {
  const [was, is] = [saidBy(before, answerBefore), saidBy(now, answer)];
  return is && `was: ${was} → now: ${is}`;
}
