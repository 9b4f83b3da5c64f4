// Drawings to start from: ten clean digits and the hard ones, replayed on the pad stroke by stroke.

import { onEscape } from "../shared/escape.js";
import { drawing, setDrawing } from "../shared/pad.js";

const LENGTH = 1200; // ms of a replay

/** @param {HTMLElement} menu */
export function mountExamples(menu) {
  /** @type {number | null} */
  let replay = null; // the animation frame asked for, while one runs
  /** @type {Stroke[]} */
  let replayed = []; // what the replay last put on the pad
  let fetched = false;

  menu.addEventListener("beforetoggle", ({ newState }) => newState === "open" && fill());
  if (menu.matches(":popover-open")) fill(); // opened before this script was there

  async function fill() {
    if (fetched) return;
    fetched = true;
    try {
      const reply = await fetch(new URL("examples.json", import.meta.url));
      menu.replaceChildren(...(await reply.json()).map(button));
    } catch {
      fetched = false;
      menu.textContent = "The examples could not be fetched; open this menu again.";
    }
  }

  /** @param {{ name: string, strokes: Stroke[] }} example */
  function button({ name, strokes }) {
    const paths = strokes.map((points) => `<polyline points="${points.join(" ")}"/>`).join("");
    const element = document.createElement("button");
    element.type = "button";
    element.ariaLabel = `Example: ${name}`;
    element.title = name;
    element.innerHTML =
      `<svg viewBox="0 0 ${drawing.side} ${drawing.side}" aria-hidden="true">${paths}</svg>`;
    element.addEventListener("click", () => {
      menu.hidePopover();
      play(strokes);
    });
    return element;
  }

  /** @param {Stroke[]} strokes */
  function play(strokes) {
    stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return setDrawing(strokes);
    const points = strokes.reduce((count, stroke) => count + stroke.length, 0);
    const start = performance.now();
    const frame = (/** @type {number} */ now) => {
      const part = Math.min((now - start) / LENGTH, 1);
      if (part === 1) {
        replay = null;
        return setDrawing(strokes);
      }
      replayed = first(strokes, Math.max(1, Math.round(part * points)));
      setDrawing(replayed, { keep: false });
      replay = requestAnimationFrame(frame);
    };
    replayed = drawing.strokes;
    replay = requestAnimationFrame(frame);
  }

  function stop() {
    cancelAnimationFrame(replay ?? 0);
    replay = null;
  }

  // Another drawing on the pad: somebody draws, undoes, or opens a link. The pad keeps what was seen.
  document.addEventListener("strokes", ({ detail }) => {
    if (replay !== null && detail.strokes !== replayed) stop();
  });
  onEscape("replay", () => {
    if (replay === null) return false;
    stop();
    setDrawing(replayed);
    return true;
  });
}

// The first `count` points of a drawing.
/** @param {Stroke[]} strokes @param {number} count */
function first(strokes, count) {
  const begun = [];
  for (const stroke of strokes) {
    if (count <= 0) break;
    begun.push(stroke.slice(0, count));
    count -= stroke.length;
  }
  return begun;
}
