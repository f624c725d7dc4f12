// Two gateways with a dashboard (concentrator demo --http), and a browser to look at it.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const patience = 30_000;

/** Starts the gateways. `play(name)` plays a row and returns when it is over. */
export async function openGateways(program) {
  const child = spawn('dotnet', [program, 'demo', '--http', '127.0.0.1:0'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = [], waiting = [];
  createInterface({ input: child.stdout }).on('line', line => { const next = waiting.shift(); if (next) next(line); else lines.push(line); });
  const ended = new Promise(done => child.on('exit', code => done(code)));
  const line = () => lines.length > 0 ? Promise.resolve(lines.shift()) : within(new Promise(next => waiting.push(next)), 'a line of the gateways');
  const say = async begin => { for (;;) { const said = await line(); if (said.startsWith(begin)) return said.slice(begin.length); if (said.startsWith('failed')) throw new Error(said); } };
  const url = await say('dashboard: ');
  const token = readFileSync(await say('token: '), 'utf8').trim();
  await say('Type what');
  return {
    url, token,
    async play(name) { child.stdin.write(`${name}\n`); await say(`played ${name}`); },
    async close() { child.stdin.end(); const timer = setTimeout(() => child.kill('SIGKILL'), 15_000); const code = await ended; clearTimeout(timer); return code; },
  };
}

export const openBrowser = () => chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run'],
});

export async function within(promise, what, limit = patience) {
  let timer;
  const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error(`waited ${limit / 1000} s for ${what}`)), limit); });
  try { return await Promise.race([promise, late]); } finally { clearTimeout(timer); }
}
