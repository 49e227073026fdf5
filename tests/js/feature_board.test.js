import assert from "node:assert/strict";
import { test } from "node:test";
import { fromTo, piecesOf, scoreWords, sumWords, termsOf, wholeOf } from "../../xaikit/widgets/feature_board/total.js";
import { answerNow, calledOf, sentenceOf, shownOf, tilesInRow, turnedOff } from "../../xaikit/widgets/feature_board/view.js";
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
