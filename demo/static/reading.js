// Asks the server what the network makes of the drawing: one update at a time, then the newest drawing.
//
// Whoever wants to know listens on `readings`:
//   "reading"   detail { digit, arrays, drawing }: the answer to a drawing, { strokes, penWidth, penDown }
//   "trouble"   detail { sentence }: there is no answer for now; the drawing is kept

import { unpack } from "./message.js";
import { ask, pause, SLOW, Trouble, understood } from "./server.js";

export const readings = new EventTarget();

// The newest reading, for those who come later; null before the first.
export let newest = null;

// The drawing as the server's routes want it.
export const asBody = ({ strokes, penWidth }) => ({ strokes, pen_width: penWidth });

// Whether the network would rather not call it a digit.
export const doubted = ({ arrays }) => arrays.is_digit.values[0] < 0.5;

const LONGEST_DELAY = 2_000; // ms that an older answer may stand under a newer drawing

let wanted = null; // the newest drawing that has not been sent
let asking = false;

document.addEventListener("strokes", (event) => {
  wanted = event.detail;
  if (!asking) askOn();
});

async function askOn() {
  asking = true;
  let failures = 0; // in a row
  while (wanted) {
    const drawing = wanted;
    wanted = null;
    try {
      const reading = await read(drawing);
      failures = 0;
      const cleared = wanted?.strokes.length === 0; // an answer would stand under an empty pad
      if (!cleared) {
        newest = { ...reading, drawing };
        send("reading", newest);
      }
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      send("trouble", { sentence: error.message });
      if (error.final) continue;
      wanted ??= drawing;
      await pause(error, failures++);
    }
  }
  asking = false;
}

async function read(drawing) {
  const late = setTimeout(() => send("trouble", { sentence: SLOW }), LONGEST_DELAY);
  try {
    return understood(await ask("update", asBody(drawing)), unpack);
  } finally {
    clearTimeout(late);
  }
}

function send(type, detail) {
  readings.dispatchEvent(new CustomEvent(type, { detail }));
}

// The pad may have been there first: ask it for its drawing.
for (const pad of document.querySelectorAll(".sketchpad")) {
  pad.dispatchEvent(new CustomEvent("strokes-wanted"));
}
