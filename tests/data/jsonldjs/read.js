// Reads JSON-LD documents, one a line, and writes the N-Quads that jsonld.js reads from each as a line of JSON.
// The only document that may be loaded is the context, whose address and file are the arguments.
const fs = require('node:fs');
const readline = require('node:readline');
const jsonld = require('jsonld');

const [address, file] = process.argv.slice(2);
const context = JSON.parse(fs.readFileSync(file, 'utf8'));
const documentLoader = async (url) => {
  if (url !== address) throw new Error(`${url} was asked for`);
  return { contextUrl: null, documentUrl: url, document: context };
};

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const read = await jsonld.toRDF(JSON.parse(line), { format: 'application/n-quads', documentLoader });
    process.stdout.write(JSON.stringify(read) + '\n');
  }
})();
