#!/usr/bin/env node
// A first experiment: two processes and a pipe, stepped by hand and cancelled, then measured.
//
//   npm ci                                # what it needs, once
//   ./first_experiment.js                 # the server on this host's Unix socket, as of ./lab up
//   ./first_experiment.js --server lab.example:7777 --token-file token --tls-ca ca.pem
//
// Ends with 0 when all is well, 1 when an experiment failed, 2 after wrong usage, 3 when the server
// said no, 4 when there is no connection.

import {randomUUID} from 'node:crypto';
import {accessSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {parseArgs} from 'node:util';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const MESSAGE_BYTES = 64;

const definitions = protoLoader.loadSync(
    ['ipclab/v1/experiment_service.proto', 'google/rpc/error_details.proto'], {
      includeDirs: [new URL('../../../protos', import.meta.url).pathname],
      enums: String, longs: Number, oneofs: true, defaults: true, arrays: true,
    });
const {ipclab} = grpc.loadPackageDefinition(definitions);

async function main() {
  const options = readOptions();
  const client = connect(options);
  let rows;
  try {
    rows = [['stepped, cancelled', await stepAndCancel(client)],
            ['run to its end', await run(client)]];
  } catch (error) {
    if (!(error.code in grpc.status)) throw error;
    console.error(`first_experiment: ${explain(error, options)}`);
    return error.code === grpc.status.UNAVAILABLE ? 4 : 3;
  } finally {
    client.close();
  }
  printTable(rows);
  return 0;
}

// Three steps of 200 messages, then a cancel, all under watch. Resolves to the metrics.
async function stepAndCancel(client) {
  const {name} = await client.call('CreateExperiment', {spec: pipeSpec({messages: 10_000})});
  console.log(`${name}: created`);
  const events = client.stream('WatchExperiment', {name})[Symbol.asyncIterator]();
  await events.next();  // A snapshot comes first: nothing that happens from here on is missed.
  const [ended] = await Promise.all([step(client, name), show(name, events)]);
  await client.call('DeleteExperiment', {name});
  return ended.result.steppedMetrics;
}

async function step(client, name) {
  // Whoever controls an experiment says what becomes of it when he is not heard of any more.
  const control = {controller: randomUUID(), onLoss: 'CANCEL'};
  for (let at = 0; at < 600;) {
    const answer = await client.call('StepExperiment',
                                     {name, count: 200, expectedStep: at, control});
    at = answer.step;
    console.log(`${name}: at step ${at}, ${time(percentile(answer.metrics, 50))} a round trip`);
  }
  return client.call('CancelExperiment', {name});
}

// One second of round trips, from beginning to end. Resolves to the metrics.
async function run(client) {
  const spec = {...pipeSpec({duration: {seconds: 1}}), start: 'RUN'};
  const {name} = await client.call('CreateExperiment', {spec});
  console.log(`${name}: runs`);
  let snapshot;
  for await (const event of client.stream('WatchExperiment', {name})) {
    snapshot = event.snapshot ?? snapshot;  // The last event is the experiment as it ended.
  }
  await client.call('DeleteExperiment', {name});
  if (snapshot.state !== 'SUCCEEDED') {
    console.error(`${name}: ${snapshot.state}: ${snapshot.end?.message}`);
    process.exit(1);
  }
  return snapshot.result.metrics;
}

// Prints the events of an experiment; they end with it.
async function show(name, events) {
  for await (const event of events) {
    if (event.stateChange) console.log(`${name}: now ${event.stateChange.to}`);
    if (event.stepDone) console.log(`${name}: the watcher saw step ${event.stepDone.step}`);
  }
}

function pipeSpec(amount) {
  return {
    measure: {mechanism: 'pipe', pattern: 'ROUND_TRIP', messageBytes: MESSAGE_BYTES, ...amount},
  };
}

// In nanoseconds; undefined when too few messages support it.
function percentile(metrics, percent) {
  return metrics.latencies.flatMap((latency) => latency.percentiles)
      .find((each) => each.percent === percent && each._nanos)?.nanos;
}

function printTable(rows) {
  const line = (title, messages, p50, p99, rate) => console.log(
      `${title.padEnd(20)} ${messages.padStart(9)} ${p50.padStart(9)} ${p99.padStart(9)} ` +
      rate.padStart(11));
  console.log();
  line(`pipe, ${MESSAGE_BYTES} bytes`, 'messages', 'p50', 'p99', 'rate');
  for (const [title, metrics] of rows) {
    line(title, `${metrics.total.messages}`, time(percentile(metrics, 50)),
         time(percentile(metrics, 99)), `${metrics.messagesPerSecond.toFixed(0)}/s`);
  }
}

function time(nanos) {
  return nanos === undefined ? '-' : `${(nanos / 1000).toFixed(1)} us`;
}

// What the server said, and the details that say what to do about it.
function explain(error, options) {
  const lines = [`${grpc.status[error.code]}: ${error.details}`];
  const [packed] = error.metadata?.get('grpc-status-details-bin') ?? [];
  const details = packed ? definitions['google.rpc.Status'].deserialize(packed).details : [];
  for (const {type_url: type, value} of details) {
    const kind = type.slice(type.lastIndexOf('/') + 1);
    if (kind in DETAILS) lines.push(...DETAILS[kind](definitions[kind].deserialize(value)));
  }
  if (error.code === grpc.status.UNAUTHENTICATED) {
    lines.push("--token-file FILE names the server's token; it lies in the server's state folder");
  }
  if (error.code === grpc.status.UNAVAILABLE && !packed) {
    lines.push(`is ipclabd up at ${options.server}? With TLS it needs --tls-ca FILE and a ` +
               'name that its certificate has, and may want --tls-cert and --tls-key as well');
  }
  return lines.join('\n  ');
}

const DETAILS = {
  'google.rpc.ErrorInfo': (info) => [`reason: ${info.reason}`],
  'google.rpc.BadRequest': (bad) =>
    bad.fieldViolations.map((each) => `${each.field}: ${each.description}`),
  'google.rpc.PreconditionFailure': (failure) =>
    failure.violations.map((each) => `${each.subject}: ${each.description}`),
  'google.rpc.QuotaFailure': (failure) =>
    failure.violations.map((each) => `${each.subject}: ${each.description}`),
  'google.rpc.ResourceInfo': (info) => [`${info.resourceName}: ${info.description}`],
  'google.rpc.RetryInfo': (info) =>
    [`try again in ${info.retryDelay.seconds + info.retryDelay.nanos / 1e9} s`],
};

// A client whose calls carry the token; those with one answer have a deadline too.
function connect(options) {
  const read = (file) => file ? readFileSync(file) : null;
  const credentials = options['tls-ca'] ?
    grpc.credentials.createSsl(read(options['tls-ca']), read(options['tls-key']),
                               read(options['tls-cert'])) :
    grpc.credentials.createInsecure();
  // A proxy for the web would only get in between.
  const stub = new ipclab.v1.ExperimentService(options.server, credentials,
                                               {'grpc.enable_http_proxy': 0});
  const metadata = new grpc.Metadata();
  if (options['token-file']) {
    metadata.set('authorization', `Bearer ${read(options['token-file']).toString().trim()}`);
  }
  return {
    call: (method, request) => new Promise((resolve, reject) => {
      stub[method](request, metadata, {deadline: Date.now() + 30_000},
                   (error, answer) => error ? reject(error) : resolve(answer));
    }),
    stream: (method, request) => stub[method](request, metadata),
    close: () => stub.close(),
  };
}

function readOptions() {
  const names = ['server', 'token-file', 'tls-ca', 'tls-cert', 'tls-key'];
  const variable = (name) => process.env[`IPCLAB_${name.toUpperCase().replaceAll('-', '_')}`];
  try {
    const {values} = parseArgs({
      options: Object.fromEntries(names.map((name) => [name, {type: 'string'}])),
    });
    for (const name of names) values[name] ??= variable(name);
    for (const name of names.slice(1)) if (values[name]) accessSync(values[name]);
    values.server ??= `unix:${localSocket()}`;
    const plain = !values['tls-ca'] && !values.server.startsWith('unix:');
    if (plain && !/^(localhost|127(\.\d{1,3}){3}|\[::1\]):\d+$/.test(values.server)) {
      throw new Error('the token must not cross a network in the clear: give --tls-ca');
    }
    return values;
  } catch (error) {
    console.error(`first_experiment: ${error.message}\nusage: first_experiment.js ` +
                  names.map((name) => `[--${name} VALUE]`).join(' ') +
                  '\nor the variables IPCLAB_SERVER, IPCLAB_TOKEN_FILE and so on');
    process.exit(2);
  }
}

// Where ipclabd listens unless it is told otherwise.
function localSocket() {
  if (process.env.XDG_RUNTIME_DIR) return `${process.env.XDG_RUNTIME_DIR}/ipclab/ipclabd.sock`;
  const user = process.geteuid();
  return user === 0 ? '/run/ipclab/ipclabd.sock' : `${tmpdir()}/ipclab-${user}/ipclabd.sock`;
}

// At once, even if a stream is still open after a failure.
process.exit(await main());
