import { NO_ANSWER, dialogue } from "../kit/js/dialogue.js";
import { el, followTheme, keepKeys, set, tooltip, urlMemory, whenSized } from "../kit/js/dom.js";
import { graphView } from "../kit/js/graph_view.js";
import { living } from "../kit/js/living.js";
import { cellPanel } from "./cell_panel.js";
import { matrix } from "./matrix.js";
import { repairView } from "./repair.js";

const HEARD = ["classes", "confusion", "summary", "cells", "explains", "answers", "patches", "selected_cell", "selected_picture", "busy", "done", "error", "title", "offline"];
const NO_KERNEL = "The pictures that can be chosen were opened before. To open others, Python has to run: in the notebook, run this cell first.";
const OPENED = "Pictures that were opened before can be chosen without it.";
const BESIDE = 400; // pixels beside the table that make room for the cell's notes

const untouched = () => ({ reading: "why_not", positions: {}, selected: null });

function render({ model, el: host }) {
  const life = new AbortController();
  const { signal } = life;
  const root = el("div", { class: "xk xk-explorer", "data-testid": "confusion-explorer" });
  host.append(root);
  keepKeys(root, signal);
  followTheme(root, signal);
  const urls = urlMemory();
  const tip = tooltip(root);

  const heading = el("h3", { class: "xk-title" });
  const summary = el("p", { class: "xk-verdict", "data-testid": "summary" });
  const error = el("p", { class: "xk-error", role: "alert", "data-testid": "error", hidden: true });
  const busy = el("span", { class: "xk-busy", "data-testid": "busy", role: "status" });
  const hint = el("p", { class: "xk-note", "data-testid": "hint", "aria-live": "polite", hidden: true });
  const table = matrix(root, { signal, tip, chosen: (cell) => choose([cell.true, cell.predicted], null) });
  const panel = cellPanel(urls, { signal, chosen: (number) => choose(own.cell, number) });
  const keep = (name) => (value) => {
    own.graph = { ...own.graph, [name]: value };
    drawAnswer();
  };
  const graphs = graphView(root, { signal, urls, tip, read: keep("reading"), moved: keep("positions"), chosen: keep("selected") });
  const repair = repairView(urls);
  const warning = el("p", { class: "xk-warning", role: "alert", "data-testid": "warning" });
  const cause = el("p", { class: "xk-cause", "data-testid": "cause", "aria-live": "polite" });
  const where = el("img", { class: "xk-where", "data-testid": "where", alt: "the picture, with what the cause names outlined" });
  const why = el("div", { class: "xk-caused" }, where, cause);
  const detail = el("div", { class: "xk-detail", "data-testid": "detail" }, warning, why, graphs.element, repair.box);
  // As much of a part as has to be in sight after a choice.
  const sight = (part) => part.appendChild(el("span", { class: "xk-sight" }));
  const [panelSight, detailSight] = [sight(panel.box), sight(detail)];
  panel.box.append(busy, hint);
  root.append(heading, summary, el("div", { class: "xk-explored" }, table.box, panel.box), error, detail);

  const own = { cell: null, picture: null, graph: untouched() }; // what this page shows, perhaps before Python knows
  let [width, drawn] = [0, {}];
  const sent = dialogue(model, { say: (text) => complain(text) });

  // --- drawing -------------------------------------------------------------------------------------------------
  const kept = (number) => own.cell && model.get("answers").find((one) =>
    one.true === own.cell[0] && one.predicted === own.cell[1] && one.number === number);
  const thinking = () => Boolean((sent.asked && own.picture !== null && !kept(own.picture)) || (model.get("busy") && !model.offline));
  const cellOf = () => own.cell && model.get("cells").find((one) => one.true === own.cell[0] && one.predicted === own.cell[1]);
  // Whether anything that a part shows has changed since it was drawn; what was drawn last is remembered.
  const changed = (part, ...now) => {
    const before = drawn[part];
    drawn[part] = now;
    return !before || now.some((value, i) => value !== before[i]);
  };

  const drawTable = () => {
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
    table.select(own.cell);
  };
  const drawCell = () => {
    const openable = model.offline ? model.get("answers") : null; // without Python, only what was opened before
    const cell = cellOf() || null;
    if (changed("cell", cell, model.get("explains"), openable)) {
      panel.show(cell, model.get("explains"), (number) => !model.offline || Boolean(kept(number)));
    }
    panel.select(own.picture);
    hint.hidden = !model.offline || !model.get("explains") || !cell || !cell.pictures.length;
    if (!hint.hidden) hint.textContent = NO_KERNEL;
  };
  const drawAnswer = () => {
    const answer = kept(own.picture);
    detail.hidden = !answer && (detail.hidden || !thinking());
    detail.classList.toggle("xk-waiting", !answer); // its room is kept, so that nothing jumps
    if (!answer || !changed("answer", answer, own.graph, width, model.get("patches"))) return;
    const { picture, aspect, predicted: prediction } = answer;
    warning.textContent = answer.warning;
    warning.hidden = !answer.warning;
    cause.textContent = answer.cause;
    why.hidden = !answer.cause;
    where.hidden = !answer.where;
    if (answer.where) where.src = urls(answer.where);
    graphs.show({ picture, aspect, prediction, graphs: answer.graphs, patches: model.get("patches"), answer: null, ...own.graph }, width);
    if (changed("repair", answer)) repair.show(answer);
    repair.box.hidden = answer.true === answer.predicted && !answer.repair;
  };
  const drawState = () => {
    heading.textContent = model.get("title");
    heading.hidden = !model.get("title");
    summary.textContent = model.get("summary");
    busy.textContent = thinking() ? "The network is thinking…" : "";
    error.textContent = model.get("error");
    error.hidden = !model.get("error") || thinking();
    set(root, { "data-busy": thinking(), "data-done": sent.asked ? null : model.get("done") });
  };
  const draw = () => {
    if (!width) return;
    drawTable();
    drawCell();
    drawAnswer();
    drawState();
  };

  // --- asking Python -------------------------------------------------------------------------------------------
  const turnTo = (cell, picture) => {
    if (String(cell) !== String(own.cell) || picture !== own.picture) own.graph = untouched();
    Object.assign(own, { cell, picture });
  };
  const choose = (cell, picture) => {
    tip.hide();
    turnTo(cell, picture);
    if (!model.offline) sent.ask({ cell, picture });
    draw();
    bringIntoSight();
  };
  const bringIntoSight = () => {
    (detail.hidden ? panelSight : detailSight).scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const complain = (text) => {
    if (!text || model.get("busy")) return;
    hint.textContent = text === NO_ANSWER ? `${text} ${OPENED}` : text;
    hint.hidden = false;
  };
  const heard = () => {
    const answered = sent.heard();
    const [cell, picture] = [model.get("selected_cell"), model.get("selected_picture")];
    if (!sent.asked && changed("chosen", cell, picture)) turnTo(cell, picture);
    draw();
    if (answered && !sent.asked && own.picture !== null) bringIntoSight();
  };

  // --- listening -----------------------------------------------------------------------------------------------
  // The traits of one message arrive as several events: they are taken in and drawn once, together.
  let frame = 0;
  const soon = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(heard);
  };
  HEARD.forEach((name) => model.on(`change:${name}`, soon));
  whenSized(root, (now) => {
    width = now;
    heard();
  }, signal);

  return () => {
    HEARD.forEach((name) => model.off(`change:${name}`, soon));
    sent.end();
    cancelAnimationFrame(frame);
    life.abort();
    root.remove();
  };
}

export default living(render);
