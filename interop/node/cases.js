// Makes the calls of expected.txt and prints what came back.
//
// Arguments: the address of an instance; the directory of the protos; the addresses of an instance to
// stop and of one with TLS and tokens; the process id of the one to stop; the files of the certificate,
// of the token and of the service config.
'use strict';

const fs = require('node:fs');
const grpc = require('@grpc/grpc-js');
const {ResourceService, name, reason, status} = require('./lookup.js');

const [staying, , going, secure, pid, certificate, token, config] = process.argv.slice(2);
const paris = {lookup: 'default', id: '2988507'};
const slow = millis => ({lookup: 'slow', id: String(millis)});

// The call, which can be cancelled, and a promise of its reply.
function start(client, method, request, millis = 30_000, metadata = new grpc.Metadata()) {
  let call;
  const reply = new Promise((resolve, reject) => {
    const options = {deadline: Date.now() + millis};
    call = client[method](request, metadata, options,
      (error, reply) => error ? reject(error) : resolve(reply));
  });
  return {call, outcome: reply.then(reply => reply.resource ? name(reply.resource) : reply, failure)};
}

function failure(error) {
  const found = status(error);
  const retryInfo = found?.details.some(it => it['@type'].endsWith('/google.rpc.RetryInfo'));
  return [grpc.status[error.code], reason(found), retryInfo && 'RetryInfo'].filter(Boolean).join(' ');
}

const get = (client, ...rest) => start(client, 'Get', ...rest).outcome;

async function batch(client) {
  const {results} = await start(client, 'BatchGet', {ids: ['2988507', '1']}).outcome;
  return results.map(it => it.resource ? name(it.resource) : reason(it.status)).join(', ');
}

async function deadline(client) {
  const began = performance.now();
  const [code] = (await get(client, slow(9000), 300)).split(' ');
  return `${code}, ${performance.now() - began < 5_000 ? 'in time' : 'late'}`;
}

async function cancel(client) {
  const {call, outcome} = start(client, 'Get', slow(9000));
  await get(client, paris);
  call.cancel();
  return `${await outcome}, then ${await get(client, paris)}`;
}

async function details(client) {
  const outcomes = await Promise.all([get(client, slow(1000)), get(client, slow(1000))]);
  return outcomes.sort().reverse().join(', ');
}

async function overTls(trust, metadata) {
  const client = new ResourceService(secure, grpc.credentials.createSsl(trust));
  const outcome = await get(client, paris, 30_000, metadata);
  client.close();
  return outcome;
}

function alive() {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

// Stops one of two instances under calls.
async function drain() {
  const client = new ResourceService(`ipv4:${staying},${going}`, grpc.credentials.createInsecure(), {
    'grpc.service_config': fs.readFileSync(config, 'utf8'),
    'grpc.max_reconnect_backoff_ms': 2_000,
  });
  const answers = new Set();
  const calls = async count => {
    const request = {lookup: 'instance', id: '1'};
    const last = await Promise.all(Array.from({length: count}, () => get(client, request)));
    last.forEach(it => answers.add(it));
    return last;
  };
  while (!answers.has('staying') || !answers.has('going')) {
    await calls(1);
  }
  process.kill(Number(pid), 'SIGTERM');
  while (alive()) {
    await calls(16);
  }
  const last = new Set(await calls(16));
  client.close();
  const failed = [...answers].filter(it => it !== 'staying' && it !== 'going');
  return `${failed.join(', ') || 'no call failed'}, then ${[...last].join(', ')}`;
}

async function main() {
  const client = new ResourceService(staying, grpc.credentials.createInsecure());
  console.log(`found: ${await get(client, paris)}`);
  console.log(`missing: ${await get(client, {lookup: 'default', id: '1'})}`);
  console.log(`bad id: ${await get(client, {lookup: 'default', id: 'Paris'})}`);
  console.log(`batch: ${await batch(client)}`);
  console.log(`deadline: ${await deadline(client)}`);
  console.log(`cancel: ${await cancel(client)}`);
  console.log(`details: ${await details(client)}`);
  client.close();

  const bearer = new grpc.Metadata();
  bearer.set('authorization', `Bearer ${fs.readFileSync(token, 'utf8').trim()}`);
  const trusted = fs.readFileSync(certificate);
  const found = await overTls(trusted, bearer);
  console.log(`TLS: ${found}, without trust ${await overTls(null, bearer)}`);
  console.log(`token: ${found}, without token ${await overTls(trusted, new grpc.Metadata())}`);
  console.log(`drain: ${await drain()}`);
}

main();
