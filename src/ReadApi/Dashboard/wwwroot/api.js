// The reports over HTTP. The key stays in this tab's session storage.
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
}

/** Asks for a report. Parameters that are empty are left out; filters are sent as JSON. */
export async function report(kind, parameters, signal) {
  return (await send(kind, parameters, 'application/json', signal)).json();
}

/** The same report as a CSV file. */
export async function csv(kind, parameters) {
  return (await send(kind, parameters, 'text/csv')).blob();
}

async function send(kind, parameters, accept, signal) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters ?? {})) {
    if (value !== undefined && value !== null && value !== '') query.set(name, value);
  }
  const response = await fetch(`/reports/clicks/${kind}?${query}`, {
    headers: { 'X-Api-Key': key.get() ?? '', Accept: accept },
    cache: 'no-cache',
    signal,
  });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new ApiError(response.status, problem.detail ?? problem.title ?? `The server answered ${response.status}.`);
}
