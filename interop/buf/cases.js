// Makes the calls of expected.txt with `buf curl` and prints what came back.
//
// Arguments: the buf program, the descriptor set, the addresses of an instance and of one with TLS and
// tokens, the files of the certificate and of the token.
'use strict';

const {execFile} = require('node:child_process');
const fs = require('node:fs');

const [buf, schema, plain, secure, certificate, token] = process.argv.slice(2);
const paris = {id: '2988507'};

// The reply of a call, or the error that buf prints as JSON.
function curl(method, request, target = `http://${plain}`, flags = ['--http2-prior-knowledge']) {
  const command = ['curl', '--protocol', 'grpc', '--schema', schema, '-d', JSON.stringify(request), ...flags,
    `${target}/loadonce.v1.ResourceService/${method}`];
  return new Promise(resolve => execFile(buf, command, (error, output, errors) => {
    const text = error ? errors : output;
    try {
      resolve(JSON.parse(text));
    } catch {
      resolve({code: text.trim()});
    }
  }));
}

// buf shows a detail as bytes. The reason is the first field of ErrorInfo: two bytes, and the text.
const firstText = bytes => bytes.toString('utf8', 2, 2 + bytes[1]);

function outcome(reply) {
  if (reply.resource) {
    return reply.resource.data.name;
  }
  const details = reply.details ?? [];
  const info = details.find(it => it.type === 'google.rpc.ErrorInfo');
  const reason = info && firstText(Buffer.from(info.value, 'base64'));
  const retryInfo = details.some(it => it.type === 'google.rpc.RetryInfo') && 'RetryInfo';
  return [reply.code.toUpperCase(), reason, retryInfo].filter(Boolean).join(' ');
}

const get = async (...call) => outcome(await curl('Get', ...call));

async function main() {
  console.log(`found: ${await get(paris)}`);
  console.log(`missing: ${await get({id: '1'})}`);
  console.log(`bad id: ${await get({id: 'Paris'})}`);

  const batch = await curl('BatchGet', {ids: ['2988507', '1']});
  const reason = status => status.details.find(it => it['@type'].endsWith('/google.rpc.ErrorInfo')).reason;
  console.log(`batch: ${batch.results.map(it => it.resource?.data.name ?? reason(it.status)).join(', ')}`);

  const began = performance.now();
  const late = await get({lookup: 'slow', id: '9000'}, undefined, ['--http2-prior-knowledge', '--timeout', '2s']);
  const time = performance.now() - began < 7_000 ? 'in time' : 'late';
  console.log(`deadline: ${late.split(' ')[0]}, ${time}`);

  const both = await Promise.all([1, 2].map(() => get({lookup: 'slow', id: '9000'})));
  console.log(`details: ${both.sort().reverse().join(', ')}`);

  const trusted = ['--cacert', certificate];
  const bearer = ['-H', `authorization: Bearer ${fs.readFileSync(token, 'utf8').trim()}`];
  const overTls = flags => get(paris, `https://${secure}`, flags);
  const found = await overTls([...trusted, ...bearer]);
  console.log(`TLS: ${found}, without trust ${(await overTls(bearer)).split(' ')[0]}`);
  console.log(`token: ${found}, without token ${await overTls(trusted)}`);
}

main();
