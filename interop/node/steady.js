// Calls Get from 16 loops until its input ends, and then prints what they got.
// Arguments: the addresses, the file of the service config, how many ids there are, a seed.
'use strict';

const fs = require('node:fs');
const grpc = require('@grpc/grpc-js');

const LOOPS = 16;
const PAUSE_MILLIS = 20;
const DEADLINE_MILLIS = 5_000;

const [target, config, ids, seed] = process.argv.slice(2);
const client = new grpc.Client(target, grpc.credentials.createInsecure(), {
  'grpc.service_config': fs.readFileSync(config, 'utf8'),
  'grpc.max_reconnect_backoff_ms': 2_000,
});

let ended = false;
let calls = 0;
let slowest = 0;
const failures = new Map();

// A GetRequest with an id, in protobuf's encoding.
function request(number) {
  const text = Buffer.from(String(number));
  return Buffer.concat([Buffer.from([0x0a, text.length]), text]);
}

function get(number) {
  return new Promise(resolve =>
    client.makeUnaryRequest(
      '/loadonce.v1.ResourceService/Get', bytes => bytes, bytes => bytes, request(number),
      new grpc.Metadata(), {deadline: Date.now() + DEADLINE_MILLIS}, resolve));
}

async function loop(state) {
  while (!ended) {
    // Lehmer's generator, since that of Node takes no seed.
    state = state * 48_271 % 0x7fffffff;
    const began = performance.now();
    const error = await get(1 + state % Number(ids));
    calls++;
    slowest = Math.max(slowest, performance.now() - began);
    if (error) {
      const failure = `${grpc.status[error.code]} ${error.details}`;
      failures.set(failure, (failures.get(failure) ?? 0) + 1);
    }
    await new Promise(resolve => setTimeout(resolve, PAUSE_MILLIS));
  }
}

async function main() {
  process.stdin.resume().on('end', () => { ended = true; });
  await Promise.all(Array.from({length: LOOPS}, (_, i) => loop(Number(seed) + i)));
  client.close();
  console.log(`client grpc-js ${require('@grpc/grpc-js/package.json').version}`);
  console.log(`calls ${calls}`);
  console.log(`slowest ${Math.round(slowest)}`);
  for (const [failure, count] of failures) {
    console.log(`failed ${count} ${failure}`);
  }
}

main();
