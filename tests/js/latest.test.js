import assert from "node:assert/strict";
import { test } from "node:test";
import { AT_REST, fulfilled, wish } from "../../xaikit/widgets/kit/js/latest.js";

const [A, B, C] = ["a", "b", "c"].map((picture) => ({ picture }));

test("a wish leaves at once when none is with Python", () => {
  const { state, send } = wish(AT_REST, A, 7);
  assert.deepEqual(send, { ...A, seq: 8 });
  assert.deepEqual(state, { asked: 8, next: null });
});

test("of the wishes made meanwhile only the last is sent, when the first is answered", () => {
  let { state } = wish(AT_REST, A, 0);
  for (const one of [B, C]) {
    const next = wish(state, one, 0);
    assert.equal(next.send, null);
    state = next.state;
  }
  const next = fulfilled(state, 1);
  assert.deepEqual(next.send, { ...C, seq: 2 });
  assert.deepEqual(fulfilled(next.state, 2), { state: AT_REST, send: null });
});

test("an answer to something older changes nothing", () => {
  const { state } = wish(AT_REST, A, 4);
  assert.equal(fulfilled(state, 4).state, state);
  assert.equal(fulfilled(AT_REST, 9).state, AT_REST);
});

test("a number that another page took in the meantime counts as answered", () => {
  const { state } = wish(AT_REST, A, 4);
  assert.deepEqual(fulfilled(state, 6), { state: AT_REST, send: null });
});
