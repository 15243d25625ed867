// A hit and a denial: Alice reads a book through the cluster, twice, and then asks the table itself.
// Run it in a shell that has done: eval "$(npx hotkeep env)"
import { Dax } from "@amazon-dax-sdk/client-dax";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { fromIni } from "@aws-sdk/credential-providers";

const region = process.env.AWS_REGION;
const credentials = fromIni({ profile: "alice" });
const book = { TableName: "Books", Key: { Author: { S: "Bram Stoker" }, Title: { S: "Dracula" } } };

const dax = new Dax({ endpoint: process.env.DAX_ENDPOINT, region, credentials });
for (const attempt of ["first read, from the table", "second read, from the cache"]) {
  const started = performance.now();
  const { Item } = await dax.getItem(book);
  const took = (performance.now() - started).toFixed(1);
  console.log(`${attempt}: ${Item.Title.S}, ${Item.Year.N} (${took} ms)`);
}
dax.shutdown();

const dynamodb = new DynamoDB({ region, credentials });
try {
  await dynamodb.getItem(book);
} catch (error) {
  console.log(`the table itself: ${error.name}`);
  console.log(`  ${error.message}`);
  console.log(`  npx hotkeep explain ${error.$metadata.requestId}`);
}
