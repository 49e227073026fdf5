import { choiceRow, slider, tickBox } from "../kit/js/choices.js";
import { el } from "../kit/js/dom.js";

const MODES = { picture: "picture", blended: "blended", map: "map" };
const COLORS = { auto: "auto", heat: "heat", diverging: "orange and blue", grey: "grey" };

// A control for every setting, {trait: control}, and the two rows in which they stand. moved({trait: value}) while a hand
// moves a slider, put({trait: value}) when it has chosen.
export function settingControls(signal, moved, put) {
  const chosen = (trait) => (value) => put({ [trait]: value });
  const choice = (name, trait, options) => choiceRow(name, options, { signal, chosen: chosen(trait) });
  const slide = (name, trait, meaning) => slider(name, meaning, trait, {
    signal, released: chosen(trait), moved: (share) => moved({ [trait]: share }),
  });
  const tick = (name, trait) => tickBox(name, trait, { signal, chosen: chosen(trait) });
  const above = {
    mode: choice("what is shown", "mode", MODES),
    colormap: choice("colors", "colormap", COLORS),
    shared_scale: tick("same scale", "shared_scale"),
    sign: tickBox("only positive values", "sign", { signal, chosen: (on) => put({ sign: on ? "positive" : "magnitude" }) }),
    show_boxes: tick("boxes", "show_boxes"),
  };
  const below = {
    opacity: slide("opacity", "opacity", "how far the strongest value covers the picture"),
    contrast: slide("contrast", "contrast", "lets more of the strongest pixels have full color"),
    threshold: slide("threshold", "threshold", "hides what is weaker than this share of the scale’s largest value"),
    energy: slide("kept energy", "energy", "shows only the strongest pixels, which together hold this share of the map’s energy"),
  };
  const row = (kind, controls) => el("div", { class: kind }, ...Object.values(controls).map((one) => one.box));
  return { controls: { ...above, ...below }, rows: [row("xk-controls", above), row("xk-sliders", below)] };
}
