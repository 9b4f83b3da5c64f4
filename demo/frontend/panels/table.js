// Table I as a grid: a column for each C3 map, a row for each S2 map, a kernel where they are linked. A
// column chosen shows what each S2 map adds to the C3 map: partial maps + bias = sums, and the map itself.

import { onTheme } from "../shared/colours.js";
import { kernels, makeKernel, onNetwork } from "./kernels.js";
import { onEscape } from "../shared/escape.js";
import { showColumn } from "../layers/ribbons.js";
import { amplitude } from "../shared/geometry.js";
import { latest } from "../shared/latest.js";
import { unpack } from "../shared/message.js";
import { largest, paintSigned } from "../shared/paint.js";
import { hasKeyboard, only, onOnly, problem, uncover } from "./panel.js";
import { asBody, newest, predictions } from "../shared/prediction.js";
import { ask } from "../shared/server.js";
import { register } from "../shared/view.js";

const NEEDED = ["partial", "bias", "sums", "map"]; // of a C3 map's message

/** @param {Mounted} element @param {number[][]} table */
export function mountTable(element, table) {
  const button = /** @type {HTMLButtonElement} */ (document.querySelector("[data-show=table]"));
  const grid = element.querySelector("table");
  const detail = element.querySelector(".partials");
  /** @type {{ map: number, source: number, button: HTMLButtonElement, canvas: HTMLCanvasElement }[]} */
  const cells = []; // in the order of the kernels
  /** @type {{ map: number, source: number | null }} */
  let chosen = { map: 0, source: null };
  let uncovered = false; // once opened, nothing moves under the pointer
  /** @param {string} name */
  const holder = (name) => /** @type {Element} */ (document.querySelector(`[data-layer=${name}] .maps`));
  const showKernels = kernels("c3", paintKernels, problem(element, "kernels"));

  const fetchPartials = latest(
    (/** @type {Drawing} */ drawing, /** @type {number} */ map) =>
      ask("partial-maps", (bytes) => unpack(bytes, NEEDED).arrays, { ...asBody(drawing), map }),
    (arrays, _, map) => map === chosen.map && show(arrays, map),
    problem(element, "partials"),
  );
  const refresh = () => newest && fetchPartials(newest.drawing, chosen.map);

  build();
  /** @param {boolean} open */
  function set(open) {
    if (open) {
      only("table");
      element.hidden = false;
      showKernels();
      pick(chosen.map, chosen.source);
    } else if (!element.hidden) {
      element.hidden = true;
      uncovered = false;
      mark(null);
    }
    button.ariaExpanded = String(open);
  }
  function closeByHand() {
    if (hasKeyboard(element)) button.focus({ preventScroll: true });
    set(false);
  }
  onOnly("table", () => set(false));
  onEscape("panel", () => {
    if (element.hidden) return false;
    closeByHand();
    return true;
  });
  element.querySelector("[data-do=close]").addEventListener("click", closeByHand);
  button.addEventListener("click", () => set(element.hidden));
  register("table", {
    told: () => (element.hidden ? null : [chosen.map, chosen.source ?? []].flat().join(".")),
    open(text) {
      if (text === null) return set(false);
      const [map, source = null] = text.split(".").map(Number);
      if (!(source === null ? table[map] : table[map]?.includes(source))) throw new RangeError(text);
      chosen = { map, source };
      set(true);
    },
  });
  onTheme(() => {
    if (element.hidden) return;
    showKernels();
    refresh();
  });
  onNetwork(() => element.hidden || showKernels());
  predictions.addEventListener("prediction", () => element.hidden || refresh());

  function build() {
    const head = grid.createTHead().insertRow();
    head.append(heading("S2 ╲ C3", "col"), ...table.map((_, map) => heading(map, "col")));
    const rows = Array.from({ length: 6 }, (_, source) => {
      const row = (grid.tBodies[0] ?? grid.createTBody()).insertRow();
      row.append(heading(source, "row"));
      return row;
    });
    table.forEach((sources, map) => {
      for (const [source, row] of rows.entries()) {
        const cell = row.insertCell();
        if (!sources.includes(source)) continue;
        const canvas = makeKernel(`Kernel from S2 map ${source} to C3 map ${map}`);
        const link = document.createElement("button");
        Object.assign(link, { type: "button", tabIndex: -1 });
        link.append(canvas);
        cell.append(link);
        link.addEventListener("click", () => pick(map, source));
        link.addEventListener("pointerenter", () => mark(map, source));
        link.addEventListener("focus", () => mark(map, source));
        cells.push({ map, source, button: link, canvas });
      }
    });
    cells[0].button.tabIndex = 0;
    grid.addEventListener("pointerleave", () => mark(chosen.map, chosen.source));
    grid.addEventListener("keydown", walk);
  }

  /** @param {string | number} text @param {string} scope */
  function heading(text, scope) {
    const cell = document.createElement("th");
    return Object.assign(cell, { scope, textContent: String(text) });
  }

  // Arrow keys go to the nearest link in their direction; only one of the sixty is a tab stop.
  /** @param {KeyboardEvent} event */
  function walk(event) {
    /** @type {Record<string, Point>} */
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    const [right, down] = ways[event.key] ?? [];
    const from = cells.find(({ button }) => button === document.activeElement);
    if (right === undefined || !from) return;
    event.preventDefault();
    const ahead = cells.filter(({ map, source }) =>
      right
        ? source === from.source && (map - from.map) * right > 0
        : map === from.map && (source - from.source) * down > 0
    );
    /** @param {typeof from} cell */
    const distance = ({ map, source }) => Math.abs(map - from.map) + Math.abs(source - from.source);
    const next = ahead.sort((a, b) => distance(a) - distance(b))[0];
    if (!next) return;
    from.button.tabIndex = -1;
    next.button.tabIndex = 0;
    next.button.focus();
  }

  /** @param {number} map @param {number | null} source */
  function pick(map, source) {
    chosen = { map, source };
    mark(map, source);
    refresh();
  }

  // The column's cells stand out in the grid, and with them its S2 maps and its C3 map in the picture.
  /** @param {number | null} map @param {number | null} source */
  function mark(map, source = null) {
    for (const cell of cells) {
      cell.button.classList.toggle("column", cell.map === map);
      cell.button.classList.toggle("cell", cell.map === map && cell.source === source);
      cell.button.ariaPressed = String(cell.map === chosen.map && cell.source === chosen.source);
    }
    /** @type {(name: string, read: (i: number) => boolean) => void} */
    const fade = (name, read) =>
      document
        .querySelectorAll(`[data-layer=${name}] .map`)
        .forEach((picture, i) => picture.classList.toggle("unread", map !== null && !read(i)));
    fade("s2", (i) => map !== null && table[map].includes(i));
    fade("c3", (i) => i === map);
    showColumn(map);
  }

  /** @param {Numbers} values */
  function paintKernels(values) {
    const limit = largest(values);
    cells.forEach(({ canvas }, i) => paintSigned(canvas, values.subarray(25 * i, 25 * i + 25), limit));
    element.querySelector(".kernel-scale").textContent = `Kernels on their own scale: ±${limit.toFixed(2)}.`;
  }

  /** @param {Arrays} arrays @param {number} map */
  function show({ partial, bias, sums, map: values }, map) {
    const sources = table[map];
    const limit = Math.max(largest(partial.values), largest(sums.values));
    const parts = sources.map((source, i) => {
      const part = figure(`Partial map from S2 map ${source}`, `S2 ${source}`, source === chosen.source);
      paintSigned(part.canvas, partial.values.subarray(100 * i, 100 * i + 100), limit);
      return part.element;
    });
    const total = figure(`Sums of C3 map ${map}`, "sums a");
    paintSigned(total.canvas, sums.values, limit);
    const result = figure(`Values of C3 map ${map}`, `C3 ${map}`);
    paintSigned(result.canvas, values.values, amplitude);
    const end = document.createElement("div"); // on a line of its own where all does not fit into one
    end.append(
      sign(
        bias.values[0] < 0 ? `− ${(-bias.values[0]).toFixed(3)}` : `+ ${bias.values[0].toFixed(3)}`,
        "bias",
      ),
      sign("="),
      total.element,
      sign("→", `${amplitude} · tanh(2a/3)`),
      result.element,
    );
    detail.replaceChildren(...parts.flatMap((part, i) => (i ? [sign("+"), part] : [part])), end);
    element.querySelector(".partials-scale").textContent = `Partial maps and sums on their own scale: ±${
      limit.toFixed(2)
    }; the map itself on the page's.`;
    if (!uncovered) uncover(element, holder("c3"), holder("s2"));
    uncovered = true;
  }

  /** @param {string} label @param {string} caption */
  function figure(label, caption, marked = false) {
    const element = document.createElement("figure");
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 10, height: 10, role: "img", ariaLabel: label });
    const text = document.createElement("figcaption");
    text.textContent = caption;
    element.classList.toggle("cell", marked);
    element.append(canvas, text);
    return { element, canvas };
  }

  /** @param {string} text */
  function sign(text, caption = "") {
    const element = document.createElement("span");
    const small = document.createElement("small");
    small.textContent = caption;
    element.append(text, small);
    return element;
  }
}
