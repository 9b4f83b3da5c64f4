// When the next update may go. Far from the server several are under way, so that the layers follow the pen; but the
// server never has more than one of them at a time, nor the line: the next goes no sooner than the one before it was
// done, by what the answers told. So a page on a slow line asks no more of the server than one beside it.

const MOST = 5; // under way: browsers have six connections to a server, and one is for who looks inside meanwhile
const SHORTEST = 1000 / 30; // ms between two that are under way together
const MEMORY = 20; // round trips
const NEWEST = 0.25; // share of the newest answer in the average

/** @type {number[]} */
const trips = []; // ms there and back, of the last answers
let busy = 0; // ms that an answer keeps the server and then the line, on average
let last = -Infinity; // when the last one went
let drew = false; // whether the pen was down then

/** @param {Times} times */
export function measured({ trip, server, bytes }) {
  trips.push(trip);
  if (trips.length > MEMORY) trips.shift();
  busy += (trips.length === 1 ? 1 : NEWEST) * (server + bytes - busy);
}

// Ms until this drawing may go, now that so many are under way; Infinity: not before one of them has ended. It is
// taken to go where that is 0. Where a pen is lifted nothing newer comes: that drawing goes at once.
/** @param {number} underWay @param {Drawing} drawing */
export function pace(underWay, { penDown }) {
  const now = performance.now();
  const delay = drew && !penDown && underWay <= MOST ? 0 : wait(underWay, now);
  if (delay === 0) [last, drew] = [now, penDown];
  return delay;
}

/** @param {number} underWay @param {number} now */
function wait(underWay, now) {
  if (underWay === 0) return 0;
  const between = Math.max(SHORTEST, busy);
  const most = Math.min(Math.ceil(Math.min(...trips) / between), MOST); // Infinity before the first answer
  if (trips.length === 0 || underWay >= most) return Infinity;
  return Math.max(last + between - now, 0);
}
