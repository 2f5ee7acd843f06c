/**
 * A Lambda runtime: fetches invocations from the Runtime API and answers them, one after another, as AWS's own for
 * Node.js does. `node runtime.mjs HANDLER`, in the folder of the function. After
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { request } from 'node:http';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const API = '/2018-06-01/runtime';

function call(method, path, body) {
  return new Promise((done, broken) => {
    const sent = request({ host, port, method, path: `${API}${path}` }, (reply) => {
      const chunks = [];
      reply.on('data', (chunk) => chunks.push(chunk));
      reply.on('end', () => done({ headers: reply.headers, body: Buffer.concat(chunks) }));
    });
    sent.once('error', broken);
    sent.end(body);
  });
}

const told = ({ name, message, stack }) =>
  JSON.stringify({ errorType: name, errorMessage: message, stackTrace: String(stack).split('\n') });

const [file, name] = process.argv[2].split(/\.(?=[^.]*$)/);
let handler;
try {
  handler = (await import(pathToFileURL(resolve(`${file}.mjs`)).href))[name];
  if (typeof handler !== 'function') throw new TypeError(`${process.argv[2]} is no function`);
} catch (error) {
  await call('POST', '/init/error', told(error));
  process.exit(1);
}

for (;;) {
  const { headers, body } = await call('GET', '/invocation/next');
  const awsRequestId = headers['lambda-runtime-aws-request-id'];
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const context = {
    awsRequestId,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    const result = await handler(JSON.parse(body.toString('utf8')), context);
    await call('POST', `/invocation/${awsRequestId}/response`, JSON.stringify(result) ?? 'null');
  } catch (error) {
    await call('POST', `/invocation/${awsRequestId}/error`, told(error));
  }
}
