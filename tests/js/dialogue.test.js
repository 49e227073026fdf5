import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { NO_ANSWER, QUIET, afterAnswer, afterAsking, dialogue, inTurn, newest } from "../../xaikit/widgets/kit/js/dialogue.js";

const [A, B, C] = ["a", "b", "c"].map((picture) => ({ picture }));

function asked(state, questions, last, line = newest) {
  return questions.reduce((now, question) => {
    const next = afterAsking(now, question, last, line);
    assert.equal(next.send, null);
    return next.state;
  }, state);
}

test("a question leaves at once when none is with Python", () => {
  const { state, send, refused } = afterAsking(QUIET, A, 7);
  assert.deepEqual([send, refused], [{ ...A, seq: 8 }, false]);
  assert.deepEqual(state, { asked: 8, waiting: [] });
});

test("of questions of one kind asked meanwhile only the last is sent, when the first is answered", () => {
  const state = asked(afterAsking(QUIET, A, 0).state, [B, C], 0);
  const next = afterAnswer(state, 1);
  assert.deepEqual(next.send, { ...C, seq: 2 });
  assert.deepEqual(afterAnswer(next.state, 2), { state: QUIET, send: null });
});

test("of several kinds the newest of each waits, in the order asked", () => {
  const [look, choose] = [(number) => ({ kind: "look", number }), (number) => ({ kind: "choose", number })];
  const state = asked(afterAsking(QUIET, look(1), 4).state, [look(2), choose(3), look(4)], 4);
  const second = afterAnswer(state, 5);
  assert.deepEqual(second.send, { ...choose(3), seq: 6 });
  const third = afterAnswer(second.state, 6);
  assert.deepEqual(third.send, { ...look(4), seq: 7 });
  assert.deepEqual(afterAnswer(third.state, 6), { state: third.state, send: null });
  assert.deepEqual(afterAnswer(third.state, 7), { state: QUIET, send: null });
});

test("in turn, none is lost, and what finds no room is refused", () => {
  let state = asked(afterAsking(QUIET, A, 0).state, [A, B, B], 0, inTurn(3));
  const full = afterAsking(state, C, 0, inTurn(3));
  assert.deepEqual([full.state, full.send, full.refused], [state, null, true]);
  const sent = [];
  for (let done = 1; state.asked; done++) {
    const next = afterAnswer(state, done);
    if (next.send) sent.push(next.send);
    state = next.state;
  }
  assert.deepEqual(sent, [{ ...A, seq: 2 }, { ...B, seq: 3 }, { ...B, seq: 4 }]);
});

test("an answer to something older changes nothing, and one to something newer counts", () => {
  const { state } = afterAsking(QUIET, A, 4);
  assert.equal(afterAnswer(state, 4).state, state);
  assert.equal(afterAnswer(QUIET, 9).state, QUIET);
  assert.deepEqual(afterAnswer(state, 6), { state: QUIET, send: null });
});

function page(options = {}) {
  const [values, said] = [{ done: 0 }, []];
  const model = { offline: false, saved: 0, get: (name) => values[name], set: (name, value) => { values[name] = value; }, save_changes() { this.saved++; } };
  return { values, said, model, sent: dialogue(model, { say: (text) => said.push(text), ...options }) };
}

test("who waits too long for an answer is told so, and that it has come", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { values, said, sent } = page();
  sent.ask(A);
  sent.ask(B); // waits; the patience is that with the first
  mock.timers.tick(5001);
  assert.deepEqual(said, [NO_ANSWER]);
  values.done = 1;
  assert.equal(sent.heard(), true);
  assert.deepEqual(values.gesture, { ...B, seq: 2 });
  assert.deepEqual(said, [NO_ANSWER]); // the next one is on its way
  assert.equal(sent.heard(), false);
  values.done = 2;
  assert.equal(sent.heard(), true);
  assert.deepEqual([said, sent.asked], [[NO_ANSWER, undefined], false]);
  mock.timers.tick(60000);
  assert.equal(said.length, 2);
  mock.timers.reset();
});

test("Python is told that others wait, where it wants to know", () => {
  const { values, said, sent } = page({ line: inTurn(2), full: "full", more: true });
  [A, B, C, A].forEach((question) => sent.ask(question));
  assert.deepEqual([values.gesture, said], [{ ...A, seq: 1, more: false }, ["full"]]);
  values.done = 1;
  sent.heard();
  assert.deepEqual(values.gesture, { ...B, seq: 2, more: true });
  values.done = 2;
  sent.heard();
  assert.deepEqual(values.gesture, { ...C, seq: 3, more: false });
  sent.end();
});
