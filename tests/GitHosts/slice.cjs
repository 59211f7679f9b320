'use strict';
// The paths that are used out of GitHub's description, with all that they refer to: the whole of it takes a mock server minutes to read.
const fs = require('fs');
const [from, to] = process.argv.slice(2);
const api = JSON.parse(fs.readFileSync(from, 'utf8'));
const used = [
    '/repos/{owner}/{repo}/commits/{ref}/check-runs',
    '/repos/{owner}/{repo}/commits/{ref}/status',
    '/repos/{owner}/{repo}/statuses/{sha}',
    '/repos/{owner}/{repo}/pulls',
    '/repos/{owner}/{repo}/pulls/{pull_number}',
    '/repos/{owner}/{repo}/issues/{issue_number}/comments',
    '/repos/{owner}/{repo}/issues/comments/{comment_id}',
    '/user',
];
const sliced = { openapi: api.openapi, info: api.info, servers: [{ url: '/' }], paths: {}, components: {} };
const keep = value => {
    if (Array.isArray(value)) value.forEach(keep);
    else if (value && typeof value === 'object') {
        if (typeof value.$ref === 'string') take(value.$ref);
        Object.values(value).forEach(keep);
    }
};
const take = reference => {
    const [, , kind, name] = reference.split('/');
    const kinds = (sliced.components[kind] ??= {});
    if (kinds[name] !== undefined) return;
    kinds[name] = api.components[kind][name];
    keep(kinds[name]);
};
for (const path of used) {
    if (!api.paths[path]) throw new Error(`GitHub's description has no ${path} any more`);
    sliced.paths[path] = api.paths[path];
    keep(api.paths[path]);
}
fs.writeFileSync(to, JSON.stringify(sliced));
