'use strict';
const fs = require('fs');
const path = require('path');
const Ajv = require('ajv/dist/2020');
const yaml = require('js-yaml');

const root = path.resolve(process.argv[2]);
const schemas = path.join(root, 'schemas');
const negative = path.join(root, 'tests/Reconciler.Tests/Documents/cases/schemas');

// Union types are meant: a value written without quotes is a number to an editor, and null removes. Defaults stand beside null types.
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
require('ajv-formats')(ajv);

const validators = {};
for (const file of fs.readdirSync(schemas).filter(name => name.endsWith('.schema.json'))) {
    validators[file.replace('.schema.json', '')] = ajv.compile(JSON.parse(fs.readFileSync(path.join(schemas, file), 'utf8')));
}

function documents(folder, depth) {
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
        const full = path.join(folder, entry.name);
        if (entry.isDirectory()) return depth > 1 ? documents(full, depth - 1) : [];
        return entry.name.endsWith('.yaml') ? [full] : [];
    });
}

// YAML 1.2's core schema, like an editor's: no dates, no `yes`.
const read = file => yaml.load(fs.readFileSync(file, 'utf8'), { schema: yaml.CORE_SCHEMA });

const kindOf = file => path.basename(file, '.yaml').split('.').pop();

let wrong = 0;
function fail(file, why) {
    wrong++;
    console.error(`FAIL ${path.relative(root, file)}: ${why}`);
}

const good = [...documents(path.join(root, 'desired-state'), 3), ...documents(path.join(root, 'install'), 1)];
for (const file of good) {
    const validate = validators[kindOf(file)];
    if (!validate) fail(file, 'there is no schema of that name');
    else if (!validate(read(file))) fail(file, validate.errors.map(error => `${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`).join('; '));
}

const bad = documents(negative, 1);
for (const file of bad) {
    const validate = validators[kindOf(file)];
    if (!validate) fail(file, 'there is no schema of that name');
    else if (validate(read(file))) fail(file, 'it is wrong, and the schema takes it');
}

if (good.length === 0 || bad.length === 0) fail(root, 'nothing was checked');
console.log(`schemas: ${Object.keys(validators).length} compiled, ${good.length} documents of the examples checked, ${bad.length} wrong ones tried, ${wrong} failed`);
process.exit(wrong === 0 ? 0 : 1);
