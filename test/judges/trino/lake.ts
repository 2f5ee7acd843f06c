import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { readSent, sendTraffic } from '../../../cli/demo/send-traffic.ts';
import { generateTraffic } from '../../../cli/demo/traffic.ts';
import { createLocalAthena } from '../../../local/athena/index.ts';
import { createLocalAws } from '../../../local/aws/index.ts';
import { type LocalLake, openLocalLake } from '../../../local/lake.ts';
import { AthenaQueries } from '../../../shared/clients/athena-queries.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { parseDefinition } from '../../../shared/core/definition/parse.ts';
import { parseSite } from '../../../shared/core/site-file.ts';
import { type Candidate, candidateOf } from '../../../shared/lake/candidate.ts';
import { storeDefinition } from '../../../shared/lake/definitions.ts';
import { ensureRelease } from '../../../shared/lake/first-release.ts';
import { readMarts, storeMarts } from '../../../shared/lake/marts.ts';
import { findProposal, startApplying } from '../../../shared/lake/proposals.ts';
import { liveRelease } from '../../../shared/lake/releases.ts';
import { storeSite } from '../../../shared/lake/sites.ts';
import { type Told, trinoAthena } from './athena.ts';
import { askTrino } from './client.ts';
import { type AwsPort, serveAws } from './port.ts';

const START = '2026-01-01';
const SEED = 1;
const DAYS = 3;

const SITES = {
  shop: `site: shop
time_zone: Asia/Tokyo
hosts: [shop.example.com]
allowed_origins: [https://shop.example.com]
write_keys: [wk_shop_change_me]
`,
  blog: `site: blog
time_zone: Europe/Berlin
hosts: [blog.example.com]
allowed_origins: [https://blog.example.com]
write_keys: [wk_blog_change_me]
`,
};

/** A folder's lake and the two engines that read it: the embedded one and, when there is one, Trino. */
export interface JudgedLake {
  lake: LocalLake;
  clock: { time: number; now(): number };
  /** Ask as publish does: of Trino, when the lake was opened with one. */
  queries: AthenaQueries;
  /** Ask the embedded engine, over the same files and catalog. */
  embedded: AthenaQueries;
  /** What publish and we asked of Trino. */
  told: Told[];
  /** Where Trino finds this lake's AWS. */
  port: AwsPort | null;
  /** Sends what the made-up sites send, up to that share of it, and works until nothing is left to do. */
  traffic(share: number): Promise<number>;
  drain(): Promise<void>;
  /** Makes a candidate the live release, as `retcon apply` and `retcon rollback` do. */
  release(candidate: Candidate, why: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the lake of a folder; new, it has two sites and a release of this definition and these marts. */
export async function openJudgedLake(
  home: string,
  definition: string,
  marts: Record<string, string>,
  trino: string | null,
): Promise<JudgedLake> {
  const clock = { time: Date.parse(START), now: () => clock.time };
  const errors: string[] = [];
  const told: Told[] = [];
  const complain = (message: string, about?: object): void => {
    errors.push(`${message} ${JSON.stringify(about)}`);
  };
  const lake = await openLocalLake({
    home,
    clock,
    log: { info: () => {}, warn: complain, error: complain },
    ...(trino === null ? {} : { athena: (parts) => trinoAthena(trino, parts, (one) => told.push(one)) }),
  });
  const beside = createLocalAws({
    home,
    clock,
    services: {
      athena: (aws) =>
        createLocalAthena({
          home,
          clock: systemClock,
          s3: new S3Client(aws.clientConfig),
          glue: new GlueClient(aws.clientConfig),
          objectFiles: aws.objectFiles,
        }),
    },
  });
  for (const [name, text] of Object.entries(SITES))
    await storeSite(lake.lake, parseSite(text, `sites/${name}.yaml`));
  await ensureRelease(lake.lake, lake.bus, parseDefinition(definition, 'default.yaml'), marts, 'judge');
  const port = trino === null ? null : await serveAws(lake.aws);
  if (trino !== null) await putCatalog(trino, port!.url);
  const drain = async (): Promise<void> => {
    await lake.runtime.drain();
    if (errors.length > 0) throw new Error(errors.splice(0).join('\n'));
  };
  return {
    lake,
    clock,
    queries: lake.queries,
    embedded: new AthenaQueries(new AthenaClient(beside.clientConfig), 's3://lake/results/'),
    told,
    port,
    drain,
    async traffic(share) {
      const traffic = generateTraffic({ seed: SEED, days: DAYS, start: START });
      const beacons = traffic.beacons.slice(0, Math.round(traffic.beacons.length * share));
      const sent = await sendTraffic(
        lake,
        home,
        clock,
        { ...traffic, beacons },
        readSent(home, SEED, DAYS),
        () => {},
      );
      clock.time = Math.max(clock.time, Date.now());
      await drain();
      return sent.beacons;
    },
    async release(candidate, why) {
      const live = (await liveRelease(lake.objects))!;
      const at = new Date(clock.now()).toISOString();
      const about = { at, who: 'judge', why, changes: [why], base: live.release };
      const { id } = await startApplying(lake.objects, candidate, about, {
        at,
        who: 'judge',
        max_cost: null,
      });
      await lake.bus.announce([{ type: 'Definition Changed', detail: { proposal: id } }]);
      await lake.runtime.drain();
      const heard = errors.splice(0).join('\n');
      const outcome = (await findProposal(lake.objects, id))?.proposal.outcome;
      if (outcome?.is !== 'released') throw new Error(`not released: ${JSON.stringify(outcome)} ${heard}`);
      if (heard !== '') throw new Error(heard);
    },
    async close() {
      await port?.close();
      await beside.close();
      await lake.close();
    },
  };
}

/** What the lake would be with this definition and these marts; all that it refers to is stored. */
export async function candidateWith(
  { lake }: JudgedLake,
  definition: string,
  marts: Record<string, string>,
): Promise<Candidate> {
  const parsed = parseDefinition(definition, 'default.yaml');
  await storeDefinition(lake.objects, parsed);
  await storeMarts(lake.objects, marts);
  return candidateOf(parsed, readMarts(marts), {});
}

/** Trino's catalog over the AWS at this address: Athena's name, Glue for tables and views, S3 for files. */
async function putCatalog(trino: string, aws: string): Promise<void> {
  const asked = { catalog: 'system', schema: 'runtime' };
  const settings: Record<string, string> = {
    'hive.metastore': 'glue',
    'hive.metastore.glue.region': 'us-east-1',
    'hive.metastore.glue.endpoint-url': aws,
    'hive.metastore.glue.aws-access-key': 'local',
    'hive.metastore.glue.aws-secret-key': 'local',
    // In one piece: how Trino shares the list of partitions out is no matter of Athena's.
    'hive.metastore.glue.partitions-segments': '1',
    // Athena reads what lies in folders below a table's location; Hive by itself does not.
    'hive.recursive-directories': 'true',
    // Only for the order of joins, at a call for every partition.
    'hive.table-statistics-enabled': 'false',
    'hive.collect-column-statistics-on-write': 'false',
    'hive.non-managed-table-creates-enabled': 'true',
    'hive.non-managed-table-writes-enabled': 'true',
    'fs.native-s3.enabled': 'true',
    's3.endpoint': aws,
    's3.region': 'us-east-1',
    's3.path-style-access': 'true',
    's3.aws-access-key': 'local',
    's3.aws-secret-key': 'local',
  };
  const list = Object.entries(settings).map(([name, value]) => `"${name}" = '${value}'`);
  await askTrino(trino, 'DROP CATALOG IF EXISTS awsdatacatalog', asked);
  await askTrino(trino, `CREATE CATALOG awsdatacatalog USING hive WITH (${list.join(', ')})`, asked);
}
