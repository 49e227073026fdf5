import { el, hear, inPixels, placeIn, roomOf, set } from "../kit/js/dom.js";
import { directionOf, fitted } from "../kit/js/geometry.js";
import { conceptName } from "../kit/js/words.js";
import { IDLE, step } from "./drag.js";

const REACH = 26; // pixels from a number within which a patch is dropped onto its concept

// The hand on the page: turns pointers and keys into the steps of drag.js, and draws what it carries.
// board: {view, patches, tip, aspect(), closed(), waiting(), ask(gesture), say(text), erase(node), selected()}
export function handOn(root, area, signal, board) {
  const { view, patches, tip } = board;
  const ghost = el("img", { class: "xk-ghost", alt: "", hidden: true });
  root.append(ghost);
  const me = { hand: IDLE, pointer: null };

  const world = () => ({ nodes: view.nodes, reach: REACH / view.size.width, aspect: board.aspect() });
  me.move = (event) => {
    me.hand = step(me.hand, event, world());
    const { phase, gesture } = me.hand;
    set(root, { "data-hand": phase });
    if (phase === "dropped") {
      board.ask(gesture);
      me.hand = IDLE;
      if (!board.waiting()) ghost.hidden = true; // otherwise it stays until the new picture is there
      view.point(null);
    } else if (phase === "held" || phase === "carried") {
      drawGhost(ghost, me.hand, view, root);
      view.point(me.hand.target || null);
      board.say(heldWords(me.hand));
    } else if (phase === "idle") {
      ghost.hidden = true;
      view.point(null);
    }
  };
  me.cancel = () => {
    me.move({ type: "cancel" });
    board.say();
  };
  me.pick = (item, at) => {
    if (board.closed()) return;
    const start = at || (item.node ? { x: item.node.x, y: item.node.y } : { x: 0.5, y: 0.5 });
    me.move({ type: "pick", item, at: start });
  };
  me.itemAt = (event) => patches.itemOf(event.target) || view.itemOf(event.target);

  const on = (where, type, act) => hear(where, type, signal, act);
  const describe = (item, at) => {
    if (!item || me.hand.phase !== "idle") return tip.hide();
    const place = placeIn(root, at);
    return tip.show(item.words, place.x, place.y, item.context);
  };
  on(area, "pointerover", (event) => describe(patches.itemOf(event.target), event));
  on(area, "pointerleave", () => tip.hide());
  on(area, "focusin", (event) => describe(me.itemAt(event), event.target));
  on(area, "focusout", () => tip.hide());
  pointers(root, on, me, board);
  keys(root, on, me, board);
  return {
    cancel: me.cancel,
    // The new picture is on screen: what was dropped is part of it now.
    arrived() {
      if (me.hand.phase === "idle") ghost.hidden = true;
    },
  };
}

// What is carried, as large and where it would land.
function drawGhost(ghost, { item, x, y, target }, view, root) {
  const box = target && target.box;
  const times = box ? fitted(item.size, box.slice(2)) : 1;
  const [w, h] = item.size.map((side) => side * times);
  const [cx, cy] = box ? [box[0] + box[2] / 2, box[1] + box[3] / 2] : [x, y];
  const [room, corner] = [roomOf(view.box), roomOf(root)];
  const { width, height } = view.size;
  if (ghost.src !== item.src) ghost.src = item.src;
  ghost.hidden = false;
  ghost.classList.toggle("xk-outside", target === undefined);
  Object.assign(inPixels(ghost, { width: w * width, height: h * height }), {
    left: `${room.left - corner.left + (cx - w / 2) * width}px`, top: `${room.top - corner.top + (cy - h / 2) * height}px`,
  });
}

function heldWords({ phase, item, target }) {
  const where = target ? `onto ${conceptName(target)} of ${target.cls}` : target === null ? "onto a free place" : "outside the picture";
  return phase === "carried"
    ? `Holding ${item.words}: ${where}. Arrow keys move it, a number chooses a concept, Enter drops it, Esc puts it back.`
    : `${item.words}: ${where}.`;
}

function pointers(root, on, me, board) {
  const { view, tip } = board;
  on(root, "pointerdown", (event) => {
    if (event.button || me.pointer !== null) return;
    if (me.hand.phase === "carried" && view.box.contains(event.target)) {
      event.preventDefault();
      me.pick(me.hand.item, view.share(event));
      me.move({ type: "drop" });
      return;
    }
    const item = me.itemAt(event);
    if (!item || board.closed()) return;
    tip.hide();
    me.pointer = event.pointerId;
    root.setPointerCapture(me.pointer);
    me.move({ type: "press", item, px: event.clientX, py: event.clientY });
  });
  on(root, "pointermove", (event) => {
    if (event.pointerId === me.pointer) me.move({ type: "move", px: event.clientX, py: event.clientY, ...view.share(event) });
    else if (me.hand.phase === "carried" && view.box.contains(event.target)) me.pick(me.hand.item, view.share(event));
  });
  on(root, "pointerup", (event) => {
    if (event.pointerId !== me.pointer) return;
    me.pointer = null;
    me.move({ type: "release" });
    if (me.hand.phase !== "clicked") {
      if (!board.waiting()) board.say();
      return;
    }
    const { item } = me.hand;
    me.hand = IDLE;
    if (item.kind === "patch") me.pick(item);
    else {
      view.select(view.selected === item.node ? null : item.node);
      board.selected();
    }
  });
  on(root, "pointercancel", (event) => {
    if (event.pointerId !== me.pointer) return;
    me.pointer = null;
    me.cancel();
  });
}

function keys(root, on, me, board) {
  const { view, patches, tip } = board;
  // Each answers whether the key was for it.
  const carriedKey = (event, way) => {
    const size = event.shiftKey ? 0.01 : 0.04;
    if (way) me.move({ type: "nudge", dx: way[0] * size, dy: way[1] * size });
    else if (event.key === "Enter") me.move({ type: "drop" });
    else if (event.key === "Escape") me.cancel();
    else if (/^\S$/.test(event.key)) me.move({ type: "choose", name: event.key });
    else return false;
    return true;
  };
  const itemKey = (event, way, item) => {
    if (event.key === "Enter" || event.key === " ") {
      tip.hide();
      me.pick(item);
    } else if (item.kind === "concept" && (event.key === "Delete" || event.key === "Backspace")) board.erase(item.node);
    else if (way && item.kind === "patch") patches.go(item, way);
    else if (way) view.go(item.node, way[0] + way[1]);
    else return false;
    return true;
  };
  on(root, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [way, item] = [directionOf(event.key), me.itemAt(event)];
    if (me.hand.phase === "carried") {
      if (carriedKey(event, way)) event.preventDefault();
    } else if (event.key === "Escape" && me.pointer !== null) me.cancel();
    else if (item && itemKey(event, way, item)) event.preventDefault();
  });
}
