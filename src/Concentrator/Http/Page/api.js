// Talking to the gateway. The token goes in a header, never in an address, and lives as long as the tab.

const key = 'concentrator-token';
const listeners = new Set();

export const token = {
  get: () => sessionStorage.getItem(key),
  set: value => { sessionStorage.setItem(key, value); listeners.forEach(told => told()); },
  forget: () => { sessionStorage.removeItem(key); listeners.forEach(told => told()); },
  onChange: told => listeners.add(told),
};

export class Refused extends Error {
  constructor(status, text) { super(text); this.status = status; }
}

/** JSON of a path under /api/v1. */
export async function read(path, signal) {
  const answer = await fetch(`/api/v1/${path}`, { headers: headers(), signal, cache: 'no-store' });
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
}

/** Asks for an action. */
export async function act(path) {
  const answer = await fetch(`/api/v1/${path}`, { method: 'POST', headers: { ...headers(), 'X-Concentrator-Action': '1' } });
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
}

/**
 * Server-sent events, read with fetch because EventSource cannot send a header. Calls `told(event, data)`, and `linked(true|false)`; goes on by itself when the
 * link is lost, until the signal says otherwise.
 */
export async function watch(path, signal, told, linked) {
  let wait = 500;
  while (!signal.aborted) {
    try {
      const answer = await fetch(`/api/v1/${path}`, { headers: headers(), signal, cache: 'no-store' });
      if (!answer.ok) throw await refusal(answer);
      linked(true);
      wait = 500;
      await readEvents(answer.body, told);
    } catch (fault) {
      if (signal.aborted) return;
      linked(false, fault);
      if (fault.status === 401) return;
    }
    if (signal.aborted) return;
    linked(false);
    await new Promise(go => setTimeout(go, wait));
    wait = Math.min(wait * 2, 8000);
  }
}

async function readEvents(body, told) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const lines = block.split('\n');
      const event = lines.find(line => line.startsWith('event: '));
      const data = lines.find(line => line.startsWith('data: '));
      if (event && data) told(event.slice(7), JSON.parse(data.slice(6)));
    }
  }
}

const headers = () => token.get() ? { Authorization: `Bearer ${token.get()}` } : {};

async function refusal(answer) {
  const text = await answer.text();
  let why = text.trim();
  try { why = JSON.parse(text).error ?? why; } catch { /* It is plain text. */ }
  return new Refused(answer.status, why || answer.statusText);
}
