import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { frame, listen, switchButton } from "../../xaikit/widgets/kit/js/frame.js";
import { living } from "../../xaikit/widgets/kit/js/living.js";
import { rootIn } from "../../xaikit/widgets/kit/js/root.js";
import conceptGraph from "../../xaikit/widgets/concept_graph/widget.js";
import figure from "../../xaikit/widgets/figure/widget.js";
import { byTest, click, key, modelOf, nextFrame, ofClass, onPage, open, texts, write } from "./browser.js";
import { BUS, EVIL, TRAM, png } from "./samples.js";

const host = () => onPage(document.createElement("div"));

test("the root of a widget keeps its keys to itself, knows its theme, and goes when it ends", () => {
  const place = host();
  const { root, signal, close } = rootIn(place, "some-widget", "xk-some");
  const heard = [];
  place.addEventListener("keydown", (event) => heard.push(event.key));
  key("d", root);
  assert.deepEqual([root.attributes.class, root.dataset.testid, root.dataset.theme, heard], ["xk xk-some", "some-widget", "light", []]);
  close();
  assert.deepEqual([place.children, signal.aborted], [[], true]);
});

test("title, warning and error are there only where there is something to say, as text", () => {
  const { root, words } = frame(host(), "some");
  words(modelOf({ title: "Why?", error: EVIL }));
  assert.deepEqual(root.children.filter((one) => !one.hidden).map((one) => one.textContent), ["Why?", EVIL]);
  assert.deepEqual([byTest(root, "error").attributes.role, byTest(root, "error").children.length], ["alert", 0]);
  words(modelOf({ warning: "careful" }));
  assert.deepEqual(root.children.filter((one) => !one.hidden).map((one) => one.textContent), ["careful"]);
});

test("what changes in one message is drawn once, in the order of the parts", () => {
  const [model, drawn] = [modelOf({}), []];
  const parts = Object.fromEntries(["first", "second", "third"].map((name) => [name, () => drawn.push(name)]));
  const deaf = listen(model, { done: "second first", error: "second", title: "third" }, parts);
  model.say({ done: 1, error: "x" });
  assert.deepEqual(drawn, ["first", "second"]);
  model.say({ title: "t" });
  assert.deepEqual(drawn.splice(0), ["first", "second", "third"]);
  model.set("done", 2);
  deaf(); // before the frame in which it would be drawn
  nextFrame();
  assert.deepEqual([drawn, model.listeners], [[], 0]);
});

test("a switch tells what it would be, and is drawn by whoever knows", () => {
  const told = [];
  const { box, show } = switchButton("cut out", "cut", { act: (on) => told.push(on) });
  click(box);
  show(true);
  click(box);
  assert.deepEqual([told, box.attributes["aria-pressed"]], [[true, false], "true"]);
});

test("a widget that nobody answers says so, once it is so, and no more when it has ended", () => {
  mock.timers.enable({ apis: ["setInterval"] });
  const [model, place] = [modelOf({}), host()];
  const end = living(({ el }) => rootIn(el, "some", "").close).render({ model, el: place });
  const gone = () => byTest(place, "gone");
  assert.deepEqual([gone().hidden, gone().attributes.role], [true, "status"]);
  model.lose();
  mock.timers.tick(1500);
  assert.match(gone().textContent, /^No Python answers this widget: run this cell first/);
  assert.equal(gone().hidden, false);
  end();
  assert.equal(place.children.length, 0);
  mock.timers.reset();
});

test("a page saved to a file does not ask for Python", () => {
  const { root } = open(figure, Object.assign(modelOf({ picture: png(1), words: "" }), { offline: true }));
  assert.ok(byTest(root, "gone").hidden);
});

test("a living widget takes the place of its own picture alone", () => {
  const { root } = open(figure, modelOf({ picture: png(1), words: "", layout: { comm_live: true, model_id: "abc" } }));
  assert.match(root.querySelector("style").textContent, /^\.xk-keepsake\[data-of="abc"\], .*display: none/);
});

test("a figure is shown with its words, which those hear who cannot see it", () => {
  const model = modelOf({ picture: png(1), words: EVIL });
  const { root, end } = open(figure, model);
  const [picture, words] = [byTest(root, "figure"), byTest(root, "words")];
  assert.deepEqual([picture.attributes.alt, words.textContent, words.children.length], [EVIL, EVIL, 0]);
  assert.match(picture.src, /^data:image\/png/);
  model.say({ words: "", picture: null, title: "Effects" });
  assert.deepEqual([words.hidden, picture.src, ofClass(root, "xk-title")[0].textContent], [true, "", "Effects"]);
  end();
  assert.equal(model.listeners, 0);
});

const GRAPHS = { picture: png(1), drawn: new DataView(new ArrayBuffer(0)), aspect: 1, prediction: "bus", answer: null, patches: [], graphs: [BUS, TRAM], reading: "why_not", positions: {}, selected: null };

test("a concept graph waits for its width, and keeps in Python what a hand did", () => {
  const model = modelOf(GRAPHS);
  const { root, host: place } = open(conceptGraph, model, 0);
  assert.equal(ofClass(root, "xk-card").length, 0);
  place.replaceChildren();
  const shown = open(conceptGraph, model).root;
  assert.deepEqual(texts(ofClass(shown, "xk-question")), ["Why bus?", "Why not tram?"]);
  click(shown.querySelector('[data-reading="why"]'));
  nextFrame();
  assert.deepEqual([model.sent, texts(ofClass(shown, "xk-question"))], [[["reading", "why"]], ["Why bus?", "Why tram?"]]);
});

test("a fine picture under a concept graph can be seen as the network sees it; the end of a graph is quiet", () => {
  const model = modelOf({ ...GRAPHS, drawn: png(2), title: "Why?" });
  const { root, end } = open(conceptGraph, model);
  const picture = () => root.querySelector(".xk-graph image").attributes;
  const fine = picture().href;
  assert.equal(picture().class, undefined);
  click(byTest(root, "coarse"));
  assert.deepEqual([picture().href === fine, picture().class, ofClass(root, "xk-title")[0].textContent], [false, "xk-coarse", "Why?"]);
  end();
  assert.equal(model.listeners, 0);
});

test("a name given in a concept graph goes to Python, and holds until it has answered", () => {
  const model = modelOf({ ...GRAPHS, selected: ["bus", 1] });
  const { root } = open(conceptGraph, model);
  const field = byTest(root, "name");
  write(field, "lamp");
  key("Enter", field);
  assert.deepEqual([model.sent[0][0], model.sent[0][1].name, ofClass(root, "xk-examples-head")[0].firstChild.textContent], ["naming", "lamp", "lamp of bus"]);
  model.say({ error: "no such concept" });
  assert.equal(ofClass(root, "xk-examples-head")[0].firstChild.textContent, "Concept 2 of bus");
  assert.equal(byTest(root, "error").textContent, "no such concept");
});

// ---- a page saved to a file ----

test("a saved page gives its widgets their values and bytes, and links what is linked", async () => {
  const source = "export default { render({ model, el }) { el.textContent = model.get('name'); globalThis.shown.push(model); } };";
  const bytes = Buffer.from([1, 2, 255]).toString("base64");
  const state = (name) => ({ name, thumbs: [{ bytes }], reading: null });
  const saved = { modules: { Some: source }, views: [{ kind: "Some", state: state(EVIL) }, { kind: "Some", state: state("b") }], links: [[[0, "reading"], [1, "reading"]]] };
  const [blob, address, revoke] = [globalThis.Blob, URL.createObjectURL, URL.revokeObjectURL];
  globalThis.shown = [];
  globalThis.Blob = class { constructor([text], { type }) { Object.assign(this, { text, type }); } };
  URL.createObjectURL = ({ text, type }) => `data:${type},${encodeURIComponent(text)}`; // Node imports no other address
  URL.revokeObjectURL = () => {};
  document.getElementById = () => ({ textContent: JSON.stringify(saved) });
  await import("../../xaikit/widgets/kit/js/page.js");
  Object.assign(globalThis, { Blob: blob });
  Object.assign(URL, { createObjectURL: address, revokeObjectURL: revoke });

  const [a, b] = globalThis.shown;
  assert.deepEqual(texts(document.body.children), [EVIL, "b"]);
  assert.equal(document.body.children[0].children.length, 0);
  assert.deepEqual([...new Uint8Array(a.get("thumbs")[0].buffer)], [1, 2, 255]);
  const heard = [];
  const act = () => heard.push(b.get("reading"));
  b.on("change:reading", act);
  a.set("reading", { x: 1 });
  assert.deepEqual([heard, a.offline], [[{ x: 1 }], true]);
  b.off("change:reading", act);
  b.set("reading", { x: 2 });
  assert.deepEqual([a.get("reading"), heard.length], [{ x: 2 }, 1]);
});
