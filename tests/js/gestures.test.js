import assert from "node:assert/strict";
import { test } from "node:test";
import { add, answered, EMPTY, isGesture, MOST_WAITING } from "../../xaikit/widgets/patch_board/gestures.js";

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
  assert.throws(() => add(EMPTY, { kind: "explode" }, 0), TypeError);
});

test("a gesture leaves at once when nothing is under way", () => {
  const { queue, send, refused } = add(EMPTY, PASTE, 7);
  assert.deepEqual(send, { ...PASTE, seq: 8, more: false });
  assert.deepEqual([queue.asked, queue.waiting, refused], [8, [], false]);
});

test("gestures made meanwhile wait, leave in order, and none is lost", () => {
  let { queue } = add(EMPTY, PASTE, 0);
  const waiting = [{ kind: "undo" }, { kind: "redo" }, { kind: "reset" }];
  for (const one of waiting) {
    const next = add(queue, one, 0);
    assert.equal(next.send, null);
    queue = next.queue;
  }
  const sent = [];
  for (let done = 1; queue.asked; done++) {
    const next = answered(queue, done);
    if (next.send) sent.push(next.send);
    queue = next.queue;
  }
  assert.deepEqual(sent.map((g) => [g.kind, g.seq, g.more]), [["undo", 2, true], ["redo", 3, true], ["reset", 4, false]]);
});

test("an answer to something older changes nothing", () => {
  const { queue } = add(EMPTY, PASTE, 4);
  assert.equal(answered(queue, 4).queue, queue);
  assert.equal(answered(EMPTY, 9).queue, EMPTY);
});

test("a full queue refuses, and says so", () => {
  let { queue } = add(EMPTY, PASTE, 0);
  for (let i = 0; i < MOST_WAITING; i++) queue = add(queue, UNDO, 0).queue;
  const { queue: after, refused, send } = add(queue, UNDO, 0);
  assert.deepEqual([after, refused, send], [queue, true, null]);
});
