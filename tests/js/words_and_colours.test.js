import assert from "node:assert/strict";
import { test } from "node:test";
import { AGAINST_FOR, colour } from "../../xaikit/widgets/static/shared/colours.js";
import { edgeWords, nodeWords, percent, signed, topOf, verdict } from "../../xaikit/widgets/static/shared/words.js";

test("the scale is centred on zero and symmetric in its steps", () => {
  assert.deepEqual(colour(0, 2), AGAINST_FOR[2]);
  assert.deepEqual(colour(-2, 2), AGAINST_FOR[0]);
  assert.deepEqual(colour(2 * 0.5 ** (1 / 0.6), 2), AGAINST_FOR[3]);
  assert.deepEqual(colour(2 * 0.25 ** (1 / 0.6), 2), [182, 208, 227]); // half way from white to the light blue
});

test("beyond the limit, and without one, colours stay on the scale", () => {
  assert.deepEqual(colour(99, 2), AGAINST_FOR[4]);
  assert.deepEqual(colour(1, 0), AGAINST_FOR[2]);
});

test("numbers have signs, and small ones enough digits to be told from nothing", () => {
  assert.deepEqual([0.424, -0.1, 0, -0.0123, 12].map(signed), ["+0.42", "−0.10", "+0.00", "−0.012", "+12.00"]);
});

test("a probability never looks certain or impossible where it is not", () => {
  assert.deepEqual([0, 0.001, 0.71, 0.999, 1].map(percent), ["0%", "<1%", "71%", ">99%", "100%"]);
});

const node = { name: "2", label: "", detected: true, distance: 1.2, threshold: 2 };

test("a node is told in words", () => {
  assert.equal(nodeWords(node, 0.42, "fire engine"), "concept 2 speaks for fire engine: +0.42; found at distance 1.2 of at most 2.0");
  const lost = { ...node, label: "ladder", detected: false, distance: 3.1 };
  assert.equal(nodeWords(lost, -0.5, "bus"), "concept 2 (ladder) speaks against bus: −0.50; not found: the nearest region is at distance 3.1, more than 2.0");
  assert.equal(nodeWords({ ...node, distance: null }, 0, "bus"), "concept 2 says nothing about bus: +0.00");
});

test("an arrow is told in words", () => {
  const nodes = [{ name: "1" }, { name: "2" }];
  assert.equal(edgeWords(nodes, [0, 1], -0.2, "bus"), "from concept 1 to concept 2: their places speak against bus: −0.20");
});

test("the verdict names the class before and after", () => {
  assert.equal(topOf({ a: 0.2, b: 0.8 }), "b");
  assert.equal(verdict({ ambulance: 0.71, "fire engine": 0.29 }, { ambulance: 0.17, "fire engine": 0.83 }), "was: ambulance 71% → now: fire engine 83%");
  assert.equal(verdict({}, {}), "");
});
