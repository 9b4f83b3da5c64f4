// The saved picture: the figure as the page shows it, with captions, for a slide of 1600×900.

import { verdict } from "../answer/verdict.js";
import { curve } from "../layers/places.js";
import { ink, signed } from "../shared/colours.js";
import { layerOf, receptiveField } from "../shared/geometry.js";
import { perCent } from "../shared/numbers.js";
import { paint } from "../shared/paint.js";
import { placement } from "../shared/placement.js";

export const WIDTH = 1600;
export const HEIGHT = 900;

const TOP = 150; // of the maps
const BODY = 690; // what is left for them
const MIDDLE = TOP + BODY / 2;

/**
 * @typedef {import("../layers/places.js").Extent} Extent
 * @typedef {(x: number, y: number, size: number, words: string | number | null,
 *     fill?: string, anchor?: string, weight?: number) => string} Text
 */

/**
 * Where a layer's pictures stand: left edge, width and height of one, how many side by side, and its caption.
 * @type {Record<string, { left: number, width: number, height?: number, columns?: number,
 *     title: string, words: string }>}
 */
const LAYERS = {
  c1: { left: 400, width: 96, title: "C1", words: "six 5×5 stencils" },
  s2: { left: 550, width: 66, title: "S2", words: "half size" },
  c3: { left: 690, width: 76, columns: 2, title: "C3", words: "bends, corners" },
  s4: { left: 915, width: 52, columns: 2, title: "S4", words: "half size" },
  c5: { left: 1080, width: 96, height: 320, title: "C5", words: "120 units" },
  f6: { left: 1230, width: 91, height: 156, title: "F6", words: "84 units" },
};
const INPUT = { left: 200, top: 650, width: 140 };
const BARS = { left: 1400, right: 1560 };

/** @param {string} text */
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

// That it is not what the network makes of the drawing as it is.
/** @param {Drawing["experiment"]} experiment */
function tried(experiment) {
  if (!experiment) return "";
  if (experiment.difference) {
    return "changed by an experiment; the maps: how they differ from those of the drawing as it is";
  }
  if (experiment.moment !== undefined) return "by the network of an earlier moment of its training";
  return experiment.off ? "with some maps switched off" : "changed by an experiment before it was read";
}

// A prediction as SVG text.
/** @param {Prediction} prediction */
export function slide(prediction) {
  const { digit, arrays, drawing } = prediction;
  const style = getComputedStyle(document.body);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const [paper, dark, quiet] = [colour("--paper"), colour("--ink"), colour("--quiet")];
  /** @type {Text} */
  const text = (x, y, size, words, fill = dark, anchor = "start", weight = 400) =>
    `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${
      escaped(String(words))
    }</text>`;
  const { digit: large, words } = verdict(prediction);
  const answer = digit === null ? "no digit" : large === null ? words : `${large}, ${words}`;
  const end = (127 * arrays.c1.scale).toFixed(4); // of the colour scale
  const date = new Date().toISOString().slice(0, 10);
  const captions = Object.values(LAYERS).map(({ left, title, words }) =>
    text(left, 108, 22, title, dark, "start", 650) + text(left, 132, 16, words, quiet)
  );
  const maps = Object.keys(LAYERS).flatMap((name) =>
    boxes(name).map((box, map, { length }) => {
      const { values } = arrays[name];
      const cells = values.length / length;
      return image(picture(name, values.subarray(map * cells, (map + 1) * cells), signed), box);
    })
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif">
<title>LeNet-5 reads: ${escaped(answer)}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="${paper}"/>
${text(40, 52, 28, `LeNet-5 reads: ${answer}`, dark, "start", 650)}
${text(40, 78, 16, tried(drawing.experiment), quiet)}
<path d="${structure()}" fill="none" stroke="${colour("--line")}"/>
<svg x="40" y="90" width="300" height="300" viewBox="0 0 ${drawing.side} ${drawing.side}">
<rect width="${drawing.side}" height="${drawing.side}" fill="none" stroke="${quiet}"/>
<g fill="none" stroke="${dark}" stroke-width="${drawing.penWidth}" stroke-linecap="round" stroke-linejoin="round">${
    strokes(drawing)
  }</g>
</svg>
${steps(prediction, colour("--mark"), text, quiet)}
${maps.join("\n")}
${captions.join("\n")}
${bars(prediction, large, colour("--color-accent") || quiet, quiet, text)}
${
    text(
      40,
      HEIGHT - 16,
      16,
      `LeNet-5 sketchpad, ${date}. Blue is negative, orange positive, in every map: −${end} to ${end}.`,
      quiet,
    )
  }
</svg>`;
}

// A layer's pictures, as { start, end, low, high }, from left to right and from top to bottom.
/** @param {string} name */
function boxes(name) {
  const { left, width, height = width, columns = 1 } = LAYERS[name];
  const count = layerOf(name).maps ?? 1;
  const pitch = count === 1 ? 0 : BODY / (count / columns);
  return Array.from({ length: count }, (_, i) => {
    const middle = count === 1 ? MIDDLE : TOP + pitch * (Math.floor(i / columns) + 0.5);
    const start = left + (i % columns) * (width + 8);
    return { start, end: start + width, low: middle - height / 2, high: middle + height / 2 };
  });
}

/** @param {{ low: number, high: number }} extent */
const half = ({ low, high }) => (low + high) / 2;
/** @param {number} digit */
const bar = (digit) => TOP + 60 + (digit + 0.5) * ((BODY - 60) / 10);

// What reads what, as on the page (layers/lines.js).
function structure() {
  const at = Object.fromEntries(Object.keys(LAYERS).map((name) => [name, boxes(name)]));
  /** @type {(from: Omit<Extent, "start">, to: Extent, first?: number) => string} */
  const join = (from, to, first) => curve(true, [from.end, half(from)], [to.start, half(to)], first);
  const { left, top, width } = INPUT;
  const input = { end: left + width, low: top, high: top + width };
  const [c5] = at.c5;
  const [f6] = at.f6;
  return [
    ...at.c1.map((map) => join(input, map)),
    ...at.c1.map((map, i) => join(map, at.s2[i])),
    ...at.c3.flatMap((map, i) =>
      receptiveField("c3", [i, 0, 0])[0].maps.map((source) => join(at.s2[source], map, at.c3[0].start))
    ),
    ...at.c3.map((map, i) => join(map, at.s4[i])),
    ...at.s4.map((map) => join(map, c5)),
    join(c5, f6),
    ...Array.from(
      { length: 10 },
      (_, digit) => curve(true, [f6.end, half(f6)], [BARS.left - 26, bar(digit)]),
    ),
  ].join("");
}

/** @param {Drawing} drawing */
function strokes({ strokes }) {
  return strokes.map((points) => {
    const dot = points.length === 1 ? [...points, points[0]] : points;
    return `<polyline points="${dot.map((point) => point.join()).join(" ")}"/>`;
  }).join("");
}

// The preprocessing as the page shows it: its own canvases, the cross that stands on the third, and the input.
/** @param {Prediction} prediction @param {string} mark @param {Text} text @param {string} quiet */
function steps(prediction, mark, text, quiet) {
  const size = 92;
  const [left, top] = [40, 410];
  const canvases = [
    .../** @type {NodeListOf<HTMLCanvasElement>} */ (document.querySelectorAll(".steps figure canvas")),
  ];
  const places = canvases.map((_, i) => left + i * (size + 12));
  /** @type {(start: number, width: number, low: number) => Extent} */
  const box = (start, width, low) => ({ start, end: start + width, low, high: low + width });
  const images = canvases.map((canvas, i) => image(canvas.toDataURL(), box(places[i], size, top)));
  const captions = [...document.querySelectorAll(".steps figcaption")].map((caption, i) =>
    text(places[i] + size / 2, top + size + 22, 16, caption.textContent, quiet, "middle")
  );
  const placing = placement(prediction);
  const cross = [];
  if (placing) {
    const x = places[2] + (placing.centre.left * size) / 28;
    const y = top + (placing.centre.top * size) / 28;
    cross.push(`<path d="M${x - 9} ${y}h18M${x} ${y - 9}v18" stroke="${mark}" stroke-width="2"/>`);
  }
  const input = picture("input", prediction.arrays.input.values, ink);
  return [
    ...images,
    ...cross,
    image(input, box(INPUT.left, INPUT.width, INPUT.top)),
    `<rect x="${INPUT.left}" y="${INPUT.top}" width="${INPUT.width}" height="${INPUT.width}" fill="none" stroke="${quiet}"/>`,
    ...captions,
    text(INPUT.left + INPUT.width / 2, INPUT.top + INPUT.width + 22, 16, "INPUT 32×32", quiet, "middle"),
  ].join("");
}

/** @type {(of: Prediction, large: number | null, accent: string, quiet: string, text: Text) => string} */
function bars({ digit, arrays }, large, accent, quiet, text) {
  const width = BARS.right - BARS.left - 70;
  const rows = [...arrays.probabilities.values].map((value, i) => {
    const y = bar(i);
    const best = i === digit;
    const length = digit === null ? 0 : width * value;
    return `${
      text(BARS.left - 20, y + 7, 20, i, undefined, "start", best ? 650 : 400)
    }<rect x="${BARS.left}" y="${
      y - 12
    }" width="${width}" height="24" fill="none" stroke="${quiet}"/><rect x="${BARS.left}" y="${
      y - 12
    }" width="${length}" height="24" fill="${best ? accent : quiet}"/>${
      digit === null ? "" : text(BARS.right, y + 6, 17, perCent(value), undefined, "end", best ? 650 : 400)
    }`;
  });
  return text(BARS.left - 20, TOP + 22, 72, large ?? "", undefined, "start", 650) + rows.join("\n");
}

/** @param {string} url @param {Extent} box */
function image(url, { start, end, low, high }) {
  const box = `x="${start}" y="${low}" width="${end - start}" height="${high - low}"`;
  return `<image ${box} href="${url}" preserveAspectRatio="none" style="image-rendering:pixelated"/>`;
}

/** @param {string} name @param {Numbers} values @param {Uint32Array} colours */
function picture(name, values, colours) {
  const width = layerOf(name).columns;
  const canvas = Object.assign(document.createElement("canvas"), { width, height: values.length / width });
  paint(canvas, values, colours);
  return canvas.toDataURL();
}
