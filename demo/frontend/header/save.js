// The whole picture as SVG or PNG, for slides; all numbers as JSON or CSV, computed by Python.

import { ink, signed } from "../shared/colours.js";
import { drawing } from "../shared/pad.js";
import { paint } from "../shared/paint.js";
import { placement } from "../shared/placement.js";
import { asBody, newest } from "../shared/prediction.js";
import { ask, parse, Trouble } from "../shared/server.js";
import { verdict } from "../answer/verdict.js";

const [WIDTH, HEIGHT] = [1600, 900];

const NOTHING = "Nothing is drawn, so nothing was saved.";
const NOT_READ = "The network has not read this drawing yet, so nothing was saved.";
const NO_ANSWER = "The server did not answer, so nothing was saved.";

// Where the layers' pictures stand on the slide: left edge, top, and the size of one map.
const ROWS = [
  { name: "input", title: "", top: 70, size: 120, columns: 32, left: 560 + 3 * 126 },
  { name: "c1", title: "C1", top: 210, size: 120, columns: 28 },
  { name: "s2", title: "S2", top: 350, size: 80, columns: 14 },
  { name: "c3", title: "C3", top: 450, size: 56, columns: 10 },
  { name: "s4", title: "S4", top: 530, size: 56, columns: 5 },
  { name: "c5", title: "C5", top: 610, size: 60, columns: 30 },
  { name: "f6", title: "F6", top: 690, size: 120, columns: 7 },
];

export function mountSave(menu, tell) {
  menu.addEventListener("click", async ({ target }) => {
    const kind = target.dataset.save;
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

const make = {
  svg: (prediction) => new Blob([slide(prediction)], { type: "image/svg+xml" }),
  png: (prediction) => raster(slide(prediction)),
  json: async () => new Blob([JSON.stringify(await numbers(), null, 1)], { type: "application/json" }),
  csv: async () => new Blob([table(await numbers())], { type: "text/csv" }),
};

const numbers = () => ask("classify", parse, { ...asBody(drawing), maps: true });

function table({ is_digit, probabilities, input, maps }) {
  const lines = ["layer,map,row,column,value"];
  const add = (layer, map, values) => {
    if (!Array.isArray(values[0])) values = [values];
    values.forEach((row, r) => row.forEach((value, c) => lines.push([layer, map, r, c, value].join())));
  };
  add("input", 0, input);
  for (const [layer, values] of Object.entries(maps)) {
    if (Array.isArray(values[0])) values.forEach((map, number) => add(layer, number, map));
    else add(layer, 0, values);
  }
  add("probability", 0, probabilities);
  if (is_digit !== null) add("is_digit", 0, [is_digit]);
  return `${lines.join("\n")}\n`;
}

function slide(prediction) {
  const { digit, arrays } = prediction;
  const style = getComputedStyle(document.body);
  const colour = (name) => style.getPropertyValue(name).trim();
  const [paper, dark, quiet] = [colour("--paper"), colour("--ink"), colour("--quiet")];
  const text = (x, y, size, words, fill = dark, anchor = "start") =>
    `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}">${words}</text>`;
  const lines = drawing.strokes.map((points) => {
    const dot = points.length === 1 ? [...points, points[0]] : points;
    return `<polyline points="${dot.map((point) => point.join()).join(" ")}"/>`;
  });
  const share = (value) => `${(100 * value).toFixed(1)} %`;
  const probabilities = [...arrays.probabilities.values];
  const bars = probabilities.map((value, i) => {
    const y = 580 + 27 * i;
    const length = digit === null ? 0 : 260 * value;
    return `${text(60, y + 16, 18, i)}<rect x="84" y="${y}" width="${length}" height="18" fill="${quiet}"/>${
      digit === null ? "" : text(440, y + 16, 18, share(value), dark, "end")
    }`;
  });
  const { digit: large, words } = verdict(prediction);
  const read = large === null ? words : `${large}, ${words}`;
  const answer = digit === null ? "no digit" : read;
  const end = (127 * arrays.c1.scale).toFixed(4); // of the colour scale
  const date = new Date().toISOString().slice(0, 10);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif">
<title>LeNet-5 reads: ${answer}</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="${paper}"/>
${text(60, 44, 26, `LeNet-5 reads: ${answer}`)}
<svg x="60" y="70" width="400" height="400" viewBox="0 0 ${drawing.side} ${drawing.side}">
<rect width="${drawing.side}" height="${drawing.side}" fill="none" stroke="${quiet}"/>
<g fill="none" stroke="${dark}" stroke-width="${drawing.penWidth}" stroke-linecap="round" stroke-linejoin="round">${
    lines.join("")
  }</g>
</svg>
${text(60, 555, 60, large ?? "")}
${bars.join("\n")}
${steps(prediction, colour("--mark"), text, quiet)}
${ROWS.map((row) => layer(row, arrays[row.name], text)).join("\n")}
${
    text(
      60,
      HEIGHT - 16,
      16,
      `LeNet-5 sketchpad, ${date}. All maps on one scale: −${end} (blue) to ${end} (orange).`,
      quiet,
    )
  }
</svg>`;
}

// The preprocessing as the page shows it: its own canvases, and the cross that stands on the third.
function steps(prediction, mark, text, quiet) {
  const canvases = [
    .../** @type {NodeListOf<HTMLCanvasElement>} */ (document.querySelectorAll(".steps figure canvas")),
  ].slice(0, 3);
  const images = canvases.map((canvas, i) => image(canvas.toDataURL(), 560 + 126 * i, 70, 120, 120));
  const words = [...document.querySelectorAll(".steps figcaption")].map((caption) => caption.textContent);
  const captions = [...words, "INPUT 32×32"].map((word, i) =>
    text(560 + 126 * i + 60, 204, 13, word, quiet, "middle")
  );
  const placing = placement(prediction);
  if (placing) {
    const x = 560 + 2 * 126 + (placing.centre.left * 120) / 28;
    const y = 70 + (placing.centre.top * 120) / 28;
    images.push(`<path d="M${x - 9} ${y}h18M${x} ${y - 9}v18" stroke="${mark}" stroke-width="2"/>`);
  }
  return text(510, 136, 18, "Input") + images.join("") + captions.join("");
}

function image(url, x, y, width, height) {
  const box = `x="${x}" y="${y}" width="${width}" height="${height}"`;
  return `<image ${box} href="${url}" preserveAspectRatio="none" style="image-rendering:pixelated"/>`;
}

function layer({ name, title, top, size, columns, left = 560 }, { values, shape }, text) {
  const count = shape.length === 3 ? shape[0] : 1;
  const cells = values.length / count;
  const rows = cells / columns;
  const width = (size * columns) / rows;
  const maps = Array.from({ length: count }, (_, number) => {
    const map = values.subarray(number * cells, (number + 1) * cells);
    const url = picture(map, columns, rows, name === "input" ? ink : signed);
    return image(url, left + number * (width + 6), top, width, size);
  });
  return text(510, top + size / 2 + 6, 18, title) + maps.join("");
}

function picture(values, width, height, colours) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  paint(canvas, values, colours);
  return canvas.toDataURL();
}

// The PNG is that very SVG, twice as fine.
async function raster(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * WIDTH, height: 2 * HEIGHT });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function download(name, blob) {
  const link = Object.assign(document.createElement("a"), {
    href: URL.createObjectURL(blob),
    download: name,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
