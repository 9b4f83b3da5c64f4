// The lines between the layers: what reads what. Thin and grey, they are structure; what is added along them for this
// drawing is drawn over them (ribbons.js).

import { curve, measure, port } from "./places.js";

const SVG = "http://www.w3.org/2000/svg";
const STRANDS = 12; // that stand for C5's 120 × 84 weights to F6

// Which maps of the next layer read which, by layer: [from, to, pairs of their numbers].
/** @type {(table: number[][]) => [from: string, to: string, pairs: number[][]][]} */
const structure = (table) => {
  /** @type {(count: number) => number[][]} */
  const each = (count) => Array.from({ length: count }, (_, i) => [i, i]);
  return [
    ["input", "c1", each(6).map(([map]) => [0, map])],
    ["c1", "s2", each(6)],
    ["s2", "c3", table.flatMap((sources, map) => sources.map((source) => [source, map]))],
    ["c3", "s4", each(16)],
    ["s4", "c5", each(16).map(([map]) => [map, 0])],
    ["c5", "f6", Array(STRANDS).fill([0, 0])],
    ["f6", "softmax", each(10).map(([digit]) => [0, digit])],
  ];
};

/**
 * Mounts the lines; returns { groups, places, line, onMoved }: what ribbons need to lie on them.
 * @param {HTMLElement} figure
 * @param {Pictured[]} layers
 * @param {Element[]} bars
 * @param {number[][]} table
 */
export function mountLines(figure, layers, bars, table) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "lines");
  svg.setAttribute("aria-hidden", "true");
  figure.prepend(svg);
  const groups = structure(table).map(([from, to, pairs]) => {
    const path = document.createElementNS(SVG, "path");
    path.dataset.link = `${from}-${to}`;
    svg.append(path);
    return { from, to, pairs, path };
  });
  /** @type {Set<() => void>} */
  const moved = new Set();
  let places = measure(figure, layers, bars);

  // The line from a map of one layer to a map of the next; its ends lie on their edges.
  /** @param {string} from @param {string} to @param {number[]} pair */
  function between(from, to, [source, target], { ends = [0.5, 0.5] } = {}) {
    const [first, second] = [places.maps(from)[source], places.maps(to)[target]];
    return curve(
      places.across,
      port(first, "end", ends[0]),
      port(second, "start", ends[1]),
      Math.max(first.end, places.begins(to)),
    );
  }

  // Where on the edges the line number `i` of a group leaves and ends, as shares of them.
  /** @type {(from: string, to: string, pair: number[], i: number, count: number) => number[]} */
  function ends(from, to, [source, target], i, count) {
    const spread = (i + 0.5) / count;
    // C3 and S4 stand in two rows along the figure: the lines of the second pass the first a little aside.
    const beside = (/** @type {number} */ number) =>
      (places.across ? number % 2 : Math.floor(number / 8)) ? 0.64 : 0.36;
    return /** @type {Record<string, number[]>} */ ({
      "input-c1": [spread, 0.5],
      "s2-c3": [0.5, beside(target)],
      "c3-s4": [beside(source), beside(target)],
      "s4-c5": [beside(source), spread],
      "c5-f6": [spread, spread],
      "f6-softmax": [spread, 0.5],
    })[`${from}-${to}`] ?? [0.5, 0.5];
  }

  /** @type {(from: string, to: string, pair: number[], i: number) => string} */
  const line = (from, to, pair, i) => {
    const { pairs } = /** @type {(typeof groups)[number]} */ (
      groups.find((group) => group.from === from && group.to === to)
    );
    return between(from, to, pair, { ends: ends(from, to, pair, i, pairs.length) });
  };

  function draw() {
    places = measure(figure, layers, bars);
    for (const { from, to, pairs, path } of groups) {
      // On a narrow page the bars stand above, beside the pad, and nothing leads there.
      if (to === "softmax" && !places.across) {
        path.removeAttribute("d");
        continue;
      }
      const drawn = pairs.map((pair, i) => line(from, to, pair, i));
      path.setAttribute("d", drawn.join(""));
    }
    moved.forEach((told) => told());
  }

  let waiting = false;
  function later() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  }
  const observer = new ResizeObserver(later);
  for (const part of [figure, ...layers.map(({ holder }) => holder), ...bars.slice(0, 1)]) {
    observer.observe(part);
  }
  document.fonts.addEventListener("loadingdone", later);
  draw();
  return {
    groups,
    places: () => places,
    line,
    onMoved: (/** @type {() => void} */ told) => moved.add(told),
  };
}
