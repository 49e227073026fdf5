// What is asked of Python, and what follows from what it says.
import { dialogue } from "../kit/js/dialogue.js";
import { nextFrame } from "./frames.js";
import { unpackNumbers } from "./points.js";
import { viewOf } from "./space.js";

const HEARD = ["chosen", "views", "selection", "tiles", "done", "error", "title", "projection", "color_by", "offline"];

// Returns {ask(question), asked, put(trait, value), heard(), end()}. It acts through what comes into the page later.
export function talking(page) {
  const { model, own, views, tiles, changed } = page;
  const sent = dialogue(model, { say: (text) => page.draw.hint(text), changed: () => page.draw.state() });
  const frame = nextFrame(page.signal);
  const news = (trait, act) => {
    const value = model.get(trait);
    if (changed(trait, value)) act(value);
  };
  // Takes over what Python has chosen and selected.
  const follow = () => {
    news("chosen", (i) => {
      if (i === own.chosen) return;
      own.chosen = i;
      if (i !== null && !own.opening) page.moves.fly(viewOf(own.xy, i, own.view, own.whole));
    });
    own.opening = false; // a map that opens shows all of itself
    news("selection", (packed) => {
      const numbers = unpackNumbers(packed);
      if (numbers.length !== own.selected.length || numbers.some((i, k) => i !== own.selected[k])) page.acts.select(numbers, false);
    });
  };
  const heard = () => {
    const { draw } = page;
    if (!own.view) return;
    if (sent.heard()) draw.hint();
    news("views", (all) => all.forEach((view) => views.set(view.number, view)));
    news("tiles", (all) => all.forEach(([i, bytes]) => tiles.set(i, bytes)));
    if (!sent.asked) follow();
    news("projection", () => {
      page.acts.look(null, false);
      page.moves.project();
    });
    news("color_by", page.colors.regroup);
    draw.state();
    draw.detail();
    draw.gallery();
    draw.map(false);
  };
  // The traits of one message arrive as several events: they are taken in and drawn once, together.
  const soon = () => frame.run(heard);
  HEARD.forEach((name) => model.on(`change:${name}`, soon));
  return {
    heard, get asked() { return sent.asked; }, ask: (question) => model.offline || sent.ask(question),
    put(trait, value) {
      model.set(trait, value);
      model.save_changes();
      soon();
    },
    end() {
      HEARD.forEach((name) => model.off(`change:${name}`, soon));
      sent.end();
    },
  };
}
