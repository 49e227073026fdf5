import { el, set } from "../kit/js/dom.js";
import { frame, listen } from "../kit/js/frame.js";
import { living } from "../kit/js/living.js";

function render({ model, el: host }) {
  const { root, words, urls, close } = frame(host, "figure-view", "xk-shown-figure");
  const picture = el("img", { class: "xk-figure-picture", "data-testid": "figure" });
  const said = el("p", { class: "xk-figure-words", "data-testid": "words" });
  root.append(picture, said);
  const draw = () => {
    words(model);
    set(picture, { src: urls(model.get("picture")), alt: model.get("words") });
    said.textContent = model.get("words");
    said.hidden = !model.get("words");
  };
  const deaf = listen(model, { picture: "all", words: "all", title: "all", error: "all" }, { all: draw });
  draw();
  return () => {
    deaf();
    close();
  };
}

export default living(render);
