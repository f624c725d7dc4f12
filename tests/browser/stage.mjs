// Two gateways with a dashboard (concentrator demo --http), a gateway of two nodes, and a browser to look at them.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** Starts two nodes of one gateway on loopback, each with a service address; the first has the dashboard. They end with this program. */
export async function openCluster(program) {
  const folder = mkdtempSync(join(tmpdir(), 'concentrator-browser-'));
  const run = (...words) => execFileSync('dotnet', [program, ...words], { cwd: folder, timeout: patience, stdio: 'ignore' });
  run('cluster', 'init-ca', 'ca');
  for (const name of ['n1', 'n2']) run('cluster', 'issue', name, '--ca', 'ca');
  writeFileSync(join(folder, 'swanctl.conf'), 'connections { }\n', { mode: 0o600 });
  const [ike, nat, clusterPort, http] = await Promise.all([1, 2, 3, 4].map(freePort));
  const nodes = ['n1', 'n2'].map((name, i) => spawn('dotnet', [
    program, 'demo', 'node', '--config', 'swanctl.conf', '--kernel', 'memory', '--vici', 'none', '--listen', `127.93.7.${101 + i}`, '--port', ike, '--nat-port', nat,
    '--node-name', name, '--cluster-address', `127.93.7.${101 + i}:${clusterPort}`, '--seed', `127.93.7.101:${clusterPort}`, `127.93.7.102:${clusterPort}`,
    '--cluster-cert', `ca/${name}.pem`, '--cluster-key', `ca/${name}.key`, '--cluster-ca', 'ca/ca.pem', '--service-address', '127.93.7.1/8%lo', '127.93.7.2/8%lo',
    ...(i === 0 ? ['--http', `127.0.0.1:${http}`, '--http-token-file', 'token'] : ['--http', 'none']),
  ], { cwd: folder, stdio: ['pipe', 'ignore', 'inherit'] }));
  return {
    url: `http://127.0.0.1:${http}`,
    token: () => readFileSync(join(folder, 'token'), 'utf8').trim(),
    async close() {
      for (const node of nodes) if (node.exitCode === null) { const gone = new Promise(done => node.on('exit', done)); node.kill('SIGKILL'); await gone; }
      rmSync(folder, { recursive: true });
    },
  };
}

const freePort = () => new Promise(found => {
  const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => found(port)); });
});

export const openBrowser = () => chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run'],
});

export async function within(promise, what, limit = patience) {
  let timer;
  const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error(`waited ${limit / 1000} s for ${what}`)), limit); });
  try { return await Promise.race([promise, late]); } finally { clearTimeout(timer); }
}
