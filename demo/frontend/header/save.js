// The whole picture as SVG or PNG, for slides; all numbers as JSON or CSV, computed by Python.

import { drawing } from "../shared/pad.js";
import { asBody, newest } from "../shared/prediction.js";
import { ask, parse, Trouble } from "../shared/server.js";
import { HEIGHT, slide, WIDTH } from "./slide.js";

const NOTHING = "Nothing is drawn, so nothing was saved.";
const NOT_READ = "The network has not read this drawing yet, so nothing was saved.";
const NO_ANSWER = "The server did not answer, so nothing was saved.";

/** @param {HTMLElement} menu @param {Tell} tell */
export function mountSave(menu, tell) {
  menu.addEventListener("click", async ({ target }) => {
    const kind = /** @type {HTMLElement} */ (target).dataset.save;
    if (!kind) return;
    if (drawing.strokes.length === 0) return tell(NOTHING);
    if (!newest || newest.drawing.strokes !== drawing.strokes) return tell(NOT_READ);
    try {
      download(`lenet5-${newest.digit ?? "dot"}.${kind}`, await make[kind](newest));
      menu.hidePopover();
    } catch (error) {
      tell(error instanceof Trouble ? NO_ANSWER : "The picture could not be made.");
    }
  });
}

/** @type {Record<string, (prediction: Prediction) => Blob | Promise<Blob>>} */
const make = {
  svg: (prediction) => new Blob([slide(prediction)], { type: "image/svg+xml" }),
  png: (prediction) => raster(slide(prediction)),
  json: async (prediction) =>
    new Blob([JSON.stringify(await numbers(prediction), null, 1)], { type: "application/json" }),
  csv: async (prediction) => new Blob([table(await numbers(prediction))], { type: "text/csv" }),
};

// Of what the figure shows: an experiment's, too, and then what was tried.
/** @param {Prediction} prediction */
async function numbers({ drawing }) {
  const found = await ask("classify", parse, { ...asBody(drawing), maps: true });
  const { difference: _, ...experiment } = drawing.experiment ?? {}; // numbers are the values themselves
  return { ...(drawing.experiment && { experiment }), ...found };
}

/**
 * @param {{ is_digit: number | null, probabilities: number[], input: number[][],
 *     maps: Record<string, number[] | number[][][]> }} found
 */
function table({ is_digit, probabilities, input, maps }) {
  const lines = ["layer,map,row,column,value"];
  /** @type {(layer: string, map: number, values: number[] | number[][]) => void} */
  const add = (layer, map, values) => {
    const rows = /** @type {number[][]} */ (Array.isArray(values[0]) ? values : [values]);
    rows.forEach((row, r) => row.forEach((value, c) => lines.push([layer, map, r, c, value].join())));
  };
  add("input", 0, input);
  for (const [layer, values] of Object.entries(maps)) {
    if (Array.isArray(values[0])) {
      /** @type {number[][][]} */ (values).forEach((map, number) => add(layer, number, map));
    } else add(layer, 0, /** @type {number[]} */ (values));
  }
  add("probability", 0, probabilities);
  if (is_digit !== null) add("is_digit", 0, [is_digit]);
  return `${lines.join("\n")}\n`;
}

// The PNG is that very SVG, twice as fine.
/** @param {string} svg @returns {Promise<Blob>} */
async function raster(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * WIDTH, height: 2 * HEIGHT });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(/** @type {BlobCallback} */ (resolve), "image/png"));
}

/** @param {string} name @param {Blob} blob */
function download(name, blob) {
  const link = Object.assign(document.createElement("a"), {
    href: URL.createObjectURL(blob),
    download: name,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
