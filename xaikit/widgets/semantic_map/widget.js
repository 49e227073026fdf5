import { dialogue } from "../kit/js/dialogue.js";
import { el, followTheme, keepKeys, set, urlMemory, whenSized } from "../kit/js/dom.js";
import { living } from "../kit/js/living.js";
import { mapCanvas } from "./canvas.js";
import { mapHand } from "./hand.js";
import { N_COLORED, drawOrder, endsOf, pointRadii, radiusRange, thumbStarts, unpackGroups, unpackNames, unpackNumbers, unpackPlaces, unpackSizes } from "./points.js";
import { searchBox } from "./search.js";
import { MOST_TILES, detailPanel, gallery, legend, pointCard } from "./side.js";
import { ARROWS, between, eased, gridOf, limited, panned, pointToward, pointsInside, toMap, toScreen, viewOf, wholeView, zoomed } from "./space.js";

const HEARD = ["chosen", "views", "selection", "tiles", "done", "error", "title", "projection", "colour_by", "offline"];
const HINT = "Drag to move, wheel to zoom, Shift and drag for a lasso. Keys: arrows walk, Enter chooses, space selects, Escape clears.";
const CHOOSE = "Choose a concept: click a point, or find it by its name.";
const NO_KERNEL = "For more about this concept, Python has to run: in the notebook, run this cell first.";
const REST = 140; // milliseconds on a point before Python is asked for its pictures, or for sharper ones
const MOVE = 700; // milliseconds of a flight or of a change of projection
const SIDE = 320; // pixels beside the map for legend, selection and chosen concept
const BESIDE = 780; // pixels that make room for both: a notebook beside its list of files, on a projector
const ABOVE = 280; // pixels of a screen that the map leaves to what is around it
const HEAD = 48; // pixels of the map that its buttons lie on
const REACH = 12; // pixels around a point in which it is hit

function unpacked(model) {
  const names = unpackNames(model.get("packed_names"));
  const n = names.length;
  const thumbs = model.get("thumbs");
  const starts = thumbStarts(thumbs.counts, n);
  return {
    n, names, starts, side: thumbs.side, columns: Math.ceil(Math.sqrt(starts[n])), sheet: thumbs.sheet,
    sizes: unpackSizes(model.get("sizes")), sizeName: model.get("size_name"),
    groupings: model.get("groupings").map((one) => unpackGroups(one, n)),
    placesOf: (name) => unpackPlaces(model.get("places").find((one) => one.name === name).xy),
  };
}

function render({ model, el: host }) {
  const life = new AbortController();
  const { signal } = life;
  const root = el("div", { class: "xk xk-semantic-map", "data-testid": "semantic-map" });
  host.append(root);
  keepKeys(root, signal);
  followTheme(root, signal);
  const map = unpacked(model);
  const urls = urlMemory();
  const asks = model.get("asks");

  // --- parts ---------------------------------------------------------------------------------------------------
  const heading = el("h3", { class: "xk-title" });
  const error = el("p", { class: "xk-error", role: "alert", "data-testid": "error", hidden: true });
  const choices = (what, words, values) => el("div", { class: "xk-choices", role: "radiogroup", "aria-label": words },
    ...values.map((value) => el("button", { type: "button", role: "radio", class: "xk-choice", [`data-${what}`]: value }, value || "none")));
  const projections = choices("projection", "projection", model.get("places").map((one) => one.name));
  const kinds = choices("kind", "colours", [...map.groupings.map((one) => one.name), ""]);
  const tool = (name, words, label = words) => el("button", { type: "button", class: "xk-button xk-tool", "data-tool": name, "aria-label": label, title: label }, words);
  const tools = el("div", { class: "xk-map-tools" }, tool("in", "+", "zoom in"), tool("out", "−", "zoom out"), tool("whole", "whole map"), tool("lasso", "lasso", "select with a lasso"),
    ...(map.sheet.byteLength ? [tool("pictures", "pictures", "show pictures on the map")] : []));
  const search = searchBox(map.names, { signal, go: (i) => choose(i, true) });
  const named = (words, part) => el("div", { class: "xk-named" }, el("span", {}, words), part);
  const canvas = mapCanvas();
  const card = pointCard(map);
  const box = el("div", { class: "xk-map", tabindex: 0, role: "application", "data-testid": "map" }, canvas.points, canvas.notes, card.box);
  set(box, { "aria-label": `map of ${map.n} concepts. ${HINT}` });
  const key = legend({ signal, turned: (dimmed) => { own.dimmed = dimmed; fade(); } });
  const detail = detailPanel(map, { signal, go: (i) => choose(i, true), point: (i) => look(i, false), close: () => choose(null) });
  const picked = gallery(map, { signal, go: (i) => choose(i, true), clear: () => select(new Uint32Array(0)) });
  const hint = el("p", { class: "xk-note", "data-testid": "hint", "aria-live": "polite", hidden: true });
  const stage = el("div", { class: "xk-map-stage" }, box, tools, el("p", { class: "xk-map-hint" }, HINT));
  const side = el("div", { class: "xk-map-side" }, key.box, hint, detail.box, picked.box);
  root.append(heading, error, el("div", { class: "xk-map-bar" }, search, named("map", projections), ...(map.groupings.length ? [named("colours", kinds)] : [])),
    el("div", { class: "xk-map-main" }, stage, side));

  // What this page shows, perhaps before Python knows.
  const own = {
    xy: null, grid: null, view: null, whole: null, groups: null, centres: null, radii: null, order: null, grow: 1,
    faint: new Uint8Array(map.n), ranks: new Uint8Array(map.n), hidden: [], dimmed: new Set(),
    at: null, chosen: null, selected: new Uint32Array(0), lasso: null, mode: "pan", pictures: false, sheet: null,
  };
  const [views, tiles, drawn] = [new Map(), new Map(), {}];
  let [rest, frame, flight, stale] = [0, 0, 0, false];
  const sent = dialogue(model, { say: (text) => sayHint(text), changed: () => drawState() });

  // --- drawing -------------------------------------------------------------------------------------------------
  const scene = () => ({ ...map, ...own, links: linksOf(own.chosen), lasso: own.lasso });
  const linksOf = (i) => ((views.get(i) || {}).relevance || []).filter((row) => row[2] >= 0).map((row) => [row[2], row[1]]);
  const draw = (again = true) => {
    stale = stale || again;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      if (!own.view) return;
      if (stale) {
        own.grow = limited(Math.sqrt(own.view.scale / own.whole.scale), 1, Math.max(1, 20 / radiusRange(map.n, area())[1]));
        canvas.paint(scene());
        drawSizes();
      }
      stale = false;
      canvas.trace(scene());
      drawCard();
      set(root, { "data-painted": map.n, "data-zoom": (own.view.scale / own.whole.scale).toFixed(2) });
    });
  };
  const area = () => canvas.size.width * canvas.size.height;
  const changed = (part, ...now) => {
    const before = drawn[part];
    drawn[part] = now;
    return !before || now.some((value, k) => value !== before[k]);
  };
  const drawSizes = () => {
    if (!map.sizes.length || !changed("sizes", own.grow)) return;
    key.showSizes(map.sizeName, endsOf(map.sizes), radiusRange(map.n, area()).map((r) => r * own.grow));
  };
  const thumb = (i, k, side) => {
    const picture = el("span", { class: "xk-sprite", role: "img", "aria-label": `picture ${k + 1} of ${map.names[i]}` });
    const place = map.starts[i] + k;
    const zoom = side / map.side;
    Object.assign(picture.style, {
      width: `${side}px`, height: `${side}px`, backgroundImage: `url(${urls(map.sheet)})`, backgroundSize: `${map.columns * side}px auto`,
      backgroundPosition: `${-(place % map.columns) * map.side * zoom}px ${-Math.floor(place / map.columns) * map.side * zoom}px`,
    });
    return picture;
  };
  const image = (bytes, words, kind = "") => el("img", { src: urls(bytes), alt: words, draggable: "false", class: kind });
  const picturesOf = (i, most, side) => {
    const view = views.get(i);
    if (view && view.pictures.length) return view.pictures.slice(0, most).map((bytes, k) => image(bytes, `picture ${k + 1} of ${map.names[i]}`));
    return Array.from({ length: Math.min(map.starts[i + 1] - map.starts[i], most) }, (_, k) => thumb(i, k, side));
  };
  const screenOf = (i) => toScreen(own.view, canvas.size, own.xy[2 * i], own.xy[2 * i + 1]);
  const drawCard = () => {
    const i = own.at;
    if (i === null || own.lasso) return card.hide();
    const pictures = picturesOf(i, 3, 72);
    const missing = asks.pictures && !pictures.length && !views.has(i);
    return card.show(i, pictures, missing ? (model.offline ? "for pictures, Python has to run" : "asking for pictures…") : "", [...screenOf(i), own.radii[i] * own.grow], canvas.size);
  };
  const drawDetail = () => {
    const i = own.chosen;
    const view = i === null ? null : views.get(i);
    const lacks = i !== null && ((asks.relevance && !(view && view.relevance)) || (asks.pictures && !view && map.starts[i] === map.starts[i + 1]));
    const notes = i === null ? CHOOSE : !lacks ? "" : model.offline ? NO_KERNEL : sent.asked ? "The network is asked…" : "";
    if (changed("detail", i, view, notes)) detail.show(i, i === null ? [] : picturesOf(i, 4, 69), notes, view && view.relevance);
    set(root, { "data-chosen": i });
  };
  const drawGallery = () => {
    if (!changed("gallery", own.selected, own.groups, tiles.size, model.offline)) return;
    picked.show(own.selected, own.groups, (i) => {
      if (map.starts[i + 1] > map.starts[i]) return thumb(i, 0, 72);
      if (tiles.get(i)) return image(tiles.get(i), "", "xk-tile-picture");
      return el("span", { class: asks.pictures && !model.offline ? "xk-sprite xk-empty" : "" });
    });
    set(root, { "data-selected": own.selected.length });
  };
  const drawState = () => {
    heading.textContent = model.get("title");
    heading.hidden = !model.get("title");
    error.textContent = model.get("error");
    error.hidden = !model.get("error");
    for (const [part, name, value] of [[projections, "projection", model.get("projection")], [kinds, "kind", model.get("colour_by")]]) {
      for (const choice of part.children) set(choice, { "aria-checked": String(choice.dataset[name] === value), tabindex: choice.dataset[name] === value ? 0 : -1 });
    }
    const pressed = { lasso: own.mode === "lasso", pictures: own.pictures };
    for (const [name, on] of Object.entries(pressed)) tools.querySelectorAll(`[data-tool=${name}]`).forEach((button) => set(button, { "aria-pressed": String(on) }));
    set(root, { "data-done": sent.asked ? null : model.get("done"), "data-mode": own.mode, "data-projection": model.get("projection") });
  };

  // --- what the map shows --------------------------------------------------------------------------------------
  const resize = (width) => {
    const beside = width >= BESIDE;
    set(root, { "data-beside": beside });
    const wide = beside ? width - SIDE - 20 : width;
    canvas.resize({ width: wide, height: limited(Math.min(Math.round(wide * 0.86), innerHeight - ABOVE), 360, 660) });
    Object.assign(box.style, { width: `${canvas.size.width}px`, height: `${canvas.size.height}px` });
    const before = own.whole;
    own.whole = wholeView(own.xy, canvas.size, HEAD);
    own.view = before ? { ...own.view, scale: (own.view.scale / before.scale) * own.whole.scale } : own.whole;
    own.radii = pointRadii(map.sizes, map.n, area());
    own.order = drawOrder(own.radii);
    draw();
  };
  const inks = () => {
    const look = getComputedStyle(root);
    const rgb = (text) => (text.match(/[\d.]+/g) || [0, 0, 0]).slice(0, 3).map(Number);
    own.ink = rgb(look.color);
    own.paper = rgb(look.backgroundColor);
    own.accent = root.dataset.theme === "dark" ? [211, 166, 255] : [122, 63, 176];
  };
  const centresOf = () => own.groups && own.groups.centres[model.get("places").findIndex((one) => one.name === model.get("projection"))];
  const regroup = () => {
    own.groups = map.groupings.find((one) => one.name === model.get("colour_by")) || null;
    own.ranks = own.groups ? own.groups.ranks : new Uint8Array(map.n);
    own.centres = centresOf();
    own.dimmed = new Set();
    key.show(own.groups);
    fade();
  };
  // What stands back: groups that are dimmed, and what is not selected where anything is.
  const fade = () => {
    const inside = new Uint8Array(map.n);
    own.selected.forEach((i) => { inside[i] = 1; });
    own.faint = own.ranks.map((rank, i) => own.dimmed.has(rank) || (own.selected.length > 0 && !inside[i]));
    own.hidden = own.groups ? own.groups.groups.map((_, g) => own.dimmed.has(Math.min(g, N_COLORED))) : [];
    draw();
  };
  const open = (i) => !own.dimmed.has(own.ranks[i]);

  // Runs step(share) from 0 to 1, or straight to 1 where motion is not wanted; what runs already ends where it is.
  const animate = (step) => {
    cancelAnimationFrame(flight);
    const begin = performance.now();
    const tick = () => {
      const share = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : Math.min((performance.now() - begin) / MOVE, 1);
      step(eased(share), share === 1);
      draw();
      set(root, { "data-moving": share < 1 });
      if (share < 1) flight = requestAnimationFrame(tick);
    };
    tick();
  };
  const fly = (target) => {
    const start = own.view;
    animate((share) => { own.view = between(start, target, share); });
  };
  const project = () => {
    const [start, end] = [own.xy, map.placesOf(model.get("projection"))];
    const [from, to] = [own.centres, centresOf()];
    const [view, whole] = [own.view, wholeView(end, canvas.size, HEAD)];
    const mixed = (a, b, share) => (share < 1 && a && b ? b.map((value, k) => a[k] + (value - a[k]) * share) : b);
    own.grid = null;
    look(null, false);
    animate((share, over) => {
      own.xy = mixed(start, end, share);
      own.centres = own.groups && mixed(from, to, share);
      own.view = between(view, whole, share);
      if (!over) return;
      [own.whole, own.grid] = [whole, gridOf(end)];
    });
  };

  // --- what a hand does ----------------------------------------------------------------------------------------
  const hit = (x, y) => {
    if (!own.grid) return null;
    const [u, v] = toMap(own.view, canvas.size, x, y);
    const i = own.grid.nearest(u, v, Math.max(REACH, endsOf(own.radii)[1] * own.grow) / own.view.scale, (k) => open(k)
      && Math.hypot(own.xy[2 * k] - u, own.xy[2 * k + 1] - v) * own.view.scale <= Math.max(REACH, own.radii[k] * own.grow));
    return i < 0 ? null : i;
  };
  const look = (i, ask = true) => {
    if (i === own.at) return;
    own.at = i;
    clearTimeout(rest);
    if (i !== null && ask && asks.pictures && !views.has(i) && (map.side < 48 || map.starts[i] === map.starts[i + 1])) {
      rest = setTimeout(() => own.at === i && askPython({ kind: "look", number: i }), REST);
    }
    draw(false);
  };
  const choose = (i, flying = false) => {
    own.chosen = i;
    set(root, { "data-latest": i === null ? "selection" : "concept" });
    if (i !== null && flying) {
      if (!open(i)) regroup(); // what is dimmed comes back
      look(null);
      fly(viewOf(own.xy, i, own.view, own.whole));
    }
    askPython(i === null ? { kind: "choose" } : { kind: "choose", number: i });
    drawDetail();
    draw(false);
  };
  const select = (numbers, tell = true) => {
    own.selected = numbers;
    own.lasso = null;
    set(root, { "data-latest": numbers.length ? "selection" : "concept" });
    if (tell) {
      askPython({ kind: "select", numbers: new DataView(numbers.slice().buffer) });
      const lacking = [...numbers.slice(0, MOST_TILES)].filter((i) => map.starts[i] === map.starts[i + 1] && !tiles.has(i));
      if (asks.pictures && lacking.length) askPython({ kind: "tiles", numbers: lacking });
    }
    fade();
    drawGallery();
  };
  const toggle = (i) => {
    const rest = own.selected.filter((one) => one !== i);
    select(rest.length < own.selected.length ? rest : Uint32Array.from([...rest, i]).sort());
  };
  const moveTo = (view) => {
    cancelAnimationFrame(flight);
    const moved = ["x", "y", "scale"].some((part) => view[part] !== own.view[part]);
    own.view = view;
    if (moved) draw();
    return moved;
  };
  const zoom = (factor, x, y) => moveTo(zoomed(own.view, canvas.size, own.whole, factor, x, y));
  mapHand(box, {
    zoom,
    mode: () => own.mode,
    hover: (x, y) => look(hit(x, y)),
    leave: () => look(null),
    click: (x, y) => {
      const i = hit(x, y);
      if (i === null) return look(null);
      look(i);
      return choose(i);
    },
    pan: (dx, dy) => moveTo(panned(own.view, canvas.size, own.whole, dx, dy)),
    lasso: (path, ended) => {
      own.lasso = path.flatMap(([x, y]) => toMap(own.view, canvas.size, x, y));
      if (ended) select(pointsInside(own.xy, own.lasso, open));
      else draw(false);
    },
    drop: () => {
      own.lasso = null;
      draw(false);
    },
    walk: (arrow) => {
      const from = own.at ?? own.chosen ?? nearestToMiddle();
      const to = own.at === null && own.chosen === null ? from : pointToward(own.xy, from, arrow, open);
      look(to);
      const [x, y] = screenOf(to);
      const { width, height } = canvas.size;
      if (x < 30 || y < 30 || x > width - 30 || y > height - 30) fly({ ...own.view, x: own.xy[2 * to], y: own.xy[2 * to + 1] });
    },
    enter: () => own.at !== null && choose(own.at),
    toggle: () => own.at !== null && toggle(own.at),
    escape: () => {
      if (own.at === null && own.chosen === null && own.selected.length) return select(new Uint32Array(0));
      look(null);
      return own.chosen !== null && choose(null);
    },
    whole: () => fly(own.whole),
  }, signal);
  const nearestToMiddle = () => {
    const i = own.grid ? own.grid.nearest(own.view.x, own.view.y, 1, open) : 0;
    return Math.max(i, 0);
  };
  const on = (where, type, act) => where.addEventListener(type, act, { signal });
  on(tools, "click", (event) => {
    const name = (event.target.closest("[data-tool]") || { dataset: {} }).dataset.tool;
    if (name === "in" || name === "out") zoom(name === "in" ? 1.6 : 1 / 1.6, canvas.size.width / 2, canvas.size.height / 2);
    if (name === "whole") fly(own.whole);
    if (name === "lasso") own.mode = own.mode === "lasso" ? "pan" : "lasso";
    if (name === "pictures") own.pictures = !own.pictures;
    drawState();
    draw(false);
  });
  for (const [part, name, trait] of [[projections, "projection", "projection"], [kinds, "kind", "colour_by"]]) {
    const put = (choice) => {
      model.set(trait, choice.dataset[name]);
      model.save_changes();
      soon();
    };
    on(part, "click", (event) => event.target.dataset[name] !== undefined && put(event.target));
    on(part, "keydown", (event) => {
      const way = ARROWS[event.key];
      if (!way) return;
      event.preventDefault();
      const all = [...part.children];
      const next = all[(all.indexOf(event.target) + way[0] + way[1] + all.length) % all.length];
      put(next);
      next.focus();
    });
  }
  on(box, "blur", () => look(null));

  // --- asking Python -------------------------------------------------------------------------------------------
  const askPython = (question) => {
    if (!model.offline) sent.ask(question);
  };
  const sayHint = (text) => {
    hint.textContent = text || "";
    hint.hidden = !text;
  };
  const heard = () => {
    if (!own.view) return;
    const opening = !("chosen" in drawn); // a map that opens shows all of itself
    if (sent.heard()) sayHint();
    if (changed("views", model.get("views"))) model.get("views").forEach((view) => views.set(view.number, view));
    if (changed("tiles", model.get("tiles"))) model.get("tiles").forEach(([i, bytes]) => tiles.set(i, bytes));
    if (!sent.asked) {
      if (changed("chosen", model.get("chosen")) && own.chosen !== model.get("chosen")) {
        own.chosen = model.get("chosen");
        if (own.chosen !== null && !opening) fly(viewOf(own.xy, own.chosen, own.view, own.whole));
      }
      if (changed("selection", model.get("selection"))) {
        const numbers = unpackNumbers(model.get("selection"));
        if (numbers.length !== own.selected.length || numbers.some((i, k) => i !== own.selected[k])) select(numbers, false);
      }
    }
    if (changed("projection", model.get("projection"))) project();
    if (changed("colours", model.get("colour_by"))) regroup();
    drawState();
    drawDetail();
    drawGallery();
    draw(false);
  };

  // --- listening -----------------------------------------------------------------------------------------------
  // The traits of one message arrive as several events: they are taken in and drawn once, together.
  let later = 0;
  const soon = () => {
    cancelAnimationFrame(later);
    later = requestAnimationFrame(heard);
  };
  HEARD.forEach((name) => model.on(`change:${name}`, soon));
  const theme = new MutationObserver(() => {
    if (!changed("theme", root.dataset.theme)) return;
    inks();
    draw();
  });
  theme.observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  const loadSheet = async () => {
    const sheet = new Image();
    sheet.src = urls(map.sheet);
    await sheet.decode().catch(() => {}); // without it, the map shows points alone
    own.sheet = sheet;
    draw(false);
  };
  const begin = () => {
    own.xy = map.placesOf(model.get("projection"));
    own.grid = gridOf(own.xy);
    changed("projection", model.get("projection"));
    changed("theme", root.dataset.theme);
    inks();
  };
  whenSized(root, (width) => {
    const first = !own.xy;
    if (first) begin();
    resize(width);
    if (first && map.sheet.byteLength) loadSheet();
    heard();
  }, signal);

  return () => {
    HEARD.forEach((name) => model.off(`change:${name}`, soon));
    theme.disconnect();
    sent.end();
    clearTimeout(rest);
    [frame, flight, later].forEach(cancelAnimationFrame);
    life.abort();
    root.remove();
  };
}

export default living(render);
