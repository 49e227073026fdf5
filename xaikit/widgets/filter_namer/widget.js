import { choiceRow } from "../kit/js/choices.js";
import { changes } from "../kit/js/changes.js";
import { buttonOf, classed, el, focusOn, focused, hear, set } from "../kit/js/dom.js";
import { frame, listen } from "../kit/js/frame.js";
import { clamp } from "../kit/js/geometry.js";
import { living } from "../kit/js/living.js";
import { nameField, nameMemory } from "../kit/js/naming.js";
import { untilClosed } from "../kit/js/root.js";
import { MOST_KEYS, nameChoices } from "./choices.js";
import { overview } from "./overview.js";
import { shotGrid } from "./shots.js";
import { choicesOf, nextUnnamed, openSuggestions, progressOf, progressWords, shareWords, undoing } from "./view.js";

const NO_KERNEL = "Names given here stay on this page: to keep them needs a running kernel; in the notebook, run this cell first.";
const NARROW = 640; // pixels
const STEPS = { ArrowUp: -1, ArrowDown: 1 };
const CLOSE = "close";

function render({ model, el: host }) {
  const page = frame(host, "filter-namer", "xk-namer");
  // What this page alone knows: `past` undoes what was named here, `choices` are the names that were to choose from.
  const own = { width: 0, place: model.get("place"), look: CLOSE, past: [], choices: [] };
  const names = nameMemory(model, () => draw());
  const labels = () => model.get("views").map(({ concept }, place) => names.labelled(model.get("cls"), { concept, label: model.get("labels")[place] }).label);
  const turnTo = (place) => {
    own.place = clamp(place, 0, model.get("views").length - 1);
    model.set("place", own.place);
    model.save_changes();
    draw();
  };
  // given: [[place, name], …].
  const give = (given) => names.giveAll(given.map(([place, name]) => ({ cls: model.get("cls"), concept: model.get("views")[place].concept, name })));
  const hands = {
    turnTo,
    name(name) {
      const before = labels()[own.place];
      if (name !== before) {
        own.past.push(undoing([[own.place, name]], labels()));
        give([[own.place, name]]);
      }
      if (name) turnTo(nextUnnamed(labels(), own.place));
    },
    pick: (name) => (name === labels()[own.place] ? hands.name("") : hands.name(name)),
    takeAll() {
      const given = openSuggestions(model.get("views"), labels());
      own.past.push(undoing(given, labels()));
      give(given);
    },
    undo() {
      const given = own.past.pop();
      give(given);
      turnTo(given[0][0]);
    },
    next: () => turnTo(nextUnnamed(labels(), own.place)),
    look(look) {
      own.look = look;
      draw();
    },
  };
  const parts = furniture(page, own, hands);
  const draw = () => own.width && drawNamer(model, own, page, parts, hands, labels());
  const placed = () => { own.place = model.get("place"); };
  const acts = { labels: "forget draw", answered: "forget draw", error: "forget draw", place: "placed draw", views: "placed draw", pictures: "draw", title: "draw", offline: "draw" };
  const deaf = listen(model, acts, { forget: names.forget, placed, draw });
  return untilClosed(page, (width) => {
    own.width = width;
    draw();
  }, deaf);
}

// Puts the parts of the widget on the page.
function furniture({ root, signal, urls }, own, hands) {
  const button = (testid, text, act) => {
    const one = buttonOf("xk-button", { "data-testid": testid }, text);
    hear(one, "click", signal, act);
    return one;
  };
  const progress = classed("p", "xk-namer-progress");
  set(progress, { "data-testid": "progress", "aria-live": "polite" });
  const fill = classed("span", "xk-fill");
  const shots = shotGrid(urls);
  const look = choiceRow("how pictures are shown", { [CLOSE]: "where it is seen", whole: "whole picture" }, { signal, chosen: hands.look });
  const [heading, counts, named] = [classed("h4", "xk-namer-heading"), classed("span", "xk-number"), classed("div", "xk-namer-field")];
  const size = classed("span", "xk-fill");
  const hint = el("p", { class: "xk-namer-hint", "data-testid": "hint" });
  const choices = nameChoices({ signal, picked: hands.pick });
  const back = button("previous", "◂", () => hands.turnTo(own.place - 1));
  const forth = button("next", "▸", () => hands.turnTo(own.place + 1));
  set(back, { "aria-label": "the one before" });
  set(forth, { "aria-label": "the one after" });
  const [open, all, undo] = [button("next-unnamed", "next unnamed", hands.next), button("take-all", "", hands.takeAll), button("undo", "undo", hands.undo)];
  const every = overview({ signal, turned: hands.turnTo });
  const said = classed("div", "xk-namer-said", classed("div", "xk-namer-head", back, heading, forth),
    classed("div", "xk-namer-counts", "counts", classed("span", "xk-track", size), counts), named, choices.box, hint, classed("div", "xk-namer-tools", open, all, undo));
  root.append(classed("div", "xk-namer-top", root.querySelector(".xk-title"), progress, classed("span", "xk-track xk-namer-done", fill)),
    classed("div", "xk-namer-main", classed("div", "xk-namer-pictures", shots.box, look.box), said), every.box);
  return { progress, fill, shots, look, heading, counts, size, named, hint, choices, back, forth, open, all, undo, every, field: null, changed: changes() };
}

function drawNamer(model, own, page, parts, hands, labels) {
  const [views, offline, can] = [model.get("views"), Boolean(model.offline), model.get("nameable")];
  const [view, label] = [views[own.place], labels[own.place]];
  own.choices = choicesOf(views, labels, own.choices);
  page.words(model);
  const progress = progressOf(views, labels);
  parts.progress.textContent = progressWords(progress);
  parts.fill.style.width = `${100 * progress.share}%`;
  parts.shots.show(view, model.get("pictures"), own.look === CLOSE);
  parts.look.show(own.look);
  parts.look.box.hidden = !view.shots.some(({ field }) => field);
  parts.heading.textContent = label ? `${view.name}: ${label}` : view.name;
  parts.size.style.width = `${(100 * view.share) / (Math.max(...views.map(({ share }) => share)) || 1)}%`;
  parts.counts.textContent = shareWords(view.share);
  set(parts.size.parentElement.parentElement, { "aria-label": `counts ${shareWords(view.share)} of all`, role: "img" });
  parts.choices.show(own.choices, label, view.suggested, can);
  parts.hint.textContent = offline && can ? NO_KERNEL : hintOf(can, view, label, own.choices);
  if (parts.changed("field", view, label, can)) writeField(model, own, parts, hands, { view, label, can });
  if (parts.changed("all", views)) parts.every.build(views);
  parts.every.show(views, labels, own.place);
  drawTools(own, page, parts, { views, labels, can });
  set(page.root, { "data-layout": own.width < NARROW ? "narrow" : "wide", "data-place": own.place, "data-named": progress.named, "data-answered": model.get("answered") });
}

function hintOf(can, { suggested }, label, choices) {
  if (!can) return "";
  if (label) return "Write another name; an empty one takes it away.";
  const ways = [...(suggested ? ["Enter takes what is suggested"] : []), ...(choices.length ? ["a digit one of these"] : []), "or write one"];
  return `${ways.join(", ")}. ↑ and ↓ turn pages.`;
}

// The field is written anew for another concept or another name, and keeps the keys where it had them.
function writeField(model, own, parts, hands, { view, label, can }) {
  const had = parts.field && focused(parts.field) === parts.field;
  const keys = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    const digit = parts.field.value ? 0 : Number(event.key);
    if (STEPS[event.key]) hands.turnTo(own.place + STEPS[event.key]);
    else if (digit >= 1 && digit <= MOST_KEYS && own.choices[digit - 1]) hands.name(own.choices[digit - 1]);
    else return false;
    return true;
  };
  const field = can ? nameField({ label, suggested: view.suggested }, hands.name, () => focusOn(parts.field), view.name, keys) : null;
  parts.field = field;
  parts.named.replaceChildren(...(field ? [field] : []));
  if (had && field) focusOn(field);
}

function drawTools(own, { root }, parts, { views, labels, can }) {
  const waiting = openSuggestions(views, labels).length;
  [parts.back.disabled, parts.forth.disabled] = [own.place === 0, own.place === views.length - 1];
  parts.open.disabled = labels.every(Boolean);
  parts.all.textContent = waiting ? `take ${waiting} suggestion${waiting > 1 ? "s" : ""}` : "take suggestions";
  [parts.all.hidden, parts.undo.hidden] = [!can || !views.some(({ suggested }) => suggested), !can];
  [parts.all.disabled, parts.undo.disabled] = [!waiting, !own.past.length];
  const lost = [parts.back, parts.forth, parts.open, parts.all, parts.undo].find((one) => one.disabled && one === focused(root));
  // A button that is switched off while in focus would leave the keys to the notebook.
  if (lost) focusOn(parts.field || parts.every.chosen());
}

export default living(render);
