// Asks the server what the network makes of the drawing: one update at a time, then the newest drawing.
//
// Whoever wants to know listens on `readings`:
//   "reading"   detail { digit, arrays, penDown }: the answer to a drawing
//   "trouble"   detail { sentence }: there is no answer for now; the drawing is kept

import { unpack } from "./message.js";

export const readings = new EventTarget();

const PATIENCE = 10_000; // ms until a reply counts as lost
const FIRST_PAUSE = 400; // ms before an update is tried again; doubled each time
const LONGEST_PAUSE = 8_000;

const UNREACHABLE = "No connection to the server. Your drawing is kept; trying again …";
const BUSY = "The server is busy. Your drawing is kept; trying again …";
const BROKEN = "The server has a problem. Your drawing is kept; trying again …";

class Trouble extends Error {
  constructor(sentence, { final = false, pause = 0 } = {}) {
    super(sentence);
    this.final = final; // asking the same again would not help
    this.pause = pause; // ms that the server wants to be left alone
  }
}

let wanted = null; // the newest drawing that has not been sent
let asking = false;
let failures = 0; // in a row

document.addEventListener("strokes", (event) => {
  wanted = event.detail;
  if (!asking) askOn();
});

async function askOn() {
  asking = true;
  while (wanted) {
    const drawing = wanted;
    wanted = null;
    try {
      const reading = await ask(drawing);
      failures = 0;
      const cleared = wanted?.strokes.length === 0; // an answer would stand under an empty pad
      if (!cleared) send("reading", { ...reading, penDown: drawing.penDown });
    } catch (error) {
      const trouble = error instanceof Trouble ? error : new Trouble(BROKEN);
      send("trouble", { sentence: trouble.message });
      if (trouble.final) continue;
      wanted ??= drawing;
      await pause(Math.max(trouble.pause, Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE)));
      failures += 1;
    }
  }
  asking = false;
}

async function ask({ strokes, penWidth }) {
  let reply, body;
  try {
    reply = await fetch(new URL("update", document.baseURI), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ strokes, pen_width: penWidth }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    body = await reply.arrayBuffer();
  } catch {
    throw new Trouble(UNREACHABLE);
  }
  if (reply.ok) return unpack(body);
  if (reply.status === 413) throw new Trouble("This drawing is too long to be read.", { final: true });
  if (reply.status === 400) {
    const { error } = JSON.parse(new TextDecoder().decode(body));
    throw new Trouble(error, { final: true });
  }
  const pause = 1000 * Number(reply.headers.get("Retry-After") ?? 0);
  throw new Trouble(reply.status === 429 || reply.status === 503 ? BUSY : BROKEN, { pause });
}

function send(type, detail) {
  readings.dispatchEvent(new CustomEvent(type, { detail }));
}

// Waits, with some chance so that a class does not come back in one wave; back online ends the wait.
function pause(milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds * (0.75 + Math.random() / 2));
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    }
    addEventListener("online", done);
  });
}

// The pad may have been there first: ask it for its drawing.
for (const pad of document.querySelectorAll(".sketchpad")) {
  pad.dispatchEvent(new CustomEvent("strokes-wanted"));
}
