// Only the newest counts: what was not yet asked when something newer is wanted is dropped, and an answer that comes
// after a newer one's is not shown.

import { pause, Trouble } from "./server.js";

const LONGEST_DELAY = 2_000; // ms without an answer and without a word about it
const SLOW = "The server is slow. Your drawing is kept; waiting …";

// Ms until another request may go, now that so many are under way; Infinity: not before one of them has ended.
/** @type {(underWay: number, ...question: unknown[]) => number} */
const oneAtATime = (underWay) => underWay ? Infinity : 0;

// `latest(request, done, tell, pace)` makes a function that asks with its arguments, as soon as `pace` lets it, and
// hands each answer that is not older than one before it to `done`, which knows whether it still counts. After trouble it asks again, unless that is final.
// `tell`, if it is given, gets the sentence for whatever keeps the answer away, and "" when it is there.
/**
 * @template {unknown[]} Question
 * @template Answer
 * @param {(...question: Question) => Promise<Answer>} request
 * @param {(answer: Answer, ...question: Question) => void} done
 * @param {Tell} tell
 * @param {(underWay: number, ...question: Question) => number} pace
 */
export function latest(request, done, tell = (_) => {}, pace = oneAtATime) {
  /** @type {Question | null} */
  let wanted = null; // the newest question, while it is not asked
  let asked = 0; // how many were
  let ended = 0; // the newest of them that was answered or refused
  let underWay = 0;
  let resting = false; // after trouble
  let failures = 0; // in a row
  let /** @type {number | undefined} */ next, /** @type {number | undefined} */ late; // timers

  return (/** @type {Question} */ ...question) => {
    wanted = question;
    go();
  };

  function go() {
    clearTimeout(next);
    if (!wanted || resting) return;
    const delay = pace(underWay, ...wanted);
    if (delay === Infinity) return;
    if (delay > 0) next = setTimeout(go, delay);
    else send(wanted);
  }

  /** @param {Question} question */
  async function send(question) {
    wanted = null;
    const number = ++asked;
    underWay += 1;
    late ??= setTimeout(tell, LONGEST_DELAY, SLOW);
    try {
      const answer = await request(...question);
      if (!end(number)) return;
      failures = 0;
      tell("");
      done(answer, ...question);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      if (end(number)) fail(error, question, number === asked);
    } finally {
      underWay -= 1;
      go();
    }
  }

  // Whether number `number` ended before all that were asked after it.
  /** @param {number} number */
  function end(number) {
    if (number < ended) return false;
    ended = number;
    clearTimeout(late);
    late = asked > ended ? setTimeout(tell, LONGEST_DELAY, SLOW) : undefined;
    return true;
  }

  // What was asked after it may still be answered; of the newest question the trouble is told.
  /** @param {Trouble} error @param {Question} question @param {boolean} isNewest */
  async function fail(error, question, isNewest) {
    if (isNewest) tell(error.message);
    if (error.final) return;
    if (isNewest) wanted ??= question;
    if (resting) return;
    resting = true;
    await pause(error, failures++);
    resting = false;
    go();
  }
}
