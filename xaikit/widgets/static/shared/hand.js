import { el, placeIn, set } from "./dom.js";
import { IDLE, step } from "./drag.js";
import { directionOf } from "./geometry.js";

const REACH = 26; // pixels from a number within which a patch is dropped onto its concept

// The hand on the page: turns pointers and keys into the steps of drag.js, and draws what it carries.
// board: {view, patches, tip, cls(), aspect(), closed(), waiting(), ask(gesture), say(text), erase(concept), selected()}
export function handOn(root, area, signal, board) {
  const { view, patches, tip } = board;
  const ghost = el("img", { class: "xk-ghost", alt: "", hidden: true });
  root.append(ghost);
  let hand = IDLE;
  let pointer = null;

  const world = () => ({ nodes: view.nodes, reach: REACH / view.size.width, aspect: board.aspect() });
  const move = (event) => {
    hand = step(hand, event, world());
    set(root, { "data-hand": hand.phase });
    if (hand.phase === "dropped") {
      board.ask(hand.gesture);
      hand = IDLE;
      if (!board.waiting()) ghost.hidden = true; // otherwise it stays until the new picture is there
      view.point(null);
    } else if (hand.phase === "held" || hand.phase === "carried") {
      draw();
    } else if (hand.phase === "idle") {
      ghost.hidden = true;
      view.point(null);
    }
  };
  const cancel = () => {
    move({ type: "cancel" });
    board.say();
  };
  const draw = () => {
    const { item, x, y, target } = hand;
    const over = view.nodes.find((node) => node.index === target);
    view.point(over ? over.index : null);
    const [w, h] = over && over.box ? over.box.slice(2) : item.size;
    const [cx, cy] = over && over.box ? [over.box[0] + w / 2, over.box[1] + h / 2] : [x, y];
    const [frame, corner] = [view.box.getBoundingClientRect(), root.getBoundingClientRect()];
    const { width, height } = view.size;
    if (ghost.src !== item.src) ghost.src = item.src;
    ghost.hidden = false;
    ghost.classList.toggle("xk-outside", target === undefined);
    Object.assign(ghost.style, {
      width: `${w * width}px`, height: `${h * height}px`,
      left: `${frame.left - corner.left + (cx - w / 2) * width}px`, top: `${frame.top - corner.top + (cy - h / 2) * height}px`,
    });
    const where = over ? `onto concept ${over.name}` : target === null ? "onto a free place" : "outside the picture";
    board.say(hand.phase === "carried"
      ? `Holding ${item.words}: ${where}. Arrow keys move it, a number chooses a concept, Enter drops it, Esc puts it back.`
      : `${item.words}: ${where}.`);
  };
  const pick = (item, at) => {
    if (board.closed()) return;
    const start = at || (item.node ? { x: item.node.x, y: item.node.y } : { x: 0.5, y: 0.5 });
    move({ type: "pick", item, at: start });
  };
  const itemAt = (event) => {
    const item = patches.itemOf(event.target) || view.itemOf(event.target);
    return item && { ...item, cls: board.cls() };
  };

  const on = (where, type, act) => where.addEventListener(type, act, { signal });
  on(root, "pointerdown", (event) => {
    if (event.button || pointer !== null) return;
    if (hand.phase === "carried" && view.box.contains(event.target)) {
      event.preventDefault();
      pick(hand.item, view.share(event));
      move({ type: "drop" });
      return;
    }
    const item = itemAt(event);
    if (!item || board.closed()) return;
    tip.hide();
    pointer = event.pointerId;
    root.setPointerCapture(pointer);
    move({ type: "press", item, px: event.clientX, py: event.clientY });
  });
  on(root, "pointermove", (event) => {
    if (event.pointerId === pointer) move({ type: "move", px: event.clientX, py: event.clientY, ...view.share(event) });
    else if (hand.phase === "carried" && view.box.contains(event.target)) pick(hand.item, view.share(event));
  });
  on(root, "pointerup", (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    move({ type: "release" });
    if (hand.phase !== "clicked") {
      if (!board.waiting()) board.say();
      return;
    }
    const { item } = hand;
    hand = IDLE;
    if (item.kind === "patch") pick(item);
    else {
      view.select(view.selected === item.concept ? null : item.concept);
      board.selected();
    }
  });
  on(root, "pointercancel", (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    cancel();
  });

  const describe = (item, at) => {
    if (!item || hand.phase !== "idle") return tip.hide();
    const place = placeIn(root, at);
    return tip.show(item.words, place.x, place.y);
  };
  on(area, "pointerover", (event) => describe(patches.itemOf(event.target), event));
  on(area, "pointerleave", () => tip.hide());
  on(area, "focusin", (event) => describe(itemAt(event), event.target));
  on(area, "focusout", () => tip.hide());

  // Each answers whether the key was for it.
  const carriedKey = (event, way) => {
    const size = event.shiftKey ? 0.01 : 0.04;
    if (way) move({ type: "nudge", dx: way[0] * size, dy: way[1] * size });
    else if (event.key === "Enter") move({ type: "drop" });
    else if (event.key === "Escape") cancel();
    else if (/^\S$/.test(event.key)) move({ type: "choose", name: event.key });
    else return false;
    return true;
  };
  const itemKey = (event, way, item) => {
    if (event.key === "Enter" || event.key === " ") {
      tip.hide();
      pick(item);
    } else if (item.kind === "concept" && (event.key === "Delete" || event.key === "Backspace")) board.erase(item.concept);
    else if (way && item.kind === "patch") patches.go(item, way);
    else if (way) view.go(item.concept, way[0] + way[1]);
    else return false;
    return true;
  };
  on(root, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = directionOf(event.key);
    const item = itemAt(event);
    if (hand.phase === "carried") {
      if (carriedKey(event, way)) event.preventDefault();
    } else if (event.key === "Escape" && pointer !== null) cancel();
    else if (item && itemKey(event, way, item)) event.preventDefault();
  });

  return {
    cancel,
    // The new picture is on screen: what was dropped is part of it now.
    arrived() {
      if (hand.phase === "idle") ghost.hidden = true;
    },
  };
}
