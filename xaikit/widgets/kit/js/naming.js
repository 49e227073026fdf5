import { el } from "./dom.js";
import { conceptName, percent } from "./words.js";

const MOST_LETTERS = 40;

// What was written, as one line: letters that cannot be seen would be refused.
export const lineOf = (text) => text.replace(/\s/gu, " ").replace(/[\p{C}\p{Z}]/gu, (sign) => (sign === " " ? " " : "")).trim();

// A field to name a concept {label, name, suggested} in: Enter saves, Escape leaves, an empty field takes the name away, or,
// where there is none, what is suggested. `called`: what it is called where it stands; keys(event): whether a key means more.
export function nameField(concept, named, left, called = conceptName(concept), keys = () => false) {
  const guess = concept.suggested && concept.suggested.name;
  const field = el("input", {
    type: "text", class: "xk-name", "data-testid": "name", maxlength: MOST_LETTERS, autocomplete: "off", spellcheck: "false",
    placeholder: guess ? `${guess}? ${percent(concept.suggested.share)}` : "name it", "aria-label": `name of ${called}`,
  });
  field.value = concept.label;
  field.addEventListener("keydown", (event) => {
    event.stopPropagation(); // what is typed here is no key of the widget's
    if (event.isComposing) return; // Enter ends a word of Chinese or Japanese
    if (keys(event)) {
      event.preventDefault();
      return;
    }
    if (event.key === "Enter") named(lineOf(field.value) || (concept.label ? "" : guess || ""));
    else if (event.key !== "Escape") return;
    else field.value = concept.label;
    event.preventDefault();
    left();
  });
  return field;
}

// The names given in this page: shown at once, and kept where no Python runs that could answer. Each asking holds all that
// are not yet answered: while Python is busy, Jupyter keeps of several the last alone.
export function nameMemory(model, again) {
  let [own, last] = [{}, 0];
  const keyOf = ({ cls, concept }) => `${concept}/${cls}`;
  const labelled = (cls, concept) => {
    const key = keyOf({ cls, concept: concept.concept });
    return Object.hasOwn(own, key) ? { ...concept, label: own[key].name } : concept;
  };
  // given: [{cls, concept, name}, …], at least one.
  const giveAll = (given) => {
    last = Math.max(Date.now(), last + 1);
    const one = given.at(-1);
    given.forEach((asked) => { own[keyOf(asked)] = { ...asked, seq: last }; });
    if (!model.offline) {
      const others = Object.entries(own).filter(([key]) => key !== keyOf(one)).map(([, { cls, concept, name }]) => ({ cls, concept, name }));
      model.set("naming", { ...one, seq: last, others });
      model.save_changes();
    }
    again();
  };
  return {
    labelled, giveAll, // a concept {concept, label} of a class, with the name that it was given here
    graphs: () => model.get("graphs").map((graph) => ({ ...graph, nodes: graph.nodes.map((node) => labelled(graph.name, node)) })),
    trays: () => model.get("trays").map((tray) => labelled(tray.cls, tray)),
    give: (cls, concept, name) => giveAll([{ cls, concept, name }]),
    // Python has answered: what was asked since is not yet forgotten.
    forget() {
      if (!model.offline) own = Object.fromEntries(Object.entries(own).filter(([, { seq }]) => seq > model.get("answered")));
    },
  };
}
