/**
 * The least that an HTTP answer costs in this Node.js: reads a request's body and answers a fixed one.
 *
 *   node bare-server.js PORT
 */
import { createServer } from "node:http";

/** About the answer of a GetItem. */
const answer = Buffer.alloc(350, "x");

createServer({ noDelay: true }, (request, response) => {
  request.on("data", () => undefined);
  request.on("end", () => {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": answer.length });
    response.end(answer);
  });
}).listen(Number(process.argv[2]), "127.0.0.1");
