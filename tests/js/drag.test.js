import assert from "node:assert/strict";
import { test } from "node:test";
import { IDLE, step } from "../../xaikit/widgets/patch_board/drag.js";

const PATCH = { kind: "patch", cls: "bus", concept: 1, patch: 3 };
const CONCEPT = { kind: "concept", cls: "bus", concept: 2 };
const WORLD = { nodes: [{ cls: "bus", index: 0, name: "1", x: 0.2, y: 0.2 }, { cls: "tram", index: 2, name: "3", x: 0.8, y: 0.8 }], reach: 0.1, aspect: 1 };

const run = (...events) => events.reduce((state, event) => step(state, event, WORLD), IDLE);
const press = (item) => ({ type: "press", item, px: 0, py: 0 });
const move = (x, y) => ({ type: "move", px: 500 * x, py: 500 * y, x, y });
const release = { type: "release" };

test("a patch dragged onto a free place", () => {
  const end = run(press(PATCH), move(0.5, 0.4), release);
  assert.equal(end.phase, "dropped");
  assert.deepEqual(end.gesture, { kind: "substitute", cls: "bus", concept: 1, patch: 3, at: [0.5, 0.4] });
});

test("a patch dragged near a number goes onto that concept, of whatever class it is", () => {
  const held = run(press(PATCH), move(0.85, 0.78));
  assert.equal(held.target, WORLD.nodes[1]);
  assert.deepEqual(step(held, release, WORLD).gesture, { kind: "substitute", cls: "bus", concept: 1, patch: 3, onto: ["tram", 2] });
});

test("a concept dragged near another one is moved there, not put onto it", () => {
  assert.deepEqual(run(press(CONCEPT), move(0.21, 0.2), release).gesture, { kind: "move", cls: "bus", concept: 2, to: [0.21, 0.2] });
});

test("outside the picture nothing is dropped", () => {
  assert.equal(run(press(PATCH), move(1.2, 0.5)).target, undefined);
  assert.deepEqual(run(press(PATCH), move(1.2, 0.5), release), IDLE);
  assert.deepEqual(run(press(PATCH), { ...move(0.5, 0.5), x: NaN }, release), IDLE);
});

test("a press that hardly moves is a click", () => {
  const end = run(press(PATCH), { type: "move", px: 2, py: 2, x: 0.5, y: 0.5 }, release);
  assert.deepEqual(end, { phase: "clicked", item: PATCH });
});

test("by keys: pick up, nudge, choose a concept by its number, drop", () => {
  const carried = run({ type: "pick", item: PATCH }, { type: "nudge", dx: 0.04, dy: 0 }, { type: "nudge", dx: 0, dy: -2 });
  assert.deepEqual([carried.x, carried.y, carried.target], [0.54, 0, null]);
  const chosen = step(carried, { type: "choose", name: "3" }, WORLD);
  assert.equal(chosen.target, WORLD.nodes[1]);
  assert.deepEqual(step(chosen, { type: "drop" }, WORLD).gesture.onto, ["tram", 2]);
  assert.equal(step(carried, { type: "choose", name: "9" }, WORLD), carried);
});

test("cancel ends everything, and stray events do nothing", () => {
  assert.equal(run(press(PATCH), move(0.5, 0.5), { type: "cancel" }), IDLE);
  for (const event of [move(0.5, 0.5), release, { type: "drop" }, { type: "nudge", dx: 1, dy: 1 }]) assert.equal(run(event), IDLE);
  assert.throws(() => run({ type: "dance" }), TypeError);
});

test("in a picture twice as wide as high, reach is measured in its width", () => {
  const wide = { ...WORLD, aspect: 2 };
  const at = (y) => step(step(IDLE, press(PATCH), wide), { ...move(0.2, y) }, wide).target;
  assert.equal(at(0.2 + 0.19), wide.nodes[0]); // 0.19 of the height is 0.095 of the width
  assert.equal(at(0.2 + 0.21), null);
});
