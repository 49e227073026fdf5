import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { heatColumns } from "../../xaikit/widgets/heatmaps/layout.js";
import { colorBar, colorOf, HEAT, paint, pixelTable, rampOf } from "../../xaikit/widgets/heatmaps/colors.js";
import { verdictOf } from "../../xaikit/widgets/heatmaps/verdict.js";
import { countAbove, energyAbove, energyCut, fullFrom, inDigits, indexAt, inflated, insideShare, thresholdCut, unfolded, valueOf } from "../../xaikit/widgets/heatmaps/values.js";

// the values of rows [10, 6] and [−8, 0] are 100, 36, −64 and 0; the energy is 200, or 136 where only the positive counts
const WHOLE = Int16Array.from([10, 6, -8, 0]);
const cutAt = (share, positive = false) => energyCut(energyAbove(WHOLE, positive), share);

test("steps along each row become whole numbers again, also over the edge of two bytes", async () => {
  // 32767 after −32767 is a step of 65534, which two bytes know as −2
  const steps = [-32767, -2, 5, 1];
  const high = steps.map((step) => (step >> 8) & 255);
  const low = steps.map((step) => step & 255);
  const planes = await inflated(deflateSync(Uint8Array.from([...high, ...low])));
  assert.deepEqual([...unfolded(planes, 2, 2)], [-32767, 32767, 5, 6]);
  assert.throws(() => unfolded(planes, 3, 2), /needs 12 bytes; got 8/);
});

test("by the root, small values keep their digits", () => {
  assert.deepEqual([10, -5, 0].map((q) => valueOf(q, 10, 2)), [2, -0.5, 0]);
});

test("the strongest pixels are kept that hold a share of the energy", () => {
  assert.equal(cutAt(0), 10); // the pointing game: the strongest alone
  assert.equal(cutAt(0.5), 10); // it holds half
  assert.equal(cutAt(0.51), 8);
  assert.equal(cutAt(0.82), 8); // 164 of 200
  assert.equal(cutAt(0.83), 6);
  assert.equal(cutAt(1), 0); // everything, also where nothing is
});

test("with the positive part alone, what speaks against has no energy", () => {
  assert.equal(cutAt(0.73, true), 10); // 100 of 136
  assert.equal(cutAt(0.74, true), 6);
  assert.equal(energyCut(energyAbove(Int16Array.from([-5, 0]), true), 0.5), 0);
});

test("equally strong pixels stay or go together", () => {
  const above = energyAbove(Int16Array.from([7, -7, 7, 1]), false);
  assert.equal(energyCut(above, 0), 7);
  assert.equal(energyCut(above, 0.99), 7); // 147 of 148
  assert.equal(energyCut(above, 0.995), 1);
});

test("a threshold is a share of the largest magnitude of the scale", () => {
  assert.equal(thresholdCut(0.25, 2, 2, 100), 50);
  assert.equal(thresholdCut(0.25, 8, 2, 100), 100); // on a scale four times as long
  assert.equal(thresholdCut(0.251, 2, 2, 100), 51);
  assert.equal(thresholdCut(1, 0.3, 0.3, 32767), 32767); // the strongest stays
});

test("what lies in a box is counted by the middle of its pixels, weighed by energy", () => {
  const share = (cut, box, positive = false) => insideShare(WHOLE, cut, positive, box, [2, 2], [4, 4]);
  assert.equal(share(0, [0, 0, 2, 2]), 0.5); // the upper left pixel, of a picture twice as large as the map
  assert.equal(share(0, [0, 0, 2, 4]), 0.82);
  assert.equal(share(0, [0, 0, 2, 2], true), 100 / 136);
  assert.equal(share(10, [0, 0, 2, 2]), 1);
  assert.equal(share(0, [1.1, 0, 4, 4]), 0.18); // its middle, at 1, is not inside
  assert.equal(share(0, [2, 2, 4, 4]), 0);
  assert.equal(share(11, [0, 0, 2, 2]), null);
});

test("a pixel of the picture is found in a smaller map", () => {
  assert.equal(indexAt({ x: 0, y: 0 }, [2, 2], [4, 4]), 0);
  assert.equal(indexAt({ x: 3, y: 1 }, [2, 2], [4, 4]), 1);
  assert.equal(indexAt({ x: 3, y: 2 }, [2, 2], [4, 4]), 3);
});

test("a value has three digits, or as many as its scale knows", () => {
  assert.deepEqual([0.012345, 0.5, -1.2, 123.4, 0].map((v) => inDigits(v)), ["0.0123", "0.500", "−1.20", "123", "0"]);
  assert.deepEqual([1.2345e-6, 123456.7, 1234567].map((v) => inDigits(v)), ["1.23e−6", "123457", "1.23e+6"]);
  assert.deepEqual([0.9999, -9.999].map((v) => inDigits(v)), ["1.00", "−10.0"]);
  assert.equal(inDigits(0.34567, 1 / 127), "0.35"); // steps of 0.008
  assert.equal(inDigits(0.0079, 1 / 127), "0.008");
  assert.equal(inDigits(0.34567, 1 / 32767), "0.346");
});

test("signed maps are centred on zero, others begin with it", () => {
  const at = (colormap, signed, ...shares) => shares.map((share) => colorOf(rampOf(colormap, signed), share));
  assert.deepEqual(at("auto", true, -1, 0, 1), [[179, 70, 4], [247, 247, 247], [33, 84, 164]]);
  assert.deepEqual(at("auto", false, 0, 1), [HEAT[0], HEAT[4]]);
  assert.deepEqual(at("heat", true, -1, 1), [HEAT[4], HEAT[4]]); // the size, whatever the sign
  assert.deepEqual(at("grey", true, -1, 0, 1), [[0, 0, 0], [128, 128, 128], [255, 255, 255]]);
  assert.deepEqual(at("grey", false, 0, 1), [[0, 0, 0], [255, 255, 255]]);
  assert.deepEqual(at("auto", false, 0.125), [[105, 30, 110]]); // half way between the two darkest
});

const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255, pixel >>> 24];

test("the larger a value, the more it covers; what is hidden is clear", () => {
  const pixels = new Uint32Array(4);
  const ramp = rampOf("auto", true);
  paint(WHOLE, 7, false, 1 / 100, pixelTable(ramp, 0.8), pixels);
  assert.deepEqual(parts(pixels[0]), [33, 84, 164, 204]);
  assert.equal(pixels[1], 0);
  assert.equal(parts(pixels[2])[3], Math.round(255 * 0.8 * Math.sqrt(163 / 255)));
  paint(WHOLE, 0, true, 1 / 100, pixelTable(ramp, null), pixels);
  assert.deepEqual([...pixels].map((pixel) => parts(pixel)[3]), [255, 255, 0, 255]); // only the positive, covering wholly
});

test("with contrast, colors are full earlier, and stay on the scale beyond", () => {
  // a fifth of ten pixels that are not zero
  const among = countAbove(Int16Array.from([9, -8, 7, 6, -5, 4, 3, 2, 1, -1, 0, 0]));
  assert.deepEqual([0, 0.4, 0.5, 1].map((contrast) => fullFrom(among, contrast)), [9, 9, 8, 7]);
  assert.equal(fullFrom(countAbove(Int16Array.from([0, 3])), 1), 3);
  const pixels = new Uint32Array(4);
  paint(WHOLE, 0, false, 1 / 36, pixelTable(rampOf("auto", true), 1), pixels);
  assert.deepEqual(parts(pixels[0]), parts(pixels[1]));
  assert.deepEqual(parts(pixels[2]), [179, 70, 4, 255]);
});

test("the color bar begins at minus the limit or at zero, and is clear where values are hidden", () => {
  const bar = (colormap, negative, hidden) => colorBar(rampOf(colormap, negative), negative, hidden);
  assert.deepEqual([bar("auto", true, 0).low, bar("auto", false, 0).low, bar("heat", true, 0).low].map(Math.abs), [1, 0, 0]);
  const count = (background) => background.split("transparent").length - 1;
  assert.equal(count(bar("auto", true, 0).background), 0);
  assert.equal(count(bar("auto", true, 0.5).background), 32);
  assert.equal(count(bar("auto", false, 0.25).background), 16);
});

test("the verdict says all or none only where it is so", () => {
  assert.deepEqual(verdictOf(1, 0.25), ["all inside the box", "half is a hit; the box covers 25% of the picture"]);
  assert.deepEqual(verdictOf(0.9999, 0.25), [">99% inside the box", "half is a hit; the box covers 25% of the picture"]);
  assert.deepEqual(verdictOf(0, 0.25), ["none inside the box", "half is a hit; the box covers 25% of the picture"]);
});

test("maps stand in one row where they fit, or by method or class", () => {
  const grid = (...pairs) => pairs.map((pair) => pair.split(" "));
  const four = grid("cam dog", "cam cat", "gxi dog", "gxi cat");
  assert.equal(heatColumns(four, 1400), 4);
  assert.equal(heatColumns(four, 1000), 2);
  assert.equal(heatColumns(grid("cam dog", "cam cat", "cam bus", "gxi dog", "gxi cat", "gxi bus"), 1000), 3);
  assert.equal(heatColumns(grid("cam dog", "gxi dog", "cam cat", "gxi cat"), 700), 2); // by class
  assert.equal(heatColumns(grid("a x", "b y", "c z", "d v", "e w"), 1000), 3);
  assert.equal(heatColumns(four, 200), 1);
});
