// The reports over HTTP. The key stays in this tab's session storage, and goes into a header, never into an address.
const slot = 'adclicks-key';

export const key = {
  get: () => sessionStorage.getItem(slot),
  set: value => sessionStorage.setItem(slot, value),
  clear: () => sessionStorage.removeItem(slot),
};

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  get isRefusal() { return this.status === 401 || this.status === 403; }
}

/** Asks for a report. Parameters that are empty are left out. */
export const report = async (kind, parameters, signal) => (await send(kind, parameters, 'application/json', signal)).json();

/** The same report as a CSV file. */
export const csv = async (kind, parameters) => (await send(kind, parameters, 'text/csv')).blob();

/**
 * The totals, again whenever clicks have been counted, until the server ends the stream or the signal does.
 * Server-sent events read by hand: an EventSource can send no key in a header.
 */
export async function* totals(parameters, signal) {
  const response = await send('stream', parameters, 'text/event-stream', signal);
  let text = '';
  for await (const chunk of decoded(response.body)) {
    const events = (text + chunk).split('\n\n');
    text = events.pop();
    for (const event of events) {
      const fields = Object.fromEntries(event.split('\n').map(line => line.split(/: ?(.*)/s, 2)));
      if (fields.event === 'totals') yield JSON.parse(fields.data);
    }
  }
}

async function* decoded(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

async function send(kind, parameters, accept, signal) {
  const given = Object.entries(parameters ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const response = await fetch(`/reports/clicks/${kind}?${new URLSearchParams(given)}`, {
    headers: { 'X-Api-Key': key.get() ?? '', Accept: accept },
    cache: 'no-cache',
    signal,
  });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new ApiError(response.status, problem.detail ?? problem.title ?? `The server answered ${response.status}.`);
}
