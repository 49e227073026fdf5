import assert from "node:assert/strict";
import { test } from "node:test";
import { nameField, nameMemory } from "../../xaikit/widgets/kit/js/naming.js";
import { key, onPage, write } from "./browser.js";

const GRAPHS = [{ name: "bus", nodes: [{ name: "1", concept: 0, label: "" }, { name: "2", concept: 1, label: "door" }] }];
const TRAYS = [{ cls: "bus", concept: 1, label: "door" }, { cls: "tram", concept: 1, label: "" }];

function model(offline) {
  const sent = [];
  return { sent, offline, get: (name) => ({ graphs: GRAPHS, trays: TRAYS })[name], set: (name, value) => sent.push([name, value]), save_changes: () => sent.push("saved") };
}

const labels = (names) => [names.graphs()[0].nodes.map((node) => node.label), names.trays().map((tray) => tray.label)];

test("a name is shown at once, wherever its concept is, and sent", () => {
  const [page, drawn] = [model(false), []];
  const names = nameMemory(page, () => drawn.push(labels(names)));
  assert.deepEqual(labels(names), [["", "door"], ["door", ""]]);
  names.give("bus", 1, "gate");
  assert.deepEqual(drawn, [[["", "gate"], ["gate", ""]]]);
  const [[trait, value], saved] = page.sent;
  assert.deepEqual([trait, value.cls, value.concept, value.name, saved], ["naming", "bus", 1, "gate", "saved"]);
});

test("an empty name takes a name away", () => {
  const names = nameMemory(model(false), () => {});
  names.give("bus", 1, "");
  assert.deepEqual(labels(names), [["", ""], ["", ""]]);
});

test("what is not yet answered is asked again with the next name, and stays shown", () => {
  const page = { ...model(false), get: (name) => ({ graphs: GRAPHS, trays: TRAYS, answered: page.answered })[name], answered: 0 };
  const names = nameMemory(page, () => {});
  names.give("bus", 0, "roof");
  names.give("bus", 1, "gate");
  const [first, second] = page.sent.filter((one) => one !== "saved").map(([, value]) => value);
  assert.deepEqual([first.others, second.others], [[], [{ cls: "bus", concept: 0, name: "roof" }]]);
  assert.ok(second.seq > first.seq);
  page.answered = first.seq;
  names.forget();
  assert.deepEqual(labels(names)[0], ["", "gate"]); // the first is Python's to tell, the second is still on its way
  page.answered = second.seq;
  names.forget();
  assert.deepEqual(labels(names)[0], ["", "door"]);
});

test("Enter in an empty field takes what is suggested, but takes a name away where there is one", () => {
  for (const [label, given] of [["", "wheel"], ["door", ""]]) {
    const said = [];
    const field = onPage(nameField({ label, name: "1", suggested: { name: "wheel", share: 0.8 } }, (name) => said.push(name), () => {}));
    write(field, "");
    key("Enter", field);
    assert.deepEqual(said, [given]);
  }
});

test("what Python answers holds; without Python the page keeps its names", () => {
  for (const offline of [false, true]) {
    const page = model(offline);
    const names = nameMemory(page, () => {});
    names.give("bus", 1, "gate");
    names.forget();
    assert.equal(names.graphs()[0].nodes[1].label, offline ? "gate" : "door");
    assert.equal(page.sent.length, offline ? 0 : 2);
  }
});

test("Enter that ends a word of Chinese or Japanese names nothing yet", () => {
  const said = [];
  const field = onPage(nameField({ label: "", name: "1", suggested: null }, (name) => said.push(name), () => {}));
  write(field, "耳");
  key("Enter", field, { isComposing: true });
  assert.deepEqual(said, []);
  key("Enter", field);
  assert.deepEqual(said, ["耳"]);
});
