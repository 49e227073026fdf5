import assert from "node:assert/strict";
import { test } from "node:test";
import { fromTo, piecesOf, scoreWords, sumWords, termsOf, totalRows, wholeOf } from "../../xaikit/widgets/feature_board/total.js";
import { answerNow, calledOf, sentenceOf, shownOf, tilesInRow, turnedOff } from "../../xaikit/widgets/feature_board/view.js";
import { featureTile } from "../../xaikit/widgets/feature_board/tile.js";
import { mapsOf } from "../../xaikit/widgets/feature_board/maps.js";
import { nameMemory } from "../../xaikit/widgets/kit/js/naming.js";

const VIEW = { cls: "bus", answer: "bus", start: -3, gives: [5, -1, 2.5, 0], score: 3.75, chance: 0.75 };
const LEFT = { ...VIEW, picture: 0, off: [0, 2], answer: "tram", gives: [0.5, -1, 0, 0], score: -3.25, chance: 0.25 };

test("a number of a score has one digit behind the point, and its sign", () => {
  assert.deepEqual([5, -3.14, 0.04, -0.04, null].map((one) => scoreWords(one)), ["+5.0", "−3.1", "0", "0", "?"]);
  assert.deepEqual([5, -3.14].map((one) => scoreWords(one, true)), ["5.0", "−3.1"]);
});

test("what has changed for the eye alone says where it came from", () => {
  assert.equal(fromTo(5, 1.2), "+5.0 → +1.2");
  assert.equal(fromTo(5, 5.01), "+5.0");
  assert.equal(fromTo(null, 5, true), "5.0");
});

test("where it starts and what all give is what the features say", () => {
  assert.equal(wholeOf(VIEW), 3.5);
  assert.deepEqual(termsOf(VIEW), [["start", "−3.0"], [0, "+5.0"], [1, "−1.0"], [2, "+2.5"], [3, "0"], ["whole", "3.5"]]);
  const told = sumWords(VIEW, ["ladder", "b", "c", "d"]);
  assert.equal(told, "others score on average −3.0, ladder +5.0, b −1.0, c +2.5, d 0, together 3.5; the network’s score: 3.8");
});

test("pieces go on from where the sum starts; what speaks against comes back at the end", () => {
  const { low, high, pieces } = piecesOf(VIEW, [3.75, null]);
  assert.deepEqual(pieces.map(({ k, from, to }) => [k, from, to]), [[0, -3, 2], [2, 2, 4.5], [1, 4.5, 3.5]]);
  assert.deepEqual([low, high], [-3, 4.5]);
  assert.deepEqual([piecesOf(VIEW, [-9]).low, piecesOf(VIEW, [12]).high], [-9, 12]);
});

test("with nothing on, the sum stays where it starts", () => {
  assert.deepEqual(piecesOf({ start: 2, gives: [0, 0] }), { low: 2, high: 2, pieces: [] });
});

test("what is left is shown of the picture that it belongs to, and only where something is off", () => {
  assert.deepEqual(shownOf([VIEW, VIEW], 0, LEFT), { was: VIEW, now: LEFT, off: [0, 2] });
  assert.deepEqual(shownOf([VIEW, VIEW], 1, LEFT), { was: null, now: VIEW, off: [] });
  assert.deepEqual(shownOf([VIEW], 0, {}), { was: null, now: VIEW, off: [] });
  assert.deepEqual(shownOf([VIEW], 0, { ...LEFT, off: [] }).was, null);
});

test("a hand turns one feature, the others stay as they are", () => {
  assert.deepEqual(turnedOff([2], 0, true), [0, 2]);
  assert.deepEqual(turnedOff([0, 2], 0, false), [2]);
  assert.deepEqual(turnedOff([2], 2, true), [2]);
});

test("a sentence names features as they are called", () => {
  const names = ["ladder", ""].map((label, k) => calledOf(label, "x-feature", k));
  assert.equal(sentenceOf(["It is bus because of ", 0, " (+5.0) and ", 1, "."], names), "It is bus because of ladder (+5.0) and x-feature 2.");
  assert.equal(sentenceOf(["<b>", 0], ["<i>"]), "<b><i>"); // text, whatever it looks like
});

test("the answer before and after", () => {
  assert.equal(answerNow(null, VIEW), "The network says: bus");
  assert.equal(answerNow(VIEW, LEFT), "The network says: was bus, now tram");
  assert.equal(answerNow(VIEW, { ...LEFT, answer: "bus" }), "The network still says: bus");
  assert.equal(answerNow(null, { ...VIEW, chance: null }), "");
});

test("five tiles stand in one row of a notebook, more in rows about equally full", () => {
  assert.equal(tilesInRow(5, 832), 5);
  assert.equal(tilesInRow(5, 600), 3);
  assert.equal(tilesInRow(8, 832), 4);
  assert.equal(tilesInRow(3, 90), 1);
});

test("a map that shows nothing has none", async () => {
  assert.deepEqual(await mapsOf({ cells: [{ data: null }], grid: [2, 2] }), [null]);
});

test("a name that was given in the page is known by class and number", () => {
  const model = { offline: true, get: () => [], set() {}, save_changes() {} };
  const names = nameMemory(model, () => {});
  names.give("bus", 1, "door");
  assert.equal(names.labelled("bus", { concept: 1, label: "" }).label, "door");
  assert.equal(names.labelled("tram", { concept: 1, label: "old" }).label, "old");
});

// ---- what is drawn, with a stand-in for the page's document ----

class Thing {
  constructor(tag) {
    Object.assign(this, { tag, attributes: {}, children: [], style: {}, acts: {}, hidden: false, disabled: false });
    this.classes = new Set();
    this.classList = { toggle: (name, on) => this.classes[on ? "add" : "delete"](name), add: (name) => this.classes.add(name) };
  }
  setAttribute(name, value) { this.attributes[name] = value; if (name === "hidden") this.hidden = true; }
  getAttribute(name) { return this.attributes[name]; }
  removeAttribute(name) { delete this.attributes[name]; }
  addEventListener(type, act) { this.acts[type] = act; }
  append(...own) { this.children.push(...own.map((one) => (typeof one === "string" ? { textContent: one } : one))); }
  replaceChildren(...own) { this.children = []; this.append(...own); }
  focus() { Thing.focused = this; }
  get firstChild() { return this.children[0]; }
  get lastChild() { return this.children.at(-1); }
  get textContent() { return this.children.map((one) => one.textContent).join(""); }
  set textContent(text) { this.children = text ? [{ textContent: text }] : []; }
}

globalThis.document = { createElement: (tag) => new Thing(tag) };
const every = (thing) => [thing, ...(thing.children || []).flatMap(every)];
const find = (thing, test) => every(thing).find((one) => one.attributes && test(one.attributes));
const byTest = (thing, name) => find(thing, (own) => own["data-testid"] === name);
const ofClass = (thing, name) => every(thing).filter((one) => one.attributes && (one.attributes.class || "").split(" ").includes(name));

test("the sum stands in a line and in bars, with marks where things stood before", () => {
  const total = totalRows();
  total.show(VIEW, null, [], "part", ["a", "b", "c", "d"]);
  assert.equal(byTest(total.box, "sum").textContent, "others score on average −3.01 +5.02 −1.03 +2.54 0= 3.5; the network’s score: 3.8");
  assert.deepEqual(ofClass(total.box, "xk-piece").map((one) => one.textContent), ["1", "3", "2"]);
  assert.equal(ofClass(total.box, "xk-against")[0].textContent, "2");
  assert.equal(ofClass(total.box, "xk-tick").length, 0);
  const widths = ofClass(total.box, "xk-piece").map((one) => parseFloat(one.style.width));
  assert.ok(Math.abs(widths[0] - (100 * 5) / 7.5) < 0.1 && Math.abs(widths[2] - 100 / 7.5) < 0.1);
  total.show(LEFT, VIEW, [0, 2], "part", ["a", "b", "c", "d"]);
  assert.equal(ofClass(total.box, "xk-tick").length, 2);
  assert.deepEqual(ofClass(total.box, "xk-number").map((one) => one.textContent), ["3.5 → −3.5", "3.8 → −3.3"]);
  assert.equal(ofClass(total.box, "xk-gone").length, 2);
});

test("of a picture that cannot be read there is no sum", () => {
  const total = totalRows();
  total.show({ ...VIEW, score: null, gives: [null] }, null, [], "part", ["a"]);
  assert.equal(total.box.hidden, true);
});

const FEATURE = {
  cls: "bus", label: "", called: "part 1", plain: "part 1", image: "whole", holed: null, gives: 5, was: null, whole: null, grid: [2, 2],
  said: "not seen here", off: false, examples: [],
};
const tileOf = (said) => featureTile(0, {
  signal: undefined, urls: (one) => one, named: (...own) => said.push(["named", ...own]), turned: (...own) => said.push(["turned", ...own]),
});

test("a feature that is seen nowhere cannot be switched off, and says so", () => {
  const tile = tileOf([]);
  tile.show(FEATURE, { name: true, remove: true, closed: false });
  assert.ok(byTest(tile.box, "off").disabled);
  assert.ok(byTest(tile.box, "top").hidden);
  assert.ok(tile.box.classes.has("xk-unseen"));
  assert.equal(ofClass(tile.box, "xk-tile-said")[0].textContent, "not seen here");
  assert.equal(tile.box.attributes["aria-label"], "part 1: gives +5.0");
});

test("a hand switches a feature, and opens its pictures", () => {
  const said = [];
  const tile = tileOf(said);
  tile.show({ ...FEATURE, said: "", examples: ["one", "two"] }, { name: true, remove: true, closed: false });
  byTest(tile.box, "off").acts.click();
  assert.deepEqual(said, [["turned", 0, true]]);
  byTest(tile.box, "top").acts.click();
  assert.equal(byTest(tile.box, "top-pictures").hidden, false);
  assert.deepEqual(byTest(tile.box, "top-pictures").children.map((one) => one.attributes.src), ["one", "two"]);
  byTest(tile.box, "top").acts.click();
  assert.equal(byTest(tile.box, "top-pictures").hidden, true);
});

test("where a feature is off, the picture without it is shown, and what it gave", () => {
  const tile = tileOf([]);
  tile.show({ ...FEATURE, off: true, holed: "holed", was: 5, gives: 1 }, { name: true, remove: true, closed: false });
  assert.equal(find(tile.box, (own) => own.class === "xk-tile-picture").attributes.src, "holed");
  assert.equal(byTest(tile.box, "gives").textContent, "+5.0 → +1.0");
  assert.equal(byTest(tile.box, "off").attributes["aria-pressed"], "true");
  assert.equal(ofClass(tile.box, "xk-tile-said")[0].textContent, "filled in");
});

test("Enter names a feature, and the keys stay in the widget", () => {
  const said = [];
  const tile = tileOf(said);
  const show = (label) => tile.show({ ...FEATURE, label }, { name: true, remove: false, closed: false });
  show("");
  const field = byTest(tile.box, "name");
  assert.equal(field.attributes["aria-label"], "name of part 1");
  field.value = " door ";
  const key = { key: "Enter", stopPropagation() {}, preventDefault() {} };
  field.acts.keydown(key);
  assert.deepEqual(said, [["named", 0, "door"]]);
  assert.equal(Thing.focused, tile.box); // neither button is there
  show("");
  assert.equal(byTest(tile.box, "name"), field); // what is being written stays
  show("door");
  assert.notEqual(byTest(tile.box, "name"), field);
});

test("without anybody to keep a name there is no field, and without anybody to ask no switch", () => {
  const tile = tileOf([]);
  tile.show({ ...FEATURE, label: "<b>", called: "<b>" }, { name: false, remove: false, closed: true });
  assert.equal(byTest(tile.box, "name"), undefined);
  assert.equal(ofClass(tile.box, "xk-class")[0].textContent, "<b>");
  assert.ok(byTest(tile.box, "off").hidden);
});
