// Looks up one row, one missing id and a batch. Arguments: HOST:PORT and the directory of the protos.
'use strict';

const assert = require('node:assert');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [target, protos] = process.argv.slice(2);

const types = protoLoader.loadSync(
  ['loadonce/v1/resource_service.proto', 'google/rpc/error_details.proto'],
  {includeDirs: [protos], longs: String, enums: String, json: true});
const {ResourceService} = grpc.loadPackageDefinition(types).loadonce.v1;
const client = new ResourceService(target, grpc.credentials.createInsecure());

function call(method, request, to = client) {
  const options = {deadline: Date.now() + 10_000};
  return new Promise((resolve, reject) =>
    to[method](request, options, (error, reply) => error ? reject(error) : resolve(reply)));
}

// The reason of a google.rpc.Status; undefined if it has none.
function reason(status) {
  const isInfo = detail => detail['@type'].endsWith('/google.rpc.ErrorInfo');
  return status?.details.find(isInfo)?.reason;
}

// The google.rpc.Status of a call that failed; undefined if no server sent one.
function status(error) {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  return bytes && types['google.rpc.Status'].deserialize(bytes);
}

function name(resource) {
  return resource.data.fields.name.stringValue;
}

async function main() {
  const found = await call('Get', {lookup: 'default', id: '2988507'});
  console.log(`Get: ${name(found.resource)}`);

  const error = await call('Get', {id: '1'}).catch(error => error);
  console.log(`Get: ${reason(status(error))}`);

  const batch = await call('BatchGet', {ids: ['2988507', '1']});
  for (const result of batch.results) {
    console.log(`BatchGet: ${result.resource ? name(result.resource) : reason(result.status)}`);
  }
  client.close();

  // A call that reaches no server has no status.
  const nowhere = new ResourceService('127.0.0.1:1', grpc.credentials.createInsecure());
  const unreached = await call('Get', {id: '1'}, nowhere).catch(error => error);
  assert.equal(unreached.code, grpc.status.UNAVAILABLE);
  assert.equal(reason(status(unreached)), undefined);
  nowhere.close();
}

if (require.main === module) {
  main();
}

module.exports = {ResourceService, name, reason, status};
