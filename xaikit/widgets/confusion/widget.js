import { changes } from "../kit/js/changes.js";
import { NO_ANSWER, dialogue } from "../kit/js/dialogue.js";
import { el, set, tooltip } from "../kit/js/dom.js";
import { listen } from "../kit/js/frame.js";
import { living } from "../kit/js/living.js";
import { rootIn, untilClosed } from "../kit/js/root.js";
import { answerView } from "./answer.js";
import { cellPanel } from "./cell_panel.js";
import { matrix } from "./matrix.js";

const HEARD = ["classes", "confusion", "summary", "cells", "explains", "answers", "patches", "selected_cell", "selected_picture", "busy", "done", "error", "title", "offline"];
const NO_KERNEL = "The pictures that can be chosen were opened before. To open others, Python has to run: in the notebook, run this cell first.";
const OPENED = "Pictures that were opened before can be chosen without it.";
const BESIDE = 400; // pixels beside the table that make room for the cell's notes

const untouched = () => ({ reading: "why_not", positions: {}, selected: null });

function render({ model, el: host }) {
  const page = rootIn(host, "confusion-explorer", "xk-explorer");
  const { root, signal, urls } = page;
  const tip = tooltip(root);
  const own = { cell: null, picture: null, graph: untouched(), width: 0 }; // what this page shows, perhaps before Python knows
  const sent = dialogue(model, { say: (text) => complain(view, text) });
  const keep = (name) => (value) => {
    own.graph = { ...own.graph, [name]: value };
    drawAnswer(view);
  };
  const view = {
    model, root, own, sent, changed: changes(),
    table: matrix(root, { signal, tip, chosen: (cell) => choose([cell.true, cell.predicted], null) }),
    panel: cellPanel(urls, { signal, chosen: (number) => choose(own.cell, number) }),
    answer: answerView(root, urls, tip, signal, keep),
  };
  Object.assign(view, furniture(view));

  const turnTo = (cell, picture) => {
    if (String(cell) !== String(own.cell) || picture !== own.picture) own.graph = untouched();
    Object.assign(own, { cell, picture });
  };
  const choose = (cell, picture) => {
    tip.hide();
    turnTo(cell, picture);
    if (!model.offline) sent.ask({ cell, picture });
    draw(view);
    view.bringIntoSight();
  };
  const heard = () => {
    const answered = sent.heard();
    const [cell, picture] = [model.get("selected_cell"), model.get("selected_picture")];
    if (!sent.asked && view.changed("chosen", cell, picture)) turnTo(cell, picture);
    draw(view);
    if (answered && !sent.asked && own.picture !== null) view.bringIntoSight();
  };
  const deaf = listen(model, Object.fromEntries(HEARD.map((name) => [name, "heard"])), { heard });
  return untilClosed(page, (now) => {
    own.width = now;
    heard();
  }, deaf, sent.end);
}

// Puts the parts of the explorer on the page; returns those that drawing has to do with.
function furniture({ root, table, panel, answer: { box: detail } }) {
  const heading = el("h3", { class: "xk-title" });
  const summary = el("p", { class: "xk-verdict", "data-testid": "summary" });
  const error = el("p", { class: "xk-error", role: "alert", "data-testid": "error", hidden: true });
  const busy = el("span", { class: "xk-busy", "data-testid": "busy", role: "status" });
  const hint = el("p", { class: "xk-note", "data-testid": "hint", "aria-live": "polite", hidden: true });
  // As much of a part as has to be in sight after a choice.
  const sight = (part) => part.appendChild(el("span", { class: "xk-sight" }));
  const [panelSight, detailSight] = [sight(panel.box), sight(detail)];
  panel.box.append(busy, hint);
  root.append(heading, summary, el("div", { class: "xk-explored" }, table.box, panel.box), error, detail);
  const bringIntoSight = () => {
    (detail.hidden ? panelSight : detailSight).scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  return { heading, summary, error, busy, hint, bringIntoSight };
}

// Whether something is about the cell that is chosen.
const isOf = ({ cell }) => (one) => one.true === cell[0] && one.predicted === cell[1];

// The answer about a picture of that cell, where it was given before.
const kept = ({ model, own }, number) => own.cell && model.get("answers").filter(isOf(own)).find((one) => one.number === number);

const thinking = (view) => {
  const { model, own, sent } = view;
  return Boolean((sent.asked && own.picture !== null && !kept(view, own.picture)) || (model.get("busy") && !model.offline));
};

function draw(view) {
  if (view.own.width) [drawTable, drawCell, drawAnswer, drawState].forEach((part) => part(view));
}

function drawTable({ model, root, own: { width, cell }, changed, table }) {
  const state = ["classes", "confusion", "cells"].map((name) => model.get(name));
  const fresh = changed("table", ...state);
  if (fresh) table.show(...state);
  if (changed("size", width) || fresh) {
    set(root, { "data-beside": false });
    table.resize(width - BESIDE);
    const beside = width - table.box.offsetWidth >= BESIDE;
    if (!beside) table.resize(width);
    set(root, { "data-beside": beside });
  }
  table.select(cell);
}

function drawCell(view) {
  const { model, own, changed, panel, hint } = view;
  const explains = model.get("explains");
  const openable = model.offline ? model.get("answers") : null; // without Python, only what was opened before
  const cell = (own.cell && model.get("cells").find(isOf(own))) || null;
  if (changed("cell", cell, explains, openable)) panel.show(cell, explains, (number) => !model.offline || Boolean(kept(view, number)));
  panel.select(own.picture);
  hint.hidden = !model.offline || !explains || !cell || !cell.pictures.length;
  if (!hint.hidden) hint.textContent = NO_KERNEL;
}

function drawAnswer(view) {
  const { model, own, answer: { box, show } } = view;
  const answer = kept(view, own.picture);
  box.hidden = !answer && (box.hidden || !thinking(view));
  box.classList.toggle("xk-waiting", !answer); // its room is kept, so that nothing jumps
  if (answer) show(answer, own.graph, model.get("patches"), own.width);
}

function drawState(view) {
  const { model, root, sent, heading, summary, error, busy } = view;
  heading.textContent = model.get("title");
  heading.hidden = !model.get("title");
  summary.textContent = model.get("summary");
  busy.textContent = thinking(view) ? "The network is thinking…" : "";
  error.textContent = model.get("error");
  error.hidden = !model.get("error") || thinking(view);
  set(root, { "data-busy": thinking(view), "data-done": sent.asked ? null : model.get("done") });
}

// What is in the way of an answer, as the dialogue with Python says it.
function complain({ model, hint }, text) {
  if (!text || model.get("busy")) return;
  hint.textContent = text === NO_ANSWER ? `${text} ${OPENED}` : text;
  hint.hidden = false;
}

export default living(render);
