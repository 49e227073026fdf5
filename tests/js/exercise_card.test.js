import assert from "node:assert/strict";
import { test } from "node:test";
import widget from "../../xaikit/widgets/exercise_card/widget.js";
import { boxAfter, boxBetween, boxWords, checkWords, hintWords, numberOf, numberWords, triesWords, verdictOf } from "../../xaikit/widgets/exercise_card/view.js";
import { attributesOf, byTest, click, drag, fire, key, modelOf, ofClass, open, texts, until, write } from "./browser.js";
import { EVIL, png } from "./samples.js";

const PERCENT = { kind: "number", low: 0, high: 100, step: 1, digits: 0, unit: "%" };
const NEW = { title: "Exercise 1", question: EVIL, task: { kind: "choice", options: ["ladder", EVIL, "cross"] }, picture: new DataView(new ArrayBuffer(0)), predict: false, prediction: null, tries: 0, hints: [], n_hints: 2, verdict: "", said: "", revealed: {}, gesture: {}, done: 0 };

function card(more = {}, width = 900, offline = false) {
  const model = modelOf({ ...NEW, ...more });
  model.offline = offline;
  const { root, end } = open(widget, model, width);
  const part = (name) => byTest(root, name);
  const asked = () => model.sent.filter(([trait]) => trait === "gesture").map(([, value]) => value);
  return { model, root, end, part, asked, choices: () => ofClass(root, "xk-exercise-choice"), off: () => ["check", "hint", "reveal"].filter((name) => part(name).disabled) };
}

// ---- what is shown, as pure functions ----

test("words of the buttons and of how it went", () => {
  assert.deepEqual([triesWords(0), triesWords(3), hintWords(0, 3), hintWords(3, 3)], ["no try yet", "try 3", "hint 1 of 3", "all 3 hints are open"]);
  assert.deepEqual([checkWords({ kind: "deed" }, false), checkWords(PERCENT, true), checkWords(PERCENT, false)], ["check what I did", "keep my prediction", "check"]);
  assert.deepEqual([verdictOf("", ""), verdictOf("not yet", "It is less."), verdictOf("right", "")], [{ sign: "", words: "" }, { sign: "✗", words: "Not yet. It is less." }, { sign: "✓", words: "Right!" }]);
});

test("a number is read with point or comma, and only between its ends", () => {
  assert.deepEqual(["87", " 8,5 ", "100", "100.1", "-1", "", "x", "Infinity"].map((text) => numberOf(text, PERCENT)), [87, 8.5, 100, null, null, null, null, null]);
  assert.equal(numberOf("−3", { low: -5, high: 5 }), -3);
  assert.deepEqual([numberWords(PERCENT, 87.4), numberWords({ digits: 1, unit: "px" }, 3)], ["87%", "3.0 px"]);
});

test("a box lies between two corners, in the picture", () => {
  assert.deepEqual(boxBetween([0.75, 0.5], [0.25, 0.25]), [0.25, 0.25, 0.5, 0.25]);
  assert.deepEqual(boxBetween([0.5, 0.5], [1.5, 2]), [0.5, 0.5, 0.5, 0.5]);
  assert.equal(boxBetween([0.5, 0.5], [0.505, 0.9]), null);
});

test("keys find a box in the middle, move it and change its size, up to the edge", () => {
  const first = boxAfter(null, [1, 0], false);
  assert.equal(boxAfter(first, [1, 0], false, 0.1)[0], first[0] + 0.1);
  assert.deepEqual(boxAfter([0.5, 0.5, 0.25, 0.25], [1, 0], true, 0.125), [0.5, 0.5, 0.375, 0.25]);
  assert.deepEqual(boxAfter([0.75, 0.5, 0.25, 0.25], [1, 0], false), [0.75, 0.5, 0.25, 0.25]);
  assert.deepEqual(boxAfter([0.75, 0.5, 0.25, 0.25], [1, 0], true), [0.75, 0.5, 0.25, 0.25]);
  assert.deepEqual([boxWords(null), boxWords([0.1, 0.2, 0.3, 0.4])], ["no box yet", "a box from 10%, 20% to 40%, 60%"]);
});

// ---- the whole card ----

test("a choice is picked by a digit and given with Enter, and how it went is said", async () => {
  const { root, model, part, asked, choices, off } = card();
  assert.equal(part("question").textContent, EVIL);
  assert.deepEqual([part("tries").textContent, off()], ["no try yet", ["reveal"]]);
  choices()[0].focus();
  assert.ok(key("3").defaultPrevented);
  assert.deepEqual(attributesOf(choices(), "aria-checked"), ["false", "false", "true"]);
  assert.deepEqual(asked(), []); // to pick is not yet to answer
  key("Enter");
  assert.deepEqual(asked(), [{ kind: "answer", given: "cross", seq: 1 }]);
  model.say({ done: 1, tries: 1, prediction: "cross", verdict: "not yet" });
  await until(() => part("verdict").textContent === "✗Not yet.");
  assert.deepEqual([part("tries").textContent, off(), root.dataset.verdict], ["try 1", [], "not yet"]);
  assert.equal(part("verdict").attributes["aria-live"], "polite");
});

test("arrows go from one choice to the next, and a click on check gives it", () => {
  const { asked, choices, part } = card();
  choices()[0].focus();
  key("ArrowDown");
  assert.deepEqual([document.activeElement === choices()[1], attributesOf(choices(), "tabindex")], [true, ["-1", "0", "-1"]]);
  click(part("check"));
  assert.equal(asked()[0].given, EVIL);
});

test("without an answer nothing is asked, and the card says what is missing", () => {
  for (const [task, word] of [[NEW.task, /Choose an answer/], [PERCENT, /Move the slider/], [{ kind: "word" }, /Write a word/], [{ kind: "region", aspect: 1 }, /Draw a box/]]) {
    const { part, asked } = card({ task });
    click(part("check"));
    assert.match(part("note").textContent, word);
    assert.deepEqual(asked(), []);
  }
});

test("hints come one at a time, and the button for them ends", () => {
  const { part, asked, model, off } = card();
  click(part("hint"));
  assert.deepEqual(asked(), [{ kind: "hint", seq: 1 }]);
  part("hint").focus();
  model.say({ done: 1, hints: [EVIL] });
  assert.deepEqual([texts(part("hints").children), part("hint").textContent], [[EVIL], "hint 2 of 2"]);
  model.say({ hints: [EVIL, "b"] });
  assert.deepEqual([part("hints").children.length, off()], [2, ["hint", "reveal"]]);
  assert.equal(document.activeElement, part("check")); // the keys stay in the card
});

test("what is right closes the card, marks the choice, and the keys go to the verdict", () => {
  const { part, model, off, choices, root } = card();
  part("check").focus();
  model.say({ done: 1, tries: 1, verdict: "right", prediction: "cross", revealed: { answer: "cross", why: EVIL } });
  assert.deepEqual(off(), ["check", "hint", "reveal"]);
  assert.equal(document.activeElement, part("verdict"));
  assert.deepEqual(attributesOf(choices(), "data-right"), [null, null, ""]);
  assert.deepEqual([part("answer").textContent, "revealed" in root.dataset], [`It is: cross${EVIL}`, true]);
  key("1", choices()[0]);
  assert.deepEqual(attributesOf(choices(), "aria-checked"), ["false", "false", "true"]);
});

test("a number is told by slider and field, which follow each other", () => {
  const { part, asked } = card({ task: PERCENT, predict: true });
  const [slider, field] = [part("slider"), part("field")];
  assert.deepEqual([slider.value, field.value, slider.attributes["aria-valuetext"]], ["50", "", "not yet moved"]);
  write(slider, "40");
  assert.deepEqual([field.value, slider.attributes["aria-valuetext"]], ["40", "40%"]);
  write(field, "41,5");
  assert.equal(slider.value, "41.5");
  key("Enter", field);
  write(field, "400");
  key("Enter", field);
  assert.deepEqual(asked(), [{ kind: "answer", given: 41.5, seq: 1 }]);
  assert.match(part("note").textContent, /between its ends/);
});

test("a written word is one line, and Enter within a word that is being composed gives nothing", () => {
  const { part, asked } = card({ task: { kind: "word" } });
  write(part("field"), " red\u00a0cross ");
  key("Enter", part("field"), { isComposing: true });
  key("3", part("field"));
  assert.deepEqual(asked(), []);
  key("Enter", part("field"));
  assert.equal(asked()[0].given, "red cross");
});

test("a box is drawn by a pointer or by keys, and the right one is shown beside it", () => {
  const { part, asked, model, root } = card({ task: { kind: "region", aspect: 2 }, picture: png(1) });
  const stage = part("stage");
  stage.room = { left: 100, top: 50, width: 200, height: 100 };
  drag(stage, [[120, 60], [160, 80], [200, 110]]);
  assert.match(stage.attributes["aria-label"], /a box from 10%, 10% to 50%, 60%/);
  key("ArrowRight", stage);
  key("ArrowUp", stage, { shiftKey: true });
  key("Enter", stage);
  assert.deepEqual(asked()[0].given.map((one) => Math.round(100 * one)), [14, 10, 40, 46]);
  const [own, right] = ofClass(root, "xk-exercise-box");
  assert.deepEqual([own.hidden, right.hidden], [false, true]);
  model.say({ done: 1, tries: 1, verdict: "shown", revealed: { answer: "top left", why: "", box: [0, 0, 0.25, 0.5] } });
  assert.deepEqual([right.hidden, right.style.width, right.style.height], [false, "25%", "50%"]);
  fire(stage, "pointerdown", { clientX: 110, clientY: 60 });
  fire(stage, "pointermove", { clientX: 190, clientY: 90 });
  assert.match(stage.attributes["aria-label"], /a box from 14%/); // the card is closed
});

test("something done elsewhere has no field: the check asks Python", () => {
  const { part, asked, root } = card({ task: { kind: "deed" } });
  assert.equal(root.querySelector("input"), null);
  click(part("check"));
  assert.deepEqual([part("check").textContent, asked()], ["check what I did", [{ kind: "answer", given: null, seq: 1 }]]);
});

test("what fails is said, and the answer that was being made stays", () => {
  const { part, model, choices } = card();
  click(choices()[1]);
  click(part("check"));
  model.say({ done: 1, error: "ValueError: no" });
  assert.equal(part("error").textContent, "ValueError: no");
  assert.deepEqual(attributesOf(choices(), "aria-checked"), ["false", "true", "false"]);
  click(part("check"));
});

test("an answer changed while Python thinks is not taken back", () => {
  const { part, model, choices } = card();
  click(choices()[1]);
  click(part("check"));
  click(choices()[0]);
  model.say({ done: 1, tries: 1, prediction: EVIL, verdict: "not yet" });
  assert.deepEqual(attributesOf(choices(), "aria-checked"), ["true", "false", "false"]);
});

test("a card as it was saved shows how far somebody came, and without Python says that it needs one", () => {
  const { part, off, choices, root } = card({ prediction: "ladder", tries: 2, hints: ["a"], verdict: "not yet" }, 390, true);
  assert.deepEqual(off(), ["check", "hint", "reveal"]);
  assert.match(part("note").textContent, /run this cell first/);
  assert.deepEqual([part("tries").textContent, texts(part("hints").children), root.dataset.layout], ["try 2", ["a"], "narrow"]);
  assert.deepEqual(attributesOf(choices(), "aria-checked"), ["true", "false", "false"]);
});

test("it ends without a trace", () => {
  const { model, end, root } = card();
  end();
  assert.deepEqual([model.listeners, root.parentElement], [0, null]);
});
