// Requests to the demo's own server, and what can go wrong with them, in sentences.

const PATIENCE = 10_000; // ms until a reply counts as lost
const FIRST_PAUSE = 400; // ms before it is asked again; doubled each time
const LONGEST_PAUSE = 3_000;
const LONGEST_WISH = 30_000; // ms that the server is left alone, however long it wishes
const UNREACHABLE = "No connection to the server. Your drawing is kept; trying again …";
const BUSY = "The server is busy. Your drawing is kept; trying again …";
const BROKEN = "The server has a problem. Your drawing is kept; trying again …";

export class Trouble extends Error {
  /** @param {string} sentence */
  constructor(sentence, { final = false, pause = 0 } = {}) {
    super(sentence);
    this.final = final; // asking the same again would not help
    this.pause = pause; // ms that the server wants to be left alone
  }
}

// What `read` makes of the reply's bytes; Trouble for everything but a good reply that `read` understands.
// Without `body` it is a GET. `measured` is told how long the parts of it took, in milliseconds: the way there and
// back, the server's own waiting and computing, and the bytes after the first. It is given up after `PATIENCE`, or
// when `signal` says that nobody waits for it any more.
/**
 * @template Answer
 * @param {string} path
 * @param {(bytes: ArrayBuffer) => Answer} read
 * @param {object=} body
 * @param {{ measured?: (times: Times) => void, signal?: AbortSignal }} options
 */
export async function ask(path, read, body, { measured, signal } = {}) {
  const timeout = AbortSignal.timeout(PATIENCE);
  let reply, bytes;
  try {
    const asked = performance.now();
    reply = await fetch(new URL(path, document.baseURI), {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout, // Safari knows `any` from 17.4 on
    });
    const heard = performance.now();
    bytes = await reply.arrayBuffer();
    const server = told(reply.headers.get("Server-Timing"));
    measured?.({ trip: Math.max(heard - asked - server, 0), server, bytes: performance.now() - heard });
  } catch {
    throw new Trouble(UNREACHABLE);
  }
  if (reply.ok) return understood(bytes, read);
  if (reply.status === 413) throw new Trouble("This drawing is too long to be read.", { final: true });
  if (reply.status === 400) throw new Trouble(understood(bytes, refusal), { final: true });
  const pause = wished(reply.headers.get("Retry-After") ?? "");
  throw new Trouble(reply.status === 429 || reply.status === 503 ? BUSY : BROKEN, { pause });
}

// The milliseconds that the server says it was busy with a request, or had it wait.
/** @param {string | null} timing */
const told = (timing) =>
  [...(timing ?? "").matchAll(/\b(?:waiting|computing);dur=([\d.]+)/g)]
    .reduce((sum, [, milliseconds]) => sum + Number(milliseconds), 0);

/** @template Answer @param {ArrayBuffer} bytes @param {(bytes: ArrayBuffer) => Answer} read */
function understood(bytes, read) {
  try {
    return read(bytes);
  } catch {
    throw new Trouble(BROKEN);
  }
}

/** @param {ArrayBuffer} bytes */
export const parse = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

// The server's own sentence about what it refuses; a proxy's page has none, and another try may reach the server.
/** @param {ArrayBuffer} bytes */
function refusal(bytes) {
  const { error } = parse(bytes);
  if (typeof error !== "string") throw new TypeError("no sentence");
  return error;
}

// The milliseconds that a Retry-After asks for, in seconds or as a date; 0 for none and for nonsense.
/** @param {string} text */
function wished(text) {
  const milliseconds = /^\d+$/.test(text) ? 1000 * Number(text) : Date.parse(text) - Date.now();
  return Math.min(Math.max(milliseconds || 0, 0), LONGEST_WISH);
}

// Whoever asked in vain waits this long, the longer the more often in a row; back online ends the wait.
/** @param {Trouble} trouble @param {number} failures */
export function pause({ pause: wished }, failures) {
  const milliseconds = Math.max(wished, Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE));
  return new Promise((/** @type {(none?: void) => void} */ resolve) => {
    const timer = setTimeout(done, milliseconds * (0.75 + Math.random() / 2)); // or a class would come in one wave
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    }
    addEventListener("online", done);
  });
}
