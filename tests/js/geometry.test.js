import assert from "node:assert/strict";
import { test } from "node:test";
import { arrow, columns, limitOf, neighbour, row, spread } from "../../xaikit/widgets/static/shared/geometry.js";

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

test("a row is even and inside", () => {
  assert.deepEqual(row(2, 100), [25, 75]);
  assert.deepEqual(row(0, 100), []);
});

test("an arrow begins and ends at the circles, and its twin bends the other way", () => {
  const [a, b] = [{ x: 0, y: 0 }, { x: 100, y: 0 }];
  const [there, back] = [arrow(a, b, 20, 3), arrow(b, a, 20, 3)];
  assert.ok(there.middle.y < 0 && back.middle.y > 0);
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

test("one limit serves nodes, edges and both readings of all graphs", () => {
  const graph = (node, edge, versus) => ({ nodes: [{ contribution: node }], edges: [[0, 0, edge]], versus });
  assert.equal(limitOf([graph(0.2, -0.7, null), graph(-0.5, 0, null)]), 0.7);
  assert.equal(limitOf([graph(0.2, 0.1, { nodes: [-3], edges: [0] })]), 3);
  assert.equal(limitOf([graph(0, 0, null)]), 1); // nothing to show still has a scale
});
