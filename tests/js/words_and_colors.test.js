import assert from "node:assert/strict";
import { test } from "node:test";
import { AGAINST_FOR, color } from "../../xaikit/widgets/kit/js/colors.js";
import { answerWords, conceptName, edgeWords, missingWords, nodeWords, percent, saysWords, signed, topOf, verdict } from "../../xaikit/widgets/kit/js/words.js";

test("the scale is centred on zero and symmetric in its steps", () => {
  assert.deepEqual(color(0, 2), AGAINST_FOR[2]);
  assert.deepEqual(color(-2, 2), AGAINST_FOR[0]);
  assert.deepEqual(color(2 * 0.5 ** (1 / 0.6), 2), AGAINST_FOR[3]);
  assert.deepEqual(color(2 * 0.25 ** (1 / 0.6), 2), [182, 208, 227]); // half way from white to the light blue
});

test("beyond the limit, and without one, colors stay on the scale", () => {
  assert.deepEqual(color(99, 2), AGAINST_FOR[4]);
  assert.deepEqual(color(1, 0), AGAINST_FOR[2]);
});

test("numbers have signs, and small ones enough digits to be told from nothing", () => {
  assert.deepEqual([0.424, -0.1, 0, -0.0123, 12].map(signed), ["+0.42", "−0.10", "+0.00", "−0.012", "+12.00"]);
});

test("a probability never looks certain or impossible where it is not", () => {
  assert.deepEqual([0, 0.001, 0.71, 0.999, 1].map(percent), ["0%", "<1%", "71%", ">99%", "100%"]);
});

const node = { name: "2", label: "", detected: true, distance: 1.2, threshold: 2, missing: "" };
const learned = (value) => ({ learned: value, effect: null });

test("a node is told in words: what was measured, and what was learned", () => {
  assert.equal(nodeWords(node, { effect: 0.42, learned: -0.1 }, "fire engine"),
    "concept 2 speaks for fire engine: +0.42, measured on the network; the small network (GRN) has learned −0.10; found at distance 1.2 of at most 2.0");
  assert.equal(nodeWords({ ...node, distance: null }, learned(0), "bus"), "concept 2 says nothing about bus: +0.00, learned by the small network (GRN)");
});

test("a name stands in place of a number", () => {
  assert.equal(conceptName(node), "concept 2");
  assert.equal(conceptName({ ...node, label: "ladder" }), "ladder");
  assert.match(nodeWords({ ...node, label: "ladder" }, learned(1), "bus"), /^ladder speaks for bus/);
});

test("what was not found says why", () => {
  const lost = { ...node, detected: false, distance: 3.1 };
  assert.equal(missingWords(lost), "not found: the nearest region is at distance 3.1, more than 2.0");
  assert.equal(missingWords({ ...lost, missing: "the most similar region is 1.4 times as far in features as allowed" }),
    "not found: the most similar region is 1.4 times as far in features as allowed");
  assert.equal(missingWords({ ...lost, distance: null }), "not found in the picture");
  assert.match(nodeWords(lost, learned(-0.5), "bus"), /speaks against bus: −0.50, .*; not found: the nearest/);
});

test("an arrow is told in words", () => {
  const nodes = [{ name: "1", label: "cab" }, { name: "2", label: "" }];
  assert.equal(edgeWords(nodes, [0, 1], { effect: -0.2, learned: 0.1 }, "bus"),
    "cab can stand in for concept 2: −0.20, measured on the network; the small network (GRN) has learned +0.10");
  assert.equal(edgeWords(nodes, [0, 1], { effect: 0.2, learned: 0.1 }, "bus"),
    "concept 2 in its place counts more for bus beside cab: +0.20, measured on the network; the small network (GRN) has learned +0.10");
  assert.equal(edgeWords(nodes, [0, 1], { effect: null, learned: 0.1 }, "bus"),
    "from cab to concept 2: their places speak for bus: +0.10, learned by the small network (GRN)");
});

const PANDA = { name: "giant panda", probability: 0.34 };

test("an answer that is none of the classes asked about comes first", () => {
  const graphs = [{ name: "dalmatian", network: 0.54 }, { name: "tabby", network: 0.46 }];
  assert.equal(answerWords(PANDA, graphs, "dalmatian"), "The network’s answer: giant panda 34%. Among the classes asked about: dalmatian 54%");
  assert.equal(answerWords({ name: "tabby", probability: 0.9 }, graphs, "dalmatian"), "");
  assert.equal(answerWords(null, graphs, "dalmatian"), "");
  const chances = { dalmatian: 0.54, tabby: 0.46 };
  assert.equal(saysWords(chances, PANDA), "The network says: giant panda 34%; among the classes asked about: dalmatian 54%");
  assert.equal(saysWords(chances, null), "The network says: dalmatian 54%");
  assert.equal(verdict(chances, { dalmatian: 0.1, tabby: 0.9 }, PANDA, { name: "tabby", probability: 0.8 }),
    "was: giant panda 34%; among the classes asked about: dalmatian 54% → now: tabby 90%");
});

test("the verdict names the class before and after", () => {
  assert.equal(topOf({ a: 0.2, b: 0.8 }), "b");
  assert.equal(verdict({ ambulance: 0.71, "fire engine": 0.29 }, { ambulance: 0.17, "fire engine": 0.83 }), "was: ambulance 71% → now: fire engine 83%");
  assert.equal(verdict({}, {}), "");
});
