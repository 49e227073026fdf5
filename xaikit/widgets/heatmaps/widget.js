import { changes } from "../kit/js/changes.js";
import { choiceRow, slider, tickBox } from "../kit/js/choices.js";
import { el, followTheme, keepKeys, set, urlMemory, whenSized } from "../kit/js/dom.js";
import { clamp, columns } from "../kit/js/geometry.js";
import { living } from "../kit/js/living.js";
import { pictureChooser } from "../kit/js/picture_chooser.js";
import { heatCard } from "./card.js";
import { countAbove, fullFrom, inflated, unfolded, valueOf } from "./values.js";

const SETTINGS = ["opacity", "contrast", "threshold", "energy", "sign", "colormap", "shared_scale", "mode", "show_boxes"];
const HEARD = [...SETTINGS, "picture", "reading", "exact", "pictures", "sizes", "grids", "levels", "maps", "boxes", "title", "error"];
const MODES = { picture: "picture", blended: "blended", map: "map" };
const COLOURS = { auto: "auto", heat: "heat", diverging: "orange and blue", grey: "grey" };
const [GAP, EDGES, LEAST] = [20, 26, 270]; // pixels between cards, of a card around its picture, and of a picture at least
const MOST_WIDE = 400;
const MOST_WIDE_IN_ROWS = 340;
const ABOVE = 450; // pixels of a screen that a picture leaves to the controls above it and the value below

// How many maps stand in a row: all where they fit, or else those of one method, or of one class, where they come in runs
// of equal length.
export function heatColumns(names, width) {
  const fit = Math.max(1, Math.floor((width + GAP) / (LEAST + EDGES + GAP)));
  if (names.length <= fit) return names.length;
  const runs = [0, 1].map((k) => {
    const end = names.findIndex((name) => name[k] !== names[0][k]);
    return end < 0 ? names.length : end;
  });
  const run = Math.max(...runs);
  return run > 1 && run <= fit && names.length % run === 0 ? run : columns(names.length, width, LEAST + EDGES, GAP);
}

function render({ model, el: host }) {
  const life = new AbortController();
  const { signal } = life;
  const root = el("div", { class: "xk xk-heatmaps", "data-testid": "heatmap-explorer" });
  host.append(root);
  keepKeys(root, signal);
  followTheme(root, signal);
  const urls = urlMemory();

  const heading = el("h3", { class: "xk-title" });
  const error = el("p", { class: "xk-error", role: "alert", "data-testid": "error", hidden: true });
  const put = (news) => {
    Object.assign(own, news);
    for (const [name, value] of Object.entries(news)) model.set(name, value);
    model.save_changes();
    soon();
  };
  const choice = (name, trait, options) => choiceRow(name, options, { signal, chosen: (value) => put({ [trait]: value }) });
  const slide = (name, trait, meaning) => slider(name, meaning, trait, {
    signal, released: (share) => put({ [trait]: share }),
    moved: (share) => { own[trait] = share; soon(); },
  });
  const tick = (name, trait) => tickBox(name, trait, { signal, chosen: (on) => put({ [trait]: on }) });
  const controls = {
    mode: choice("what is shown", "mode", MODES),
    colormap: choice("colours", "colormap", COLOURS),
    shared_scale: tick("same scale", "shared_scale"),
    sign: tickBox("only positive values", "sign", { signal, chosen: (on) => put({ sign: on ? "positive" : "magnitude" }) }),
    show_boxes: tick("boxes", "show_boxes"),
    opacity: slide("opacity", "opacity", "how far the strongest value covers the picture"),
    contrast: slide("contrast", "contrast", "lets more of the strongest pixels have full colour"),
    threshold: slide("threshold", "threshold", "hides what is weaker than this share of the scale’s largest value"),
    energy: slide("kept energy", "energy", "shows only the strongest pixels, which together hold this share of the map’s energy"),
  };
  const chooser = pictureChooser(urls, { signal, chosen: (number) => turnTo(number) });
  const list = el("div", { class: "xk-heat-cards" });
  root.append(heading, error,
    el("div", { class: "xk-controls" }, ...["mode", "colormap", "shared_scale", "sign", "show_boxes"].map((name) => controls[name].box)),
    el("div", { class: "xk-sliders" }, ...["opacity", "contrast", "threshold", "energy"].map((name) => controls[name].box)),
    chooser.box, list);

  // What this page shows, perhaps before Python knows; `kept` is the pixel that was clicked, `hover` the one pointed at.
  const own = { kept: null, hover: null };
  const changed = changes();
  let [width, cards, scene, frames] = [0, [], null, 0];

  // --- what is shown -------------------------------------------------------------------------------------------
  // Only the picture shown is unpacked: the maps of many, and how their energy runs, would fill the memory.
  const unpack = async ({ data }, grid) => (data ? unfolded(await inflated(data), ...grid) : null);
  const sceneOf = async (number) => {
    const [maps, grid] = [model.get("maps"), model.get("grids")[number]];
    const wholes = await Promise.all(maps.map((map) => unpack(map.cells[number], grid)));
    const cells = maps.map((map, k) => ({
      map, cell: map.cells[number], target: map.targets[number],
      whole: wholes[k], above: {}, among: wholes[k] && countAbove(wholes[k]),
      picture: model.get("pictures")[number], grid, size: model.get("sizes")[number], boxes: model.get("boxes")[number],
    }));
    return { number, maps, cells, peak: Math.max(...cells.map(({ cell }) => cell.peak)), signed: maps.some((map) => map.signed) };
  };
  const frameOf = () => {
    const n = heatColumns(scene.cells.map(({ map, target }) => [map.method, target]), width);
    const rows = Math.ceil(scene.cells.length / n);
    const most = Math.min(rows > 1 ? MOST_WIDE_IN_ROWS : MOST_WIDE, Math.max(LEAST - EDGES, innerHeight - ABOVE));
    const tall = Math.max(...scene.cells.map(({ size }) => size[1] / size[0]));
    const wide = clamp(Math.floor((width - GAP * (n - 1)) / n) - EDGES, 120, Math.floor(most / Math.max(tall, 1)));
    return { n, width: wide, height: Math.round(wide * tall) };
  };

  // --- drawing -------------------------------------------------------------------------------------------------
  const build = () => {
    if (cards.length !== scene.cells.length) {
      cards = scene.cells.map((_, k) => heatCard(k, urls, { signal, hovered, chosen, stepped, stopped }));
      list.replaceChildren(...cards.map(({ box }) => box));
    }
    const frame = frameOf();
    list.style.gridTemplateColumns = `repeat(${frame.n}, max-content)`;
    cards.forEach((card, k) => card.show(scene.cells[k], frame));
  };
  // What all maps of a picture are about, "" where they are about several things.
  const questions = () => model.get("pictures").map((_, n) => {
    const asked = new Set(model.get("maps").map((map) => map.targets[n]));
    return asked.size === 1 ? [...asked][0] : "";
  });
  const words = () => {
    heading.textContent = model.get("title");
    heading.hidden = !model.get("title");
    error.textContent = failure || model.get("error");
    error.hidden = !error.textContent;
    for (const name of SETTINGS) controls[name].show(name === "sign" ? own.sign === "positive" : own[name]);
    controls.sign.box.hidden = !model.get("maps").some((map) => map.signed);
    controls.opacity.enable(own.mode === "blended");
    controls.show_boxes.box.hidden = !model.get("boxes").some((boxes) => boxes.length);
  };
  const draw = () => {
    if (!width || !scene) return;
    if (changed("cards", scene, width)) build();
    const levels = model.get("levels");
    const fulls = scene.cells.map(({ cell, among }) => (among ? valueOf(fullFrom(among, own.contrast), levels, cell.peak) : 0));
    const all = { limit: scene.peak, full: Math.max(...fulls), signed: scene.signed };
    scene.cells.forEach(({ map, cell }, k) => {
      const scale = own.shared_scale ? all : { limit: cell.peak, full: fulls[k], signed: map.signed };
      cards[k].draw({ ...own, ...scale }, levels);
      cards[k].read(own.hover || own.kept, own.hover ? undefined : exactly(k));
    });
    set(root, { "data-picture": scene.number, "data-frames": ++frames });
  };
  // The value of map k at the kept pixel as Python knows it, once it has said so.
  const exactly = (k) => {
    const { picture, x, y, values } = model.get("exact");
    const known = own.kept && values && picture === own.picture && x === own.kept.x && y === own.kept.y;
    return known && values[k] !== null ? values[k] : undefined;
  };
  let frame = 0;
  const soon = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      words();
      draw();
    });
  };
  let [failure, loaded] = ["", null];
  const load = async (number) => {
    const [maps, ticket] = [model.get("maps"), {}];
    if (loaded && loaded.number === number && loaded.maps === maps) return;
    loaded = { number, maps, ticket };
    try {
      const next = await sceneOf(number);
      if (signal.aborted || loaded.ticket !== ticket) return; // another picture was asked for meanwhile
      [scene, failure] = [next, ""];
    } catch (problem) {
      [scene, failure] = [null, `The maps cannot be unpacked: ${problem.message}`];
      list.replaceChildren();
      cards = [];
    }
    soon();
  };

  // --- hands ---------------------------------------------------------------------------------------------------
  const turnTo = (number) => {
    if (number === own.picture) return;
    Object.assign(own, { kept: null, hover: null });
    put({ picture: number, reading: null });
    chooser.show(number);
    load(number);
  };
  const hovered = (place) => {
    own.hover = place;
    soon();
  };
  const keep = () => put({ reading: own.kept && { picture: own.picture, x: own.kept.x, y: own.kept.y } });
  const chosen = (place) => {
    Object.assign(own, { kept: place, moved: false });
    keep();
  };
  const stepped = ([dx, dy]) => {
    const [w, h] = scene.cells[0].size;
    const from = own.kept || { x: Math.floor(w / 2) - dx, y: Math.floor(h / 2) - dy };
    Object.assign(own, { kept: { x: clamp(from.x + dx, 0, w - 1), y: clamp(from.y + dy, 0, h - 1) }, hover: null, moved: true });
    soon();
  };
  const stopped = () => {
    if (!own.moved) return;
    own.moved = false;
    keep();
  };

  // --- listening -----------------------------------------------------------------------------------------------
  const held = () => root.querySelector(".xk-slider input:active");
  const heard = () => {
    for (const name of SETTINGS) if (!held() || held().dataset.testid !== name) own[name] = model.get(name);
    if (own.picture !== model.get("picture")) own.hover = null;
    own.picture = model.get("picture");
    const reading = model.get("reading");
    if (changed("reading", reading)) own.kept = reading && reading.picture === own.picture ? { x: reading.x, y: reading.y } : null;
    if (changed("chooser", model.get("pictures"), model.get("maps"))) chooser.build(model.get("pictures"), questions());
    chooser.show(own.picture);
    load(own.picture);
    soon();
  };
  HEARD.forEach((name) => model.on(`change:${name}`, heard));
  whenSized(root, (now) => {
    width = now;
    heard();
  }, signal);

  return () => {
    HEARD.forEach((name) => model.off(`change:${name}`, heard));
    cancelAnimationFrame(frame);
    life.abort();
    root.remove();
  };
}

export default living(render);
