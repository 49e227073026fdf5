import assert from "node:assert/strict";
import { test } from "node:test";
import { fromTo, piecesOf, scoreWords, sumWords, termsOf, totalRows, wholeOf } from "../../xaikit/widgets/feature_board/total.js";
import { answerNow, calledOf, sentenceOf, shownOf, tilesInRow, turnedOff } from "../../xaikit/widgets/feature_board/view.js";
import { featureTile } from "../../xaikit/widgets/feature_board/tile.js";
import { mapsOf } from "../../xaikit/widgets/feature_board/maps.js";
import widget from "../../xaikit/widgets/feature_board/widget.js";
import { nameMemory } from "../../xaikit/widgets/kit/js/naming.js";
import { attributesOf, byTest, click, key, modelOf, nextFrame, ofClass, onPage, open, strokes, texts, until, urls, write } from "./browser.js";
import { CELL, EVIL, png } from "./samples.js";

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
  assert.deepEqual([285, 286].map((width) => tilesInRow(2, width)), [1, 2]); // two of 138 with 10 between
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

// ---- what is drawn ----

test("the sum stands in a line and in bars, with marks where things stood before", () => {
  const total = totalRows();
  total.show(VIEW, null, [], "part", ["a", "b", "c", "d"]);
  assert.equal(byTest(total.box, "sum").textContent, "others score on average −3.01 +5.02 −1.03 +2.54 0= 3.5; the network’s score: 3.8");
  assert.deepEqual(texts(ofClass(total.box, "xk-piece")), ["1", "3", "2"]);
  assert.deepEqual(attributesOf(ofClass(total.box, "xk-sum-bar"), "aria-label"), ["parts: 3.5", "network: 3.8"]);
  assert.equal(ofClass(total.box, "xk-against")[0].textContent, "2");
  assert.equal(ofClass(total.box, "xk-tick").length, 0);
  const widths = ofClass(total.box, "xk-piece").map((one) => parseFloat(one.style.width));
  assert.ok(Math.abs(widths[0] - (100 * 5) / 7.5) < 0.1 && Math.abs(widths[2] - 100 / 7.5) < 0.1);
  total.show(LEFT, VIEW, [0, 2], "part", ["a", "b", "c", "d"]);
  assert.equal(ofClass(total.box, "xk-tick").length, 2);
  assert.deepEqual(texts(ofClass(total.box, "xk-number")), ["3.5 → −3.5", "3.8 → −3.3"]);
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
const CAN = { name: true, remove: true, closed: false };
const SEEN = { ...FEATURE, said: "", whole: Int16Array.from([10, 6, -8, 0]) };

function tileOf(feature, can = CAN) {
  const said = [];
  const tile = featureTile(0, { signal: undefined, urls, named: (...own) => said.push(["named", ...own]), turned: (...own) => said.push(["turned", ...own]) });
  onPage(tile.box);
  tile.show(feature, can);
  const part = (name) => byTest(tile.box, name);
  return { ...tile, said, part, words: () => ofClass(tile.box, "xk-tile-said")[0].textContent, picture: () => ofClass(tile.box, "xk-tile-picture")[0] };
}

test("a feature that is seen nowhere cannot be switched off, and says so", () => {
  const tile = tileOf(FEATURE);
  assert.deepEqual([tile.part("off").disabled, tile.part("top").hidden, tile.part("heat").hidden], [true, true, true]);
  assert.ok(tile.box.classList.contains("xk-unseen"));
  assert.equal(tile.words(), "not seen here");
  assert.equal(tile.box.attributes["aria-label"], "part 1: gives +5.0");
});

test("where a feature is seen is painted, the strongest in full color, and nothing where nothing is", () => {
  const tile = tileOf(SEEN);
  const [{ given: [image] }] = strokes(tile.part("heat"), "putImageData");
  assert.deepEqual([image.width, image.height, tile.part("heat").hidden], [2, 2, false]);
  const covers = [0, 1, 2, 3].map((i) => image.data[4 * i + 3]);
  assert.ok(covers[0] > covers[2] && covers[2] > covers[1] && covers[3] === 0, String(covers));
  tile.show(SEEN, CAN);
  assert.equal(strokes(tile.part("heat"), "putImageData").length, 1); // what has not changed is not painted again
});

test("a hand switches a feature, and opens its pictures", () => {
  const tile = tileOf({ ...SEEN, examples: ["one", "two"] });
  click(tile.part("off"));
  assert.deepEqual(tile.said, [["turned", 0, true]]);
  click(tile.part("top"));
  assert.deepEqual([tile.part("top-pictures").hidden, tile.part("top").attributes["aria-pressed"]], [false, "true"]);
  assert.deepEqual(attributesOf(tile.part("top-pictures").children, "src"), ["data:one", "data:two"]);
  click(tile.part("top"));
  assert.equal(tile.part("top-pictures").hidden, true);
});

test("where a feature is off, the picture without it is shown, and what it gave", () => {
  const tile = tileOf({ ...SEEN, off: true, holed: "holed", was: 5, gives: 1 });
  assert.deepEqual([tile.picture().src, tile.picture().attributes.alt], ["data:holed", "the picture without part 1"]);
  assert.deepEqual([tile.part("gives").textContent, tile.words(), tile.part("heat").hidden], ["+5.0 → +1.0", "filled in", true]);
  assert.equal(tile.part("off").attributes["aria-pressed"], "true");
  click(tile.part("off"));
  assert.deepEqual(tile.said, [["turned", 0, false]]);
});

test("Enter names a feature, Escape does not, and the keys stay in the field", () => {
  const tile = tileOf(FEATURE, { ...CAN, remove: false });
  const field = tile.part("name");
  assert.equal(field.attributes["aria-label"], "name of part 1");
  field.focus();
  write(field, "gate");
  key("Escape");
  assert.deepEqual([field.value, tile.said], ["", []]);
  write(field, " door ");
  assert.ok(key("Enter", field).defaultPrevented);
  assert.deepEqual(tile.said, [["named", 0, "door"]]);
  assert.equal(document.activeElement, tile.box); // neither button is there
  tile.show(FEATURE, CAN);
  assert.equal(tile.part("name"), field); // what is being written stays
  tile.show({ ...FEATURE, label: "door" }, CAN);
  assert.deepEqual([tile.part("name") === field, tile.part("name").value], [false, "door"]);
});

test("without anybody to keep a name there is no field, and without anybody to ask no switch", () => {
  const tile = tileOf({ ...FEATURE, label: EVIL, called: EVIL }, { name: false, remove: false, closed: true });
  assert.equal(tile.part("name"), null);
  const [shown] = ofClass(tile.box, "xk-class");
  assert.deepEqual([shown.textContent, shown.children.length, tile.part("off").hidden], [EVIL, 0, true]);
});

// ---- the whole board ----

const ENDED = { words: ["It is bus because of ", 0, "."], image: png(1), grid: [2, 2], filled: 0.12 };
const WHOLE = { ...VIEW, ...ENDED, cells: [{ data: CELL, said: "" }, { data: CELL }, { data: null, said: "not seen" }, { data: CELL }] };
const OTHER = { ...WHOLE, cls: "tram", answer: "tram", image: png(2) };
const GIVEN = {
  picture: 0, views: [WHOLE, OTHER], changed: {}, labels: { bus: ["ladder", "", EVIL, ""] }, kind: "x-feature", nameable: true, removable: true,
  examples: { bus: [[png(3)], [], [], []] },
};

async function board(more = {}) {
  const model = modelOf({ ...GIVEN, ...more });
  const { root } = open(widget, model);
  const part = (name) => byTest(root, name);
  await until(() => root.dataset.picture || part("hint").textContent);
  return { model, root, part, tiles: ofClass(root, "xk-feature"), switchOf: (k) => byTest(ofClass(root, "xk-feature")[k], "off") };
}

test("the board tells the answer, its sum and the sentence, with the names that features have", async () => {
  const { part, root, tiles } = await board();
  assert.equal(part("verdict").textContent, "The network says: bus");
  assert.equal(part("sentence").textContent, "It is bus because of ladder.");
  assert.equal(part("sum").attributes["aria-label"],
    `others score on average −3.0, ladder +5.0, x-feature 2 −1.0, ${EVIL} +2.5, x-feature 4 0, together 3.5; the network’s score: 3.8`);
  assert.match(ofClass(part("sum").parentElement, "xk-sum-bar").at(-1).attributes["aria-label"], /^chance: 75%$/);
  assert.deepEqual(texts(ofClass(root, "xk-tile-said")), ["", "", "not seen here", ""]);
  assert.deepEqual([tiles.length, root.dataset.picture], [4, "0"]);
  assert.deepEqual([part("picture").src.slice(0, 15), part("picture").attributes.alt], ["data:image/png;", "the picture, taken for bus"]);
});

test("switching a feature off asks Python, and what is left comes with its answer", async () => {
  const { model, part, root, switchOf } = await board();
  assert.ok(part("reset").disabled);
  click(switchOf(0));
  assert.deepEqual(model.sent, [["gesture", { kind: "off", picture: 0, features: [0], seq: 1 }]]);
  assert.deepEqual([part("busy").textContent, switchOf(0).attributes["aria-pressed"]], ["The network is thinking…", "true"]);
  model.say({ done: 1, changed: { ...LEFT, ...ENDED, off: [0] } });
  assert.deepEqual([part("verdict").textContent, part("busy").textContent], ["The network says: was bus, now tram", ""]);
  assert.deepEqual([part("filled").textContent, part("picture").attributes.alt, root.dataset.off], ["12% of it filled in", "the picture without ladder", "0"]);
  click(switchOf(1));
  assert.deepEqual(model.sent.at(-1)[1].features, [0, 1]);
});

test("what Python could not do is taken back, and its error said", async () => {
  const { model, part, switchOf } = await board();
  click(switchOf(0));
  model.say({ done: 1, error: EVIL });
  assert.deepEqual([part("error").textContent, part("error").hidden, part("error").children.length], [EVIL, false, 0]);
  assert.equal(switchOf(0).attributes["aria-pressed"], "false");
});

test("all comes back at once, and the keys stay in the board", async () => {
  for (const first of [CELL, null]) { // also where the first feature is not seen, so that it cannot be switched
    const view = { ...WHOLE, cells: [{ data: first }, ...WHOLE.cells.slice(1)] };
    const { model, part, root } = await board({ views: [view], changed: { ...LEFT, ...ENDED } });
    part("reset").focus();
    key("Enter");
    assert.deepEqual(model.sent.at(-1)[1], { kind: "off", picture: 0, features: [], seq: 1 });
    assert.ok(part("reset").disabled);
    assert.ok(document.activeElement !== part("reset") && root.contains(document.activeElement));
  }
});

test("another picture has its own answer and maps, and Python is told", async () => {
  const { model, part, root } = await board({ changed: { ...LEFT, ...ENDED } });
  click(part("next"));
  assert.deepEqual(model.sent, [["picture", 1]]);
  await until(() => root.dataset.picture === "1");
  assert.deepEqual([part("verdict").textContent, root.dataset.off], ["The network says: tram", ""]);
  assert.equal(texts(ofClass(root, "xk-gives")).join(" "), "+5.0 −1.0 +2.5 0");
});

test("without Python nothing can be switched, and the board says what to do", async () => {
  const { model, part, switchOf } = await board();
  model.lose();
  model.say({ title: "t", done: 0 });
  assert.match(part("hint").textContent, /needs a running kernel/);
  assert.ok(switchOf(0).disabled && part("reset").disabled);
  click(switchOf(0));
  assert.deepEqual(model.sent, []);
});

test("a name goes to Python, and is shown at once", async () => {
  const { model, root, part } = await board();
  const field = byTest(ofClass(root, "xk-feature")[0], "name");
  write(field, "cab");
  key("Enter", field);
  nextFrame();
  const [trait, { cls, concept, name }] = model.sent[0];
  assert.deepEqual([trait, cls, concept, name, part("sentence").textContent], ["naming", "bus", 0, "cab", "It is bus because of cab."]);
});

test("maps that cannot be read are no silent nothing", async () => {
  const broken = { ...WHOLE, cells: WHOLE.cells.map(() => ({ data: new DataView(Uint8Array.of(1, 2, 3).buffer) })) };
  const { part, root } = await board({ views: [broken, OTHER] });
  assert.match(part("hint").textContent, /^The maps cannot be unpacked: /);
  click(part("next"));
  await until(() => root.dataset.picture === "1");
  assert.equal(part("hint").textContent, "");
});
