import { mapsOf } from "../feature_board/maps.js";
import { changes } from "../kit/js/changes.js";
import { choiceRow } from "../kit/js/choices.js";
import { classed, el, hear, set } from "../kit/js/dom.js";
import { frame, listen } from "../kit/js/frame.js";
import { clamp } from "../kit/js/geometry.js";
import { living } from "../kit/js/living.js";
import { pictureChooser } from "../kit/js/picture_chooser.js";
import { untilClosed } from "../kit/js/root.js";
import { sharesPie } from "./pie.js";
import { partRows } from "./rows.js";
import { NOBODY, OTHERS, spanOf, strongestAt, tableOf, wholeWords } from "./shares.js";
import { spikes } from "./spikes.js";
import { mappedPicture } from "./stage.js";

const [LEFT, GAP_BESIDE, NARROW] = [206, 22, 620]; // pixels: of the pictures, beside them, and from which on all stands below
const NO_OTHER = "no other";

function render({ model, el: host }) {
  const page = frame(host, "contribution-chart", "xk-counts");
  const { signal } = page;
  // What this page alone knows: the part that is pointed at, and the one that a click has pinned.
  const own = { width: 0, pointed: NOBODY, pinned: NOBODY, maps: {}, failure: "", hand: false };
  const put = (news) => {
    Object.entries(news).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    load();
    draw();
  };
  const point = (part) => {
    if (part === own.pointed) return;
    own.pointed = part;
    lightAll(model, own, page, parts);
  };
  const pin = (part) => {
    own.pinned = part === own.pinned ? NOBODY : part;
    lightAll(model, own, page, parts);
  };
  const parts = furniture(page, model, own, { put, point, pin });
  const draw = () => own.width && drawChart(model, own, page, parts);
  const load = mapsKeeper(model, own, signal, draw);
  handsOn(page, own, parts, { point, pin });
  const acts = { views: "load draw", names: "draw", picture: "load draw", other: "load draw", reading: "draw", title: "draw", error: "draw" };
  const deaf = listen(model, acts, { load, draw });
  return untilClosed(page, (width) => {
    own.width = width;
    load();
    draw();
  }, deaf);
}

// A part is lit while the keys are on its row, too; a click alone does not count as that, since it pins.
function handsOn({ root, signal }, own, { rows }, { point, pin }) {
  hear(root, "pointerdown", signal, () => { own.hand = true; });
  hear(root, "keydown", signal, (event) => {
    own.hand = false;
    if (event.key === "Escape" && own.pinned !== NOBODY) pin(own.pinned);
  });
  hear(rows.box, "focusin", signal, (event) => own.hand || point(Number(event.target.dataset.part)));
  hear(rows.box, "focusout", signal, () => point(NOBODY));
}

// Keeps the unpacked maps, {number of the picture: [[part, whole numbers, peak], …]}; came() when there are others.
function mapsKeeper(model, own, signal, came) {
  const changed = changes();
  return () => {
    const views = model.get("views");
    if (changed("views", views)) own.maps = {};
    const home = own.maps;
    for (const number of [model.get("picture"), model.get("other")]) {
      if (number < 0 || number in home) continue;
      const { cells, grid } = views[number];
      const seen = Object.keys(cells).filter((k) => cells[k].data);
      home[number] = null; // not yet
      mapsOf({ cells: seen.map((k) => cells[k]), grid }).then((maps) => {
        home[number] = seen.map((k, i) => [Number(k), maps[i], cells[k].peak]);
      }, (problem) => {
        own.failure = `The maps cannot be unpacked: ${problem.message}`;
      }).then(() => signal.aborted || home !== own.maps || came());
    }
  };
}

function furniture({ root, signal, urls }, model, own, { put, point, pin }) {
  const turnTo = (picture) => put(picture === model.get("other") ? { picture, other: -1 } : { picture });
  const hooks = { signal, pointed: point, pinned: pin, nobody: NOBODY };
  const chooser = pictureChooser(urls, { signal, chosen: turnTo });
  const readings = model.get("readings");
  const reading = choiceRow("who explains", Object.fromEntries(readings.map((one) => [one, one])), { signal, chosen: (who) => put({ reading: who }) });
  const select = el("select", { class: "xk-count-select", "data-testid": "other", "aria-label": "compare with" });
  const beside = classed("label", "xk-count-beside", "compare with", select);
  hear(select, "change", signal, () => put({ other: Number(select.value) }));
  const stages = ["picture", "other-picture"].map((name, i) => mappedPicture(name, { signal, left: () => point(NOBODY), over(x, y, clicked) {
    const part = partAt(model, own, i, x, y);
    if (clicked && part !== NOBODY) pin(part);
    point(part);
  } }));
  const heat = mappedPicture("heat", { signal });
  const [rows, pie, single] = [partRows(hooks), sharesPie(hooks), spikes(hooks)];
  const marked = el("span", { class: "xk-count-hint", "data-testid": "marked" }, classed("span", "xk-tick-sign"), readings[0]);
  const failed = el("p", { class: "xk-count-hint", "data-testid": "hint" });
  const tools = classed("div", "xk-count-tools", chooser.box, marked, beside);
  root.append(classed("div", "xk-count-top", root.querySelector(".xk-title"), reading.box), tools, failed,
    classed("div", "xk-count-main", classed("div", "xk-count-pictures", ...stages.map((one) => one.box), heat.box),
      classed("div", "xk-count-charts", rows.box, classed("div", "xk-count-below", pie.box, single.box))));
  return { chooser, tools, reading, select, beside, stages, heat, rows, pie, single, marked, failed, changed: changes() };
}

// The numbers of the pictures that are shown: one, or two.
const shownPictures = (model) => [model.get("picture"), ...(model.get("other") < 0 || model.get("other") === model.get("picture") ? [] : [model.get("other")])];

function partAt(model, own, i, x, y) {
  const [view, number] = [model.get("views")[model.get("picture")], shownPictures(model)[i]];
  const { grid: [width, height] } = model.get("views")[number];
  const place = Math.min(height - 1, Math.floor(y * height)) * width + Math.min(width - 1, Math.floor(x * width));
  const maps = own.maps[number] || [];
  return maps.length ? strongestAt(maps.filter(([k]) => view.rows.includes(k)), place) : NOBODY;
}

function drawChart(model, own, page, parts) {
  const [views, names, who, readings, shown] = [...["views", "names", "reading", "readings"].map((name) => model.get(name)), shownPictures(model)];
  const { rows } = views[shown[0]];
  const tableIn = (number, reader) => tableOf(views[number].readings[reader].gives, rows);
  const tables = shown.map((number) => tableIn(number, who));
  const span = spanOf(shown.flatMap((number) => readings.map((reader) => tableIn(number, reader))));
  const room = own.width < NARROW ? own.width : own.width - LEFT - GAP_BESIDE;
  const { readings: told } = views[shown[0]];
  page.words(model);
  drawTools(model, page, parts, { views, who, readings, shown });
  const heads = shown.map((number) => `${shown.length > 1 ? `${number + 1} · ` : ""}${wholeWords(views[number].readings[who], views[number].score)}`);
  const first = who !== readings[0] && told[readings[0]].gives.every((one) => one !== null) ? tableIn(shown[0], readings[0]) : null;
  parts.rows.show({ names, heads, tables, span, marks: first, room });
  parts.marked.style.visibility = first ? "" : "hidden";
  parts.failed.textContent = own.failure;
  const whose = shown.length > 1 ? `picture ${shown[0] + 1}` : "";
  const height = clamp(470 - 36 * tables[0].length, 132, 200);
  const below = room < 500 || !told[who].single.length;
  const wide = below ? Math.min(room, 400) : Math.round(0.5 * room);
  parts.pie.show({ names, table: tables[0], whose }, { width: wide, height });
  const all = readings.map((reader) => told[reader].single);
  parts.single.show({ single: told[who].single, all, whose }, { width: room < 500 ? room : room - wide - GAP_BESIDE, height });
  set(page.root, { "data-layout": own.width < NARROW ? "narrow" : "wide", "data-picture": shown[0], "data-reading": who, "data-other": shown.length > 1 ? shown[1] : null, "data-mapped": shown.filter((number) => own.maps[number]).join(",") });
  lightAll(model, own, page, parts);
}

function drawTools(model, page, parts, { views, who, readings, shown }) {
  if (parts.changed("chooser", views)) {
    const classes = views.map((view) => view.cls);
    parts.chooser.build(views.map((view) => view.image), new Set(classes).size > 1 ? classes : classes.map(() => ""));
    parts.select.replaceChildren(el("option", { value: -1 }, NO_OTHER), ...views.map((view, n) => el("option", { value: n }, `${n + 1} · ${view.answer}`)));
  }
  parts.chooser.show(shown[0]);
  parts.reading.box.hidden = readings.length < 2;
  parts.reading.show(who);
  parts.beside.hidden = views.length < 2;
  parts.tools.hidden = views.length < 2 && readings.length < 2;
  [...parts.select.children].forEach((option) => { option.disabled = Number(option.getAttribute("value")) === shown[0]; });
  parts.select.value = shown.length > 1 ? shown[1] : -1;
}

// Lights up the part that is pointed at, or else the one that is pinned: its bar, its slice, and where it is seen.
function lightAll(model, own, page, { rows, pie, stages, heat }) {
  const [views, names, shown] = [model.get("views"), model.get("names"), shownPictures(model)];
  const active = own.pointed === NOBODY ? own.pinned : own.pointed;
  const lit = active === NOBODY || views[shown[0]].rows.includes(active) ? active : OTHERS;
  rows.light(lit);
  rows.pin(own.pinned);
  pie.light(lit);
  stages.forEach(({ box, show }, i) => {
    const number = shown[i];
    box.hidden = number === undefined;
    if (box.hidden) return;
    const { image, answer, grid, cells } = views[number];
    const [, whole] = (own.maps[number] || []).find(([k]) => k === active) || [];
    const dark = active !== NOBODY && active !== OTHERS && cells[active] && cells[active].said ? "not seen here" : "";
    const called = lit === NOBODY || lit === OTHERS ? "" : names[lit];
    show({ src: page.urls(image), alt: whole ? `where ${called} is seen` : `the picture, taken for ${answer}`, whole, grid, words: dark, named: called || `${shown.length > 1 ? `${number + 1} · ` : ""}network: ${answer}` });
  });
  const { heat: painted, heat_name: name } = views[shown[0]];
  heat.box.hidden = shown.length > 1 || !painted || !painted.byteLength;
  heat.show({ src: heat.box.hidden ? "" : page.urls(painted), alt: name, whole: null, grid: null, words: "", named: name });
  set(page.root, { "data-lit": lit });
}

export default living(render);
