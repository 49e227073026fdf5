import assert from "node:assert/strict";
import { test } from "node:test";
import { checked, isGesture } from "../../xaikit/widgets/patch_board/gestures.js";

const UNDO = { kind: "undo" };
const PASTE = { kind: "substitute", cls: "bus", concept: 0, patch: 1, at: [0.5, 0.5] };

test("what is complete and in range is a gesture", () => {
  for (const good of [UNDO, PASTE, { ...PASTE, at: undefined, onto: ["bus", 2] }, { kind: "move", cls: "bus", concept: 0, to: [0, 1] }, { kind: "delete", cls: "bus", concept: 3 }]) {
    assert.ok(isGesture(good), JSON.stringify(good));
  }
});

test("what is not, is none", () => {
  const bad = [null, {}, { kind: "explode" }, { kind: "toString" }, { ...PASTE, at: [NaN, 0] }, { ...PASTE, at: [0.5, 1.2] },
    { ...PASTE, at: undefined }, { ...PASTE, patch: -1 }, { ...PASTE, patch: 1.5 }, { ...PASTE, cls: 7 }, { kind: "move", cls: "bus", concept: 0, to: [0] }];
  for (const one of bad) assert.ok(!isGesture(one), JSON.stringify(one));
  assert.throws(() => checked({ kind: "explode" }), TypeError);
});
