import assert from "node:assert/strict";
import { test } from "node:test";
import { arrow, columns, fitted, limitOf, neighbour, settle, spread } from "../../xaikit/widgets/kit/js/geometry.js";

const BOX = { left: 0, top: 0, right: 300, bottom: 200 };
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

test("cards fill their rows about equally", () => {
  assert.equal(columns(3, 1400), 3);
  assert.equal(columns(4, 1000), 2); // three would fit, and leave one alone
  assert.equal(columns(4, 1400), 4);
  assert.equal(columns(3, 320), 1);
  assert.equal(columns(1, 5000), 1);
});

test("points that are far apart stay where they are", () => {
  const places = [{ x: 20, y: 30 }, { x: 200, y: 100 }];
  assert.deepEqual(spread(places, 50, BOX), places);
});

test("close and coinciding points part, stay inside, and do so the same way every time", () => {
  const places = [{ x: 100, y: 100 }, { x: 100, y: 100 }, { x: 110, y: 95 }, { x: 5, y: 5 }, { x: -20, y: 5 }];
  const apart = spread(places, 60, BOX);
  for (let i = 0; i < apart.length; i++) {
    for (let j = i + 1; j < apart.length; j++) assert.ok(distance(apart[i], apart[j]) > 59, `${i} and ${j} touch`);
    assert.ok(apart[i].x >= 0 && apart[i].x <= 300 && apart[i].y >= 0 && apart[i].y <= 200);
  }
  assert.deepEqual(spread(places, 60, BOX), apart);
});

test("too many points for the box end without hanging", () => {
  const places = Array.from({ length: 40 }, () => ({ x: 10, y: 10 }));
  assert.equal(spread(places, 200, BOX).length, 40);
});

test("points that stand already stay, and the others make room", () => {
  const [first, second, third] = spread([{ x: 100, y: 100 }, { x: 110, y: 100 }, { x: 102, y: 104 }], 50, BOX, 1);
  assert.deepEqual(first, { x: 100, y: 100 });
  for (const [a, b] of [[first, second], [first, third], [second, third]]) assert.ok(distance(a, b) > 49);
});

test("numbers stand at their concepts' places, in shares of a picture of any size", () => {
  const places = [{ x: 0.2, y: 0.3 }, { x: 0.8, y: 0.9 }];
  assert.deepEqual(settle(places, 2).map(({ x, y }) => [x, Number(y.toFixed(9))]), [[0.2, 0.3], [0.8, 0.9]]);
  const close = settle([{ x: 0.5, y: 0.5 }, { x: 0.52, y: 0.5 }], 1);
  assert.ok(close[1].x - close[0].x > 0.13 && close[1].x - close[0].x < 0.14); // they touch, and no more
  const [beside] = settle([{ x: 0.5, y: 0.5 }], 1, [{ x: 0.5, y: 0.52 }]);
  assert.ok(Math.hypot(beside.x - 0.5, beside.y - 0.52) > 0.13);
});

test("a patch grows or shrinks alike in both directions, within half and double", () => {
  assert.equal(fitted([0.1, 0.4], [0.3, 0.3]).toFixed(9), "1.500000000");
  assert.equal(fitted([0.1, 0.1], [0.9, 0.9]), 2);
  assert.equal(fitted([0.9, 0.9], [0.1, 0.1]), 0.5);
});

test("an arrow begins and ends at the circles, and its twin bends the other way", () => {
  const [a, b] = [{ x: 0, y: 0 }, { x: 100, y: 0 }];
  const [there, back] = [arrow(a, b, 20, 3), arrow(b, a, 20, 3)];
  const bend = ({ line }) => Number(line.match(/Q[\d.-]+ ([\d.-]+)/)[1]);
  assert.ok(bend(there) < 0 && bend(back) > 0);
  const tip = there.head.match(/^M([\d.-]+) ([\d.-]+)/).slice(1).map(Number);
  assert.ok(Math.abs(distance({ x: tip[0], y: tip[1] }, b) - 22) < 0.2);
  const start = there.line.match(/^M([\d.-]+) ([\d.-]+)/).slice(1).map(Number);
  assert.ok(Math.abs(distance({ x: start[0], y: start[1] }, a) - 21) < 0.2);
});

test("an arrow between two circles in one place has finite numbers", () => {
  const spot = { x: 7, y: 7 };
  assert.doesNotMatch(JSON.stringify(arrow(spot, spot, 20, 3)), /NaN|Infinity|null/);
});

test("an arrow key goes to the nearest point in its direction, or stays", () => {
  const points = [{ x: 0, y: 0 }, { x: 50, y: 5 }, { x: 20, y: 90 }, { x: -30, y: 0 }];
  assert.equal(neighbour(points, 0, "ArrowRight"), 1);
  assert.equal(neighbour(points, 0, "ArrowDown"), 2);
  assert.equal(neighbour(points, 0, "ArrowLeft"), 3);
  assert.equal(neighbour(points, 0, "ArrowUp"), 0);
});

test("one limit serves nodes, edges, what was measured and both readings of all graphs", () => {
  const graph = (node, edge, versus, effect = null) => ({ nodes: [{ contribution: node, effect }], edges: [[0, 0, edge, null]], versus });
  assert.equal(limitOf([graph(0.2, -0.7, null), graph(-0.5, 0, null)]), 0.7);
  assert.equal(limitOf([graph(0.2, 0.1, { nodes: [-3], edges: [0] })]), 3);
  assert.equal(limitOf([graph(0.2, 0.1, { nodes: [0], edges: [0], effects: [-4] })]), 4);
  assert.equal(limitOf([graph(0.2, 0.1, null, -0.9)]), 0.9);
  assert.equal(limitOf([graph(0, 0, null)]), 1); // nothing to show still has a scale
});
