import { changes } from "../kit/js/changes.js";
import { el, set, whenSized } from "../kit/js/dom.js";
import { clamp } from "../kit/js/geometry.js";
import { living } from "../kit/js/living.js";
import { pictureChooser } from "../kit/js/picture_chooser.js";
import { rootIn } from "../kit/js/root.js";
import { heatCard } from "./card.js";
import { settingControls } from "./controls.js";
import { frameOf } from "./layout.js";
import { sceneKeeper } from "./scene.js";
import { fullFrom, valueOf } from "./values.js";

const SETTINGS = ["opacity", "contrast", "threshold", "energy", "sign", "colormap", "shared_scale", "mode", "show_boxes"];
const HEARD = [...SETTINGS, "picture", "reading", "exact", "pictures", "sizes", "grids", "levels", "maps", "boxes", "title", "error"];

function render({ model, el: host }) {
  const page = rootIn(host, "heatmap-explorer", "xk-heatmaps");
  const { root, signal } = page;
  const heading = el("h3", { class: "xk-title" });
  const error = el("p", { class: "xk-error", role: "alert", "data-testid": "error", hidden: true });
  // What this page shows, perhaps before Python knows; `kept` is the pixel that was clicked, `hover` the one pointed at.
  const own = { kept: null, hover: null, scene: null, failure: "", width: 0 };
  let frame = 0;
  const soon = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      words(model, own, heading, error, controls);
      cards.draw();
    });
  };
  const moved = (news) => {
    Object.assign(own, news);
    soon();
  };
  const put = (news) => {
    moved(news);
    for (const [name, value] of Object.entries(news)) model.set(name, value);
    model.save_changes();
  };
  const turnTo = (number) => {
    if (number === own.picture) return;
    Object.assign(own, { kept: null, hover: null });
    put({ picture: number, reading: null });
    chooser.show(number);
    cards.load(number);
  };
  const { controls, rows } = settingControls(signal, moved, put);
  const chooser = pictureChooser(page.urls, { signal, chosen: turnTo });
  const cards = cardList(model, page, own, soon, handOnPoint(own, moved, put));
  root.append(heading, error, ...rows, chooser.box, cards.box);
  const changed = changes();
  const heard = () => {
    takeIn(model, own, root, changed);
    if (changed("chooser", model.get("pictures"), model.get("maps"))) chooser.build(model.get("pictures"), questions(model));
    chooser.show(own.picture);
    cards.load(own.picture);
    soon();
  };
  HEARD.forEach((name) => model.on(`change:${name}`, heard));
  whenSized(root, (now) => {
    own.width = now;
    heard();
  }, signal);

  return () => {
    HEARD.forEach((name) => model.off(`change:${name}`, heard));
    cancelAnimationFrame(frame);
    page.close();
  };
}

function words(model, own, heading, error, controls) {
  heading.textContent = model.get("title");
  heading.hidden = !heading.textContent;
  error.textContent = own.failure || model.get("error");
  error.hidden = !error.textContent;
  for (const name of SETTINGS) controls[name].show(name === "sign" ? own.sign === "positive" : own[name]);
  controls.sign.box.hidden = !model.get("maps").some((map) => map.signed);
  controls.opacity.enable(own.mode === "blended");
  controls.show_boxes.box.hidden = !model.get("boxes").some((boxes) => boxes.length);
}

// The cards of the maps of one picture.
function cardList(model, { root, urls, signal }, own, soon, hand) {
  const box = el("div", { class: "xk-heat-cards" });
  const changed = changes();
  let [cards, frames] = [[], 0];
  const load = sceneKeeper(model, signal, (scene, failure) => {
    Object.assign(own, { scene, failure });
    if (!scene) {
      box.replaceChildren();
      cards = [];
    }
    soon();
  });
  const build = (cells) => {
    if (cards.length !== cells.length) {
      cards = cells.map((_, k) => heatCard(k, urls, { signal, ...hand }));
      box.replaceChildren(...cards.map((card) => card.box));
    }
    const frame = frameOf(cells, own.width);
    box.style.gridTemplateColumns = `repeat(${frame.n}, max-content)`;
    cards.forEach((card, k) => card.show(cells[k], frame));
  };
  const draw = () => {
    const { scene, width, contrast } = own;
    if (!width || !scene) return;
    const { cells } = scene;
    if (changed("cards", scene, width)) build(cells);
    const levels = model.get("levels");
    const fulls = cells.map(({ cell, among }) => (among ? valueOf(fullFrom(among, contrast), levels, cell.peak) : 0));
    const all = { limit: scene.peak, full: Math.max(...fulls), signed: scene.signed };
    cells.forEach(({ map, cell }, k) => {
      const scale = own.shared_scale ? all : { limit: cell.peak, full: fulls[k], signed: map.signed };
      cards[k].draw({ ...own, ...scale }, levels);
      cards[k].read(own.hover || own.kept, own.hover ? undefined : exactly(model, own, k));
    });
    set(root, { "data-picture": scene.number, "data-frames": ++frames });
  };
  return { box, load, draw };
}

// What a hand on a map does to the reading point.
function handOnPoint(own, moved, put) {
  const keep = () => put({ reading: own.kept && { picture: own.picture, x: own.kept.x, y: own.kept.y } });
  return {
    hovered: (hover) => moved({ hover }),
    chosen(kept) {
      Object.assign(own, { kept, moved: false });
      keep();
    },
    stepped([dx, dy]) {
      const [w, h] = own.scene.cells[0].size;
      const from = own.kept || { x: Math.floor(w / 2) - dx, y: Math.floor(h / 2) - dy };
      moved({ kept: { x: clamp(from.x + dx, 0, w - 1), y: clamp(from.y + dy, 0, h - 1) }, hover: null, moved: true });
    },
    stopped() {
      if (!own.moved) return;
      own.moved = false;
      keep();
    },
  };
}

// Takes over what Python says, but for the slider that a hand holds.
function takeIn(model, own, root, changed) {
  const held = root.querySelector(".xk-slider input:active");
  for (const name of SETTINGS) if (!held || held.dataset.testid !== name) own[name] = model.get(name);
  if (own.picture !== model.get("picture")) own.hover = null;
  own.picture = model.get("picture");
  const reading = model.get("reading");
  if (changed("reading", reading)) own.kept = reading && reading.picture === own.picture ? { x: reading.x, y: reading.y } : null;
}

// What all maps of a picture are about, "" where they are about several things.
const questions = (model) => model.get("pictures").map((_, n) => {
  const asked = new Set(model.get("maps").map((map) => map.targets[n]));
  return asked.size === 1 ? [...asked][0] : "";
});

// The value of map k at the kept pixel as Python knows it, once it has said so.
function exactly(model, own, k) {
  const { picture, x, y, values } = model.get("exact");
  const known = own.kept && values && picture === own.picture && x === own.kept.x && y === own.kept.y;
  return known && values[k] !== null ? values[k] : undefined;
}

export default living(render);
