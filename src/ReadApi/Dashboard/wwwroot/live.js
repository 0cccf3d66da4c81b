// What comes in now: the totals of today as the server pushes them, and what each push added.
import { ApiError, totals } from './api.js';
import { $, el } from './dom.js';
import { forStream, question } from './question.js';
import { clock } from './time.js';
import { outcomes, whole } from './words.js';

const mostArrivals = 6;
const firstWaitMs = 1000;
const longestWaitMs = 15_000;
const staleSeconds = 15;

let following = null;
let freshUntil = null;
let isConnected = false;

/** Follows the question until it is followed anew or stopped; `counted` is called whenever clicks have been. */
export async function follow(counted, refused) {
  stop();
  const { signal } = following = new AbortController();
  $('arrivals').replaceChildren();
  let before = null;
  for (let waitMs = firstWaitMs; !signal.aborted; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      for await (const answer of totals(forStream(), signal)) {
        waitMs = firstWaitMs;
        isConnected = true;
        const row = answer.rows[0];
        freshUntil = answer.fresh_until ? Date.parse(answer.fresh_until) : null;
        if (before) arrive(row, before, freshUntil);
        before = row;
        show(row);
        counted();
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.isRefusal) return refused();
      isConnected = false;
      showFreshness();
    }
    // Also where the server ended the stream, as it does now and then.
    await new Promise(resolve => setTimeout(resolve, waitMs));
  }
}

export function stop() {
  following?.abort();
  isConnected = false;
}

function show(row) {
  $('today').textContent = whole(row.click_count);
  $('today-outcomes').replaceChildren(...outcomes.map(({ name, label, metric }) => el('div', { class: `is-${name}` }, el('dt', {}, label), el('dd', {}, whole(row[metric])))));
  $('arrivals-none').hidden = $('arrivals').children.length > 0;
  showFreshness();
}

/** Nothing at midnight, when the counts begin anew. */
function arrive(row, before, at) {
  const added = outcomes.map(({ name, label, metric }) => ({ name, label, count: row[metric] - before[metric] })).filter(part => part.count > 0);
  if (!added.length) return;
  $('arrivals').prepend(el('li', {}, el('time', {}, clock(at, question.zone)),
    ...added.map(({ name, label, count }) => el('span', { class: `is-${name}` }, `+${whole(count)} ${label.toLowerCase()}`))));
  while ($('arrivals').children.length > mostArrivals) $('arrivals').lastChild.remove();
}

/** How far the numbers are behind: every second, and when something is heard. */
export function showFreshness() {
  const seconds = freshUntil === null ? null : Math.max(0, Math.round((Date.now() - freshUntil) / 1000));
  const isStale = !isConnected || seconds === null || seconds > staleSeconds;
  $('freshness').hidden = false;
  $('freshness').classList.toggle('stale', isStale);
  $('freshness-text').textContent = seconds === null ? (isConnected ? 'No clicks yet' : 'Connecting')
    : !isConnected ? `Not live · ${age(seconds)} old` : isStale ? `${age(seconds)} behind` : 'Live';
  $('freshness').title = freshUntil === null ? '' : `Every click acknowledged before ${clock(freshUntil, question.zone)} is counted`;
}

const age = seconds => seconds < 120 ? `${seconds} s` : seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
