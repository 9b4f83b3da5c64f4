// A layer's units to be pointed at and chosen, by mouse, finger or arrow keys.

import { choose, current, point } from "../shared/focus.js";
import { layerOf, place, unitAt } from "../shared/geometry.js";

/** @param {Pictured} layer */
export function mountUnits({ name, holder, pictures }) {
  const { rows, columns, units } = layerOf(name);
  const height = rows ?? units / columns;
  /** @type {(map: number, row: number, column: number) => Unit} */
  const at = (map, row, column) => ({ name, unit: unitAt(name, { map, row, column }) });

  /** @param {MouseEvent} event */
  function under(event) {
    const map = pictures.findIndex(({ canvas }) => canvas === event.target);
    if (map < 0) return null;
    const box = /** @type {Element} */ (event.target).getBoundingClientRect();
    /** @type {(position: number, size: number, count: number) => number} */
    const cell = (position, size, count) =>
      Math.min(Math.max(Math.floor((position / size) * count), 0), count - 1);
    const row = cell(event.clientY - box.top, box.height, height);
    return at(map, row, cell(event.clientX - box.left, box.width, columns));
  }

  // A click has whole coordinates, on a scaled display not those of the pointer: it means what the pointer was on.
  /** @type {Unit | null} */
  let lit = null;
  for (const type of /** @type {const} */ (["pointermove", "pointerdown", "pointerup"])) {
    holder.addEventListener(type, (event) => {
      lit = under(event);
      if (event.pointerType === "mouse") point(lit);
    });
  }
  holder.addEventListener("pointerleave", () => point(null));
  holder.addEventListener("click", (event) => {
    const unit = lit ?? under(event);
    lit = null;
    if (unit && name !== "input") choose(unit);
  });

  holder.addEventListener("focus", () => {
    if (!holder.matches(":focus-visible")) return;
    if (current()?.name !== name) point(at(0, height >> 1, columns >> 1));
  });
  holder.addEventListener("blur", () => point(null));
  holder.addEventListener("keydown", (event) => {
    const now = current();
    if (!now || now.name !== name) return;
    let { map, row, column } = place(name, now.unit);
    const move = /** @type {Record<string, (() => void) | undefined>} */ ({
      ArrowUp: () => (row = Math.max(row - 1, 0)),
      ArrowDown: () => (row = Math.min(row + 1, height - 1)),
      ArrowLeft: () => (column = Math.max(column - 1, 0)),
      ArrowRight: () => (column = Math.min(column + 1, columns - 1)),
      PageUp: () => (map = Math.max(map - 1, 0)),
      PageDown: () => (map = Math.min(map + 1, pictures.length - 1)),
      Enter: () => name !== "input" && choose(now),
    })[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move();
    if (event.key !== "Enter") point(at(map, row, column));
  });
}
