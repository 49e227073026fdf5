import { el } from "./dom.js";
import { conceptName, percent } from "./words.js";

const MOST_LETTERS = 40;

// A field to name a concept {label, name, suggested} in: Enter saves, Escape leaves, an empty field takes the name away.
// `called`: what it is called where it stands.
export function nameField(concept, named, left, called = conceptName(concept)) {
  const guess = concept.suggested && concept.suggested.name;
  const field = el("input", {
    type: "text", class: "xk-name", "data-testid": "name", maxlength: MOST_LETTERS, autocomplete: "off", spellcheck: "false",
    placeholder: guess ? `${guess}? ${percent(concept.suggested.share)}` : "name it", "aria-label": `name of ${called}`,
  });
  field.value = concept.label;
  field.addEventListener("keydown", (event) => {
    event.stopPropagation(); // what is typed here is no key of the widget's
    if (event.key === "Enter") named(field.value.trim());
    else if (event.key !== "Escape") return;
    else field.value = concept.label;
    event.preventDefault();
    left();
  });
  return field;
}

// The names given in this page: shown at once, and kept where no Python runs that could answer.
export function nameMemory(model, again) {
  let own = {};
  const labelled = (cls, concept) => {
    const key = `${concept.concept}/${cls}`;
    return Object.hasOwn(own, key) ? { ...concept, label: own[key] } : concept;
  };
  return {
    labelled, // a concept {concept, label} of a class, with the name that it was given here
    graphs: () => model.get("graphs").map((graph) => ({ ...graph, nodes: graph.nodes.map((node) => labelled(graph.name, node)) })),
    trays: () => model.get("trays").map((tray) => labelled(tray.cls, tray)),
    give(cls, concept, name) {
      own[`${concept}/${cls}`] = name;
      if (!model.offline) {
        model.set("naming", { cls, concept, name, seq: Date.now() });
        model.save_changes();
      }
      again();
    },
    // Python has answered.
    forget() {
      if (!model.offline) own = {};
    },
  };
}
