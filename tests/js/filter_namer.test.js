import assert from "node:assert/strict";
import { test } from "node:test";
import widget from "../../xaikit/widgets/filter_namer/widget.js";
import { choicesOf, nextUnnamed, openSuggestions, progressOf, progressWords, shareWords, undoing } from "../../xaikit/widgets/filter_namer/view.js";
import { attributesOf, byTest, click, key, modelOf, nextFrame, ofClass, open, texts, until, write } from "./browser.js";
import { EVIL, png } from "./samples.js";

const shot = (picture) => ({ picture, aspect: 1, field: [0.5, 0.25, 0.25, 0.25], peak: [0.625, 0.375] });
const VIEWS = [
  { name: "filter 3", concept: 2, share: 0.4, shots: [shot(0), shot(1)], suggested: { name: "wheel", share: 0.75 } },
  { name: "filter 1", concept: 0, share: 0.3, shots: [shot(1)], suggested: { name: "door", share: 0.5 } },
  { name: EVIL, concept: 1, share: 0.2, shots: [{ picture: 0, aspect: 2, field: null, peak: null }], suggested: null },
  { name: "filter 4", concept: 3, share: 0.1, shots: [], suggested: { name: "wheel", share: 1 } },
];
const GIVEN = { views: VIEWS, pictures: [png(1), png(2)], labels: ["", "", "lamp", ""], cls: "bus", nameable: true, place: 0, naming: {}, answered: 0 };

function namer(more = {}) {
  const model = modelOf({ ...GIVEN, ...more });
  const { root, end } = open(widget, model);
  const part = (name) => byTest(root, name);
  const asked = () => model.sent.filter(([trait]) => trait === "naming").map(([, value]) => value);
  return { model, root, end, part, asked, field: () => part("name"), heading: () => ofClass(root, "xk-namer-heading")[0].textContent, choices: () => ofClass(root, "xk-namer-choice"), place: () => root.dataset.place };
}

const pairs = (naming) => [...naming.others, naming].map(({ cls, concept, name }) => [cls, concept, name]);

// ---- what is shown, as pure functions ----

test("progress counts names, and what they count", () => {
  assert.deepEqual(progressOf(VIEWS, ["wheel", "", "lamp", ""]).named, 2);
  assert.equal(progressWords(progressOf(VIEWS, ["wheel", "", "lamp", ""])), "2 of 4 named, 60% of what counts");
  assert.deepEqual([shareWords(0.0431), shareWords(0.0001), shareWords(0)], ["4.3%", "<0.1%", "0.0%"]);
});

test("the next without a name comes round from the end, and stays where all have one", () => {
  assert.deepEqual([nextUnnamed(["", "a", ""], 0), nextUnnamed(["", "a", "b"], 2), nextUnnamed(["a", "b"], 1)], [2, 0, 1]);
});

test("what is suggested for most comes first, and names in use keep their places", () => {
  assert.deepEqual(choicesOf(VIEWS, ["", "", "", ""]), ["wheel", "door"]);
  const first = choicesOf(VIEWS, ["", "", "lamp", ""]);
  assert.deepEqual(first, ["wheel", "door", "lamp"]);
  assert.deepEqual(choicesOf(VIEWS, ["axle", "", "lamp", ""], first), ["wheel", "door", "lamp", "axle"]);
  assert.deepEqual(choicesOf(VIEWS, ["axle", "", "", ""], first), ["wheel", "door", "axle"]);
});

test("suggestions are open where there is no name, and can be undone", () => {
  assert.deepEqual(openSuggestions(VIEWS, ["", "door", "", ""]), [[0, "wheel"], [3, "wheel"]]);
  assert.deepEqual(undoing([[0, "wheel"], [2, "x"]], ["", "", "lamp", ""]), [[0, ""], [2, "lamp"]]);
});

// ---- the whole widget ----

test("a concept stands there with its pictures, its places, and how much it counts", () => {
  const { root, part, heading } = namer();
  assert.deepEqual([heading(), part("progress").textContent], ["filter 3", "1 of 4 named, 20% of what counts"]);
  const images = ofClass(root, "xk-shot").map((one) => one.firstChild);
  assert.deepEqual(images.map(({ src }) => src.slice(0, 15)), ["data:image/png;", "data:image/png;"]);
  assert.deepEqual([images[0].style.left, images[0].style.width], ["-200%", "400%"]); // the field fills the frame
  const [peak] = ofClass(root, "xk-shot-peak");
  assert.deepEqual([peak.style.left, peak.style.top], ["50%", "50%"]);
  assert.match(ofClass(root, "xk-namer-counts")[0].attributes["aria-label"], /40\.0%/);
});

test("the whole picture has its field marked, and one without a place has no mark", () => {
  const { root, model } = namer();
  click(root.querySelector('[data-choice="whole"]'));
  const [mark] = ofClass(root, "xk-shot-field");
  assert.deepEqual([mark.style.left, mark.style.top, mark.style.width], ["50%", "25%", "25%"]);
  model.say({ place: 2 });
  assert.deepEqual([ofClass(root, "xk-shot").length, ofClass(root, "xk-shot-field").length], [1, 0]);
  assert.equal(ofClass(root, "xk-shot")[0].style.aspectRatio, "2");
  assert.equal(root.querySelector('[data-choice="whole"]').parentElement.hidden, true);
  model.say({ place: 3 });
  assert.match(ofClass(root, "xk-shots-none")[0].textContent, /seen in none/);
});

test("Enter takes what is suggested, and the next without a name has the keys", () => {
  const { model, field, place, asked, heading } = namer();
  assert.equal(field().attributes.placeholder, "wheel? 75%");
  field().focus();
  key("Enter", field());
  assert.deepEqual(pairs(asked()[0]), [["bus", 2, "wheel"]]);
  assert.deepEqual([place(), heading(), document.activeElement === field()], ["1", "filter 1", true]);
  key("Enter", field());
  assert.deepEqual(place(), "3"); // the third has a name
  assert.deepEqual(pairs(asked()[1]), [["bus", 2, "wheel"], ["bus", 0, "door"]]); // Python has not answered the first
  model.say({ answered: asked()[0].seq, labels: ["wheel", "", "lamp", ""] });
  assert.equal(byTest(document.body, "progress").textContent, "3 of 4 named, 90% of what counts");
  key("Enter", field());
  assert.deepEqual(pairs(asked()[2]), [["bus", 0, "door"], ["bus", 3, "wheel"]]);
  assert.equal(byTest(document.body, "next-unnamed").disabled, true);
});

test("a digit picks a name, but only in an empty field", () => {
  const { field, asked, place } = namer();
  field().focus();
  assert.ok(key("3", field()).defaultPrevented);
  assert.deepEqual([pairs(asked()[0]), place()], [[["bus", 2, "lamp"]], "1"]);
  write(field(), "door ");
  assert.equal(key("2", field()).defaultPrevented, false);
  assert.equal(key("9", field()).defaultPrevented, false);
  assert.equal(asked().length, 1);
});

test("a written name is given as one line, and is there to choose from", () => {
  const { field, asked, choices, model } = namer();
  field().focus();
  write(field(), " front\u200b\u00a0axle\t");
  key("Enter", field());
  assert.equal(asked()[0].name, "front axle");
  assert.deepEqual(texts(ofClass(byTest(document.body, "choices"), "xk-namer-name")), ["wheel", "door", "lamp", "front axle"]);
  model.say({ answered: asked()[0].seq, labels: ["front axle", "", "lamp", ""] });
  assert.equal(choices().length, 4);
});

test("a name picked by hand again is taken away, and so is one that is emptied", () => {
  const { choices, asked, root, model, field, place } = namer({ place: 2 });
  assert.deepEqual(attributesOf(choices(), "aria-pressed"), ["false", "false", "true"]);
  click(choices()[2]);
  assert.deepEqual([asked()[0].name, place(), root.dataset.named], ["", "2", "0"]);
  model.say({ answered: asked()[0].seq, labels: ["", "", "lamp", ""] }); // as somebody else has named it
  field().focus();
  write(field(), "");
  key("Enter", field());
  assert.deepEqual([asked()[1].concept, asked()[1].name, place()], [1, "", "2"]);
});

test("all suggestions are taken at once, and undone at once", () => {
  const { part, asked, root } = namer();
  assert.equal(part("take-all").textContent, "take 3 suggestions");
  click(part("take-all"));
  assert.deepEqual(pairs(asked()[0]).toSorted(), [["bus", 0, "door"], ["bus", 2, "wheel"], ["bus", 3, "wheel"]]);
  assert.deepEqual([root.dataset.named, part("take-all").disabled, part("undo").disabled], ["4", true, false]);
  click(part("undo"));
  assert.deepEqual([root.dataset.named, part("undo").disabled, asked()[1].name], ["1", true, ""]);
  assert.deepEqual(pairs(asked()[1]).map(([, , name]) => name), ["", "", ""]);
});

test("what Python refuses is taken back, and said", () => {
  const { part, asked, model, root } = namer();
  click(ofClass(root, "xk-namer-choice")[0]);
  assert.equal(root.dataset.named, "2");
  model.say({ answered: asked()[0].seq, error: EVIL });
  assert.deepEqual([root.dataset.named, part("error").textContent, part("error").children.length], ["1", EVIL, 0]);
});

test("pages are turned by buttons, arrow keys and the overview, and Python is told", () => {
  const { part, root, model, place, field, heading } = namer();
  assert.ok(part("previous").disabled);
  click(part("next"));
  assert.deepEqual([place(), model.sent.at(-1)], ["1", ["place", 1]]);
  field().focus();
  key("ArrowDown", field());
  assert.deepEqual([place(), heading(), document.activeElement === field()], ["2", `${EVIL}: lamp`, true]);
  key("ArrowUp", field());
  assert.equal(place(), "1");
  const all = ofClass(root, "xk-namer-one");
  assert.deepEqual([texts(all), attributesOf(all, "data-state")], [["3", "1", "2", "4"], ["suggested", "suggested", "named", "suggested"]]);
  click(all[3]);
  assert.equal(place(), "3");
  all[3].focus();
  key("ArrowLeft");
  assert.deepEqual([place(), document.activeElement === all[2]], ["2", true]);
  click(part("next-unnamed"));
  assert.equal(place(), "3");
});

test("a button that is switched off gives the keys to the field", () => {
  const { part, field } = namer({ place: 2 });
  part("next").focus();
  key("Enter");
  assert.ok(part("next").disabled && document.activeElement === field());
});

test("without anybody to tell there is no field, and nothing to press", () => {
  const { root, part, field, choices } = namer({ nameable: false });
  assert.deepEqual([field(), part("take-all").hidden, part("undo").hidden, choices().every((one) => one.disabled)], [null, true, true, true]);
  part("next").focus();
  click(ofClass(root, "xk-namer-one")[3]);
  assert.equal(document.activeElement, ofClass(root, "xk-namer-one")[3]); // a lost button hands on to what can be pressed
});

test("on a page of its own names stay there, and it says so", () => {
  const model = Object.assign(modelOf(GIVEN), { offline: true });
  const { root } = open(widget, model);
  assert.match(byTest(root, "hint").textContent, /needs a running kernel/);
  key("Enter", byTest(root, "name"));
  assert.deepEqual([root.dataset.named, model.sent.some(([trait]) => trait === "naming")], ["2", false]);
});

test("it ends with nothing left behind", async () => {
  const { model, end, host } = { ...namer(), host: document.body };
  await until(() => model.listeners > 0);
  end();
  nextFrame();
  assert.deepEqual([model.listeners, host.querySelectorAll('[data-testid="filter-namer"]').length], [0, 0]);
});
