// Pictures of concepts: those that Python has sent, or thumbnails off the sheet that came with the map.
import { el, inPixels, urlMemory } from "../kit/js/dom.js";

export function pictureBook({ model, map, views, tiles }) {
  const urls = urlMemory();
  const thumb = (i, k, side) => {
    const picture = el("span", { class: "xk-sprite", role: "img", "aria-label": `picture ${k + 1} of ${map.names[i]}` });
    const place = map.starts[i] + k;
    Object.assign(inPixels(picture, { width: side, height: side }), {
      backgroundImage: `url(${urls(map.sheet)})`, backgroundSize: `${map.columns * side}px auto`,
      backgroundPosition: `${-(place % map.columns) * side}px ${-Math.floor(place / map.columns) * side}px`,
    });
    return picture;
  };
  const image = (bytes, words, kind = "") => el("img", { src: urls(bytes), alt: words, draggable: "false", class: kind });
  return {
    // Up to so many of one concept.
    some(i, most, side) {
      const view = views.get(i);
      if (view?.pictures.length) return view.pictures.slice(0, most).map((bytes, k) => image(bytes, `picture ${k + 1} of ${map.names[i]}`));
      return Array.from({ length: Math.min(map.starts[i + 1] - map.starts[i], most) }, (_, k) => thumb(i, k, side));
    },
    // The one in a tile of the gallery, or the room for it.
    tile(i) {
      if (map.pictured(i)) return thumb(i, 0, 72);
      if (tiles.get(i)) return image(tiles.get(i), "", "xk-tile-picture");
      return el("span", { class: map.asks.pictures && !model.offline ? "xk-sprite xk-empty" : "" });
    },
    // All thumbnails, to be drawn on the map; where they cannot be read, the map shows points alone.
    async sheet() {
      const whole = new Image();
      whole.src = urls(map.sheet);
      await whole.decode().catch(() => {});
      return whole;
    },
  };
}
