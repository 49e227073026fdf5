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

export function conceptName(node) {
  return node.label ? `concept ${node.name} (${node.label})` : `concept ${node.name}`;
}

const side = (value) => (value > 0 ? "speaks for" : value < 0 ? "speaks against" : "says nothing about");

// "concept 2 speaks for fire engine: +0.42; found at distance 1.2 of at most 2.0"
export function nodeWords(node, value, toward) {
  const claim = `${conceptName(node)} ${side(value)} ${toward}: ${signed(value)}`;
  if (node.distance === null) return node.detected ? claim : `${claim}; not found in the picture`;
  const [near, most] = [node.distance, node.threshold].map((d) => (d === null ? "?" : d.toPrecision(2)));
  if (node.detected) return `${claim}; found at distance ${near} of at most ${most}`;
  return `${claim}; not found: the nearest region is at distance ${near}, more than ${most}`;
}

export function edgeWords(nodes, edge, value, toward) {
  const [from, to] = edge;
  const verb = value > 0 ? "speak for" : value < 0 ? "speak against" : "say nothing about";
  return `from concept ${nodes[from].name} to concept ${nodes[to].name}: their places ${verb} ${toward}: ${signed(value)}`;
}

export function topOf(probabilities) {
  const names = Object.keys(probabilities);
  return names.reduce((best, name) => (probabilities[name] > probabilities[best] ? name : best), names[0]);
}

// "was: ambulance 71% → now: fire engine 83%"
export function verdict(before, now) {
  const [old, top] = [topOf(before), topOf(now)];
  if (top === undefined) return "";
  return `was: ${old} ${percent(before[old])} → now: ${top} ${percent(now[top])}`;
}
