import { dialogue } from "../kit/js/dialogue.js";
import { buttonOf, classed, el, focused, focusOn, hear, set, writeOn } from "../kit/js/dom.js";
import { frame, listen } from "../kit/js/frame.js";
import { living } from "../kit/js/living.js";
import { untilClosed } from "../kit/js/root.js";
import { choiceField } from "./choice_field.js";
import { regionField } from "./region_field.js";
import { checkWords, hintWords, triesWords, verdictOf } from "./view.js";
import { numberField, wordField } from "./written_fields.js";

const NO_KERNEL = "Answers are checked by Python: in the notebook, run this cell first.";
const EMPTY = { choice: "Choose an answer first.", number: "Move the slider, or write a number between its ends.", word: "Write a word first.", region: "Draw a box first." };
const NARROW = 560; // pixels
const FIELDS = { choice: choiceField, number: numberField, word: wordField, region: regionField };

function render({ model, el: host }) {
  const page = frame(host, "exercise-card", "xk-exercise");
  const { root, signal } = page;
  // What this page alone knows: the answer as far as it is made, and what stands in the way of giving it.
  const own = { width: 0, draft: model.get("prediction"), given: model.get("prediction"), hint: "" };
  const sent = dialogue(model, {
    changed: () => draw(),
    say(text = "") {
      own.hint = text;
      draw();
    },
  });
  const hands = {
    root, signal,
    drafted(value) {
      Object.assign(own, { draft: value, hint: "" });
      draw();
    },
    check(value = own.draft) {
      if (!isOpen(model)) return;
      const { kind } = model.get("task");
      Object.assign(own, { draft: value, hint: "" });
      if (value === null && kind !== "deed") own.hint = EMPTY[kind];
      else {
        own.given = value;
        sent.ask({ kind: "answer", given: value });
      }
      draw();
    },
    hint: () => sent.ask({ kind: "hint" }),
    reveal: () => sent.ask({ kind: "reveal" }),
  };
  const parts = furniture(page, model, hands);
  const draw = () => own.width && drawCard(model, own, page, sent, parts);
  const heard = () => sent.heard();
  const acts = { done: "heard draw", offline: "heard draw", error: "heard draw", revealed: "draw", hints: "draw", tries: "draw", verdict: "draw", said: "draw", question: "draw", title: "draw", prediction: "taken draw" };
  const taken = () => { // what a hand has made since then is not taken from it
    if (own.draft === own.given) own.draft = model.get("prediction");
    own.given = model.get("prediction");
  };
  const deaf = listen(model, acts, { heard, taken, draw });
  return untilClosed(page, (width) => {
    own.width = width;
    draw();
  }, deaf, sent.end);
}

const isRevealed = (model) => Object.keys(model.get("revealed")).length > 0;
const isOpen = (model) => !model.offline && !isRevealed(model);

// Puts the parts of the card on the page. Those that are read out when they change stay there while they are empty.
function furniture({ root, signal, urls }, model, hands) {
  const task = model.get("task");
  const button = (testid, act, kind = "") => {
    const one = buttonOf(`xk-button ${kind}`.trim(), { "data-testid": testid });
    hear(one, "click", signal, () => act());
    return one;
  };
  const tries = classed("span", "xk-exercise-tries");
  set(tries, { "data-testid": "tries" });
  const question = el("p", { class: "xk-exercise-question", "data-testid": "question" });
  const field = FIELDS[task.kind] ? FIELDS[task.kind](task, hands, task.kind === "region" ? urls(model.get("picture")) : "") : null;
  const [check, hint, reveal] = [button("check", hands.check, "xk-exercise-check"), button("hint", hands.hint), button("reveal", hands.reveal)];
  const note = el("p", { class: "xk-exercise-note", "data-testid": "note", role: "status" });
  const [sign, words] = [classed("span", "xk-exercise-sign"), el("span")];
  set(sign, { "aria-hidden": "true" });
  const verdict = el("p", { class: "xk-exercise-verdict", "data-testid": "verdict", "aria-live": "polite", tabindex: -1 }, sign, words);
  const hints = el("ol", { class: "xk-exercise-hints", "data-testid": "hints", "aria-live": "polite" });
  const [answer, why] = [classed("p", "xk-exercise-answer"), el("p")];
  const shown = el("div", { class: "xk-exercise-shown", "data-testid": "answer", "aria-live": "polite" }, answer, why);
  set(root, { role: "group", "aria-label": "exercise" });
  const tools = classed("div", "xk-exercise-tools", check, hint, reveal);
  root.append(classed("div", "xk-exercise-top", root.querySelector(".xk-title"), tries), question,
    el("div", { class: "xk-exercise-body", "data-kind": task.kind }, field && field.box, classed("div", "xk-exercise-rest", tools, note, verdict, hints, shown)));
  return { tries, tools, question, field, check, hint, reveal, note, sign, words, verdict, hints, answer, why, shown };
}

function drawCard(model, own, page, sent, parts) {
  const [task, revealed, hints, tries] = ["task", "revealed", "hints", "tries"].map((name) => model.get(name));
  const [open, offline] = [isOpen(model), Boolean(model.offline)];
  const had = focused(page.root); // asked now: what is switched off may lose the keys at once
  page.words(model);
  parts.tries.textContent = triesWords(tries);
  parts.question.textContent = model.get("question");
  if (parts.field) parts.field.show({ draft: own.draft, open, answer: revealed.answer, box: revealed.box });
  parts.check.textContent = checkWords(task, model.get("predict"));
  parts.hint.textContent = hintWords(hints.length, model.get("n_hints"));
  parts.reveal.textContent = tries ? "reveal" : "reveal, after a try";
  parts.hint.hidden = !model.get("n_hints");
  parts.check.disabled = !open;
  parts.hint.disabled = !open || hints.length >= model.get("n_hints");
  parts.reveal.disabled = !open || !tries;
  writeOn(parts.note, offline ? NO_KERNEL : own.hint);
  const { sign, words } = verdictOf(model.get("verdict"), model.get("said"));
  parts.sign.textContent = sign;
  if (parts.words.textContent !== words) parts.words.textContent = words;
  parts.sign.hidden = !words;
  hints.slice(parts.hints.children.length).forEach((hint) => parts.hints.append(el("li", {}, hint)));
  writeOn(parts.answer, revealed.answer && `${task.kind === "deed" ? "One way" : "It is"}: ${revealed.answer}`);
  writeOn(parts.why, revealed.why);
  set(page.root, { "data-layout": own.width < NARROW ? "narrow" : "wide", "data-verdict": model.get("verdict"), "data-tries": tries, "data-done": model.get("done"), "data-busy": sent.asked, "data-revealed": isRevealed(model) });
  // What is switched off while in focus would leave the keys to the notebook.
  if (had && had.disabled && page.root.contains(had)) focusOn(parts.check.disabled ? parts.verdict : parts.check);
  parts.tools.hidden = isRevealed(model);
}

export default living(render);
