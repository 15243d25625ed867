// A hit and a denial: Alice reads a book through the cluster, twice, and then asks the table itself.
// Run it in a shell that has done: eval "$(npx hotkeep env)"
import { connect } from "node:net";
import { Dax } from "@amazon-dax-sdk/client-dax";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { fromIni } from "@aws-sdk/credential-providers";

const region = process.env.AWS_REGION;
const credentials = fromIni({ profile: "alice" });
const book = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };

/** Says what is wrong and what to do, and ends. */
function giveUp(problem) {
  console.error(`✗ ${problem}`);
  console.error('  Start Hotkeep with `npm start`, then run in this shell: eval "$(npx hotkeep env)"');
  process.exit(1);
}

/** Looks whether anybody is there. The DAX client would look for long, and print each time that it found nobody. */
function look(endpoint) {
  const { hostname, port } = new URL(endpoint.replace(/^dax/, "http"));
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: port || (endpoint.startsWith("daxs:") ? 9111 : 8111) });
    socket.once("error", reject);
    socket.once("connect", () => resolve(socket.destroy()));
  });
}

await credentials().catch((error) => giveUp(`there are no keys for Alice: ${error.message}`));
const endpoint = process.env.DAX_ENDPOINT ?? giveUp("no cluster is named by DAX_ENDPOINT");
await look(endpoint).catch((error) => giveUp(`the cluster at ${endpoint} does not answer: ${error.message}`));
const dax = new Dax({ endpoint, region, credentials });
// The cluster keeps what it has read for five minutes, and does not tell a client where an answer came from.
for (const attempt of ["first read, from the table if it was not read lately", "second read, from the cache"]) {
  const started = performance.now();
  const { Item } = await dax
    .getItem(book)
    .catch((error) => giveUp(`Alice cannot read through the cluster: ${error.message}`));
  const took = (performance.now() - started).toFixed(1);
  console.log(`${attempt}: ${Item.Title.S}, ${Item.Year.N} (${took} ms)`);
}
dax.shutdown();

const dynamodb = new DynamoDB({ region, credentials, maxAttempts: 1 });
try {
  await dynamodb.getItem(book);
  console.log("the table itself: Alice may read it, too; somebody has given her a permission");
} catch (error) {
  const id = error.$metadata?.requestId;
  if (id === undefined) giveUp(`the gateway at ${process.env.AWS_ENDPOINT_URL} does not answer: ${error.message}`);
  console.log(`the table itself: ${error.name}`);
  console.log(`  ${error.message}`);
  console.log(`  npx hotkeep explain ${id}`);
}
