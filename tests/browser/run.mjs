// The dashboard in headless Chromium: the rows S1 to S4 played on two gateways and seen on the page, actions, keyboard, themes, accessibility, narrow screens.
// Closes with one line: browser: N passed, M failed. With --screenshots FOLDER it leaves pictures there.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser, openCluster, openGateways } from './stage.mjs';

const [program, ...rest] = process.argv.slice(2);
const pictures = rest[0] === '--screenshots' ? rest[1] : null;
const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const branches = 54;

let passed = 0, failed = 0;
async function check(name, test) {
  const begin = Date.now();
  try { await test(); passed++; console.log(`ok ${name} (${Date.now() - begin} ms)`); }
  catch (fault) { failed++; console.log(`FAILED ${name}: ${fault.stack}`); }
}

const gateways = await openGateways(program);
const browser = await openBrowser();
const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, colorScheme: 'light' });
const page = await context.newPage();
page.setDefaultTimeout(10_000);

// Whatever happens, the page speaks to its own gateway alone and complains of nothing.
const complaints = [], strangers = [];
let deaf = false;
page.on('console', message => { if (['error', 'warning'].includes(message.type()) && !deaf) complaints.push(message.text()); });
page.on('pageerror', fault => complaints.push(String(fault)));
page.on('request', request => { if (!request.url().startsWith(gateways.url + '/')) strangers.push(request.url()); });

const open = hash => page.goto(`${gateways.url}/${hash}`);
const seen = (where, text) => where.filter({ hasText: text }).first().waitFor();
const ladder = () => page.locator('.ladder li');
const steps = async () => (await ladder().locator('.lane').allInnerTexts()).map(text => text.replace(/\s+/g, ' ').trim());
const openIkeSa = async name => { await open('#/ladders'); await page.getByRole('link', { name: new RegExp(`^${name}\\[`) }).first().click(); await ladder().first().waitFor(); };
const json = async path => (await fetch(`${gateways.url}/api/v1/${path}`)).json();
const inOrder = (all, ...wanted) => wanted.reduce((from, text) => {
  const at = all.findIndex((step, i) => i >= from && step.includes(text));
  assert.ok(at >= 0, `${text} is not there, or not in its place:\n${all.join('\n')}`);
  return at + 1;
}, 0);

await check('the page opens and says that it is live', async () => {
  await open('');
  await seen(page.locator('#link'), 'Live');
  await seen(page.locator('#node'), 'memory kernel');
  assert.equal(await page.title(), 'Overview – Concentrator');
});

await check('S1 is seen: four messages, kernel calls between them, an installed child', async () => {
  await gateways.play('S1');
  await seen(page.locator('.tile').nth(0).locator('dd').first(), '1');
  await page.getByRole('link', { name: 'IKE SAs', exact: true }).click();
  await page.getByRole('link', { name: /^s1\[/ }).click();
  await seen(ladder(), 'INSTALLING => INSTALLED');
  const all = await steps();
  assert.equal(all.filter(step => /IKE_(SA_INIT|AUTH) re/.test(step)).length, 4, all.join('\n'));
  inOrder(all, 'IKE_SA_INIT request 0', 'IKE_SA_INIT response 0', 'IKE_AUTH request 1', 'IKE_AUTH response 1', 'XFRM_MSG_NEWSA in', 'XFRM_MSG_NEWSA out', 'XFRM_MSG_NEWPOLICY', 'INSTALLED');
  await seen(page.locator('.child h3'), 'INSTALLED');
  await seen(page.locator('.child dd'), '10.1.0.0/24 ↔ 10.101.0.0/24');
  await seen(page.locator('.facts'), 'AES_GCM_16_128');
});

await check('S2 is seen as it happens: errno, hint, owner; then a Delete of its own, and the IKE SA stands', async () => {
  await open('#/');
  await seen(page.locator('#link'), 'Live');
  await gateways.play('S2');
  const refusal = page.locator('.feed li').first();
  await seen(refusal, 'EPROTONOSUPPORT 93');
  const told = await refusal.innerText();
  for (const part of ['inbound SA', 'Requested type not found', 'modprobe esp4']) assert.ok(told.includes(part), told);
  await refusal.getByRole('link', { name: /^s2\[/ }).click();
  await seen(ladder(), 'INFORMATIONAL response 2 [ D ]');
  inOrder(await steps(), 'IKE_AUTH response 1', 'EPROTONOSUPPORT "Requested type not found"', 'modprobe esp4', 'INFORMATIONAL request 2 [ D ]', 'INFORMATIONAL response 2 [ D ]');
  assert.ok(await page.locator('.ladder .bad').count() >= 2);
  await seen(page.locator('.head .state'), 'ESTABLISHED');
  await seen(page.locator('main'), 'the IKE SA stands without');
});

await check('S3 is seen from the side that answers: a Notify beside IDr and AUTH', async () => {
  await gateways.play('S3');
  await openIkeSa('s3');
  await seen(page.locator('.ladder-ends'), 'Responder (this gateway)');
  await seen(ladder(), /IKE_AUTH response 1 \[ IDr AUTH .*N\(NO_PROP\) \]/);
  inOrder(await steps(), 'IKE_AUTH request 1', 'EPROTONOSUPPORT', 'IKE_AUTH response 1 [ IDr AUTH');
  assert.equal(await page.locator('.ladder li.right .message').filter({ hasText: /IDr AUTH .*N\(NO_PROP\)/ }).count(), 1);
  await seen(page.locator('.head .state'), 'ESTABLISHED');
});

await check('S4 is seen although nothing is left of it: 80 octets, AUTHENTICATION_FAILED alone', async () => {
  await gateways.play('S4');
  await open('#/ladders');
  await seen(page.locator('tr').filter({ hasText: 's4[' }).first(), 'authentication failed');
  await openIkeSa('s4');
  await seen(page.locator('.head .state'), 'OVER');
  const refusal = ladder().filter({ hasText: 'IKE_AUTH response 1 [ N(AUTH_FAILED) ]' });
  assert.match(await refusal.innerText(), /80 B/);
  inOrder(await steps(), 'N(AUTH_FAILED)', 'IKE_SA CONNECTING => DESTROYING', 'IKE_SA over: AuthenticationFailed');
  assert.ok(await page.getByRole('button', { name: 'Terminate', exact: true }).isDisabled());
});

for (let branch = 0; branch < branches; branch++) {
  await gateways.play('branch');
  // A chart of one bar is no picture.
  if (pictures && branch % 9 === 8) { await new Promise(go => setTimeout(go, 7_000)); await gateways.play('S4'); }
}

await check('the table is searched and paged by the gateway', async () => {
  await open('#/ike-sas');
  await seen(page.locator('.pager'), `1 to 50 of ${branches + 3}`);
  await page.getByRole('button', { name: 'Next' }).click();
  await seen(page.locator('.pager'), `51 to ${branches + 3} of ${branches + 3}`);
  await page.getByLabel('Search').fill('branch-07');
  await seen(page.locator('[role=status]'), `1 of ${branches + 3} fit`);
  assert.equal(await page.locator('tbody tr').count(), 1);
  assert.match(page.url(), /q=branch-07/);
  await page.reload();
  await seen(page.locator('[role=status]'), `1 of ${branches + 3} fit`);
  await page.getByLabel('Search').fill('<b onmouseover=alert(1)>');
  await seen(page.locator('tbody'), 'None fits.');
});

await check('an action without a token asks for it, with a wrong one nothing happens', async () => {
  await openIkeSa('branch-01');
  await page.getByRole('button', { name: 'Rekey', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Token' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Rekey', exact: true }).click();
  await dialog.getByLabel('Token').fill('that is not the token of this gateway');
  deaf = true;
  await dialog.getByRole('button', { name: 'Use it' }).click();
  await seen(dialog.getByRole('alert'), 'that is not the token');
  deaf = false;
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await json('ike-sas?q=branch-01')).fitting, 1);
  await until(async () => (await json('status')).httpRefused.WrongToken === 1, 'the count');
  assert.ok(!(await steps()).some(step => step.includes('CREATE_CHILD_SA')));
});

await check('with the token an IKE SA is rekeyed, and its ladder grows while one looks', async () => {
  await page.getByRole('button', { name: 'Rekey', exact: true }).click();
  await page.getByRole('dialog', { name: 'Token' }).getByLabel('Token').fill(gateways.token);
  await page.keyboard.press('Enter');
  await seen(page.locator('#notice'), 'Asked to rekey branch-01');
  await seen(ladder(), 'CREATE_CHILD_SA response 2');
  assert.equal(await page.locator('#unlock').innerText(), 'Actions unlocked');
});

await check('the token is in no address, no storage that outlives the tab, and no text of the page', async () => {
  const kept = await page.evaluate(() => JSON.stringify([location.href, document.cookie, { ...localStorage }, document.body.innerText]));
  assert.ok(!kept.includes(gateways.token));
});

await check('to terminate is asked once more, and done', async () => {
  await page.getByRole('button', { name: 'Terminate', exact: true }).click();
  await page.getByRole('dialog', { name: /^Terminate branch-01/ }).getByRole('button', { name: 'No' }).click();
  assert.equal((await json('ike-sas?q=branch-01')).fitting, 1);
  await page.getByRole('button', { name: 'Terminate', exact: true }).click();
  await page.getByRole('dialog', { name: /^Terminate branch-01/ }).getByRole('button', { name: 'Yes' }).click();
  await seen(page.locator('.head .state'), 'OVER');
  assert.equal((await json('ike-sas?q=branch-01')).fitting, 0);
});

await check('a child is terminated, and its IKE SA stands', async () => {
  await openIkeSa('branch-02');
  await page.getByRole('button', { name: /^Terminate net/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
  await seen(page.locator('main'), 'the IKE SA stands without');
  await seen(page.locator('.head .state'), 'ESTABLISHED');
});

await check('a page of another site reads nothing and does nothing', async () => {
  const evil = createServer((_, answer) => answer.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>evil</title>'));
  await new Promise(ready => evil.listen(0, '127.0.0.1', ready));
  const other = await context.newPage();
  try {
    await other.goto(`http://127.0.0.1:${evil.address().port}/`);
    const id = (await json('ike-sas?q=branch-03')).ikeSas[0].id;
    const before = (await json('status')).httpRefused.CrossSite ?? 0;
    const got = await other.evaluate(async ([url, id, token]) => {
      const tried = [];
      for (const [path, options] of [
        ['status', {}], [`ike-sas/${id}/terminate`, { method: 'POST', mode: 'no-cors' }],
        [`ike-sas/${id}/terminate`, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'X-Concentrator-Action': '1' } }]]) {
        try { const answer = await fetch(`${url}/api/v1/${path}`, options); tried.push(await answer.text() || answer.type); }
        catch (fault) { tried.push(fault.name); }
      }
      return tried;
    }, [gateways.url, id, gateways.token]);
    assert.deepEqual(got, ['TypeError', 'TypeError', 'TypeError']);
    assert.equal((await json('ike-sas?q=branch-03')).fitting, 1);
    await until(async () => (await json('status')).httpRefused.CrossSite >= before + 2, 'the count');
  } finally {
    await other.close();
    evil.close();
  }
});

await check('all can be done with the keyboard, and one sees where one is', async () => {
  await open('#/');
  await page.locator('.feed li').first().waitFor();
  await page.reload();
  await page.locator('.feed li').first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  const visited = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement, style = getComputedStyle(e);
      return e === document.body ? null : { name: (e.getAttribute('aria-label') ?? e.innerText ?? '').trim().slice(0, 40), outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 };
    });
    if (at === null) break;
    visited.push(at);
  }
  for (const wanted of ['Overview', 'IKE SAs', 'Recent', 'Actions unlocked', 'Theme: as the system has it', 'Refusals, newest first', 'As a table'])
    assert.ok(visited.some(at => at.name === wanted), `${wanted} was not reached: ${visited.map(at => at.name)}`);
  assert.deepEqual(visited.filter(at => !at.outline), []);

  await page.getByRole('link', { name: 'IKE SAs', exact: true }).focus();
  await page.keyboard.press('Enter');
  await seen(page.locator('h1'), 'IKE SAs');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.keyboard.press('Tab');
  await page.keyboard.type('s1');
  await seen(page.locator('[role=status]'), '1 of');
  for (let i = 0; i < 6 && !await page.evaluate(() => document.activeElement.innerText?.startsWith('s1[')); i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await seen(page.locator('h1'), 's1[');
});

await check('the theme follows the system, and whoever chooses another', async () => {
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await ground();
  assert.notEqual(light, dark);
  await page.getByRole('button', { name: /^Theme/ }).click();
  assert.equal(await ground(), light);
  await page.reload();
  assert.equal(await ground(), light);
  await page.getByRole('button', { name: 'Theme: light' }).click();
  assert.equal(await ground(), dark);
  await page.getByRole('button', { name: 'Theme: dark' }).click();
  assert.equal(await ground(), dark);
  await page.emulateMedia({ colorScheme: 'light' });
});

const s2 = (await json('ladders?q=s2')).ladders[0].id;
const views = { overview: '#/', 'ike-sas': '#/ike-sas', 'ike-sa': `#/ike-sas/${s2}`, recent: '#/ladders' };

for (const scheme of ['light', 'dark']) {
  await check(`axe finds nothing at fault, ${scheme}`, async () => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const [view, hash] of Object.entries(views)) {
      await open(hash);
      await settled(view);
      await page.evaluate(axe);
      const found = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
      assert.ok(found.passes.length > 15, `axe looked at ${found.passes.length} rules only`);
      assert.deepEqual(found.violations.map(v => `${view}: ${v.id}: ${v.nodes.slice(0, 3).map(n => n.html + ' ' + n.any.map(a => a.message)).join(' | ')}`), []);
    }
  });
}

await check('a narrow screen scrolls in one direction only', async () => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 360, height: 740 });
  for (const [view, hash] of Object.entries(views)) {
    await open(hash);
    await settled(view);
    const [wide, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= shown, `${view}: ${wide} > ${shown}`);
    if (pictures && view === 'ike-sa') await page.screenshot({ path: join(pictures, 'dashboard-narrow.png') });
  }
  await page.setViewportSize({ width: 1360, height: 900 });
});

if (pictures) {
  for (const [name, hash, scheme, view] of [['dashboard-overview', views.overview, 'light', 'overview'], ['dashboard-overview-dark', views.overview, 'dark', 'overview'], ['dashboard-ladder', views['ike-sa'], 'light', 'ike-sa'], ['dashboard-ike-sas', views['ike-sas'], 'light', 'ike-sas']]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await open(hash);
    await settled(view);
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(pictures, `${name}.png`) });
  }
}

await check('the page asked nobody but its gateway, and complained of nothing', async () => {
  assert.deepEqual(strangers, []);
  assert.deepEqual(complaints, []);
});

await check('when the gateway goes the page says so, and the gateway ends well', async () => {
  deaf = true;
  await open('#/');
  await seen(page.locator('#link'), 'Live');
  const code = await gateways.close();
  await seen(page.locator('#link'), 'No answer');
  assert.equal(code, 0);
});

await check('a gateway of two nodes is drawn, and a node of it is drained and taken back', async () => {
  const cluster = await openCluster(program);
  const tab = await context.newPage();
  try {
    await until(async () => (await fetch(`${cluster.url}/healthz`).catch(() => null))?.ok, 'the first node', 60_000);
    await tab.goto(cluster.url);
    const member = name => tab.getByRole('region', { name: new RegExp(`^Node 127\\.93\\.7\\.10${name[1]}:`) });
    const shows = (name, ...texts) => until(async () => { const text = await member(name).innerText(); return texts.every(wanted => wanted.test(text)); }, `${name} with ${texts.join(', ')}`, 60_000);
    const share = /Shards\s+128/, all = /Shards\s+256/, none = /Shards\s+0/;
    await shows('n1', share, /this node/, /127\.93\.7\.[12]/);
    await shows('n2', share, /127\.93\.7\.[12]/);

    await tab.getByRole('button', { name: 'Drain n2' }).click();
    await tab.getByRole('dialog', { name: 'Token' }).getByLabel('Token').fill(cluster.token());
    await tab.keyboard.press('Enter');
    await tab.getByRole('dialog', { name: 'Drain n2?' }).getByRole('button', { name: 'Yes' }).click();
    await shows('n2', /drained/i, none);
    await shows('n1', all, /127\.93\.7\.1.*127\.93\.7\.2/s);

    await tab.getByRole('button', { name: 'Take n2 back' }).click();
    await shows('n2', share, /127\.93\.7\.[12]/);
  } finally {
    await tab.close();
    await cluster.close();
  }
});

await browser.close();
await gateways.close();
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function until(isSo, what, limit = 10_000) {
  for (const end = Date.now() + limit; Date.now() < end;) {
    if (await isSo()) return;
    await new Promise(go => setTimeout(go, 100));
  }
  throw new Error(`waited ${limit / 1000} s for ${what}`);
}

async function settled(view) {
  await seen(page.locator('#link'), 'Live');
  await (view === 'overview' ? page.locator('.feed li') : view === 'ike-sa' ? ladder() : page.locator('tbody a')).first().waitFor();
  if (view === 'overview') await page.locator('.chart rect').first().waitFor();
}
