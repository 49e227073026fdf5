import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { goneFrom, heeding } from "../../xaikit/widgets/kit/js/living.js";
import { dialogue, inTurn } from "../../xaikit/widgets/kit/js/dialogue.js";

// What anywidget hands out in JupyterLab, as far as it matters here.
function inLab({ live = true, kernel = { id: "a" } } = {}) {
  const [values, manager] = [{ layout: { comm_live: live }, done: 0 }, { kernel }];
  return {
    values, manager, saved: 0, widget_manager: manager,
    get: (name) => values[name], set: (name, value) => { values[name] = value; }, save_changes() { this.saved++; },
    on() {}, off() {},
  };
}

test("a widget whose kernel runs is answered, however busy it is", () => {
  assert.equal(goneFrom(inLab({ kernel: { id: "a", status: "busy" } }))(), false);
});

test("nobody answers what comes from a file, or what was there before the kernel was restarted", () => {
  assert.equal(goneFrom(inLab({ live: false }))(), true);
  const model = inLab();
  const gone = goneFrom(model);
  model.values.layout.comm_live = false;
  assert.equal(gone(), true);
});

test("nobody answers when the kernel is shut down or changed for another", () => {
  for (const kernel of [null, { id: "b" }]) {
    const model = inLab();
    const gone = goneFrom(model);
    model.manager.kernel = { id: "a" }; // connected anew
    assert.equal(gone(), false);
    model.manager.kernel = kernel;
    assert.equal(gone(), true);
  }
});

test("a host that does not tell is believed to answer, a saved page is known not to", () => {
  assert.equal(goneFrom({ get: () => undefined })(), false);
  assert.equal(goneFrom({ get: () => undefined, offline: true })(), true);
});

test("the end of Python is told once, as a change of `offline`", () => {
  mock.timers.enable({ apis: ["setInterval"] });
  const [model, life] = [inLab(), new AbortController()];
  const heard = heeding(model, life.signal);
  let told = 0;
  heard.on("change:offline", () => told++);
  mock.timers.tick(5000);
  assert.deepEqual([heard.offline, told], [false, 0]);
  model.manager.kernel = null;
  assert.equal(heard.offline, true);
  mock.timers.tick(5000);
  assert.equal(told, 1);
  life.abort();
  model.manager.kernel = { id: "a" };
  mock.timers.tick(5000);
  assert.equal(told, 1);
  mock.timers.reset();
});

test("gestures that nobody will answer are no longer waited for", () => {
  const model = { ...inLab(), offline: false };
  const sent = dialogue(model, { say() {}, line: inTurn(5) });
  sent.ask({ kind: "undo" });
  sent.ask({ kind: "redo" });
  assert.deepEqual([sent.asked, sent.waiting], [true, 1]);
  model.offline = true;
  sent.heard();
  assert.deepEqual([sent.asked, sent.waiting], [false, 0]);
  sent.end();
});
