import { bar } from "../kit/js/bars.js";
import { changes } from "../kit/js/changes.js";
import { dialogue } from "../kit/js/dialogue.js";
import { el, focused, focusOn, hear, set } from "../kit/js/dom.js";
import { frame, listen } from "../kit/js/frame.js";
import { living } from "../kit/js/living.js";
import { nameMemory } from "../kit/js/naming.js";
import { pictureChooser } from "../kit/js/picture_chooser.js";
import { untilClosed } from "../kit/js/root.js";
import { percent } from "../kit/js/words.js";
import { mapsOf } from "./maps.js";
import { featureTile } from "./tile.js";
import { totalRows } from "./total.js";
import { answerNow, calledOf, sentenceOf, shownOf, tilesInRow, turnedOff } from "./view.js";

const NO_KERNEL = "Switching off needs a running kernel: in the notebook, run this cell first.";
const [MOST_WIDE, LEAST_WIDE] = [200, 150]; // pixels of a tile

function render({ model, el: host }) {
  const page = frame(host, "feature-board", "xk-features");
  const { signal, urls } = page;
  // What this page shows, perhaps before Python knows: `off` are the features that a hand has switched off.
  const own = { width: 0, picture: -1, off: [], maps: null, failure: "", hint: "" };
  const names = nameMemory(model, () => draw());
  const sent = dialogue(model, {
    changed: () => draw(),
    say(text = "") {
      own.hint = text;
      draw();
    },
  });
  const ask = (off) => {
    if (model.offline) return;
    own.off = off;
    sent.ask({ kind: "off", picture: own.picture, features: off });
  };
  const turnTo = (number) => {
    if (number === own.picture) return;
    model.set("picture", number);
    model.save_changes();
    load();
  };
  const parts = furniture(page, model, own, { ask, turnTo, named: (k, name) => names.give(now().cls, k, name) });
  const now = () => model.get("views")[own.picture];
  const load = mapKeeper(model, own, signal, () => draw());
  const draw = () => own.width && own.picture >= 0 && drawBoard(model, own, page, names, sent, parts);
  const heard = () => {
    sent.heard();
    if (!sent.asked) own.off = shownOf(model.get("views"), own.picture, model.get("changed")).off;
  };
  const acts = { done: "heard draw", changed: "heard draw", offline: "heard draw", labels: "forget draw", answered: "forget draw", error: "heard forget draw", title: "draw", picture: "load draw", views: "load draw", examples: "draw" };
  const deaf = listen(model, acts, { heard, forget: names.forget, load, draw });
  return untilClosed(page, (width) => {
    own.width = width;
    load();
    draw();
  }, deaf, sent.end);
}

// Keeps the unpacked maps of the picture that is shown; came() when there are others.
function mapKeeper(model, own, signal, came) {
  const changed = changes();
  return () => {
    const [views, number] = [model.get("views"), model.get("picture")];
    if (!changed("picture", views, number)) return;
    const { off } = shownOf(views, number, model.get("changed"));
    Object.assign(own, { picture: number, maps: null, failure: "", off });
    const take = (news) => {
      if (signal.aborted || changed("picture", views, number)) return;
      Object.assign(own, news);
      came();
    };
    mapsOf(views[number]).then((maps) => take({ maps }), (problem) => take({ failure: `The maps cannot be unpacked: ${problem.message}` }));
  };
}

// Puts the parts of the board on the page.
function furniture({ root, signal, urls }, model, own, { ask, turnTo, named }) {
  const chooser = pictureChooser(urls, { signal, chosen: turnTo });
  const image = el("img", { class: "xk-picture", draggable: "false", "data-testid": "picture" });
  const said = el("p", { class: "xk-verdict", "data-testid": "verdict", "aria-live": "polite" });
  const [total, chance] = [totalRows(), bar("chance", false)];
  const why = el("p", { class: "xk-why", "data-testid": "sentence" });
  const back = el("button", { type: "button", class: "xk-button", "data-testid": "reset" }, "bring all back");
  const busy = el("span", { class: "xk-busy", "data-testid": "busy", role: "status" });
  const hint = el("p", { class: "xk-features-hint", "data-testid": "hint" });
  const filled = el("p", { class: "xk-features-hint", "data-testid": "filled" });
  const row = el("div", { class: "xk-tiles-row" });
  hear(back, "click", signal, () => ask([]));
  const tiles = model.get("views")[0].gives.map((_, k) => featureTile(k, {
    signal, urls, named, turned: (number, on) => ask(turnedOff(own.off, number, on)),
  }));
  row.append(...tiles.map((tile) => tile.box));
  chance.row.classList.add("xk-sum-bar");
  total.box.append(chance.row);
  root.append(el("div", { class: "xk-features-head" }, root.querySelector(".xk-title"), chooser.box), el("div", { class: "xk-features-top" }, el("div", { class: "xk-features-picture" }, image, filled),
    el("div", { class: "xk-features-said" }, el("div", { class: "xk-features-tools" }, said, busy, back), hint, total.box, why)), row);
  return { chooser, image, filled, said, total, chance, why, back, busy, hint, row, tiles, changed: changes() };
}

function drawBoard(model, own, page, names, sent, parts) {
  const [views, changed, offline] = [model.get("views"), model.get("changed"), Boolean(model.offline)];
  const { was, now, off } = shownOf(views, own.picture, changed);
  const cls = views[own.picture].cls;
  const labels = (model.get("labels")[cls] || []).map((label, concept) => names.labelled(cls, { concept, label }).label);
  const called = now.gives.map((_, k) => calledOf(labels[k], model.get("kind"), k));
  page.words(model);
  if (parts.changed("chooser", views)) parts.chooser.build(views.map((view) => view.image), views.map((view) => view.cls));
  parts.chooser.show(own.picture);
  parts.said.textContent = answerNow(was, now);
  parts.filled.textContent = was ? `${percent(now.filled)} of it filled in` : "";
  parts.total.show(now, was, own.off, model.get("kind"), called);
  parts.chance.show(now.chance, was && was.chance);
  parts.why.textContent = sentenceOf(now.words, called);
  set(parts.image, { src: page.urls(now.image), alt: was ? `the picture without ${off.map((k) => called[k]).join(", ")}` : `the picture, taken for ${now.answer}` });
  const can = { name: model.get("nameable"), remove: model.get("removable"), closed: offline };
  parts.back.hidden = !can.remove;
  parts.back.disabled = offline || !own.off.length;
  parts.busy.textContent = sent.asked ? "The network is thinking…" : "";
  parts.hint.textContent = offline && can.remove ? NO_KERNEL : own.failure || own.hint;
  drawTiles(model, own, parts, { cls, labels, called, can, views, was, now });
  if (parts.back.disabled && parts.back === focused(page.root)) {
    focusOn([...parts.row.querySelectorAll("button"), parts.tiles[0].box].find((one) => !one.disabled && !one.hidden));
  }
  set(page.root, { "data-done": model.get("done"), "data-off": off.join(","), "data-picture": own.maps ? own.picture : null, "data-busy": sent.asked });
}

function drawTiles(model, own, { row, tiles }, { cls, labels, called, can, views, was, now }) {
  const view = views[own.picture];
  const n = tilesInRow(tiles.length, own.width);
  row.style.gridTemplateColumns = `repeat(${n}, minmax(${Math.min(LEAST_WIDE, own.width) - 20}px, ${MOST_WIDE}px))`;
  const examples = model.get("examples")[cls] || [];
  tiles.forEach((tile, k) => tile.show({
    cls, label: labels[k], called: called[k], plain: calledOf("", model.get("kind"), k),
    image: view.image, holed: was && now.image, gives: now.gives[k], was: was && was.gives[k],
    whole: own.maps && own.maps[k], grid: view.grid, said: own.maps && view.cells[k].said ? "not seen here" : "",
    off: own.off.includes(k), examples: examples[k] || [],
  }, can));
}

export default living(render);
