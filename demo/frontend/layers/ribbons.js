// Ribbons: what each map or unit of the layer before adds to the unit that somebody looks at, for this drawing. Their
// width is its size and their colour its sign; Python computes both (lenet.explain.added). Where there is one source
// only, the lines themselves stand out. While nothing is looked at, the answer shows the F6 units it comes from.

import { current, focus } from "../shared/focus.js";
import { layerOf, place, receptiveField } from "../shared/geometry.js";
import { latest } from "../shared/latest.js";
import { unpack } from "../shared/message.js";
import { number } from "../shared/numbers.js";
import { largest } from "../shared/paint.js";
import { asBody, newest, predictions } from "../shared/prediction.js";
import { ask } from "../shared/server.js";
import { curve, port } from "./places.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDEST = 9; // px, in a figure of 1280
const AT_REST = 5; // of the answer's F6 units

/** @type {Record<string, { of: string, words: string }>} */
const SOURCES = {
  c3: { of: "s2", words: "what each S2 map adds to it" },
  c5: { of: "s4", words: "the eight S4 maps that add most to it" },
  f6: { of: "c5", words: "the eight C5 units that add most to it" },
  output: { of: "f6", words: "the eight F6 units that add most to its logit" },
};

/** @type {number | null} */
let column = null; // the C3 map that Table I shows
/** @type {Set<() => void>} */
const redraws = new Set();

/**
 * What is looked at, as a layer that adds up, and its unit.
 * @typedef {{ layer: string, unit: number[], rests?: boolean }} Wanted
 * @typedef {import("./places.js").Spot} Spot
 */

/**
 * Shows what the S2 maps add to a whole C3 map, on average, as Table I's column does; null ends that.
 * @param {number | null} map
 */
export function showColumn(map) {
  column = map;
  redraws.forEach((redraw) => redraw());
}

/**
 * @param {HTMLElement} whole
 * @param {ReturnType<typeof import("./lines.js").mountLines>} lines
 * @param {HTMLElement} legend
 */
export function mountRibbons(whole, lines, legend) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "lines ribbons");
  svg.setAttribute("aria-hidden", "true");
  whole.append(svg);
  let known = { key: "", drawing: /** @type {Drawing | null} */ (null), arrays: /** @type {Arrays} */ ({}) };

  // One question for each map or layer looked at, not for each unit in it.
  const fetchAdded = latest(
    /** @param {Drawing} drawing @param {string} layer @param {number} map */
    (drawing, layer, map) =>
      ask("added", (bytes) => unpack(bytes, ["added", "source"]).arrays, {
        ...asBody(drawing),
        layer,
        ...(layer === "c3" ? { map } : {}),
      }),
    (arrays, drawing, layer, map) => {
      known = { key: keyOf(layer, map), drawing, arrays };
      draw();
    },
  );
  /** @type {(layer: string, map: number) => string} */
  const keyOf = (layer, map) => (layer === "c3" ? `${layer}.${map}` : layer);

  /** @returns {Wanted | null} */
  function wanted() {
    const prediction = newest;
    const target = current();
    if (!prediction) return null;
    if (target) return { layer: target.name === "softmax" ? "output" : target.name, unit: target.unit };
    if (column !== null) return { layer: "c3", unit: [column] };
    if (prediction.digit === null || prediction.drawing.penDown) return null;
    return { layer: "output", unit: [prediction.digit], rests: true };
  }

  function refresh() {
    const now = wanted();
    const drawing = newest?.drawing;
    draw();
    if (!now || !drawing || !SOURCES[now.layer] || drawing.strokes.length === 0) return;
    if (known.key === keyOf(now.layer, now.unit[0]) && known.drawing === drawing) return;
    fetchAdded(drawing, now.layer, now.unit[0]);
  }

  function draw() {
    const now = wanted();
    /** @type {SVGElement[]} */
    const marks = now ? [...structure(now), ...ribbons(now)] : [];
    svg.replaceChildren(...marks);
    svg.classList.toggle("rests", Boolean(now?.rests));
    if (!now || now.rests || !marks.some((mark) => mark.dataset.added)) legend.textContent = "";
  }

  // The lines of the unit's receptive field, where it does not read everything.
  /** @param {Wanted} wanted */
  function structure({ layer, unit, rests }) {
    if (rests || unit.length < 3 || layer === "input") return [];
    const own = { name: layer, maps: [unit[0]] };
    const fields = Object.fromEntries(
      [own, ...receptiveField(layer, unit)].map(({ name, maps }) => [name, maps]),
    );
    const drawn = lines.groups.flatMap(({ from, to, pairs }) => {
      if (!fields[from] || !fields[to] || to === "c3" && layer === "c3") return [];
      return pairs.flatMap((pair, i) =>
        fields[from].includes(pair[0]) && fields[to].includes(pair[1]) ? [lines.line(from, to, pair, i)] : []
      );
    });
    return drawn.length ? [path(drawn.join(""), "strong")] : [];
  }

  /** @type {(wanted: Wanted) => SVGElement[]} */
  function ribbons({ layer, unit, rests = false }) {
    const source = SOURCES[layer];
    if (layer === "output" && !lines.places().across) return []; // the bars stand above, and nothing leads there
    if (!source || known.key !== keyOf(layer, unit[0]) || known.drawing !== newest?.drawing) return [];
    const { added, numbers } = parts(layer, unit);
    const most = largest(added);
    if (!most) return [];
    const scale = Math.max(whole.clientWidth / 1280, 0.6);
    if (!rests) {
      const named = unit.length === 1 && layer === "c3"
        ? "what each S2 map adds on average to its map"
        : source.words;
      legend.textContent = ` Ribbons: ${named}. Orange adds, blue takes away; the widest: ${
        number(most, 2)
      }.`;
    }
    return [...added].slice(0, rests ? AT_REST : added.length).flatMap((value, i) => {
      const [from, edge] = start(source.of, numbers[i]);
      const ribbon = path(
        curve(
          lines.places().across,
          from,
          end(layer, unit),
          Math.max(from[0], lines.places().begins(layer === "output" ? "softmax" : layer)),
        ),
        value < 0 ? "takes" : "adds",
      );
      ribbon.dataset.added = String(value);
      ribbon.dataset.source = String(numbers[i]);
      ribbon.setAttribute("stroke-width", String(Math.max(1, (WIDEST * scale * Math.abs(value)) / most)));
      return edge ? [ribbon, edge] : [ribbon];
    });
  }

  // Of the unit, or of the whole C3 map on average: what is added, and by which map or unit.
  /** @type {(layer: string, unit: number[]) => { added: Numbers, numbers: Numbers }} */
  function parts(layer, unit) {
    const { added, source, mean, mean_source: all } = known.arrays;
    if (layer === "c3" && unit.length === 1) {
      return { added: mean.values, numbers: all.values };
    }
    const count = added.shape[added.shape.length - 1];
    const at = count * (layer === "c3" ? 10 * unit[1] + unit[2] : unit[0]);
    return {
      added: added.values.subarray(at, at + count),
      numbers: source.values.subarray(at, at + count),
    };
  }

  // Where a source's ribbon begins: at a map's edge, or in its cell, which gets a frame.
  /** @type {(name: string, number: number) => [Spot, SVGRectElement | null]} */
  function start(name, number) {
    const places = lines.places();
    if (layerOf(name).rows) return [port(places.maps(name)[number], "end"), null];
    const cell = cellOf(name, [number]);
    const frame = document.createElementNS(SVG, "rect");
    /** @type {(keyof typeof cell)[][]} */
    const [x, y] = places.across ? [["start", "end"], ["low", "high"]] : [["low", "high"], ["start", "end"]];
    frame.setAttribute("x", String(cell[x[0]]));
    frame.setAttribute("y", String(cell[y[0]]));
    frame.setAttribute("width", String(cell[x[1]] - cell[x[0]]));
    frame.setAttribute("height", String(cell[y[1]] - cell[y[0]]));
    return [[(cell.start + cell.end) / 2, (cell.low + cell.high) / 2], frame];
  }

  /** @type {(layer: string, unit: number[]) => Spot} */
  function end(layer, unit) {
    const places = lines.places();
    if (layer === "output") return port(places.maps("softmax")[unit[0]], "start");
    if (layer === "c3") return port(places.maps("c3")[unit[0]], "start");
    const { low, high } = cellOf(layer, unit);
    return [places.maps(layer)[0].start, (low + high) / 2];
  }

  /** @param {string} name @param {number[]} unit */
  function cellOf(name, unit) {
    const places = lines.places();
    const { columns, units } = /** @type {Layer & OfUnits} */ (layerOf(name));
    const { row, column } = place(name, unit);
    const [map] = places.maps(name);
    const rows = units / columns;
    const [along, aside] = places.across
      ? [[column, columns], [row, rows]]
      : [[row, rows], [column, columns]];
    /** @type {(low: number, high: number, at: number, count: number) => number[]} */
    const share = (low, high, at, count) => [at, at + 1].map((edge) => low + ((high - low) * edge) / count);
    const [start, end] = share(map.start, map.end, along[0], along[1]);
    const [low, high] = share(map.low, map.high, aside[0], aside[1]);
    return { start, end, low, high };
  }

  focus.addEventListener("current", refresh);
  predictions.addEventListener("prediction", refresh);
  redraws.add(refresh);
  lines.onMoved(draw);
  refresh();
}

/** @param {string} d @param {string} kind */
function path(d, kind) {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("d", d);
  element.setAttribute("class", kind);
  return element;
}
