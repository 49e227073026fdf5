import { el, set } from "../kit/js/dom.js";

// A number of a score as people read it, with its sign; `bare` without a plus.
export function scoreWords(value, bare = false) {
  if (value === null) return "?";
  if (Math.abs(value) < 0.05) return "0";
  return `${value < 0 ? "−" : bare ? "" : "+"}${Math.abs(value).toFixed(1)}`;
}

// "+5.0 → +1.3", or one number where both read alike; `before` null: nothing was before.
export function fromTo(before, now, bare = false) {
  const [was, is] = [before, now].map((one) => scoreWords(one, bare));
  return before === null || was === is ? is : `${was} → ${is}`;
}

export const wholeOf = ({ start, gives }) => gives.reduce((sum, one) => sum + one, start);

// What the sum reads as: [[word or number of a feature, its term], …], from where it starts to what it comes to.
export function termsOf(view) {
  return [["start", scoreWords(view.start, true)], ...view.gives.map((one, k) => [k, scoreWords(one)]), ["whole", scoreWords(wholeOf(view), true)]];
}

// The same for those who cannot see it.
export const sumWords = (view, names) =>
  `others score on average ${termsOf(view).map(([what, text]) => (what === "start" ? text : what === "whole" ? `together ${text}` : `${names[what]} ${text}`)).join(", ")}; the network’s score: ${scoreWords(view.score, true)}`;

// Where the pieces of the sum lie, {low, high, pieces: [{k, from, to}]}: what speaks for the class goes on to the right,
// then what speaks against it comes back. `others`: numbers that have to be on the scale as well.
export function piecesOf({ start, gives }, others = []) {
  const order = [...gives.keys()].sort((a, b) => (gives[b] > 0) - (gives[a] > 0) || a - b);
  let at = start;
  const pieces = order.filter((k) => gives[k]).map((k) => {
    const from = at;
    at += gives[k];
    return { k, from, to: at };
  });
  const all = [start, ...pieces.map(({ to }) => to), ...others.filter((one) => one !== null)];
  return { low: Math.min(...all), high: Math.max(...all), pieces };
}

// The sum of the features as a line and as a bar, above the network's own score as a bar.
export function totalRows() {
  const line = el("p", { class: "xk-sum", role: "img", "data-testid": "sum" });
  const track = () => el("span", { class: "xk-track xk-sum-track" });
  const [sum, own] = [track(), track()];
  const row = (bar, who = "") => el("div", { class: "xk-bar xk-sum-bar", role: "img" }, el("span", { class: "xk-who" }, who), bar, el("span", { class: "xk-number" }));
  const rows = [row(sum), row(own, "network")];
  const box = el("div", { class: "xk-total" }, line, ...rows);

  // now: the view that is shown; was: the one before anything was switched off, or null; off: features that are off; kind: what
  // any is called, names: what each is.
  const show = (now, was, off, kind, names) => {
    rows[0].firstChild.textContent = `${kind}s`;
    box.hidden = now.score === null;
    if (box.hidden) return;
    line.replaceChildren(...termsOf(now).flatMap((term) => termNodes(term, off)),
      el("span", { class: "xk-own-score" }, " the network’s score: ", el("strong", {}, scoreWords(now.score, true))));
    set(line, { "aria-label": sumWords(now, names) });
    const before = was ? [wholeOf(was), was.score] : [null, null];
    const after = [wholeOf(now), now.score];
    const scale = piecesOf(now, [...before, now.score, ...(was ? [piecesOf(was).high, piecesOf(was).low] : [])]);
    const place = (value) => `${(100 * (value - scale.low)) / (scale.high - scale.low || 1)}%`;
    sum.replaceChildren(...scale.pieces.map((piece) => pieceNode(piece, place)));
    own.replaceChildren(fillNode("xk-fill", now.start, now.score, place));
    rows.forEach((one, i) => {
      one.children[1].append(markNode("xk-zero", place(now.start)), ...(was ? [markNode("xk-tick", place(before[i]))] : []));
      one.lastChild.textContent = fromTo(before[i], after[i], true);
      set(one, { "aria-label": `${one.firstChild.textContent}: ${one.lastChild.textContent}` });
    });
  };
  return { box, show };
}

function termNodes([what, text], off) {
  const number = el("strong", {}, text);
  if (what === "start") return [el("span", { class: "xk-term" }, "others score on average ", number)];
  if (what === "whole") return [el("span", { class: "xk-term" }, "= ", number, ";")];
  return [el("span", { class: `xk-term${off.includes(what) ? " xk-gone" : ""}` }, el("span", { class: "xk-number-badge" }, String(what + 1)), " ", number)];
}

function pieceNode({ k, from, to }, place) {
  const piece = fillNode(to < from ? "xk-piece xk-against" : "xk-piece", from, to, place);
  piece.textContent = String(k + 1);
  return piece;
}

function fillNode(kind, from, to, place) {
  const node = el("span", { class: kind });
  const [left, right] = [Math.min(from, to), Math.max(from, to)].map((one) => parseFloat(place(one)));
  Object.assign(node.style, { left: `${left}%`, width: `${right - left}%` });
  return node;
}

function markNode(kind, left) {
  const node = el("span", { class: kind });
  node.style.left = left;
  return node;
}
