// node judge.mjs SBOM AUDIT: both as npm writes them. The last line counts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const [sbomFile, auditFile] = process.argv.slice(2);
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
const count = { passed: 0, failed: 0, skipped: 0 };

function check(name, judge) {
  try {
    const skipped = judge();
    count[skipped ? 'skipped' : 'passed'] += 1;
    console.log(`${skipped ? 'skipped' : 'ok'}  ${name}${skipped ? `: ${skipped}` : ''}`);
  } catch (cause) {
    count.failed += 1;
    console.log(`FAILED  ${name}\n${cause.message}`);
  }
}

const sbom = json(sbomFile);
const { packages } = json('package-lock.json');

/**
 * What the lockfile has for every machine, and whether it only builds and tests: `name@version` by its folder and, of one
 * that is installed under another name, by its own.
 */
const namesOf = ([path, { name, version, dev, devOptional }]) => {
  const folder = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return [folder, name ?? folder].map((one) => `${one}@${version}${dev || devOptional ? ' (dev)' : ''}`);
};
const locked = Object.entries(packages).filter(([path]) => path !== '');
const wanted = locked.filter(([, { devOptional, optional }]) => !devOptional && !optional).map(namesOf);
/** With what is only for some machines, of which a bill names those of this one, as needed by users or not. */
const known = new Set(
  locked.flatMap((one) =>
    one[1].devOptional
      ? [...namesOf(one), ...namesOf([one[0], { ...one[1], devOptional: false }])]
      : namesOf(one),
  ),
);

check(
  'the bill of materials is CycloneDX and names every package, and tells what users get from the rest',
  () => {
    assert.equal(sbom.bomFormat, 'CycloneDX');
    const isDev = ({ properties }) => properties?.some(({ name }) => name === 'cdx:npm:package:development');
    const named = sbom.components.map((one) => `${one.name}@${one.version}${isDev(one) ? ' (dev)' : ''}`);
    assert.deepEqual(
      wanted.filter((names) => !names.some((one) => named.includes(one))),
      [],
    );
    assert.deepEqual(
      named.filter((one) => !known.has(one)),
      [],
      'components that the lockfile does not have',
    );
    console.log(`    ${named.length} components, ${sbom.specVersion}`);
  },
);

check('each has a digest and a licence', () => {
  const bare = sbom.components.filter(({ licenses, hashes, properties }) => {
    const bundled = properties?.some(
      ({ name, value }) => name === 'cdx:npm:package:bundled' && value === 'true',
    );
    return !licenses?.length || (!hashes?.length && !bundled);
  });
  assert.deepEqual(
    bare.map(({ name }) => name),
    [],
  );
});

check('npm audit finds nothing that audit.json does not explain', () => {
  const audit = json(auditFile);
  if (audit.vulnerabilities === undefined)
    return `the registry has no advisories (${audit.message ?? 'no answer'})`;
  const explained = json(new URL('./audit.json', import.meta.url));
  const found = Object.values(audit.vulnerabilities).map(({ name, severity, via }) => {
    const what = via.map((one) => (typeof one === 'string' ? one : one.title)).join('; ');
    return [name, `${severity}: ${what}`];
  });
  assert.deepEqual(
    found.filter(([name]) => !(name in explained)),
    [],
  );
  const stale = Object.keys(explained).filter((name) => found.every(([one]) => one !== name));
  assert.deepEqual(stale, [], `audit.json explains what is not found: ${stale}`);
  return undefined;
});

console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed > 0 ? 1 : 0;
