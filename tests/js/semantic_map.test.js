import assert from "node:assert/strict";
import { test } from "node:test";
import { dragging } from "../../xaikit/widgets/semantic_map/hand.js";
import { placeGroups, placeNames } from "../../xaikit/widgets/semantic_map/names.js";
import { N_COLORED, colorOf, drawOrder, isDiamond, pointRadii, thumbStarts, unpackGroups, unpackNumbers, unpackPlaces } from "../../xaikit/widgets/semantic_map/points.js";
import { found } from "../../xaikit/widgets/semantic_map/search.js";
import { between, gridOf, panned, pointToward, pointsInside, toMap, toScreen, viewOf, wholeView, zoomed } from "../../xaikit/widgets/semantic_map/space.js";

const SIZE = { width: 800, height: 600 };
const all = () => true;

// Numbers between 0 and 1 that are the same every time.
function scattered(n, seed = 1) {
  let state = seed;
  return Float32Array.from({ length: 2 * n }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  });
}

const packed = (numbers, kind) => new DataView(kind.from(numbers).buffer);

test("what comes packed is unpacked, also from the middle of a message", () => {
  const message = new Uint8Array([9, 0, 0, 255, 255, 1, 0, 0, 0]);
  assert.deepEqual([...unpackPlaces(new DataView(message.buffer, 1, 4))], [0, 1]);
  assert.deepEqual([...unpackNumbers(new DataView(message.buffer, 5, 4))], [1]);
  assert.equal(unpackNumbers(undefined).length, 0);
  assert.deepEqual([...thumbStarts(packed([2, 0, 3], Uint8Array), 3)], [0, 2, 2, 5]);
  assert.deepEqual([...thumbStarts(undefined, 3)], [0, 0, 0, 0]);
});

test("groups are counted, and beyond sixteen they share one look", () => {
  const names = Array.from({ length: 20 }, (_, k) => `group ${k}`);
  const of = [0, 0, 0, 17, 1, 19];
  for (const kind of [Uint16Array, Uint32Array]) {
    const groups = unpackGroups({ name: "kind", groups: names.join("\0"), of: packed(of, kind), centres: [] }, of.length);
    assert.deepEqual([groups.counts[0], groups.counts[1], groups.counts[17]], [3, 1, 1]);
    assert.deepEqual([...groups.ranks], [0, 0, 0, N_COLORED, 1, N_COLORED]);
  }
  const looks = Array.from({ length: N_COLORED + 1 }, (_, rank) => `${colorOf(rank)} ${isDiamond(rank)}`);
  assert.equal(new Set(looks).size, N_COLORED + 1);
});

test("radii grow with sizes, and large points are drawn first", () => {
  const radii = pointRadii(Float32Array.of(0.2, 0.8, 0.5), 3, 480000);
  assert.ok(radii[0] < radii[2] && radii[2] < radii[1]);
  assert.equal(radii[1], 18);
  assert.deepEqual([...drawOrder(radii)], [1, 2, 0]);
  assert.equal(new Set(pointRadii(new Float32Array(0), 4, 1000)).size, 1);
  assert.ok(pointRadii(new Float32Array(0), 100000, 480000)[0] >= 1);
});

test("every point is drawn once, and neighbours in the data are far apart in the order", () => {
  for (const n of [1, 2, 7, 1000, 7919]) {
    assert.deepEqual([...drawOrder(new Float32Array(n).fill(3))].sort((a, b) => a - b), [...Array(n).keys()]);
  }
  const order = drawOrder(new Float32Array(100000).fill(2));
  assert.ok(order.slice(0, 100).some((i) => i > 50000) && order.slice(0, 100).some((i) => i < 20000));
});

test("the grid finds what a search through all points finds", () => {
  const xy = scattered(2000);
  const { nearest } = gridOf(xy);
  const probes = scattered(200, 7);
  for (let k = 0; k < 200; k++) {
    const [x, y] = [probes[2 * k], probes[2 * k + 1]];
    for (const accept of [all, (i) => i % 3 === 0]) {
      let [best, least] = [-1, 0.02];
      for (let i = 0; i < 2000; i++) {
        const far = Math.hypot(xy[2 * i] - x, xy[2 * i + 1] - y);
        if (far <= least && accept(i)) [best, least] = [i, far];
      }
      assert.equal(nearest(x, y, 0.02, accept), best);
    }
  }
  assert.equal(gridOf(Float32Array.of(0.5, 0.5)).nearest(0.5, 0.52, 0.05, all), 0);
});

test("an arrow key goes to the nearest point on that side, or stays", () => {
  const xy = Float32Array.of(0.5, 0.5, 0.7, 0.52, 0.6, 0.9, 0.2, 0.4, 0.55, 0.3);
  assert.equal(pointToward(xy, 0, "ArrowRight", all), 1);
  assert.equal(pointToward(xy, 0, "ArrowDown", all), 2);
  assert.equal(pointToward(xy, 0, "ArrowLeft", all), 3);
  assert.equal(pointToward(xy, 0, "ArrowUp", all), 4);
  assert.equal(pointToward(xy, 1, "ArrowRight", all), 1);
  assert.equal(pointToward(xy, 0, "ArrowRight", (i) => i !== 1), 0);
});

test("a lasso takes what is inside of it, also where it turns inwards", () => {
  const square = [0.1, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.9];
  const xy = scattered(500);
  const inside = [...Array(500).keys()].filter((i) => [0, 1].every((axis) => xy[2 * i + axis] > 0.1 && xy[2 * i + axis] < 0.9));
  assert.deepEqual([...pointsInside(xy, square, all)], inside);
  const horseshoe = [0, 0, 1, 0, 1, 1, 0.7, 1, 0.7, 0.3, 0.3, 0.3, 0.3, 1, 0, 1];
  assert.deepEqual([...pointsInside(Float32Array.of(0.5, 0.6, 0.15, 0.6, 0.85, 0.6, 0.5, 0.1), horseshoe, all)], [1, 2, 3]);
  assert.deepEqual([...pointsInside(xy, square, (i) => i === inside[3])], [inside[3]]);
  assert.equal(pointsInside(xy, [0.1, 0.1, 0.9, 0.9], all).length, 0);
});

test("the whole view shows every point with room around, also where there is one point only", () => {
  const xy = scattered(300);
  const whole = wholeView(xy, SIZE);
  for (let i = 0; i < 300; i++) {
    const [x, y] = toScreen(whole, SIZE, xy[2 * i], xy[2 * i + 1]);
    assert.ok(x > 39 && x < 761 && y > 39 && y < 561);
  }
  const below = wholeView(xy, SIZE, 48);
  for (let i = 0; i < 300; i++) {
    const [, y] = toScreen(below, SIZE, xy[2 * i], xy[2 * i + 1]);
    assert.ok(y > 87 && y < 561, "what lies on the map's upper edge hides no point");
  }
  const one = wholeView(Float32Array.of(0.5, 0.5), SIZE);
  assert.ok(Number.isFinite(one.scale));
  assert.deepEqual(toScreen(one, SIZE, 0.5, 0.5), [400, 300]);
});

test("zoom keeps what is under the pointer where it is, and ends at the whole map", () => {
  const whole = wholeView(scattered(300), SIZE);
  const near = zoomed(whole, SIZE, whole, 3, 420, 310);
  assert.ok(Math.abs(near.scale / whole.scale - 3) < 1e-9);
  const [before, after] = [toMap(whole, SIZE, 420, 310), toMap(near, SIZE, 420, 310)];
  before.forEach((value, k) => assert.ok(Math.abs(value - after[k]) < 1e-6));
  assert.equal(zoomed(whole, SIZE, whole, 0.5, 10, 10).scale, whole.scale);
  assert.ok(zoomed(near, SIZE, whole, 1e9, 10, 10).scale < whole.scale * 1000);
});

test("however far it is dragged, the map is not lost", () => {
  const whole = wholeView(scattered(300), SIZE);
  let view = zoomed(whole, SIZE, whole, 4, 400, 300);
  for (let k = 0; k < 50; k++) view = panned(view, SIZE, whole, 300, -200);
  const [x, y] = toScreen(view, SIZE, whole.x, whole.y);
  assert.ok(Math.abs(x - 400) < SIZE.width * 4 && Math.abs(y - 300) < SIZE.height * 4);
  assert.deepEqual(panned(whole, SIZE, whole, 0, 0), whole);
});

test("a flight begins here, ends there and brings the concept into the middle", () => {
  const xy = scattered(300);
  const whole = wholeView(xy, SIZE);
  const target = viewOf(xy, 5, whole, whole);
  const [start, end] = [between(whole, target, 0), between(whole, target, 1)];
  for (const part of ["x", "y", "scale"]) {
    assert.ok(Math.abs(start[part] - whole[part]) < 1e-6 * whole.scale);
    assert.ok(Math.abs(end[part] - target[part]) < 1e-6 * target.scale);
  }
  const [x, y] = toScreen(end, SIZE, xy[10], xy[11]);
  assert.ok(Math.hypot(x - 400, y - 300) < 0.1);
  assert.ok(target.scale > whole.scale);
  const aside = { ...whole, x: whole.x + 0.2 };
  assert.ok(Math.abs(between(whole, aside, 0.5).x - whole.x - 0.1) < 1e-6); // without zoom: evenly
});

const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

test("names cover neither each other nor points, and stay on the map", () => {
  const xy = scattered(120, 3);
  const spots = Array.from({ length: 120 }, (_, i) => [xy[2 * i] * 800, xy[2 * i + 1] * 600, 6]);
  const taken = [[300, 200, 500, 240]];
  const boxes = placeNames(spots, spots.map(() => [70, 18]), SIZE, taken, spots, 30);
  const placed = boxes.filter(Boolean);
  assert.ok(placed.length > 15 && placed.length <= 30);
  placed.forEach((box, k) => {
    assert.ok(box[0] >= 0 && box[1] >= 0 && box[2] <= 800 && box[3] <= 600);
    assert.ok(![...placed.slice(k + 1), ...taken].some((other) => meets(box, other)));
    assert.ok(!spots.some(([x, y]) => x > box[0] && x < box[2] && y > box[1] && y < box[3]));
  });
});

test("a name that must be there covers points before it finds no room", () => {
  const crowd = Array.from({ length: 400 }, (_, k) => [(k % 20) * 40, Math.floor(k / 20) * 30, 20]);
  const place = (sure) => placeNames([[400, 300, 10]], [[70, 18]], SIZE, [], crowd, 5, sure)[0];
  assert.equal(place(0), null);
  assert.deepEqual(place(1), [413, 291, 483, 309]);
});

test("the name of a group stays near its centre and gives way to points and to other names", () => {
  assert.deepEqual(placeGroups([[400, 300]], [[100, 30]], SIZE, 9, []), [[350, 285, 450, 315]]);
  const [aside] = placeGroups([[400, 300]], [[100, 30]], SIZE, 9, [380, 400, 420].map((x) => [x, 300, 10]));
  assert.ok(!meets(aside, [371, 291, 429, 309]));
  assert.ok(Math.abs(aside[0] - 350) + Math.abs(aside[1] - 285) < 100);
  const two = placeGroups([[400, 300], [405, 302]], [[100, 30], [100, 30]], SIZE, 9, []);
  assert.ok(!meets(...two));
  assert.deepEqual(placeGroups([[-5, 300], [400, 300]], [[10, 10], [10, 10]], SIZE, 0, []), [null, null]);
});

test("search finds beginnings first, then words, then anything, and the shorter first", () => {
  const names = ["polar bear", "bear", "beard", "brown bear", "forbear", "cat"];
  assert.deepEqual(found(names, " Bear ").map((i) => names[i]), ["bear", "beard", "polar bear", "brown bear", "forbear"]);
  assert.deepEqual(found(names, "bear", 2), [1, 2]);
  assert.deepEqual([found(names, ""), found(names, "zebra")], [[], []]);
});

test("after a pinch the finger that is left moves nothing, and does no harm", () => {
  const told = [];
  const acts = { mode: () => "pan", zoom: (by) => told.push(["zoom", by]), pan: (...by) => told.push(["pan", ...by]), click: () => told.push(["click"]) };
  const drag = dragging(acts);
  drag.press({ pointerId: 1 }, [100, 100]);
  drag.press({ pointerId: 2 }, [200, 100]);
  drag.move(2, [300, 100]);
  assert.deepEqual(told, [["zoom", 2], ["pan", 50, 0]]);
  drag.release(1);
  drag.move(2, [310, 120]);
  drag.release(2);
  assert.equal(told.length, 2);
});
